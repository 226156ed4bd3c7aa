#!/bin/bash
# rom: a card's ROM as a file, and what is said of one; nothing is replaced unasked, no VM's card is touched.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source_root=$2

# image FILE CODE UNITS LAST VENDOR:DEVICE [MACHINE]: appends an image of UNITS times 512 bytes
image() {
	python3 - "$@" <<'PY'
import struct, sys
path, code, units, last, ids = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5].split(":")
data = bytearray(units * 512)
struct.pack_into("<HB", data, 0, 0xaa55, units)
struct.pack_into("<H", data, 0x18, 0x40)
struct.pack_into("<4sHHHHB3sHHBBH", data, 0x40, b"PCIR", int(ids[0], 16), int(ids[1], 16), 0, 0x18, 0, b"\0\0\x03", units, 0, code, last << 7, 0)
if len(sys.argv) > 6:
    struct.pack_into("<HIHHH", data, 2, units, 0xef1, 11, int(sys.argv[6], 16), 0)
if code == 0:
    data[-1] = -sum(data) & 0xff
open(path, "ab").write(data)
PY
}
field() { python3 -c 'import json,sys; d=json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" <<<"$output"; }
is() { ok "$1" test "$(field "$2")" = "$3"; }
same() { ok "$1" cmp "$2" "$3"; }

card=sys/devices/pci0000:00/0000:01:00.0
lines=$(printf '0x0 0x0 0x0\n%.0s' 1 2 3 4 5 6)
put "$card/resource" "$lines"$'\n0xfe000000 0xfe003fff 0x46200'
image "$root/good.rom" 0 20 0 8086:10d3
image "$root/good.rom" 3 9 1 8086:10d3 8664
cp "$root/good.rom" "$root/$card/rom"

# A file
run rom check "$root/good.rom"
exits 0 'check of a good file'
says 'ok       structure    2 images, 14848 bytes' 'check of a good file'
says 'has a UEFI image (x64): works with OVMF' 'check of a good file'
run rom check "$root/good.rom" 01:00.0
exits 0 'check against its card'
says 'ok       card         it is for 8086:10d3, as 0000:01:00.0 is' 'check against its card'
run rom check "$root/good.rom" 03:00.0
exits 1 'check against another card'
says 'problem  card         an image is for 8086:10d3, and 0000:03:00.0 is 1b36:0010' 'check against another card'
run rom check "$root/good.rom" --json
exits 0 'check --json'
is 'JSON: two images, the second last' '[i["last"] for i in d["images"]]' '[False, True]'
is 'JSON: whole, no shadow, checksum' 'd["whole"], d["shadow"], d["images"][0]["checksum"], d["images"][1]["checksum"]' '(True, False, True, None)'
is 'JSON: EFI' 'd["images"][1]["efi"]' "{'machine': 'x64', 'subsystem': 11, 'driver': True, 'compressed': False}"
ok 'JSON: as the schema has it' "$source_root/tests/golden/check-json" "$source_root/docs/json/hostdevctl.schema.json" rom <<<"$output"
ok 'JSON: the schema is strict' "$source_root/tests/golden/check-json" "$source_root/docs/json/hostdevctl.schema.json" rom spoil <<<"$output"
head -c 14847 "$root/good.rom" >"$root/short.rom"
run rom check "$root/short.rom"
exits 1 'check of a file cut short'
says 'problem  structure    it ends within an image (at byte 14847 of 14847); remedy: get the whole file' 'check of a file cut short'
run rom check "$root/no-such.rom"
exits 1 'check of no file'
complains 'No such file' 'check of no file'
run rom check /dev/null
exits 1 'check of an empty file'
says 'there is no ROM in it' 'check of an empty file'
run rom check - <"$root/good.rom"
exits 0 'check of stdin'

# NVIDIA's header
{ printf NVGI; head -c 1532 /dev/zero; cat "$root/good.rom"; } >"$root/nvidia.rom"
run rom check "$root/nvidia.rom"
exits 1 "check of a file with NVIDIA's header"
says 'the ROM begins at byte 1536 (0x600), behind the header that NVIDIA' "check of a file with NVIDIA's header"
run rom trim "$root/nvidia.rom" --output "$root/trimmed.rom"
exits 0 'trim'
says "14848 bytes are in $root/trimmed.rom" 'trim'
silent 'trim'
same 'trim: what is left is the ROM' "$root/good.rom" "$root/trimmed.rom"
status=0
"$hostdevctl" rom trim "$root/nvidia.rom" >"$root/piped.rom" || status=$?
exits 0 'trim to a pipe'
same 'trim to a pipe: the ROM' "$root/good.rom" "$root/piped.rom"
run rom trim "$root/vm.none" --output "$root/x"
exits 1 'trim of no file'
run rom trim /dev/null --output "$root/x"
complains 'there is no ROM in /dev/null' 'trim of an empty file'
ok 'trim of an empty file: nothing is written' test ! -e "$root/x"

# A card
run rom dump 01:00.0 --output "$root/dump.rom"
exits 0 'dump'
says "14848 bytes are in $root/dump.rom" 'dump'
complains '0000:01:00.0 is run by driver e1000e: some cards hang' 'dump of a card in use'
same 'dump: the ROM, to the last byte' "$root/good.rom" "$root/dump.rom"
ok 'dump: readable for QEMU, nothing else left' test "$(cd "$root" && find . -maxdepth 1 -name 'dump.rom*' -printf '%m %f ')" = '644 dump.rom '
echo mine >"$root/dump.rom"
run rom dump 01:00.0 --output "$root/dump.rom"
exits 1 'dump onto a file'
complains "$root/dump.rom is there already; --force replaces it" 'dump onto a file'
ok 'dump onto a file: it is as it was' grep -qx mine "$root/dump.rom"
run rom dump 01:00.0 --output "$root/dump.rom" --force
exits 0 'dump --force'
same 'dump --force: the ROM' "$root/good.rom" "$root/dump.rom"
mkfifo "$root/pipe"
run rom dump 01:00.0 --output "$root/pipe" --force
complains 'is there already, and is no plain file' 'dump --force onto what is no file'
ok 'dump --force onto what is no file: it is there' test -p "$root/pipe"
ok 'nothing is left of what failed' test -z "$(find "$root" -maxdepth 1 -name '*.rom.*' -o -maxdepth 1 -name 'pipe.*')"
run rom dump 01:00.0 --output "$root/no/such/folder"
exits 1 'dump into no folder'
"$hostdevctl" rom dump 01:00.0 --sysroot "$root" 2>/dev/null >"$root/piped.rom"
same 'dump to a pipe: the ROM' "$root/good.rom" "$root/piped.rom"
command -v script >/dev/null && ok 'dump to a terminal is refused' sh -c "script -qec '$hostdevctl rom dump 01:00.0 --sysroot $root' /dev/null | grep -q 'no text for a terminal'"
run rom dump 01:00.0 --json
exits 2 'dump --json needs a file'
run rom dump 01:00.0 --json --force --output "$root/dump.rom"
is 'dump --json' 'd["address"], d["file"][-8:], d["size"]' "('0000:01:00.0', 'dump.rom', 14848)"
run rom check 01:00.0
exits 0 'check of a card'
says 'card         it is for 8086:10d3, as 0000:01:00.0 is' 'check of a card'
run rom dump 02:00.0 --output "$root/x"
exits 1 'dump of a card without'
complains "0000:02:00.0 has no ROM that could be read" 'dump of a card without'
: >"$root/sys/devices/pci0000:00/0000:02:00.0/rom"
run rom dump 02:00.0 --output "$root/x"
complains '0000:02:00.0 shows no ROM: it has none, or its image is none that the kernel knows' 'dump of an empty ROM'
put sys/devices/pci0000:00/0000:02:00.0/power_state D3hot
run rom dump 02:00.0 --output "$root/x"
complains 'shows no ROM while it is asleep (D3hot); echo on to /sys/bus/pci/devices/0000:02:00.0/power/control' 'dump of a card asleep'
run rom dump 0a:00.0 --output "$root/x"
complains '0000:0a:00.0 is not on this host' 'dump of no card'
ok 'dump of no ROM: nothing is written' test ! -e "$root/x"

# The console's card
put "$card/boot_vga" 1
put "$card/resource" "$lines"$'\n0xc0000 0xdffff 0x212'
run rom check 01:00.0
exits 1 'check of a shadowed ROM'
says 'problem  shadow       0000:01:00.0 showed the boot screen' 'check of a shadowed ROM'
says 'make another card the boot display' 'check of a shadowed ROM'
run rom dump 01:00.0 --output "$root/shadow.rom"
exits 0 'dump of a shadowed ROM'
complains 'problem  shadow' 'dump of a shadowed ROM'
put sys/devices/pci0000:00/0000:02:00.0/resource "$lines"$'\n0xc0000 0xdffff 0x212'
run rom dump 02:00.0 --output "$root/x"
complains '0000:02:00.0 showed the boot screen, so that the kernel looks for its ROM at 0xC0000, where the firmware has left none; make another' 'dump of a shadow that is not there'
run rom check 01:00.0 --json
is 'JSON: shadow' 'd["shadow"]' True
put "$card/resource" "$lines"$'\n0xfe000000 0xfe003fff 0x46200'

# A VM has it
mkdir -p "$root/run/libvirt/qemu"
put run/libvirt/qemu/web.xml "<domstatus state='running' pid='4711'><domain type='kvm'><name>web</name><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa</uuid><devices><hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source></hostdev></devices></domain></domstatus>"
put proc/4711/stat '4711 (qemu-system-x86) S 1 4711 4711 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 2 0 5000 1 1'
put proc/4711/comm qemu-system-x86
printf 'qemu-system-x86_64\0-uuid\0aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa\0' >"$root/proc/4711/cmdline"
run rom dump 01:00.0 --output "$root/x"
exits 3 "dump of a VM's card"
complains "0000:01:00.0 is held by VM 'web'" "dump of a VM's card"
run rom check 01:00.0
exits 3 "check of a VM's card"
run rom check "$root/good.rom" 01:00.0
exits 0 "check of a file for a VM's card"

run rom
exits 2 'no verb'
run rom dance 01:00.0
exits 2 'an unknown verb'
complains 'rom dump ADDRESS' 'an unknown verb'
run rom check
exits 2 'check of nothing'
run rom dump x
exits 2 'dump of no address'
finish
