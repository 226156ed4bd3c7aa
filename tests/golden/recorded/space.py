# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gives every BAR an address. A machine's firmware does it so: the big ones first, each
at a multiple of its size, and a bridge gets one window around all that is below it."""
from . import text

MEGA = 1 << 20
# Flags as the kernel prints them in `resource`: its own bits and, in the lowest four, the register's.
FLAGS = {"io": 0x40101, "32": 0x40200, "32p": 0x42208, "64": 0x140204, "64p": 0x14220c, "rom": 0x46200}
WINDOW_FLAGS = {"io": 0x101, "mem": 0x200, "pref": 0x102201}
GRAIN = {"io": 0x1000, "mem": MEGA, "pref": MEGA}


class Bar:
    """One range of addresses; of VFs, all of theirs."""

    def __init__(self, kind, length, count=1):
        self.kind, self.length, self.count, self.start = kind, length, count, 0
        self.flags = FLAGS[kind]

    @property
    def total(self):
        return self.length * self.count

    def pool(self, is_top):
        """Below a bridge only the prefetchable window is wider than 32 bits."""
        if self.kind == "io":
            return "io"
        return "pref" if self.kind == "64p" or (self.kind == "64" and is_top) else "mem"


class Window:
    """What is below one bridge, of one kind."""

    def __init__(self, function, pool, needs):
        self.function, self.pool = function, pool
        self.needs = sorted(needs, key=lambda need: -need.align)
        self.align = max([GRAIN[pool]] + [need.align for need in needs])
        self.total, place = 0, 0
        for need in self.needs:
            place = -(-place // need.align) * need.align + need.total
        self.total = -(-place // GRAIN[pool]) * GRAIN[pool]

    def settle(self, start):
        place = start
        for need in self.needs:
            place = -(-place // need.align) * need.align
            need.settle(place)
            place += need.total
        self.function.windows[self.pool] = (start, start + self.total - 1)


class Need:
    """A BAR that wants a place."""

    def __init__(self, bar):
        self.bar, self.align, self.total = bar, bar.length, bar.total

    def settle(self, start):
        self.bar.start = start


def read_bars(function):
    """Items "bar N KIND SIZE", "rom SIZE", and "vfbar N KIND SIZE" of a PF."""
    for item in function.all("bar"):
        function.bars[int(item.words[0])] = Bar(item.words[1], text.size(item.words[2]))
    for item in function.all("rom"):
        function.bars[6] = shadow() if item.words[0] == "shadow" else Bar("rom", text.size(item.words[0]))
    sriov = function.one("sriov")
    for item in function.all("vfbar"):
        count = int(sriov.words[1])
        function.vf_bars[int(item.words[0])] = Bar(item.words[1], text.size(item.words[2]), count)
    for bars in (function.bars, function.vf_bars):
        for number, bar in bars.items():
            if bar.kind.startswith("64") and number + 1 in bars:
                raise text.Mistake(f"{function.address.text}: BAR {number} of 64 bits takes the place of BAR {number + 1}")


def shadow():
    """The picture card's ROM as the firmware copied it into memory; it takes no room of its own."""
    rom = Bar("rom", 0x20000)
    rom.start, rom.flags = 0xc0000, 0x212
    return rom


def children_of(host):
    """{bridge or root: [functions right below it]}; VFs live in their PF's ranges."""
    found = {}
    for function in host.functions:
        if not function.pf:
            found.setdefault(function.parent or function.root, []).append(function)
    return found


def needs_below(place, children, is_top):
    """{"io": [...], "mem": [...], "pref": [...]} of all right below @place."""
    needs = {"io": [], "mem": [], "pref": []}
    for function in children.get(place, []):
        for bar in list(function.bars.values()) + list(function.vf_bars.values()):
            if not bar.start:
                needs[bar.pool(is_top)].append(Need(bar))
        if function.is_bridge:
            below = needs_below(function, children, False)
            for pool, wanted in below.items():
                if wanted:
                    needs[pool].append(Window(function, pool, wanted))
    return needs


class Ground:
    """Stands for a root bus, whose windows are nobody's registers."""

    def __init__(self):
        self.windows = {}


def allocate(host):
    """Fills in all addresses. Roots follow each other unless "root ... mem= mem64= io=" says where."""
    children, next_free = children_of(host), {}
    for function in host.functions:
        read_bars(function)
    for key in sorted(host.roots):
        root = host.roots[key]
        free = next_free.setdefault(root.domain, {"io": 0x1000, "mem": 0x80000000, "pref": 0x4000000000})
        for pool, name in (("io", "io"), ("mem", "mem"), ("pref", "mem64")):
            if name in root.keys:
                free[pool] = int(root.keys[name], 16)
        for pool, wanted in needs_below(root, children, True).items():
            window = Window(Ground(), pool, wanted)
            start = -(-free[pool] // window.align) * window.align
            window.settle(start)
            free[pool] = start + window.total
    for function in host.functions:
        if function.pf:
            take_vf_ranges(function)


def take_vf_ranges(vf):
    for number, whole in vf.pf.vf_bars.items():
        bar = Bar(whole.kind, whole.length)
        bar.start = whole.start + vf.index * whole.length
        vf.bars[number] = bar


def resource_lines(function):
    """The file `resource`: BARs, ROM, VF BARs; of a bridge its windows too."""
    def line(bar):
        return f"0x{bar.start:016x} 0x{bar.start + bar.total - 1:016x} 0x{bar.flags:016x}" if bar else none
    none = " ".join([f"0x{0:016x}"] * 3)
    lines = [line(function.bars.get(number)) for number in range(7)]
    lines += [line(function.vf_bars.get(number)) for number in range(6)]
    if function.is_bridge:
        for pool in ("io", "mem", "pref"):
            window = function.windows.get(pool)
            lines.append(f"0x{window[0]:016x} 0x{window[1]:016x} 0x{WINDOW_FLAGS[pool]:016x}" if window else none)
        lines.append(none)
    return "\n".join(lines)
