#!/bin/bash
# vfio-bind.sh: what OpenNebula's manual has its administrators install as /usr/local/bin/vfio-bind does, written anew: ids
# are read, the device is unbound and vfio-pci told of its ids. (The manual's own never unbinds: a misplaced backslash.)
# With --back it does what the manual leaves to a reboot.
modprobe vfio-pci
back=no
[ "$1" != --back ] || { back=yes; shift; }
for device in "$@"; do
	folder=/sys/bus/pci/devices/$device
	ids="$(cat "$folder/vendor") $(cat "$folder/device")"
	[ "$back" = no ] || echo "$ids" >/sys/bus/pci/drivers/vfio-pci/remove_id
	[ ! -e "$folder/driver" ] || echo "$device" >"$folder/driver/unbind"
	if [ "$back" = no ]; then
		echo "$ids" >/sys/bus/pci/drivers/vfio-pci/new_id
	else
		echo "$device" >/sys/bus/pci/drivers_probe
	fi
done
