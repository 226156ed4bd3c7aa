# 24-ten-times: eight devices at once, of all kinds, ten times in a row: each on its vfio driver while the VM runs and on its
# very former driver and driver_override after.
# timeout: 900
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 20
need_hook

echo e1000e >"$(sysfs_of 06:00.0)/driver_override"
before=$(snapshot)
vm_define eight --hostdev 01:00.0 --hostdev 02:00.0,managed=no --hostdev 03:00.0 --hostdev 04:00.0,managed=no \
	--hostdev 05:00.0 --hostdev 06:00.0,managed=no --hostdev 0b:00.1 --nvme 0e:00.0
wanted='vfio-pci vfio-pci vfio-pci vfio-pci vfio-pci vfio-pci vfio-pci vfio-pci'
for round in 1 2 3 4 5 6 7 8 9 10; do
	vm_start eight
	drivers=''
	for address in 01:00.0 02:00.0 03:00.0 04:00.0 05:00.0 06:00.0 0b:00.1 0e:00.0; do
		drivers+="$(driver_of "$address") "
	done
	is "${drivers% }" "$wanted" "round $round: all eight are on vfio-pci"
	vm_destroy eight
	is "$(snapshot)" "$before" "round $round: the host is exactly as before"
done
printf '\n' >"$(sysfs_of 06:00.0)/driver_override"
