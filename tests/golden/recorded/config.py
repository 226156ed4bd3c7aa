# SPDX-License-Identifier: LGPL-2.1-or-later
"""Configuration space, so that lspci -vv and whoever else reads `config` sees the same
device as in the text files beside it. Offsets are those of PCI 3.0 and PCI Express 5.0."""
import struct

from . import text

PCIE_TYPES = {"endpoint": 0, "legacy": 1, "root": 4, "up": 5, "down": 6, "bridge": 7, "rc": 9, "ec": 10}
SPEEDS = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5, "64.0": 6}
# Where each capability lies; the order is that of the chain.
PLACES = {"pm": 0x40, "msi": 0x50, "pcie": 0x70, "msix": 0xb0, "ssvid": 0xc0, "af": 0xd0}
EXT_PLACES = {"aer": 0x100, "ari": 0x150, "acs": 0x158, "serial": 0x170, "sriov": 0x180, "rebar": 0x1c0}


class Space:
    """Little-endian bytes with names for their sizes."""

    def __init__(self, length):
        self.data = bytearray(length)

    def u8(self, offset, value):
        self.data[offset] = value & 0xff

    def u16(self, offset, value):
        struct.pack_into("<H", self.data, offset, value & 0xffff)

    def u32(self, offset, value):
        struct.pack_into("<I", self.data, offset, value & 0xffffffff)

    def u64(self, offset, value):
        struct.pack_into("<Q", self.data, offset, value)


def capability_names(function):
    """Those of the ordinary list, as the description has them; PCI Express brings PM and MSI."""
    told = function.capabilities
    names = set(told) & set(PLACES)
    if function.pcie:
        names.add("pcie")
        if not function.pf:
            names |= {"pm"} if function.pcie[0] == "rc" else {"pm", "msi"}
    if function.is_bridge and function.sub_vendor:
        names.add("ssvid")
    return sorted(names - {name[2:] for name in told if name.startswith("no")}, key=PLACES.get)


def extended_names(function):
    told = function.capabilities
    names = set(told) & set(EXT_PLACES)
    if function.pcie and function.pcie[0] != "rc":
        names.add("aer")
    if function.one("sriov"):
        names |= {"sriov", "ari"}
    if function.pf:
        names.add("ari")
    return sorted(names, key=EXT_PLACES.get)


def write_ids(space, function, is_multifunction):
    """Vendor and device of a VF are all ones: its own are in its PF's SR-IOV capability."""
    space.u16(0x00, 0xffff if function.pf else function.vendor)
    space.u16(0x02, 0xffff if function.pf else function.device)
    is_active = function.driver is not None and not function.one("power")
    ranges = 0 if function.pf else any(b.kind == "io" for b in function.bars.values()) | 2
    space.u16(0x04, 0x0404 | ranges if is_active else ranges if not function.one("power") else 0)
    space.u16(0x06, 0x0010 if capability_names(function) else 0)
    space.u8(0x08, function.revision)
    space.u8(0x09, function.class_code)
    space.u16(0x0a, function.class_code >> 8)
    space.u8(0x0c, 0 if function.pf else 0x10)
    space.u8(0x0e, (1 if function.is_bridge else 0) | (0x80 if is_multifunction else 0))


def write_bars(space, first, bars, with_type=True):
    for number, bar in bars.items():
        if number == 6:
            continue
        low = {"io": 1, "32": 0, "32p": 8, "64": 4, "64p": 12}[bar.kind] if with_type else 0
        space.u32(first + 4 * number, bar.start | low)
        if bar.kind.startswith("64"):
            space.u32(first + 4 * number + 4, bar.start >> 32)


def write_endpoint(space, function):
    if not function.pf:
        write_bars(space, 0x10, function.bars)
    space.u16(0x2c, function.sub_vendor)
    space.u16(0x2e, function.sub_device)
    if 6 in function.bars and function.bars[6].flags != 0x212:
        space.u32(0x30, function.bars[6].start)


def write_bridge(space, function):
    secondary, subordinate = function.buses
    space.u8(0x18, function.address.bus)
    space.u8(0x19, secondary)
    space.u8(0x1a, subordinate)
    write_bars(space, 0x10, function.bars)
    first, last = function.windows.get("io", (0xf000, 0x0fff))
    space.u8(0x1c, first >> 8 & 0xf0 | 1)
    space.u8(0x1d, last >> 8 & 0xf0 | 1)
    space.u16(0x30, first >> 16)
    space.u16(0x32, last >> 16)
    first, last = function.windows.get("mem", (0xfff00000, 0x000fffff))
    space.u16(0x20, first >> 16 & 0xfff0)
    space.u16(0x22, last >> 16 & 0xfff0)
    first, last = function.windows.get("pref", (0xfff00000, 0x000fffff))
    space.u16(0x24, first >> 16 & 0xfff0 | 1)
    space.u16(0x26, last >> 16 & 0xfff0 | 1)
    space.u32(0x28, first >> 32)
    space.u32(0x2c, last >> 32)
    space.u16(0x3e, 0x0008 if function.one("vga") else 0)


def write_pm(space, at, function):
    power = function.one("power")
    space.u16(at + 2, 0xc803 if function.is_bridge else 0x4803)
    space.u16(at + 4, 0x0103 if power and power.words[0].startswith("D3") else 0x0008)


def write_msi(space, at, function):
    uses = function.driver not in (None, "vfio-pci") and "msix" not in function.capabilities
    space.u16(at + 2, 0x0080 | (1 if uses else 0))
    space.u32(at + 4, 0xfee00018 if uses else 0)
    space.u16(at + 0x0c, 0x4021 if uses else 0)


def write_msix(space, at, function):
    count = int(function.capabilities["msix"] or 1)
    table = next((n for n in (4, 3, 2, 1, 0) if n in function.bars or n in function.vf_bars), 0)
    space.u16(at + 2, (count - 1) | (0x8000 if function.driver not in (None, "vfio-pci") else 0))
    space.u32(at + 4, table)
    space.u32(at + 8, 0x2000 | table)


def link_word(link):
    return SPEEDS[link[0]] | int(link[1]) << 4


def write_pcie(space, at, function):
    kind, now, most = function.pcie
    is_port = kind in ("root", "down")
    space.u16(at + 2, 0x0002 | PCIE_TYPES[kind] << 4 | (0x0100 if function.one("slot") else 0))
    space.u32(at + 4, 0x8001 | (0x10000000 if "flr" in function.capabilities or function.pf else 0))
    space.u16(at + 8, 0x2810)
    if most:
        space.u32(at + 0x0c, link_word(most) | (0x00100000 if is_port else 0) | 0x0c00)
        space.u32(at + 0x2c, (1 << SPEEDS[most[0]]) - 1 << 1)
    if now and not function.pf:
        space.u16(at + 0x12, link_word(now) | 0x1000 | (0x2000 if is_port else 0))
    slot = function.one("slot")
    if slot:
        number = int(slot.words[0]) if slot.words[0].isdigit() else 0
        space.u32(at + 0x14, number << 19 | (0x60 if "hotplug" in function.capabilities else 0))


def write_ssvid(space, at, function):
    space.u16(at + 4, function.sub_vendor)
    space.u16(at + 6, function.sub_device)


def write_af(space, at, _function):
    space.u32(at + 2, 0x030006)


IDS = {"pm": 0x01, "msi": 0x05, "pcie": 0x10, "msix": 0x11, "ssvid": 0x0d, "af": 0x13}
WRITERS = {"pm": write_pm, "msi": write_msi, "pcie": write_pcie, "msix": write_msix, "ssvid": write_ssvid,
           "af": write_af}


def write_capabilities(space, function):
    names = capability_names(function)
    for place, name in enumerate(names):
        at = PLACES[name]
        space.u8(at, IDS[name])
        space.u8(at + 1, PLACES[names[place + 1]] if place + 1 < len(names) else 0)
        WRITERS[name](space, at, function)
    if names:
        space.u8(0x34, PLACES[names[0]])


def write_aer(space, at, _function):
    space.u32(at + 0x0c, 0x00462030)
    space.u32(at + 0x14, 0x00002000)


def write_ari(space, at, function):
    space.u16(at + 4, 0x0100 if function.one("sriov") else 0)


def write_acs(space, at, function):
    space.u16(at + 4, 0x001f)
    space.u16(at + 6, int(function.capabilities["acs"], 16))


def write_serial(space, at, function):
    digits = function.capabilities["serial"].replace("-", "")
    space.u64(at + 4, int(digits, 16))


def write_sriov(space, at, function):
    item = function.one("sriov")
    count, total = int(item.words[0]), int(item.words[1])
    space.u32(at + 0x04, 0x00000002)
    space.u16(at + 0x08, 0x0019 if count else 0x0010)
    space.u16(at + 0x0c, total)
    space.u16(at + 0x0e, total)
    space.u16(at + 0x10, count)
    space.u16(at + 0x14, int(item.keys["first"]))
    space.u16(at + 0x16, int(item.keys["stride"]))
    space.u16(at + 0x1a, int(item.keys["device"], 16))
    space.u32(at + 0x1c, 0x00000553)
    space.u32(at + 0x20, 0x00000001)
    write_bars(space, at + 0x24, function.vf_bars)


def rebar_sizes(function):
    """(BAR, mask of sizes, bit 0 being 1 MiB, as in resourceN_resize) or None: "cap rebar=1:256M-16G"."""
    told = function.capabilities.get("rebar")
    if not told:
        return None
    number, _, span = told.partition(":")
    first, _, last = span.partition("-")
    low, high = (text.size(part).bit_length() - 21 for part in (first, last or first))
    return int(number), (1 << high + 1) - (1 << low)


def write_rebar(space, at, function):
    number, mask = rebar_sizes(function)
    space.u32(at + 4, mask << 4)
    space.u32(at + 8, number | 1 << 5 | (function.bars[number].length.bit_length() - 21) << 8)


EXT_IDS = {"aer": 0x01, "ari": 0x0e, "acs": 0x0d, "serial": 0x03, "sriov": 0x10, "rebar": 0x15}
EXT_WRITERS = {"aer": write_aer, "ari": write_ari, "acs": write_acs, "serial": write_serial,
               "sriov": write_sriov, "rebar": write_rebar}


def write_extended(space, function):
    """The list begins at 0x100, whatever its first entry is; nothing there is all zeroes."""
    names = extended_names(function)
    places = [EXT_PLACES[name] for name in names]
    if places:
        places[0] = 0x100
    for number, name in enumerate(names):
        after = places[number + 1] if number + 1 < len(places) else 0
        space.u32(places[number], EXT_IDS[name] | 1 << 16 | after << 20)
        EXT_WRITERS[name](space, places[number], function)


def make(function, irq_line, is_multifunction):
    """The bytes of `config`: 4096 for PCI Express, 256 for the rest."""
    space = Space(4096 if function.pcie else 256)
    write_ids(space, function, is_multifunction)
    (write_bridge if function.is_bridge else write_endpoint)(space, function)
    write_capabilities(space, function)
    if function.pcie:
        write_extended(space, function)
    if irq_line and not function.pf:
        space.u8(0x3c, irq_line)
        space.u8(0x3d, function.address.function % 4 + 1)
    return bytes(space.data)
