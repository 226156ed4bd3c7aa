#!/bin/bash
# map: selection as templates of OpenNebula do it: VENDOR, DEVICE, CLASS or SHORT_ADDRESS.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

put proc/sys/kernel/hostname here
device 0000:07:00.0 8086 10c9 020000 70 igb
device 0000:07:00.1 8086 10c9 020000 74 igb
device 0000:07:10.0 8086 10ca 020000 71 -
device 0000:0a:00.0 10de 2237 030200 80 -
device 0000:0b:00.0 10de 2237 030200 81 -
device 0000:0b:00.1 10de 22bd 040300 81 -
pf=sys/devices/pci0000:00/0000:07:00.0
put $pf/sriov_totalvfs 7
put $pf/sriov_numvfs 1
ln -s ../0000:07:10.0 "$root/$pf/virtfn0"
ln -s ../0000:07:00.0 "$root/sys/devices/pci0000:00/0000:07:10.0/physfn"

# members: of the mapping that `map list` has printed
members() { sed -n 's/^[^\t ]*[\t ]*0000:\([0-9a-f:.]*\)[\t ].*/\1/p' <<<"$output" | paste -sd' '; }
# selects DEVICES ARGUMENT...: a mapping made with these arguments has these devices.
selects() {
	run map add pool "${@:2}"
	exits 0 "map add ${*:2}"
	run map list pool
	ok "${*:2} selects $1" test "$(members)" = "$1"
	run map remove pool
}
# refuses MESSAGE ARGUMENT...
refuses() {
	run map add pool "${@:2}"
	exits 2 "map add ${*:2}"
	complains "$1" "map add ${*:2}"
	ok "map add ${*:2}: no mapping is made" test ! -e "$root/etc/hostdevctl/mappings.d/pool.conf"
}

selects '0a:00.0 0b:00.0' VENDOR=10de DEVICE=2237
selects '0a:00.0 0b:00.0' VENDOR=10de,DEVICE=2237,CLASS=0302
selects '0a:00.0 0b:00.0 0b:00.1' VENDOR=10DE
selects '0b:00.1' VENDOR=0x10de 'DEVICE=*' CLASS=0403
selects '0b:00.1' CLASS=403
selects '0a:00.0 0b:00.0' DEVICE=2237 VENDOR=
selects '0b:00.0' SHORT_ADDRESS=0b:00.0
selects '0a:00.0 0b:00.0' SHORT_ADDRESS=0b:00.1,VENDOR=10de,DEVICE=2237
selects '0a:00.0 0b:00.0 0b:00.1' id=10de:
selects '0a:00.0 0b:00.0' 'id=*:2237'
# As OpenNebula is not told of a PF that has VFs
selects '07:00.1' VENDOR=8086 DEVICE=10c9
selects '07:00.0' 07:00.0
refuses "VENDOR=hello: say up to four hexadecimal digits, or * for any" VENDOR=hello
refuses "VENDOR=123456: say up to four hexadecimal digits" VENDOR=123456
refuses "VENDOR=10de,COLOUR=red: there are VENDOR, DEVICE, CLASS and SHORT_ADDRESS" VENDOR=10de,COLOUR=red
refuses "SHORT_ADDRESS=gpu: say a PCI address" SHORT_ADDRESS=gpu
refuses "can't all be any: that is every device" 'VENDOR=*'
refuses "id=*x:2237: say vendor:device, such as 8086:10ca; * is any" 'id=*x:2237'
# A selection lives: what fits later is in it.
run map add pool VENDOR=10de CLASS=0302
device 0000:0c:00.0 10de 25b6 030200 82 -
run map list pool
ok 'a card that comes later is in it' test "$(members)" = '0a:00.0 0b:00.0 0c:00.0'
ok 'it is kept in the words of mappings' test "$(paste -sd' ' "$root/etc/hostdevctl/mappings.d/pool.conf")" = '[mapping] id=10de:* class=0302'
run map remove pool

# ---- templates ----
# imports WANTED-FILES TEMPLATE [OPTION...]
imports() {
	run map import - "${@:3}" <<<"$2"
	exits 0 "import of ${2//$'\n'/ }"
	ok "it makes $1" test "$(paste -sd' ' <<<"$output")" = "$1"
}
imports gpu 'PCI = [ VENDOR="10de", DEVICE="2237" ]' --name gpu
run map list gpu
ok 'an imported mapping selects' test "$(members)" = '0a:00.0 0b:00.0'
run map import - --name gpu <<<'PCI = [ VENDOR="10de" ]'
exits 3 'what is there'
complains "there is a mapping 'gpu' already" 'what is there'
run map remove gpu
imports 'render-0 render-1 render-2' $'# a template\nNAME = "render"\nCPU="4"\nMEMORY=4096\nGRAPHICS = [ LISTEN = "0.0.0.0", TYPE="vnc" ]
DESCRIPTION = "a \\" and [ PCI"\nEMPTY =\nPCI = [\n  DEVICE = "2237",\n  VENDOR = 10de,\n  CLASS = "0302" ]
pci=[SHORT_ADDRESS="0b:00.1"]\nPCI = [ TYPE = "NIC", NETWORK = "lan", VENDOR = "8086", DEVICE = "10CA", CLASS = "", SHORT_ADDRESS="07:10.0" ]\n'
complains 'note: PCI: NETWORK has no meaning here' 'what else a NIC has'
complains 'note: PCI: SHORT_ADDRESS does not count beside ids' 'an address beside ids'
run map list render-1
ok 'a device by its address' test "$(members)" = 0b:00.1
run map list render-2
ok 'a device by ids' test "$(members)" = 07:10.0
# broken MESSAGE TEMPLATE [OPTION...]
broken() {
	run map import - "${@:3}" <<<"$2"
	exits 1 "import of ${2//$'\n'/ }"
	complains "$1" "import of ${2//$'\n'/ }"
}
broken 'the template has no NAME; say one with --name' 'PCI = [ VENDOR="10de" ]'
broken "'../etc' is no name for a mapping" 'PCI = [ VENDOR="10de" ]' --name ../etc
broken "line 1: 'PCI': names no VENDOR, DEVICE, CLASS or SHORT_ADDRESS" 'PCI = [ PROFILE = "1" ]' --name x
broken "line 2: 'x y': say up to four hexadecimal digits" $'NAME=x\nPCI = [ VENDOR = "x y" ]'
broken "line 1: '\"': has no end" 'PCI = [ VENDOR = "10de ]' --name x
broken 'say , or ]' 'PCI = [ VENDOR = "10de"' --name x
broken 'say , or ]' 'PCI = [ VENDOR = "10de" DEVICE = "1" ]' --name x
broken 'say NAME = "value"' $'PCI = [ VENDOR = "10de" ]\n]' --name x
finish
