# lib.sh: TAP and a small captured machine for tests of the real command. Sourced.
# shellcheck shell=bash
set -euo pipefail
hostdevctl=$1
count=0 bad=0
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# ok DESCRIPTION COMMAND...
ok() {
	count=$((count + 1))
	if "${@:2}" >"$root/.out" 2>&1; then
		echo "ok $count - $1"
	else
		bad=$((bad + 1))
		echo "not ok $count - $1"
		sed 's/^/# /' "$root/.out"
	fi
}
# run ARGUMENT...: the command over the captured machine; leaves $output, $error and $status.
run() {
	status=0
	output=$("$hostdevctl" "$@" --sysroot "$root" 2>"$root/.err") || status=$?
	error=$(<"$root/.err")
}
exits() { ok "$2: exit status $1" test "$status" = "$1"; }
says() { ok "$2: says '$1'" grep -qF -- "$1" <<<"$output"; }
complains() { ok "$2: complains '$1'" grep -qF -- "$1" <<<"$error"; }
silent() { ok "$1: nothing on stderr" test -z "$error"; }
finish() {
	echo "1..$count"
	exit "$((bad > 0))"
}

# put PATH TEXT
put() {
	mkdir -p "$root/$(dirname "$1")"
	printf '%s\n' "$2" >"$root/$1"
}
# device ADDRESS VENDOR DEVICE CLASS GROUP DRIVER
device() {
	local home=sys/devices/pci0000:00/$1
	put "$home/vendor" "0x$2"
	put "$home/device" "0x$3"
	put "$home/subsystem_vendor" "0x$2"
	put "$home/subsystem_device" 0x0000
	put "$home/class" "0x$4"
	put "$home/driver_override" '(null)'
	mkdir -p "$root/sys/bus/pci/devices" "$root/sys/kernel/iommu_groups/$5/devices"
	ln -s "../../../devices/pci0000:00/$1" "$root/sys/bus/pci/devices/$1"
	ln -s "../../../kernel/iommu_groups/$5" "$root/$home/iommu_group"
	ln -s "../../../../devices/pci0000:00/$1" "$root/sys/kernel/iommu_groups/$5/devices/$1"
	[ "$6" = - ] || {
		mkdir -p "$root/sys/bus/pci/drivers/$6"
		ln -s "../../../bus/pci/drivers/$6" "$root/$home/driver"
	}
}

put proc/self/mountinfo '22 1 259:0 / /srv rw - ext4 /dev/nvme0n1 rw'
put proc/swaps 'Filename Type Size Used Priority'
put proc/sys/kernel/random/boot_id b
put proc/uptime '100.0 200.0'
device 0000:00:1c.0 1b36 000c 060400 6 pcieport
device 0000:01:00.0 8086 10d3 020000 1 e1000e
device 0000:02:00.0 8086 10d3 020000 2 e1000e
device 0000:02:00.1 8086 10d3 020000 2 e1000e
device 0000:03:00.0 1b36 0010 010802 3 nvme
put sys/devices/pci0000:00/0000:03:00.0/nvme/nvme0/nvme0n1/uevent $'DEVNAME=nvme0n1\nDEVTYPE=disk'
put sys/class/block/nvme0n1/dev 259:0

# domain DEVICES...: a domain XML with these hostdevs in $root/vm.xml
domain() {
	local address devices='' bus slot function _
	for address in "$@"; do
		IFS=:. read -r _ bus slot function <<<"$address"
		devices+="<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x$bus' slot='0x$slot' function='0x$function'/></source></hostdev>"
	done
	put vm.xml "<domain type='kvm'><name>web</name><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa</uuid><devices>$devices</devices></domain>"
}
