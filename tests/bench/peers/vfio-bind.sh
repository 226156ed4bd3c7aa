#!/bin/bash
# vfio-bind.sh: what OpenNebula's manual has its administrators install as /usr/local/bin/vfio-bind does, written anew: ids
# are read, the device is unbound and vfio-pci told of its ids. (The manual's own never unbinds: a misplaced backslash.)
# "--back DRIVER DEVICE" does by hand what the manual leaves to a reboot.
set -e
if [ "$1" = --back ]; then
	echo "$3" >"/sys/bus/pci/drivers/vfio-pci/unbind"
	echo "$3" >"/sys/bus/pci/drivers/$2/bind"
	exit
fi
modprobe vfio-pci
for device in "$@"; do
	folder=/sys/bus/pci/devices/$device
	[ ! -e "$folder/driver" ] || echo "$device" >"$folder/driver/unbind"
	# Ids that are known already bind nothing.
	echo "$(cat "$folder/vendor") $(cat "$folder/device")" >/sys/bus/pci/drivers/vfio-pci/new_id 2>/dev/null ||
		echo "$device" >/sys/bus/pci/drivers/vfio-pci/bind
done
