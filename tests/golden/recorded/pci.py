# SPDX-License-Identifier: LGPL-2.1-or-later
"""The folder of each PCI function in sysfs, with every file that the kernel puts there
and somebody reads: lspci, libvirt, the managers' probes, and this program."""
from . import config, space

# Modules that have another name than their driver; "" is built into the kernel.
MODULES = {"pcieport": "", "xhci_hcd": "xhci_pci", "ehci-pci": "ehci_pci", "vfio-pci": "vfio_pci",
           "i801_smbus": "i2c_i801", "piix4_smbus": "i2c_piix4", "intel-lpss": "intel_lpss_pci",
           "sof-audio-pci-intel-tgl": "snd_sof_pci_intel_tgl", "intel_ish_ipc": "intel_ish_ipc",
           "nvidia-gpu": "i2c_nvidia_gpu", "proc_thermal_pci": "processor_thermal_device_pci_legacy",
           "intel_pmc_core": "intel_pmc_core", "intel_vsec": "intel_vsec", "skx_uncore": "intel_uncore",
           "ipmi_si": "", "serial": "", "agpgart-intel": "", "intel-spi": "spi_intel_pci",
           "mlx5_vfio_pci": "mlx5_vfio_pci", "nvidia-vgpu-vfio": "nvidia_vgpu_vfio", "vmd": "vmd"}


def module_of(driver):
    return MODULES.get(driver, driver.replace("-", "_"))


def path(function):
    """Where the function lives: below its bridge, or below its root bus."""
    if "path" not in function.__dict__:
        above = path(function.parent) if function.parent else f"sys/devices/{root_path(function.root)}"
        function.path = f"{above}/{function.address.text}"
    return function.path


def root_path(root):
    """A domain that a VMD makes hangs below that function; all others at the top."""
    return f"{root.below}/{root.name}" if getattr(root, "below", None) else root.name


def modalias(function):
    code = function.class_code
    return (f"pci:v{function.vendor:08X}d{function.device:08X}sv{function.sub_vendor:08X}"
            f"sd{function.sub_device:08X}bc{code >> 16:02X}sc{code >> 8 & 255:02X}i{code & 255:02X}")


def is_vga(function):
    return function.class_code >> 8 == 0x0300


def irq(function, number):
    """(irq, line): a driver with MSI has a number of its own above those of the pins."""
    item = function.one("irq")
    if item:
        return int(item.words[0]), int(item.words[0]) & 255
    if function.pf or (function.driver is None and function.class_code >> 16 in (0x05, 0x06, 0x08, 0x11)):
        return 0, 0
    line = 16 + number % 8
    has_msi = "msi" in config.capability_names(function) and function.driver not in (None, "vfio-pci")
    return (120 + number if has_msi else line), line


def link_values(function):
    """What a link shows; integrated devices have none, and the kernel says so in these words."""
    if not function.pcie:
        return {}
    _, now, most = function.pcie
    unknown = ("Unknown", "0")
    now = unknown if function.pf or not now else (f"{now[0]} GT/s PCIe", now[1])
    most = ("Unknown", "255") if not most else (f"{most[0]} GT/s PCIe", most[1])
    return {"current_link_speed": now[0], "current_link_width": now[1],
            "max_link_speed": most[0], "max_link_width": most[1]}


def power_values(function):
    item = function.one("power")
    state = item.words[0] if item else "D0"
    is_asleep = state.startswith("D3")
    control = item.words[1] if item and len(item.words) > 1 else "auto" if is_asleep else "on"
    return state, {"power/control": control, "power/runtime_status": "suspended" if is_asleep else "active"}


def uevent(function):
    lines = [f"DRIVER={function.driver}"] if function.driver else []
    lines += [f"PCI_CLASS={function.class_code:X}", f"PCI_ID={function.vendor:04X}:{function.device:04X}",
              f"PCI_SUBSYS_ID={function.sub_vendor:04X}:{function.sub_device:04X}",
              f"PCI_SLOT_NAME={function.address.text}", f"MODALIAS={modalias(function)}"]
    return "\n".join(lines)


def override(function):
    """What libvirt binds to vfio-pci it binds by driver_override, which then stays."""
    item = function.one("override")
    if item:
        return "(null)" if item.words[0] == "-" else item.words[0]
    return "vfio-pci" if function.driver == "vfio-pci" else "(null)"


def write_values(tree, host, function, number):
    folder = path(function)
    state, power = power_values(function)
    node = function.root.node
    tree.put_all(folder, {
        "vendor": f"0x{function.vendor:04x}", "device": f"0x{function.device:04x}",
        "subsystem_vendor": f"0x{function.sub_vendor:04x}", "subsystem_device": f"0x{function.sub_device:04x}",
        "class": f"0x{function.class_code:06x}", "revision": f"0x{function.revision:02x}",
        "irq": irq(function, number)[0], "modalias": modalias(function), "uevent": uevent(function),
        "resource": space.resource_lines(function), "numa_node": node,
        "local_cpulist": host.cpus.get(node, host.cpus[-1]), "driver_override": override(function),
        "enable": int(function.driver is not None and not function.one("disabled")), "power_state": state,
        "d3cold_allowed": 1 if function.pcie else None, "msi_bus": 1,
        "ari_enabled": int(function.pf is not None), **power, **link_values(function)})
    for name in ["rescan"] + ([] if function.pf else ["remove"]):
        tree.raw(f"{folder}/{name}", mode=0o200)
    for item in function.all("set"):
        tree.put(f"{folder}/{item.words[0]}", " ".join(item.words[1:]).replace("\\n", "\n"))


def write_reset(tree, function):
    item = function.one("reset")
    if item:
        tree.raw(f"{path(function)}/reset", mode=0o200)
        tree.put(f"{path(function)}/reset_method", " ".join(item.words))


def write_ranges(tree, function):
    """resourceN are empty: their real sizes, up to 64 GiB, are those of the lines of `resource`."""
    folder = path(function)
    for number, bar in function.bars.items():
        if number == 6:
            tree.raw(f"{folder}/rom", mode=0o600)
            continue
        tree.raw(f"{folder}/resource{number}", mode=0o600)
        if bar.kind.endswith("p"):
            tree.raw(f"{folder}/resource{number}_wc", mode=0o600)
    sizes = config.rebar_sizes(function)
    if sizes:
        tree.put(f"{folder}/resource{sizes[0]}_resize", f"{sizes[1]:016x}")
    if is_vga(function):
        tree.put(f"{folder}/boot_vga", int(function.one("boot_vga") is not None))
    label = function.one("label")
    if label:
        tree.put_all(folder, {"label": " ".join(label.words[1:]), "index": label.words[0]})


def write_driver(tree, function):
    if not function.driver:
        return
    home = f"sys/bus/pci/drivers/{function.driver}"
    tree.link(f"{path(function)}/driver", home)
    tree.link(f"{home}/{function.address.text}", path(function))


def write_sriov(tree, host, function):
    folder, item = path(function), function.one("sriov")
    if function.pf:
        tree.link(f"{folder}/physfn", path(function.pf))
        tree.link(f"{path(function.pf)}/virtfn{function.index}", folder)
        tree.put(f"{folder}/sriov_vf_msix_count", 0)
    if item:
        keys = item.keys
        tree.put_all(folder, {
            "sriov_totalvfs": item.words[1], "sriov_numvfs": item.words[0], "sriov_offset": keys["first"],
            "sriov_stride": keys["stride"], "sriov_vf_device": keys["device"], "sriov_vf_total_msix": 0,
            "sriov_drivers_autoprobe": keys.get("autoprobe", 1)})


def write_group(tree, host, function):
    if function.group is None:
        return
    home = f"sys/kernel/iommu_groups/{function.group}"
    tree.link(f"{path(function)}/iommu_group", home)
    tree.link(f"{home}/devices/{function.address.text}", path(function))
    own = function.one("iommu")
    if own or function.root.iommu:
        unit = host.iommus[own.words[0] if own else function.root.iommu]
        tree.link(f"{path(function)}/iommu", unit)
        tree.link(f"{unit}/devices/{function.address.text}", path(function))


def write_bus(tree, host, domain, bus, folder):
    name = f"{domain:04x}:{bus:02x}"
    tree.put(f"{folder}/pci_bus/{name}/cpulistaffinity", host.cpus[-1])
    tree.link(f"sys/class/pci_bus/{name}", f"{folder}/pci_bus/{name}")


def write_function(tree, host, function, number, is_multifunction):
    folder = path(function)
    tree.raw(f"{folder}/config", config.make(function, irq(function, number)[1], is_multifunction))
    write_values(tree, host, function, number)
    write_reset(tree, function)
    write_ranges(tree, function)
    write_driver(tree, function)
    write_sriov(tree, host, function)
    write_group(tree, host, function)
    tree.link(f"{folder}/subsystem", "sys/bus/pci")
    tree.link(f"sys/bus/pci/devices/{function.address.text}", folder)
    if function.is_bridge:
        write_bus(tree, host, function.address.domain, function.buses[0], folder)
    slot = function.one("slot")
    if slot and function.is_bridge:
        tree.put(f"sys/bus/pci/slots/{slot.words[0]}/address", f"{function.address.domain:04x}:{function.buses[0]:02x}:00")


def write_drivers(tree, host):
    drivers = {f.driver for f in host.functions if f.driver}
    drivers |= {word for item in host.all("driver") for word in item.words}
    for name in sorted(drivers):
        home, module = f"sys/bus/pci/drivers/{name}", module_of(name)
        for file in ("bind", "unbind", "new_id", "remove_id", "uevent"):
            tree.raw(f"{home}/{file}", mode=0o200)
        if module:
            tree.link(f"{home}/module", f"sys/module/{module}")
            tree.link(f"sys/module/{module}/drivers/pci:{name}", home)
            tree.put(f"sys/module/{module}/initstate", "live")
            host.modules.add(module)


def write_all(tree, host):
    """All of sys/bus/pci and sys/devices/pci*."""
    own = {(f.address.domain, f.address.bus, f.address.slot) for f in host.functions if f.address.function and not f.pf}
    for number, function in enumerate(host.functions):
        key = (function.address.domain, function.address.bus, function.address.slot)
        write_function(tree, host, function, number, key in own)
    for root in host.roots.values():
        write_bus(tree, host, root.domain, root.bus, f"sys/devices/{root_path(root)}")
    tree.put("sys/bus/pci/drivers_autoprobe", 1)
    for name in ("drivers_probe", "rescan", "uevent"):
        tree.raw(f"sys/bus/pci/{name}", mode=0o200)
    write_drivers(tree, host)
