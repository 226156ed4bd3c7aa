#!/bin/bash
# bind.sh: binds the devices of $BENCH_DEVICES to vfio-pci, as such scripts do: override, unbind, probe.
set -e
sys=${BENCH_SYS:-/sys}
[ -n "$BENCH_SYS" ] || modprobe vfio-pci
for device in $BENCH_DEVICES; do
	echo vfio-pci >"$sys/bus/pci/devices/$device/driver_override"
	driver=$(basename "$(readlink "$sys/bus/pci/devices/$device/driver")")
	[ "$driver" = vfio-pci ] || echo "$device" >"$sys/bus/pci/devices/$device/driver/unbind"
	echo "$device" >"$sys/bus/pci/drivers_probe"
done
