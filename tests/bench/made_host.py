# SPDX-License-Identifier: LGPL-2.1-or-later
"""A made host: a folder with the sysfs, /proc and /etc that the hook reads, and journals of VMs that run."""
import os
import pathlib
import shutil
import subprocess

BOOT_ID = "11111111-2222-4333-8444-555555555555"
NATIVE, VFIO = "e1000e", "vfio-pci"


def address(number):
    """The PCI address of function NUMBER of the host: 8 in a slot, 32 slots on a bus, 256 buses in a domain."""
    return f"{number >> 16:04x}:{number >> 8 & 0xff:02x}:{number >> 3 & 0x1f:02x}.{number & 7}"


def uuid(number):
    return f"{number:08x}-aaaa-4aaa-8aaa-{number:012x}"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


class Host:
    """Lives in memory (/dev/shm), so that no disk is measured; BUILD/tests/bench/root leads there."""

    def __init__(self, root_link, functions):
        self.root = pathlib.Path("/dev/shm") / f"hostdevctl-bench.{os.getpid()}"
        self.link = pathlib.Path(root_link)
        self.remove()
        self.root.mkdir(mode=0o755)
        self.link.symlink_to(self.root)
        self._add_system()
        for driver in (NATIVE, VFIO):
            for file in ("bind", "unbind"):
                write(self.root / "sys/bus/pci/drivers" / driver / file, "")
            link(self.root / "sys/bus/pci/drivers" / driver / "module", f"../../../../module/{driver}")
        for number in range(functions):
            self._add_function(number)

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)
        self.link.unlink(missing_ok=True)

    def _add_system(self):
        write(self.root / "proc/sys/kernel/random/boot_id", BOOT_ID + "\n")
        write(self.root / "proc/sys/kernel/osrelease", "6.12.0-bench\n")
        write(self.root / "proc/uptime", "1000.00 2000.00\n")
        write(self.root / "proc/1/cmdline", "/sbin/init\0")
        write(self.root / "proc/1/comm", "systemd\n")
        (self.root / "proc/1/fd").mkdir()
        # As long as Debian's, a tenth of it about vfio.
        lines = [f"alias pci:v0000{n:04X}d*sv*sd*bc*sc*i* driver{n}" for n in range(20000)]
        lines += [f"alias vfio_pci:v0000FFF{n:X}d*sv*sd*bc*sc*i* variant{n}" for n in range(16)]
        write(self.root / "lib/modules/6.12.0-bench/modules.alias", "\n".join(lines) + "\n")
        write(self.root / "etc/libvirt/qemu.conf", "".join(f"#setting_{n} = 1\n" for n in range(400)))
        (self.root / "dev/vfio").mkdir(parents=True)
        (self.root / "usr/lib").mkdir(parents=True)
        (self.root / "run").mkdir()

    def _add_function(self, number):
        name = address(number)
        # As the kernel has them: below their bus, or a lookup of one would be as long as all.
        device = self.root / f"sys/devices/pci{name[:7]}" / name
        files = {
            "vendor": "0x8086\n", "device": "0x10d3\n", "subsystem_vendor": "0x1af4\n",
            "subsystem_device": "0x1100\n", "class": "0x020000\n", "revision": "0x00\n", "irq": "0\n",
            "modalias": "pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n", "numa_node": "-1\n",
            "driver_override": "(null)\n", "resource": ("0x0000000000000000 " * 3).strip() + "\n",
            "uevent": "DRIVER=e1000e\nPCI_CLASS=20000\n", "enable": "0\n",
        }
        device.mkdir(parents=True)
        for file, text in files.items():
            (device / file).write_text(text)
        config = bytearray(64)
        config[0:4] = (0x8086).to_bytes(2, "little") + (0x10D3).to_bytes(2, "little")
        config[8:12] = bytes([0, 0, 0, 2])
        config[44:48] = (0x1AF4).to_bytes(2, "little") + (0x1100).to_bytes(2, "little")
        (device / "config").write_bytes(config)
        link(device / "driver", f"../../../bus/pci/drivers/{NATIVE}")
        link(device / "iommu_group", f"../../../kernel/iommu_groups/{number}")
        link(self.root / "sys/bus/pci/devices" / name, f"../../../devices/pci{name[:7]}/{name}")
        link(self.root / f"sys/kernel/iommu_groups/{number}/devices" / name, f"../../../../devices/pci{name[:7]}/{name}")

    def set_delay(self, driver, milliseconds):
        """What one bind or unbind of DRIVER takes."""
        (self.root / "sys/bus/pci/drivers" / driver / "bench_ms").write_text(str(milliseconds))

    def driver(self, number):
        path = self.root / "sys/bus/pci/devices" / address(number) / "driver"
        return os.path.basename(os.readlink(path)) if path.is_symlink() else None

    def domain(self, vm, numbers):
        """The XML of VM number VM with the functions NUMBERS, about as long as virt-manager's; returns its path."""
        disks = "".join(
            f"<disk type='file' device='disk'><source file='/var/lib/libvirt/images/{n}.qcow2'/><target dev='vd{n}'/>"
            f"<alias name='virtio-disk{n}'/><address type='pci' domain='0x0000' bus='0x0{n}' slot='0x00'/></disk>\n"
            for n in range(1, 9))
        controllers = "".join(
            f"<controller type='pci' index='{n}' model='pcie-root-port'><target chassis='{n}' port='0x1{n}'/>"
            "</controller>\n" for n in range(14))
        devices = ""
        for number in numbers:
            domain, bus, rest = address(number).split(":")
            slot, function = rest.split(".")
            devices += ("<hostdev mode='subsystem' type='pci' managed='yes'><source>"
                        f"<address domain='0x{domain}' bus='0x{bus}' slot='0x{slot}' function='0x{function}'/>"
                        "</source></hostdev>\n")
        path = self.root / f"vm{vm}.xml"
        path.write_text(f"<domain type='kvm' id='1'>\n<name>vm{vm}</name>\n<uuid>{uuid(vm)}</uuid>\n"
                        "<memory unit='KiB'>4194304</memory>\n<os><type arch='x86_64'>hvm</type></os>\n<devices>\n"
                        f"{disks}{controllers}{devices}</devices>\n</domain>\n")
        return path

    def add_vms(self, hook, count, first):
        """COUNT VMs that run, each with a function from FIRST on: prepared by the hook itself."""
        for number in range(first, first + count):
            subprocess.run([hook, f"vm{number}", "prepare", "begin", "-"], check=True,
                           stdin=open(self.domain(number, [number]), "rb"))
