# demo: what install/demo shows. One VM, one passed-through NIC, and a mistake made on purpose.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 4
need_hook

row() { printf '%-14s %-14s %-12s %-14s %s\n' "$@"; }
table_row() {
	local holder
	holder=$(hostdevctl list -s 01:00.0 --json | jq -r '.[0].held_by // "-"')
	row "$1" 0000:01:00.0 "$(driver_of 01:00.0)" "$(override_of 01:00.0)" "$holder"
}
before=$(snapshot)
vm_define web --hostdev 01:00.0
diag ""
diag "\$ hostdevctl plan web"
diag "$(hostdevctl plan web)"
diag ""
diag "$(row WHEN DEVICE DRIVER OVERRIDE 'HELD BY')"
diag "$(table_row before)"
ok "the VM starts" vm_start web
diag "$(table_row 'while running')"
is "$(driver_of 01:00.0)" vfio-pci "its NIC is on vfio-pci"
vm_destroy web
diag "$(table_row after)"
diag ""

disk=/dev/$(nvme_block_of 0e:00.0)
mkfs.ext4 -q -F "$disk"
mkdir -p /srv
mount "$disk" /srv
vm_define web --nvme 0e:00.0
fails "a VM that wants a mounted disk does not start" vm_start web
diag "\$ virsh start web        # a mistake: its disk is mounted on the host"
diag "$output"
diag ""
umount /srv
is "$(snapshot)" "$before" "the host is exactly as before"
