# SPDX-License-Identifier: LGPL-2.1-or-later
"""What hangs below a function: interfaces, disks, screens, sound, USB, mediated devices,
vGPUs and vfio's nodes. It is by these that the host is seen to use a device."""
import itertools

from . import text
from .pci import path


def write_device(tree, folder, subsystem, parent, uevent, values):
    """A class device: its attributes, its uevent, and its links."""
    tree.put(f"{folder}/uevent", "\n".join(uevent))
    tree.put_all(folder, values)
    tree.link(f"{folder}/subsystem", f"sys/class/{subsystem}")
    tree.link(f"{folder}/device", parent)
    tree.link(f"sys/class/{subsystem}/{folder.rsplit('/', 1)[1]}", folder)


def write_node(tree, name, is_block=False):
    """A stand-in in dev/: a plain file, since no test may need a real node."""
    tree.raw(f"dev/{name}", mode=0o660 if is_block else 0o600)


class Below:
    """Numbers that the kernel deals out in order."""

    def __init__(self, tree, host):
        self.tree, self.host = tree, host
        self.ifindex, self.vfio = itertools.count(2), itertools.count(0)
        self.nvme, self.sd = itertools.count(0), itertools.count(0)

    def net(self, function, item):
        name, mac = item.words[0], item.words[1]
        keys, folder = item.keys, f"{path(function)}/net/{item.words[0]}"
        is_up = keys.get("state", "up") == "up"
        write_device(self.tree, folder, "net", path(function), [f"INTERFACE={name}", f"IFINDEX={next(self.ifindex)}"], {
            "address": mac, "addr_len": 6, "broadcast": "ff:ff:ff:ff:ff:ff", "type": 1,
            "flags": "0x1003" if is_up else "0x1002", "operstate": "up" if is_up else "down",
            "carrier": 1 if is_up else None, "mtu": keys.get("mtu", 1500), "speed": keys.get("speed", -1) if is_up else None,
            "dev_port": keys.get("dev_port", 0), "dev_id": "0x0", "phys_port_name": keys.get("port"),
            "phys_switch_id": keys.get("switch")})
        if "master" in keys:
            self.tree.link(f"{folder}/master", f"sys/devices/virtual/net/{keys['master']}")
        if item.words[2:] == ["wireless"]:
            self.tree.folder(f"{folder}/wireless")

    def block(self, parent_folder, name, number, length, kind, device):
        folder = f"{parent_folder}/{name}"
        major, minor = number
        self.tree.put(f"{folder}/uevent", f"MAJOR={major}\nMINOR={minor}\nDEVNAME={name}\nDEVTYPE={kind}")
        self.tree.put_all(folder, {"dev": f"{major}:{minor}", "size": text.size(length) // 512, "ro": 0})
        self.tree.folder(f"{folder}/holders")
        self.tree.link(f"{folder}/subsystem", "sys/class/block")
        self.tree.link(f"sys/class/block/{name}", folder)
        if device:
            self.tree.link(f"{folder}/device", device)
        write_node(self.tree, name, True)
        return folder

    def parts(self, function, disk, name, number):
        """Items "part NAME SIZE"; their numbers follow that of the disk."""
        for item in function.all("part"):
            if not item.words[0].startswith(name):
                continue
            place = int("".join(itertools.takewhile(str.isdigit, item.words[0][len(name):].lstrip("p"))))
            folder = self.block(disk, item.words[0], (number[0], number[1] + place), item.words[1], "partition", None)
            self.tree.put(f"{folder}/partition", place)

    def nvme_disk(self, function, item):
        controller = f"{path(function)}/nvme/{item.words[0]}"
        count = next(self.nvme)
        minor = item.words[0][4:]
        write_device(self.tree, controller, "nvme", path(function), ["MAJOR=241", f"MINOR={minor}", f"DEVNAME={item.words[0]}"], {
            "model": item.keys.get("model", "SSD"), "serial": item.keys.get("serial", "S000"), "state": "live",
            "transport": "pcie", "dev": f"241:{minor}", "address": function.address.text, "cntlid": 1})
        name = f"{item.words[0]}n1"
        disk = self.block(controller, name, (259, count * 8), item.words[1], "disk", controller)
        self.tree.put_all(disk, {"nsid": 1, "queue/rotational": 0})
        self.parts(function, disk, name, (259, count * 8))
        write_node(self.tree, item.words[0])

    def sata_disk(self, function, item):
        """"sata PORT NAME SIZE": ataPORT/hostH/targetH:0:0/H:0:0:0/block/NAME."""
        port, name = int(item.words[0]), item.words[1]
        host = port - 1
        device = f"{path(function)}/ata{port}/host{host}/target{host}:0:0/{host}:0:0:0"
        if item.keys.get("bus") == "raid":
            device = f"{path(function)}/host{host}/target{host}:2:0/{host}:2:0:0"
        self.tree.put_all(device, {"model": item.keys.get("model", "DISK"), "type": 0})
        minor = 16 * (ord(name[2]) - ord("a"))
        disk = self.block(f"{device}/block", name, (8, minor), item.words[2], "disk", device)
        self.parts(function, disk, name, (8, minor))

    def drm(self, function, item):
        """"drm 0 [128] CONNECTOR[+]...": + is a screen that is plugged in."""
        card, rest = item.words[0], item.words[1:]
        folder = f"{path(function)}/drm"
        nodes = [(f"card{card}", int(card))] + [(f"renderD{r}", int(r)) for r in rest if r.isdigit()]
        for name, minor in nodes:
            write_device(self.tree, f"{folder}/{name}", "drm", path(function),
                         ["MAJOR=226", f"MINOR={minor}", f"DEVNAME=dri/{name}", "DEVTYPE=drm_minor"], {"dev": f"226:{minor}"})
            write_node(self.tree, f"dri/{name}")
        for name in (r for r in rest if not r.isdigit()):
            home = f"{folder}/card{card}/card{card}-{name.rstrip('+')}"
            is_on = name.endswith("+")
            write_device(self.tree, home, "drm", f"{folder}/card{card}", ["DEVTYPE=drm_connector"], {
                "status": "connected" if is_on else "disconnected", "enabled": "enabled" if is_on else "disabled"})

    def sound(self, function, item):
        card = item.words[0]
        home = f"{path(function)}/sound/card{card}"
        write_device(self.tree, home, "sound", path(function), [], {
            "id": item.words[1] if len(item.words) > 1 else "HDMI", "number": card})
        for minor, name in enumerate((f"controlC{card}", f"pcmC{card}D3p")):
            number = int(card) * 32 + minor
            write_device(self.tree, f"{home}/{name}", "sound", home,
                         ["MAJOR=116", f"MINOR={number}", f"DEVNAME=snd/{name}"], {"dev": f"116:{number}"})
            write_node(self.tree, f"snd/{name}")

    def usb(self, function, item):
        """"usb BUS...": root hubs."""
        for bus in item.words:
            self.usb_device(f"{path(function)}/usb{bus}", int(bus), 1, "1d6b:0002" if int(bus) % 2 else "1d6b:0003",
                            "09", "xHCI Host Controller")

    def usb_device(self, home, bus, number, ids, kind, product):
        vendor, device = ids.split(":")
        node = f"bus/usb/{bus:03d}/{number:03d}"
        self.tree.put(f"{home}/uevent", "\n".join([
            "MAJOR=189", f"MINOR={(bus - 1) * 128 + number - 1}", f"DEVNAME={node}", "DEVTYPE=usb_device", "DRIVER=usb",
            f"PRODUCT={int(vendor, 16):x}/{int(device, 16):x}/100", f"BUSNUM={bus:03d}", f"DEVNUM={number:03d}"]))
        self.tree.put_all(home, {"idVendor": vendor, "idProduct": device, "busnum": bus, "devnum": number,
                                 "bDeviceClass": kind, "product": product, "dev": f"189:{(bus - 1) * 128 + number - 1}"})
        self.tree.link(f"sys/bus/usb/devices/{home.rsplit('/', 1)[1]}", home)
        self.tree.link(f"{home}/subsystem", "sys/bus/usb")
        write_node(self.tree, node)

    def usbdev(self, function, item):
        """"usbdev 1-4 DEVNUM VENDOR:DEVICE PRODUCT"""
        name, number, ids = item.words[:3]
        bus = int(name.split("-")[0])
        self.usb_device(f"{path(function)}/usb{bus}/{name}", bus, int(number), ids, "00", " ".join(item.words[3:]))

    def i2c(self, function, item):
        for number in item.words:
            home = f"{path(function)}/i2c-{number}"
            self.tree.put_all(home, {"name": item.keys.get("name", "adapter")})
            self.tree.link(f"sys/bus/i2c/devices/i2c-{number}", home)

    def tb(self, function, item):
        """"tb PLACE VENDOR DEVICE": a Thunderbolt router; PLACE is the chain from the host's own."""
        domain = item.words[0][0]
        home = f"{path(function)}/domain{domain}/{item.words[0]}"
        self.tree.put_all(home, {"vendor_name": item.words[1], "device_name": item.words[2], "authorized": 1,
                                 "uevent": "DEVTYPE=thunderbolt_device"})
        self.tree.link(f"sys/bus/thunderbolt/devices/{item.words[0].rsplit('/', 1)[-1]}", home)

    def vfio_node(self, function):
        """The group's node, and from Linux 6.6 on one of the device's own."""
        name = f"vfio{next(self.vfio)}"
        home = f"{path(function)}/vfio-dev/{name}"
        self.tree.folder(home)
        self.tree.link(f"sys/class/vfio-dev/{name}", home)
        if self.host.release >= (6, 6):
            number = int(name[4:])
            self.tree.put(f"{home}/dev", f"511:{number}")
            write_node(self.tree, f"vfio/devices/{name}")
        if function.group is not None:
            write_node(self.tree, f"vfio/{function.group}")

    def vgpu(self, function, item):
        """"vgpu NUMBER" of a VF: its type; 0: none, and what can be made is the PF's vgpu-type items; full: nothing can."""
        folder, current = f"{path(function)}/nvidia", item.words[0]
        types = function.pf.all("vgpu-type") if current == "0" else []
        lines = ["ID    : vGPU Name"] + [f"{kind.words[0]:<6}: {kind.words[1]}" for kind in types]
        self.tree.put_all(folder, {"current_vgpu_type": 0 if current == "full" else current, "vgpu_params": "",
                                   "creatable_vgpu_types": "\n".join(lines)})

    def mdev_types(self, function):
        home = f"{path(function)}/mdev_supported_types"
        for item in function.all("mdev-type"):
            folder = f"{home}/{item.words[0]}"
            keys = item.keys
            self.tree.put_all(folder, {
                "name": keys.get("name"), "available_instances": keys["free"], "device_api": keys.get("api", "vfio-pci"),
                "description": keys["text"].replace("\\n", "\n") if "text" in keys else None})
            self.tree.raw(f"{folder}/create", mode=0o200)
            self.tree.folder(f"{folder}/devices")
        if function.one("mdev-type"):
            self.tree.link(f"sys/class/mdev_bus/{function.address.text}", path(function))

    def mdev(self, function, item):
        """"mdev UUID TYPE GROUP"."""
        uuid, kind, group = item.words[:3]
        home, types = f"{path(function)}/{uuid}", f"{path(function)}/mdev_supported_types/{kind}"
        self.tree.link(f"{home}/mdev_type", types)
        self.tree.link(f"{types}/devices/{uuid}", home)
        self.tree.link(f"sys/bus/mdev/devices/{uuid}", home)
        self.tree.link(f"{home}/subsystem", "sys/bus/mdev")
        driver = item.keys.get("driver", "vfio_mdev")
        self.tree.link(f"{home}/driver", f"sys/bus/mdev/drivers/{driver}")
        self.tree.link(f"sys/bus/mdev/drivers/{driver}/{uuid}", home)
        self.tree.link(f"{home}/iommu_group", f"sys/kernel/iommu_groups/{group}")
        self.tree.link(f"sys/kernel/iommu_groups/{group}/devices/{uuid}", home)
        self.tree.put(f"{home}/uevent", f"DRIVER={driver}")
        self.tree.raw(f"{home}/remove", mode=0o200)
        write_node(self.tree, f"vfio/{group}")
        self.host.extra_groups.append(int(group))

    def function(self, function):
        known = {"net": self.net, "nvme": self.nvme_disk, "sata": self.sata_disk, "drm": self.drm, "sound": self.sound,
                 "usb": self.usb, "usbdev": self.usbdev, "i2c": self.i2c, "tb": self.tb, "vgpu": self.vgpu, "mdev": self.mdev}
        self.mdev_types(function)
        for item in function.items:
            if item.word in known:
                known[item.word](function, item)
        made = function.one("vgpu") and function.one("vgpu").words[0].strip("0") not in ("", "full")
        if function.driver in ("vfio-pci", "mlx5_vfio_pci") or made:
            self.vfio_node(function)


def write_all(tree, host):
    below = Below(tree, host)
    for function in host.functions:
        below.function(function)
