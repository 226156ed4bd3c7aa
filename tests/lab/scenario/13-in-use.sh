# 13-in-use: a device that the host itself is using stays with the host, and the refusal names the user.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 34
need_hook

disk=/dev/$(nvme_block_of 0e:00.0)
card=$(netdev_of 05:00.0)
before=$(snapshot)
vm_define disk --hostdev 0e:00.0,managed=no
vm_define nvme --nvme 0e:00.0
vm_define card --hostdev 05:00.0,managed=no

# refused NAME WHAT ADDR REGEX...: the VM does not start, the message has all of it, nothing has changed.
refused() {
	local name=$1 what=$2 regex
	shift 2
	fails "$what: does not start" vm_start "$name"
	for regex in "$@"; do
		like "$output" "$regex" "$what: the message has $regex"
	done
	is "$(snapshot)" "$before" "$what: nothing has changed"
}

mkfs.ext4 -q -F "$disk"
mkdir -p /run/lab/mnt
mount "$disk" /run/lab/mnt
refused disk "mounted" "0000:0e:00.0" "/run/lab/mnt"
refused nvme "mounted, as <disk type='nvme'>" "0000:0e:00.0" "/run/lab/mnt"
ok "the file system still works" touch /run/lab/mnt/file
umount /run/lab/mnt

mkswap -q "$disk"
swapon "$disk"
refused disk "swap" "0000:0e:00.0" "swap"
swapoff "$disk"

pvcreate -q -f -y "$disk" >&2
vgcreate -q lab "$disk" >&2
lvcreate -q -y -an -Zn -n one -l 1 lab >&2
lvchange -ay --noudevsync lab/one
refused disk "LVM" "0000:0e:00.0"
vgchange -q -an --noudevsync lab
vgremove -q -f lab >&2
wipefs -q -a "$disk"

exec {held}<"$disk"
refused disk "opened by a process" "0000:0e:00.0" "$$"
exec {held}<&-

ip link set "$card" up
ip address add 192.0.2.1/24 dev "$card"
refused card "a network interface with an address" "0000:05:00.0" "$card"
ip address flush dev "$card"
ip link set "$card" down

ip netns add lab
ip link set "$card" netns lab
refused card "a network interface in another namespace" "0000:05:00.0" "namespace"
ip netns exec lab ip link set "$card" netns 1
ip netns delete lab

wait_until 10 udevadm settle
ok "unused again, the disk's VM starts" vm_start disk
ok "and ends" vm_destroy disk
as_before "$before" "the disk"
ok "unused again, the card's VM starts" vm_start card
ok "and ends" vm_destroy card
as_before "$before" "the card"
