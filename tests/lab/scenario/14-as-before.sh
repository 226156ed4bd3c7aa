# 14-as-before: what comes back is what was there, not what the kernel would pick.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 16
need_hook

# round WHAT ADDR: one life of a VM, between two snapshots.
round() {
	local before
	before=$(snapshot)
	vm_define "vm" --hostdev "$2,managed=no"
	ok "$1: starts" vm_start vm
	is "$(driver_of "$2")" vfio-pci "$1: it is on vfio-pci"
	ok "$1: is destroyed" vm_destroy vm
	as_before "$before" "$1"
}

echo e1000e >"$(sysfs_of 06:00.0)/driver_override"
round "a driver_override set by the owner" 06:00.0
printf '\n' >"$(sysfs_of 06:00.0)/driver_override"

echo 0000:07:00.0 >/sys/bus/pci/drivers/e1000e/unbind
round "a device without a driver" 07:00.0
echo 0000:07:00.0 >/sys/bus/pci/drivers/e1000e/bind

round "a device for which there is no driver" 00:04.0

virsh --quiet nodedev-detach pci_0000_08_00_0
round "a device detached by virsh" 08:00.0
virsh --quiet nodedev-reattach pci_0000_08_00_0
