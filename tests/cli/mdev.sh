#!/bin/bash
# mdev and vgpu: what there is, what may be defined, and that nobody's mdev is touched by mistake.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
u1=11111111-0000-4000-8000-000000000001
u2=22222222-0000-4000-8000-000000000002

# parent NAME HOME; type PARENT-HOME ID NAME AVAILABLE; mdev PARENT-HOME UUID TYPE GROUP
parent() {
	mkdir -p "$root/sys/class/mdev_bus" "$root/sys/bus/mdev/devices" "$root/$2/mdev_supported_types"
	ln -s "../../../$2" "$root/sys/class/mdev_bus/$1"
}
type() {
	put "$1/mdev_supported_types/$2/name" "$3"
	put "$1/mdev_supported_types/$2/device_api" vfio-pci
	put "$1/mdev_supported_types/$2/available_instances" "$4"
	put "$1/mdev_supported_types/$2/create" ''
}
mdev() {
	mkdir -p "$root/$1/$2"
	ln -s "../mdev_supported_types/$3" "$root/$1/$2/mdev_type"
	ln -s "../../../../kernel/iommu_groups/$4" "$root/$1/$2/iommu_group"
	ln -s "../../../../$1/$2" "$root/sys/bus/mdev/devices/$2"
}

run mdev types
exits 0 'types where there are none'
run mdev list --json
ok 'list --json where there are none' test "$output" = '[]'

parent mtty sys/devices/virtual/mtty/mtty
type sys/devices/virtual/mtty/mtty mtty-1 'Single port serial' 24
type sys/devices/virtual/mtty/mtty mtty-2 $'Dual\e[31m' 0
put sys/devices/pci0000:00/0000:01:00.0/numa_node 1
parent 0000:01:00.0 sys/devices/pci0000:00/0000:01:00.0
type sys/devices/pci0000:00/0000:01:00.0 nvidia-36 'GRID V100-1Q' 3
mdev sys/devices/virtual/mtty/mtty "$u1" mtty-1 40

run mdev types
says 'Single port serial' 'types'
says 'Dual\x1b[31m' 'types: a name that would colour the terminal'
run mdev types 01:00.0 --json
ok 'types of one parent, as JSON' python3 -c 'import json,sys; d=json.load(sys.stdin); assert d==[{"parent":"0000:01:00.0","type":"nvidia-36","name":"GRID V100-1Q","device_api":"vfio-pci","available_instances":3,"description":None,"numa_node":1}], d' <<<"$output"
run mdev list
says "$u1"$'\tmtty\tmtty-1' 'list'

run mdev define mtty-1 --parent mtty --uuid "$u2" --auto --attr power/control=on --attr power/control=auto
exits 0 'define'
ok 'define: prints the uuid' test "$output" = "$u2"
ok "define: mdevctl's file" python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); assert d=={"mdev_type":"mtty-1","start":"auto","attrs":[{"power/control":"on"},{"power/control":"auto"}]}, d' "$root/etc/mdevctl.d/mtty/$u2"
ok 'define: readable for all, no rest' test "$(find "$root/etc/mdevctl.d" -type f -printf '%m %f ')" = "644 $u2 "
run mdev define mtty-1 --parent mtty --uuid "$u2"
exits 3 'define again'
complains "mdev $u2 is defined already" 'define again'
run mdev define 'GRID V100-1Q' --parent pci_0000_01_00_0
ok "define by the type's name: its id is stored" grep -rq '"nvidia-36"' "$root/etc/mdevctl.d/0000:01:00.0"
run mdev define nvidia-37 --parent 01:00.0
exits 1 'define of an unknown type'
complains '0000:01:00.0 has no mdev type nvidia-37 (types: nvidia-36 (GRID V100-1Q))' 'define of an unknown type'
run mdev define mtty-1
exits 2 'define without a parent'
run mdev list --defined --json
ok 'list --defined' python3 -c 'import json,sys; d=json.load(sys.stdin); assert len(d)==2 and all(x["defined"] and not x["active"] for x in d), d' <<<"$output"
run mdev undefine "$u1"
exits 3 'undefine of what is not defined'
run mdev undefine "$u2"
exits 0 'undefine'
ok 'undefine: the file is gone' test ! -e "$root/etc/mdevctl.d/mtty/$u2"
mkdir "$root/elsewhere"
mv "$root/etc/mdevctl.d/mtty" "$root/elsewhere/mtty"
ln -s ../../elsewhere/mtty "$root/etc/mdevctl.d/mtty"
run mdev define mtty-1 --parent mtty --uuid "$u2"
exits 1 'define through a planted link'
ok 'define through a planted link: nothing is written' test -z "$(ls "$root/elsewhere/mtty")"

mkdir -p "$root/run"
run mdev remove x
exits 2 'remove of no uuid'
run mdev remove "$u2"
exits 3 'remove of what is not there'
complains "there is no mdev $u2" 'remove of what is not there'
run mdev create mtty-2
exits 3 'create of a full type'
complains 'no instance of mtty-2 is left on mtty' 'create of a full type'
run mdev create mtty-9
complains 'types: nvidia-36 (GRID V100-1Q), mtty-1 (Single port serial), mtty-2' 'create of an unknown type'
run mdev create mtty-1 --uuid "$u1"
complains "mdev $u1 exists already" 'create of what exists'
run mdev create mtty-1 --choose best
exits 2 'create with an unknown choice'
run mdev dance
exits 2 'an unknown verb'

run vgpu types
exits 0 'vgpu types where there are none'
put sys/devices/pci0000:00/0000:02:00.0/nvidia/current_vgpu_type 0
put sys/devices/pci0000:00/0000:02:00.0/nvidia/creatable_vgpu_types $'ID    : vGPU Name\n558   : NVIDIA L40-1B'
run vgpu types
says $'0000:02:00.0\t558\tNVIDIA L40-1B\tcreatable' 'vgpu types'
run vgpu types 02:00.0 --json
ok 'vgpu types --json' python3 -c 'import json,sys; d=json.load(sys.stdin); assert d==[{"address":"0000:02:00.0","current":0,"creatable":[{"id":558,"name":"NVIDIA L40-1B"}]}], d' <<<"$output"
run vgpu types 01:00.0
complains '0000:01:00.0 has no vendor vGPU interface' 'vgpu types of another card'
run vgpu set 02:00.0 55
exits 3 'vgpu set of a part of a number'
complains "can't get vGPU type 55 now (types: 558 (NVIDIA L40-1B))" 'vgpu set of a part of a number'
run vgpu clear 02:00.0
complains '0000:02:00.0 has no vGPU type set' 'vgpu clear'
finish
