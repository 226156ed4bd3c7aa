#!/bin/bash
# release.sh: gives the devices of $BENCH_DEVICES back to whichever driver the kernel picks.
set -e
sys=${BENCH_SYS:-/sys}
for device in $BENCH_DEVICES; do
	echo >"$sys/bus/pci/devices/$device/driver_override"
	[ ! -e "$sys/bus/pci/devices/$device/driver" ] || echo "$device" >"$sys/bus/pci/devices/$device/driver/unbind"
	echo "$device" >"$sys/bus/pci/drivers_probe"
done
