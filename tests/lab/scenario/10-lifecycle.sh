# 10-lifecycle: devices go to a VM and come back, whatever way the VM was written and whatever way it ends.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 28
need_hook

before=$(snapshot)

# lives NAME DESCRIPTION ADDR...: starts the VM, looks at its devices, destroys it, looks at the host.
lives() {
	local name=$1 what=$2 address
	shift 2
	ok "$what: starts" vm_start "$name"
	for address in "$@"; do
		is "$(driver_of "$address")" vfio-pci "$what: $address is on vfio-pci"
	done
	like "$(snapshot)" "recorded:$(virsh domuuid "$name" | sed '/^$/d')" "$what: it is recorded"
	ok "$what: is destroyed" vm_destroy "$name"
	as_before "$before" "$what"
}

vm_define managed --hostdev 01:00.0
lives managed "managed='yes'" 01:00.0
vm_define unmanaged --hostdev 02:00.0,managed=no
lives unmanaged "managed='no'" 02:00.0
vm_define disk --nvme 0e:00.0
lives disk "an NVMe disk" 0e:00.0
vm_define many --hostdev 03:00.0 --hostdev 04:00.0,managed=no --nvme 0f:00.0
lives many "three devices" 03:00.0 04:00.0 0f:00.0

vm_define short --boot poweroff --hostdev 01:00.0,managed=no
ok "shutdown from inside: starts" vm_start short
ok "shutdown from inside: ends by itself" wait_until 60 vm_is short "shut off"
as_before "$before" "shutdown from inside"

rm -rf /run/hostdevctl
vm_define plain
ok "a VM without host devices starts" vm_start plain
ok "it is destroyed" vm_destroy plain
is "$(find /run/hostdevctl 2>/dev/null)" "" "it left no trace"
