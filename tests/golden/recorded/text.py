# SPDX-License-Identifier: LGPL-2.1-or-later
"""A .host file as objects. Why a format of our own: a machine has to be readable at a
glance, one line a PCI function, as in lspci, and Python's own library has no YAML."""
import re
import shlex

UNITS = {"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
KEY = re.compile(r"^[a-z][a-z0-9_]*=")
ADDRESS = re.compile(r"^([0-9a-f]{4,}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$")


class Mistake(Exception):
    """Something in a .host file that can't be right."""


class Item:
    """A word with what follows it: positional words and key=value ones."""

    def __init__(self, line):
        words = shlex.split(line, comments=True)
        self.word = words[0]
        self.words = [w for w in words[1:] if not KEY.match(w)]
        self.keys = dict(w.split("=", 1) for w in words[1:] if KEY.match(w))
        self.line = line

    def rest(self):
        """All that follows the word, as it stands."""
        return self.line.split(None, 1)[1] if " " in self.line else ""


class Address:
    """Domain, bus, slot and function; text as the kernel writes it."""

    def __init__(self, text):
        found = ADDRESS.match(text)
        if not found:
            raise Mistake(f"'{text}' is no PCI address")
        self.domain, self.bus, self.slot, self.function = (int(part, 16) for part in found.groups())
        self.text = text

    @classmethod
    def of(cls, domain, routing_id):
        """From the 16 bits that a VF's address is counted in."""
        return cls(f"{domain:04x}:{routing_id >> 8:02x}:{routing_id >> 3 & 31:02x}.{routing_id & 7}")

    @property
    def routing_id(self):
        return self.bus << 8 | self.slot << 3 | self.function


class Function:
    """One PCI function: the columns of its line, and the items below it."""

    def __init__(self, words):
        if len(words) != 7:
            raise Mistake(f"'{' '.join(words)}' has not the seven columns of a function")
        self.address = Address(words[0])
        self.vendor, self.device = (int(part, 16) for part in words[1].split(":"))
        self.class_code = int(words[2], 16)
        self.revision = int(words[3], 16)
        pair = "0000:0000" if words[4] == "-" else words[4]
        self.sub_vendor, self.sub_device = (int(part, 16) for part in pair.split(":"))
        self.group = None if words[5] == "-" else int(words[5])
        self.driver = None if words[6] == "-" else words[6]
        self.items = []
        self.pf = None       # the Function that a VF belongs to
        self.parent = None   # the bridge above, or None on a root bus
        self.root = None     # the Root
        self.bars = {}       # number -> Bar; 6: the ROM
        self.vf_bars = {}    # number -> Bar of all VFs together
        self.windows = {}    # of a bridge: io, mem, pref -> (first, last)

    def all(self, word):
        return [item for item in self.items if item.word == word]

    def one(self, word):
        found = self.all(word)
        return found[0] if found else None

    @property
    def is_bridge(self):
        return self.class_code >> 8 in (0x0604, 0x0609) and self.one("bus") is not None

    @property
    def buses(self):
        """Secondary and subordinate bus of a bridge."""
        words = self.one("bus").words
        return int(words[0], 16), int(words[-1], 16)

    @property
    def capabilities(self):
        """{"msix": "33", "flr": "", ...} out of the cap items."""
        found = {"msix": self.pf.one("sriov").keys.get("msix", "5")} if self.pf else {}
        for item in self.all("cap"):
            found.update(item.keys)
            found.update({word: "" for word in item.words})
        return found

    @property
    def pcie(self):
        """(type, (speed, width) now, (speed, width) at most), or None for conventional PCI."""
        item = self.one("pcie") or (self.pf and self.pf.one("pcie"))
        if not item:
            return None
        links = [tuple(word.split("x")) for word in item.words[1:]]
        now = links[0] if links else None
        return item.words[0], now, links[-1] if links else None


class Root:
    """A root bus: which node it hangs on, which IOMMU, where its windows begin."""

    def __init__(self, domain, bus, keys):
        self.domain, self.bus, self.keys = domain, bus, keys
        self.name = f"pci{domain:04x}:{bus:02x}"
        self.node = int(keys.get("node", -1))
        self.iommu = keys.get("iommu")


class Vm:
    """A running VM."""

    def __init__(self, item):
        self.name, self.uuid, self.pid = item.words[0], item.words[1], int(item.words[2])
        self.keys = item.keys
        self.items = []


class Host:
    """The whole machine."""

    def __init__(self, name):
        self.name = name
        self.items, self.functions, self.roots, self.vms = [], [], {}, []

    def all(self, word):
        return [item for item in self.items if item.word == word]

    def say(self, word, default=""):
        found = self.all(word)
        return found[0].rest() if found else default

    def find(self, address):
        for function in self.functions:
            if function.address.text == address:
                return function
        raise Mistake(f"there is no function {address}")

    @property
    def groups(self):
        return sorted({f.group for f in self.functions if f.group is not None})


def size(text):
    """"64K" -> 65536"""
    found = re.match(r"^([0-9]+)([BKMGT]?)$", text)
    if not found:
        raise Mistake(f"'{text}' is no size")
    return int(found.group(1)) * UNITS[found.group(2)]


def numbers(text):
    """"0-2,7" -> [0, 1, 2, 7]"""
    found = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def parse_line(host, line, current):
    """Takes one line in; returns what indented lines after it belong to."""
    if line.startswith((" ", "\t")):
        if current is None:
            raise Mistake("an indented line belongs to a function or a VM")
        current.items += [Item(part.strip()) for part in line.split(";") if part.strip()]
        return current
    words = shlex.split(line, comments=True)
    if ADDRESS.match(words[0]):
        host.functions.append(Function(words))
        return host.functions[-1]
    item = Item(line)
    if item.word == "vm":
        host.vms.append(Vm(item))
        return host.vms[-1]
    if item.word == "root":
        domain, bus = (int(part, 16) for part in item.words[0].split(":"))
        host.roots[domain, bus] = Root(domain, bus, item.keys)
    host.items.append(item)
    return None


def make_vfs(pf):
    """The VFs of @pf: "sriov COUNT TOTAL first= stride= device=", then "vf RANGE ..." for what they are."""
    item = pf.one("sriov")
    first, stride = int(item.keys["first"]), int(item.keys["stride"])
    found = []
    for index in range(int(item.words[0])):
        address = Address.of(pf.address.domain, pf.address.routing_id + first + stride * index)
        vf = Function([address.text, f"{pf.vendor:04x}:{item.keys['device']}",
                       f"{pf.class_code:06x}" if "class" not in item.keys else item.keys["class"],
                       f"{pf.revision:02x}", f"{pf.sub_vendor:04x}:{item.keys.get('sub', f'{pf.sub_device:04x}')}",
                       "-", "-"])
        vf.pf, vf.index = pf, index
        found.append(vf)
    for rule in pf.all("vf"):
        for place, index in enumerate(numbers(rule.words[0])):
            apply_rule(found[index], rule, place)
    return found


def apply_rule(vf, rule, place):
    """group=100 counts up from the first of the range; %d in other values is the VF's own number."""
    keys = {key: value.replace("%d", str(vf.index)) for key, value in rule.keys.items()}
    if "group" in keys:
        vf.group = int(keys["group"]) + place
    if "driver" in keys:
        vf.driver = None if keys["driver"] == "-" else keys["driver"]
        vf.items = [item for item in vf.items if item.word != "net" or vf.driver != "vfio-pci"]
    if "net" in keys:
        mac = keys["mac"].split(":")
        mac[5] = f"{vf.index % 256:02x}"
        mac[4] = f"{int(mac[4], 16) + vf.index // 256:02x}"
        vf.items.append(Item(f"net {keys['net']} {':'.join(mac)} state={keys.get('state', 'down')}"))
    if "vgpu" in keys:
        vf.items = [item for item in vf.items if item.word != "vgpu"] + [Item(f"vgpu {keys['vgpu']}")]
    if "override" in keys:
        vf.items.append(Item(f"override {keys['override']}"))


def place_functions(host):
    """Finds each function's bridge and root; VFs are siblings of their PF, whatever their bus."""
    bridges = {}
    for function in host.functions:
        if function.is_bridge:
            bridges[function.address.domain, function.buses[0]] = function
    for function in host.functions:
        place = function.pf.address if function.pf else function.address
        function.parent = bridges.get((place.domain, place.bus))
        top = function
        while top.parent:
            top = top.parent
        key = (top.address.domain, (top.pf or top).address.bus)
        if key not in host.roots:
            host.roots[key] = Root(*key, {})
        function.root = host.roots[key]


def read(path):
    """Reads @path, a .host file."""
    host, current = Host(path.stem), None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            current = parse_line(host, line.rstrip(), current)
        except (Mistake, ValueError, KeyError, IndexError) as mistake:
            raise Mistake(f"{path.name}, line {number}: {mistake}") from mistake
    for pf in [f for f in host.functions if f.one("sriov")]:
        host.functions += make_vfs(pf)
    host.functions.sort(key=lambda f: (f.address.domain, f.address.routing_id))
    place_functions(host)
    return host
