# 00-lab: is the lab what its documentation says? Needs none of our software, and any topology will do.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh

# The table of the topology file: "#@ address id driver group-members...", below its headline.
mapfile -t table < <(sed -n 's/^#@ //p' /lab/topology | tail -n +2)
plan $((${#table[@]} + 3))

diag "kernel $(uname -r), $(virsh --version=long | head -n 1), $(qemu-system-x86_64 --version | head -n 1)"
diag "devices and libvirtd were ready $(cut -d' ' -f1 /proc/uptime) s after the kernel"

for line in "${table[@]}"; do
	read -r address id driver group <<<"$line"
	is "$(device_id_of "$address") $(driver_of "$address") $(group_members "$address")" "$id $driver $group" \
		"$address is as documented"
done

is "$(find /sys/bus/pci/devices -name '*:[0-9a-f][0-9a-f]:*.0' -exec cat {}/driver_override \; | sort -u)" "(null)" \
	"no device has a driver_override"
ok "libvirtd answers" virsh --quiet list
like "$(virsh nodedev-list --cap pci)" "pci_0000_01_00_0" "libvirt sees the card at 01:00.0"
