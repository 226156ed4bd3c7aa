#!/bin/bash
# xml: fragments are well-formed, say what was asked for, and nothing from outside gets in unescaped.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# wellformed DESCRIPTION: what was printed, each fragment a tree of its own.
wellformed() { ok "$1: is XML" xmllint --noout - <<<"<all>$output</all>"; }
# has XPATH DESCRIPTION
has() {
	ok "$2" xmllint --noout --xpath "$1" - <<<"<all xmlns:hd='urn:hostdevctl:domain:1'>$output</all>"
}
# usage DESCRIPTION MESSAGE ARGUMENT...
usage() {
	run xml "${@:3}"
	exits 2 "$1"
	complains "$2" "$1"
	ok "$1: prints nothing" test -z "$output"
}

run xml hostdev 01:00.0
exits 0 'hostdev'
silent 'hostdev'
wellformed 'hostdev'
has "//hostdev[@type='pci'][@managed='yes']/source/address[@bus='0x01'][@function='0x0']" 'hostdev: the address'
run xml hostdev pci_0000_01_00_0 --managed no --driver-model mlx5_vfio_pci --no-rom
has "//hostdev[@managed='no']/driver[@model='mlx5_vfio_pci']" 'hostdev: managed and driver'
has "//hostdev/rom[@enabled='no']" 'hostdev: no ROM'
run xml hostdev 02:00
ok 'a slot: every function' test "$(grep -c '<hostdev' <<<"$output")" = 2
has "//hostdev[1]/address[@bus='0x08'][@function='0x0'][@multifunction='on']" 'a slot: function 0 is multifunction'
has "//hostdev[2]/address[@bus='0x08'][@function='0x1'][not(@multifunction)]" 'a slot: function 1 goes along'
run xml hostdev 02:00 --guest-slot 05:01
has "//hostdev[1]/address[@bus='0x05'][@slot='0x01']" 'a slot: where the guest is to have it'
run xml hostdev 01:00.0 --x-vga --pci-id 10de:1c82 --rom-file '/roms/a&b<c.rom'
wellformed 'hostdev with everything'
has "//hostdev/rom[@file='/roms/a&amp;b&lt;c.rom'] | //hostdev/rom" 'hostdev: its ROM'
has "//hostdev/alias[@name='ua-hostdev-0000-01-00-0']" 'hostdev: an alias for the override'
says "name='x-vga' type='bool' value='true'" 'override'
says "name='x-pci-vendor-id' type='unsigned' value='4318'" 'override'
ok 'override: no sub-ids unasked' test "$(grep -c sub- <<<"$output")" = 0

device 0000:04:00.0 10de 1c82 030000 4 nouveau
device 0000:04:00.1 10de 0fb9 040300 4 snd_hda_intel
run xml hostdev 04:00 --x-vga --pci-id 10de:1c82 --rom-file /x.rom
wellformed 'a card'
has "//hostdev[1][alias]/rom" 'a card: its ROM'
ok 'a card: its sound has none' test "$(grep -c '<rom\|<alias' <<<"$output")" = 2
ok 'a card: only it is another to the guest' test "$(grep -o 'qemu:device alias=.*' <<<"$output")" = "qemu:device alias='ua-hostdev-0000-04-00-0'>"
run xml hostdev 04:00 02:00 01:00.0
has "//hostdev[1]/address[@bus='0x08'][@function='0x0']" 'two slots: the first'
has "//hostdev[3]/address[@bus='0x09'][@function='0x0']" 'two slots: the other is another card'
has "//hostdev[4]/address[@bus='0x09'][@function='0x1']" 'two slots: all of it'
has "//hostdev[5][not(address)]" 'beside them: libvirt finds a place'

run xml interface 10:10.0 --mac 52:54:00:12:34:56 --vlan 7
wellformed 'interface'
has "//interface[@type='hostdev']/vlan/tag[@id='7']" 'interface: vlan'
run xml mdev --type 'GRID <1Q>' --parent 41:00.0 --attr 'power/control=a&b' --display off
exits 0 'mdev'
wellformed 'mdev'
says "mdev_type='GRID &lt;1Q&gt;' parent='0000:41:00.0'" 'mdev: escaped'
says "<hd:attr name='power/control' value='a&amp;b'/>" 'mdev: attribute'
ok 'mdev: the same uuid in both' test "$(grep -o "uuid='[^']*'" <<<"$output" | sort -u | wc -l)" = 1
run xml vgpu 43:00.4 --type 558
wellformed 'vgpu'
has "//hostdev[@managed='no']" 'vgpu: stays with its driver'
says "<hd:vgpu address='0000:43:00.4' vgpu_type='558'/>" 'vgpu'

usage 'nothing to print' 'usage: hostdevctl xml hostdev ADDRESS...' dance
usage 'no address' 'say which device' hostdev
usage 'no such slot' 'is no PCI address' hostdev 1f:00
usage 'bad address' 'is no PCI address' hostdev "01:00.0'/><x/>"
usage 'bad managed' "--managed 'perhaps': say yes or no" hostdev 01:00.0 --managed perhaps
usage 'bad driver' 'no driver' hostdev 01:00.0 --driver-model ../x
usage 'bad ids' 'say VENDOR:DEVICE' hostdev 01:00.0 --pci-id 10de
usage 'bad ids' 'say VENDOR:DEVICE' hostdev 01:00.0 --pci-id 10de:-001
usage 'bad slot' 'say BUS:SLOT' hostdev 01:00.0 --guest-slot 00:01
usage 'two slots in one' '--guest-slot is for one slot' hostdev 04:00 02:00 --guest-slot 05:01
usage 'which function' '02:00 has no graphics' hostdev 02:00 --rom-file /x.rom
usage 'relative ROM' 'say an absolute path' hostdev 01:00.0 --rom-file x.rom
usage 'two ROMs' 'not both' hostdev 01:00.0 --rom-file /x.rom --no-rom
usage 'bad MAC' 'say a MAC address' interface 01:00.0 --mac 52:54:00
usage 'bad VLAN' 'say 0 to 4095' interface 01:00.0 --vlan 4096
usage 'no type' 'say the type with --type' mdev
usage 'bad type' "no type's name" mdev --type $'a\nb'
usage 'bad uuid' 'that is no UUID' mdev --type x --uuid 1234
usage 'bad parent' "say a PCI address or a parent's name" mdev --type x --parent ../y
usage 'bad attribute' 'say NAME=VALUE' mdev --type x --attr ../y=1
usage 'bad attribute' 'say NAME=VALUE' mdev --type x --attr remove=1
usage 'bad model' "--model 'x': say vfio-pci or vfio-ccw or vfio-ap" mdev --type x --model x
finish
