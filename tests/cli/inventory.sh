#!/bin/bash
# inventory: what list, show and groups print of a captured machine.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run list
exits 0 'list'
silent 'list'
says $'0000:01:00.0\t8086:10d3' 'list'
says 'e1000e' 'list'
ok 'list: one line per device and a heading' test "$(wc -l <<<"$output")" = 6

run list -d 1b36:
says '0000:03:00.0' 'list -d'
ok 'list -d: only these' test "$(wc -l <<<"$output")" = 3
run list -d ::0108
ok 'list -d by class' test "$(wc -l <<<"$output")" = 2
run list -s 02:
ok 'list -s' test "$(wc -l <<<"$output")" = 3
run list -d 8086: -s 01:
ok 'list -d and -s are both asked' test "$(wc -l <<<"$output")" = 2
run list --name 'no such name'
ok 'list --name' test "$(wc -l <<<"$output")" = 1
run list -d zz
exits 2 'list -d zz'
complains '-d zz:' 'list -d zz'
run list --name '('
exits 2 "list --name '('"
run list --json
ok 'list --json is JSON' python3 -c 'import json,sys; d=json.load(sys.stdin); assert [x["iommu_group"] for x in d if x["address"]=="0000:02:00.1"]==[2]' <<<"$output"

run groups
exits 0 'groups'
says 'group 2' 'groups'
says 'bridge, stays with the host' 'groups'
says '/dev/nvme0n1 is mounted on /srv' 'groups'
run groups 2
ok 'groups 2: only that' test "$(grep -c '^group' <<<"$output")" = 1
run groups 99
exits 1 'groups 99'
run groups x
exits 2 'groups x'

run show 02:00.0
exits 0 'show'
says 'IOMMU group:    2 with 0000:02:00.1' 'show'
says 'pci_0000_02_00_0' 'show'
says "bus='0x02' slot='0x00' function='0x0'" 'show'
says '0000:02:00.1: e1000e -> vfio-pci (same IOMMU group)' 'show'
run show pci_0000_03_00_0
says 'in use:         /dev/nvme0n1 is mounted on /srv' 'show by node device name'
run show 99:00.0
exits 1 'show of nothing'
complains '0000:99:00.0 is not on this host' 'show of nothing'
run show ../etc
exits 2 'show of no address'
run show 02:00.0 --json
ok 'show --json is JSON' python3 -c 'import json,sys; assert json.load(sys.stdin)["can_be_given"]' <<<"$output"
finish
