# SPDX-License-Identifier: LGPL-2.1-or-later
"""The machine's own pci.ids: of names.ids what its functions need, so that what a person reads does
not depend on the version of the machine that replays it."""
import re

from . import text

PLACE = "usr/share/misc/pci.ids"
CLASS = re.compile(r"^C ([0-9a-f]{2})  ")
DEPTH = re.compile(r"^(\t*)([0-9a-f]+)  ")


def wanted(host):
    """{path of ids}: ("8086",), ("8086", "1533"), ("C", "02"), ("C", "02", "00"), ..."""
    found = set()
    for function in host.functions:
        code = f"{function.class_code:06x}"
        parts = [code[:2], code[2:4], code[4:]]
        found |= {("C", *parts[:count]) for count in (1, 2, 3)}
        found |= {(f"{function.vendor:04x}",), (f"{function.vendor:04x}", f"{function.device:04x}")}
        found.add((f"{function.sub_vendor:04x}",))
    return found


def paths(lines):
    """(path of ids, line) of each line that names something."""
    above = []
    for line in lines:
        start = CLASS.match(line)
        depth = DEPTH.match(line)
        if start:
            above = ["C", start.group(1)]
        elif depth:
            level = len(depth.group(1)) + (1 if above[:1] == ["C"] and depth.group(1) else 0)
            above = above[:level] + [depth.group(2)]
        else:
            continue
        yield tuple(above), line


def write_all(tree, host, lines):
    asked, found = wanted(host), {}
    for place, line in paths(lines):
        if place in asked:
            found[place] = line
    for function in host.functions:
        place = (f"{function.vendor:04x}", f"{function.device:04x}")
        if place not in found:
            raise text.Mistake(f"{function.address.text}: names.ids has no name for {':'.join(place)}")
    tree.put(PLACE, "\n".join(found.values()))
