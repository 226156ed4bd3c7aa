# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rest of a machine: processors and nodes, the kernel's command line, IOMMU units and
groups, mounts and routes, virtual interfaces, modules."""
import hashlib
import os
import re
import shlex

from . import text

ARCHITECTURES = {
    "intel": ("vendor_id : GenuineIntel\nflags : fpu vme msr pae cx8 apic sep vmx sse sse2 ht nx lm ept vpid", "DMAR"),
    "amd": ("vendor_id : AuthenticAMD\nflags : fpu vme msr pae cx8 apic sep svm sse sse2 ht nx lm npt", "IVRS"),
    "arm": ("CPU implementer : 0x41\nCPU part : 0xd0c\nFeatures : fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics", "IORT"),
}


def prepare(host):
    """Facts that several parts need: processors of each node, the kernel's release, IOMMU units."""
    host.cpus = {-1: host.say("cpus", "0-7")}
    for item in host.all("node"):
        host.cpus[int(item.words[0])] = item.words[1]
    found = re.match(r"(\d+)\.(\d+)", host.say("kernel"))
    host.release = (int(found.group(1)), int(found.group(2)))
    host.modules = {word for item in host.all("modules") for word in item.words}
    host.iommus = {item.words[0]: item.words[1] for item in host.all("iommu")}
    host.extra_groups = []
    for root in host.roots.values():
        below = root.keys.get("below")
        if below:
            from . import pci
            root.below = pci.path(host.find(below)).removeprefix("sys/devices/")


def write_iommus(tree, host):
    for item in host.all("iommu"):
        name, home = item.words
        tree.link(f"sys/class/iommu/{name}", home)
        tree.folder(f"{home}/devices")
        kind = "intel-iommu" if name.startswith("dmar") else "amd-iommu" if name.startswith("ivhd") else None
        if kind:
            tree.put_all(f"{home}/{kind}", {"cap": item.keys.get("cap", "d2008c40660462"), "version": "1:0",
                                            "address": item.keys.get("address", "fed90000")})


def write_groups(tree, host):
    identity = {int(g) for item in host.all("identity") for g in text.numbers(item.words[0])}
    default = host.say("group-type", "DMA-FQ")
    groups = sorted(set(host.groups + host.extra_groups))
    tree.folder("sys/kernel/iommu_groups")
    for group in groups:
        kind = "identity" if group in identity else default
        tree.put(f"sys/kernel/iommu_groups/{group}/type", kind)
        tree.put(f"sys/kernel/iommu_groups/{group}/reserved_regions", "0x00000000fee00000 0x00000000feefffff msi")
    if any(f.driver == "vfio-pci" for f in host.functions) or "vfio" in host.modules:
        tree.raw("dev/vfio/vfio", mode=0o666)
        host.modules.update({"vfio", "vfio_iommu_type1", "vfio_pci_core"})
        tree.put("sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "N")


def write_processors(tree, host):
    flags, table = ARCHITECTURES[host.say("cpu", "intel").split()[0]]
    count = max(text.numbers(host.cpus[-1])) + 1
    model = " ".join(host.say("cpu").split()[1:])
    tree.put("proc/cpuinfo", "\n\n".join(f"processor : {n}\nmodel name : {model}\n{flags}" for n in range(count)))
    tree.put("sys/devices/system/cpu/online", f"0-{count - 1}")
    lacks = {word for item in host.all("firmware") for word in item.words}
    if "no-table" not in lacks:
        tree.raw(f"sys/firmware/acpi/tables/{table}", table.encode())
    nodes = sorted(n for n in host.cpus if n >= 0)
    for node in nodes or [0]:
        tree.put(f"sys/devices/system/node/node{node}/cpulist", host.cpus.get(node, host.cpus[-1]))
    tree.put("sys/devices/system/node/online", f"0-{len(nodes) - 1}" if len(nodes) > 1 else "0")
    tree.put("sys/kernel/irq/9/chip_name", "IO-APIC" if "no-remapping" in lacks else "IR-IO-APIC")


def write_kernel(tree, host):
    release = host.say("kernel")
    digest = hashlib.sha1(host.name.encode()).hexdigest()
    boot_id = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    tree.put_all("proc", {"cmdline": f"BOOT_IMAGE=/boot/vmlinuz-{release} {host.say('cmdline')}", "uptime": "86400.00 680000.00",
                          "version": f"Linux version {release}", "stat": "cpu  0 0 0 0\nbtime 1700000000",
                          "sys/kernel/osrelease": release, "sys/kernel/hostname": host.say("hostname", host.name),
                          "sys/kernel/random/boot_id": boot_id, "meminfo": f"MemTotal: {host.say('memory', '33554432')} kB"})
    tree.put("sys/kernel/security/lockdown", "[none] integrity confidentiality")
    tree.put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", 0)
    for name in ("free_hugepages", "surplus_hugepages", "resv_hugepages"):
        tree.put(f"sys/kernel/mm/hugepages/hugepages-2048kB/{name}", 0)
    aliases = [f"alias {item.words[0]} {item.words[1]}" for item in host.all("alias")]
    every = "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci"
    tree.put(f"lib/modules/{release}/modules.alias", "\n".join(["# Aliases extracted from modules themselves.", every] + aliases))
    names = ["kernel/drivers/vfio/vfio.ko:", "kernel/drivers/vfio/vfio_iommu_type1.ko: kernel/drivers/vfio/vfio.ko",
             "kernel/drivers/vfio/pci/vfio-pci.ko: kernel/drivers/vfio/vfio.ko"]
    if host.release < (6, 2):
        names.append("kernel/drivers/vfio/vfio_virqfd.ko:")
    tree.put(f"lib/modules/{release}/modules.dep", "\n".join(names))
    tree.put(f"lib/modules/{release}/modules.builtin", "kernel/drivers/pci/pcie/pcieport.ko")
    for name in ("kvm", "null", "full", "zero", "random", "urandom"):
        tree.raw(f"dev/{name}", mode=0o666)


def write_modules(tree, host):
    lines = []
    for name in sorted(host.modules):
        tree.put(f"sys/module/{name}/initstate", "live")
        tree.put(f"sys/module/{name}/refcnt", 0)
        lines.append(f"{name} 16384 0 - Live 0x0000000000000000")
    tree.put("proc/modules", "\n".join(lines))


def write_mounts(tree, host):
    """"mount NAME PLACE TYPE": the device's number is read from what the disks were given."""
    numbers = {}
    lines = ["21 27 0:20 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw",
             "22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:14 - proc proc rw"]
    for place, item in enumerate(host.all("mount")):
        name, where, kind = item.words
        with open(f"{tree.root}/sys/class/block/{name}/dev", encoding="ascii") as file:
            numbers[name] = file.read().strip()
        source = f"/dev/mapper/{item.keys['mapper']}" if "mapper" in item.keys else f"/dev/{name}"
        lines.append(f"{27 + place} 1 {numbers[name]} / {where} rw,relatime shared:{1 + place} - {kind} {source} rw")
    tree.put("proc/self/mountinfo", "\n".join(lines))
    swaps = [f"/dev/{item.words[0]} partition 8388604 0 -2" for item in host.all("swap")]
    tree.put("proc/swaps", "\n".join(["Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority"] + swaps))


def write_mappers(tree, host):
    """"dm N NAME UUID SIZE on NAME..." : a volume on partitions."""
    for item in host.all("dm"):
        number, name, uuid, length = item.words[:4]
        home = f"sys/devices/virtual/block/dm-{number}"
        tree.put(f"{home}/uevent", f"MAJOR=253\nMINOR={number}\nDEVNAME=dm-{number}\nDEVTYPE=disk")
        tree.put_all(home, {"dev": f"253:{number}", "size": text.size(length) // 512, "dm/name": name, "dm/uuid": uuid})
        tree.folder(f"{home}/holders")
        tree.link(f"sys/class/block/dm-{number}", home)
        tree.raw(f"dev/dm-{number}")
        for below in item.keys["on"].split(","):
            tree.link(f"sys/class/block/{below}/holders/dm-{number}".replace(
                f"sys/class/block/{below}", real_block(tree, below)), home)


def real_block(tree, name):
    return os.path.relpath(os.path.realpath(f"{tree.root}/sys/class/block/{name}"), os.path.realpath(tree.root))


def write_network(tree, host):
    """"bridge NAME MAC", "bond NAME MAC", and "route IF GATEWAY" for the default route."""
    for kind in ("bridge", "bond"):
        for item in host.all(kind):
            home = f"sys/devices/virtual/net/{item.words[0]}"
            tree.put_all(home, {"address": item.words[1], "flags": "0x1003", "operstate": "up", "mtu": 1500,
                                "uevent": f"DEVTYPE={kind}\nINTERFACE={item.words[0]}"})
            tree.folder(f"{home}/{'bridge' if kind == 'bridge' else 'bonding'}")
            tree.link(f"sys/class/net/{item.words[0]}", home)
    head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
    lines = [f"{item.words[0]}\t00000000\t{item.words[1]}\t0003\t0\t0\t100\t00000000\t0\t0\t0" for item in host.all("route")]
    tree.put("proc/net/route", "\n".join([head] + lines))
    tree.put("proc/net/ipv6_route", "0" * 32 + " 00 " + "0" * 32 + " 00 " + "0" * 32 + " ffffffff 00000001 00000000 00200200       lo")


def write_files(tree, host):
    """"file PATH 'TEXT'" with \\n for line ends."""
    for item in host.all("file"):
        where, what = shlex.split(item.rest())
        tree.put(where, what.replace("\\n", "\n").replace("\\t", "\t"))


def write_opennebula(tree, host):
    """"driverctl ADDRESS..." and "rename ADDRESS=NAME...": what one-deploy leaves in /etc."""
    for item in host.all("driverctl"):
        for address in item.words:
            tree.put(f"etc/driverctl.d/pci-{address}", "vfio-pci")
    names = [word.split("=") for item in host.all("rename") for word in item.words]
    rules = [f'# {address} <- {name}\nACTION=="add", SUBSYSTEM=="net", KERNELS=="{address}", NAME="{name}"' for address, name in names]
    if rules:
        tree.put("etc/udev/rules.d/99-rename.rules", "\n".join(rules))


def write_passwd(tree, host):
    tree.put("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nlibvirt-qemu:x:64055:993::/var/lib/libvirt:/usr/sbin/nologin\n"
             "oneadmin:x:9869:9869::/var/lib/one:/bin/bash")
    tree.put("etc/group", "root:x:0:\nkvm:x:993:\nlibvirt-qemu:x:64055:\noneadmin:x:9869:")
    tree.point("usr/lib64/libvirt.so.0", f"libvirt.so.0.{host.say('libvirt', '10000.0')}")
    tree.put("etc/libvirt/qemu.conf", "# Master configuration file for the QEMU driver.")


def write_all(tree, host):
    for step in (write_iommus, write_groups, write_processors, write_kernel, write_mappers, write_mounts, write_network,
                 write_passwd, write_opennebula, write_files):
        step(tree, host)
