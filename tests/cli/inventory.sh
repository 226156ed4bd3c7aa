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

# VMs that don't use our hook, as libvirt keeps them
# live NAME UUID PID ADDRESS...: a running VM
live() {
	local address text='' bus slot function _
	for address in "${@:4}"; do
		IFS=:. read -r _ bus slot function <<<"$address"
		text+="<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x$bus' slot='0x$slot' function='0x$function'/></source></hostdev>"
	done
	put "run/libvirt/qemu/$1.xml" "<domstatus state='running' reason='booted' pid='$3'><domain type='kvm' id='1'><name>$1</name><uuid>$2</uuid><devices>$text</devices></domain></domstatus>"
}
one=aaaaaaaa-0000-4000-8000-000000000001
live loner $one 700 0000:01:00.0
run status
says 'no VM holds a device' 'a VM whose process is gone'
put proc/700/cmdline 'qemu-system-x86_64 -uuid bbbbbbbb-0000-4000-8000-000000000002 '
run status
says 'no VM holds a device' "a VM whose process's number another has"
put proc/700/cmdline "qemu-system-x86_64 -uuid $one "
run status
says "loner  $one  running without our hook" 'a VM without our hook'
says '  0000:01:00.0' 'with what it has'
run list -s 01:00.0
says $'loner\theld' 'list names it'
run list --available
ok 'list --available: without it' test -z "$(grep 0000:01:00.0 <<<"$output")"
run list --tree --available
ok 'list --tree --available: without it' test -z "$(grep 0000:01:00.0 <<<"$output")"
run list --tree
says '0000:01:00.0' 'list --tree: with it'
run list --tree --sort name
exits 2 'a tree that is sorted'
run list -o ''
exits 2 'no column at all'
run list --sort x
complains '--sort x: there are address, id' 'no such column'
put run/libvirt/qemu/broken.xml '<domstatus'
run status
exits 1 'a status that can not be read'
complains 'who has which device is not known completely: /run/libvirt/qemu/broken.xml' 'it is named'
ok 'it is not said that there is none' test -z "$(grep 'no VM' <<<"$output")"
run list
exits 0 'list with a status that can not be read'
complains '/run/libvirt/qemu/broken.xml' 'list says so, too'
rm "$root/run/libvirt/qemu/broken.xml"

# One VM with our hook that has got another device while it runs
rm "$root/run/libvirt/qemu/loner.xml"
# seal BODY: a line of a journal
seal() { printf '%s %s\n' "$(printf '%s' "$1" | sha256sum | cut -c1-8)" "$1"; }
mkdir -p "$root/run/hostdevctl/vm"
{
	seal 'begin version=1 kind=vm name=web boot=b caller=1 caller.start=1 uptime=1 since=0'
	seal 'goal 0 pci 0000:02:00.0 id=8086:10d3:8086:0000:020000 from.driver=e1000e to.driver=vfio-pci to.override=vfio-pci'
	seal 'planned 1'
	seal 'done 0'
	seal commit
} >"$root/run/hostdevctl/vm/aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa"
live web aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa 700 0000:01:00.0 0000:02:00.0
put proc/700/cmdline 'qemu-system-x86_64 -uuid aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa '
run status
ok 'a VM is told of once' test "$(grep -c '^web' <<<"$output")" = 1
says '0000:01:00.0: attached while it runs' 'with what it has got since'
run status --json
ok 'so is it as JSON' python3 -c 'import json,sys; d=json.load(sys.stdin); assert [v["domain"] for v in d] == ["web"] and [x["address"] for x in d[0]["devices"]] == ["0000:02:00.0", "0000:01:00.0"]' <<<"$output"
home=$root/sys/devices/pci0000:00/0000:02:00.0
mkdir -p "$root/sys/bus/pci/drivers/vfio-pci"
ln -sfn ../../../bus/pci/drivers/vfio-pci "$home/driver"
run status
exits 0 'status of a VM that runs'
rm -r "$root/run/libvirt/qemu/web.xml" "$root/proc/700"
for words in status 'status --json'; do
	# shellcheck disable=SC2086 # words
	run $words
	says dead "$words of a VM that is dead"
	exits 1 "$words of a VM that is dead"
done
ln -sfn ../../../bus/pci/drivers/e1000e "$home/driver"
rm -r "$root/run/hostdevctl"

# Names that would speak to the terminal
device 0000:08:00.0 8086 10d3 020000 8 $'e\e[31m'
device 0000:08:00.1 8086 10d3 020000 8 e1000e
device 0000:08:10.0 8086 10ca 020000 9 $'e\e[31m'
put sys/devices/pci0000:00/0000:08:00.1/sriov_totalvfs 8
put sys/devices/pci0000:00/0000:08:00.1/sriov_numvfs 1
ln -s ../0000:08:10.0 "$root/sys/devices/pci0000:00/0000:08:00.1/virtfn0"
ln -s ../0000:08:00.1 "$root/sys/devices/pci0000:00/0000:08:10.0/physfn"
run show 08:00.1
says '  VF 0    0000:08:10.0  e\x1b[31m' 'show of a PF'
domain 0000:08:00.1
put etc/hostdevctl/conf.d/a.conf $'[policy]\ncompanions = refuse'
for words in list 'list --tree' 'list --dot' groups 'show 08:00.0' 'show 08:00.1' "plan $root/vm.xml"; do
	# shellcheck disable=SC2086 # words
	run $words
	ok "$words: no escape sequence" test -z "$(grep $'\e' <<<"$output")"
done
ok 'output that can not be written' bash -c "! '$hostdevctl' list --sysroot '$root' >/dev/full 2>'$root/.err'"
ok 'is told' grep -q 'could not be written: No space left' "$root/.err"
finish
