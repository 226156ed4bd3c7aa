# 42-setup: a host that was set up before it booted: one of two equal cards is kept for VMs; then set-up by hand, and its undoing.
# topology: boot
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 35
need_hook

# What the boot has made: see boot/42-setup
is "$(systemctl show --value --property Result hostdevctl-claim)" success "the unit has run"
is "$(driver_of 01:00.0) $(driver_of 02:00.0)" "e1000e vfio-pci" "of two equal cards the claimed one is on vfio-pci, the other is the host's"
is "$(dmesg | grep -c "e1000e 0000:02:00.0")" 0 "e1000e has never had it"
is "$(driver_of 11:00.0) $(override_of 11:00.0)" "nvme (null)" "a claim for another card than the one that is there is left alone"
like "$(journalctl -u hostdevctl-claim -o cat)" "0000:11:00.0 is claimed at boot for dead:beef, but 1b36:0010 is there" "and the journal says so"
try hostdevctl check
like "$output" "ok +boot +0000:02:00.0 is claimed for vfio-pci" "check knows the claim"
like "$output" "warning +boot +0000:11:00.0 is claimed at boot for dead:beef" "and the one that has gone astray"
unlike "$output" "leftovers +0000:02:00.0" "it is nobody's leftover"
unlike "$output" "problem" "nothing stands in the way"
like "$output" "ok +interrupts +interrupt remapping is on" "interrupts are remapped"
vm_define claimed --hostdev 02:00.0
ok "a VM with it starts" vm_start claimed
ok "and stops" vm_destroy claimed
is "$(driver_of 02:00.0) $(override_of 02:00.0)" "vfio-pci vfio-pci" "it is as before"

# By hand
before=$(find /etc -newer /lab/list -type f; md5sum /etc/udev/rules.d/* /etc/tmpfiles.d/* /etc/modules-load.d/* 2>/dev/null || true)
mv /usr/bin/udevadm /usr/bin/udevadm.away
fails "rights, huge pages, modules, but a program is missing" hostdevctl setup --rights 01:00.0 --rights 02:00.0 --group kvm --hugepages 2M=12
mv /usr/bin/udevadm.away /usr/bin/udevadm
like "$output" "by-address/0000:01:00.0" "it shows what it writes"
like "$output" "add to the kernel's command line by hand: iommu=pt" "and what it can't"
like "$output" "hostdevctl: udevadm is not installed" "and what has failed"
ok "the next set-up" hostdevctl setup
like "$output" "running udevadm control --reload" "runs what was left to be run"
is "$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages)" 12 "the pages are there at once"
node=$(vfio_node_of 02:00.0)
is "$(stat -c '%U:%G %a' "$node")" "root:kvm 660" "udev has set the rights of the node that is there"
ok "a card is taken" hostdevctl detach 01:00.0
udevadm settle
is "$(stat -c '%U:%G %a' "$(vfio_node_of 01:00.0)")" "root:kvm 660" "and of the one that comes"
is "$(readlink -f /dev/vfio/by-address/0000:01:00.0)" "$(vfio_node_of 01:00.0)" "which has a name that stays"
ok "it is given back" hostdevctl reattach 01:00.0
ok "once more" hostdevctl setup --rights 01:00.0 --rights 02:00.0 --group kvm --hugepages 2M=12
like "$output" "everything is set up already" "changes nothing"
ok "it is undone" hostdevctl setup --undo
is "$(find /etc -newer /lab/list -type f; md5sum /etc/udev/rules.d/* /etc/tmpfiles.d/* /etc/modules-load.d/* 2>/dev/null || true)" "$before" "nothing is left"
like "$output" "needs a reboot: the number of huge pages" "and what stays until then is told"
echo 0 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
chown root:root "$node" && chmod 0600 "$node"

# The initramfs
mkdir -p /run/lab/initramfs/conf.d /run/lab/initramfs/hooks /run/lab/initramfs/scripts
printf 'MODULES=list\nBUSYBOX=y\nCOMPRESS=gzip\n' >/run/lab/initramfs/initramfs.conf
ok "initramfs-tools makes an initramfs" env TMPDIR=/var/tmp mkinitramfs -d /run/lab/initramfs -o /var/tmp/initrd "$(uname -r)"
unmkinitramfs /var/tmp/initrd /var/tmp/initrd.d
is "$(cd /var/tmp/initrd.d && cat conf/conf.d/zz-hostdevctl && cmp etc/hostdevctl/boot-claims /etc/hostdevctl/boot-claims && cmp usr/lib/hostdevctl/boot-claim /usr/lib/hostdevctl/boot-claim)" \
	"sh /usr/lib/hostdevctl/boot-claim" "with the claims"
ok "which its init carries out before udev" awk '/conf\.d/ && !a { a = NR } /init-top/ && !b { b = NR } END { exit !(a && a < b) }' /var/tmp/initrd.d/init
image=/boot/initrd.img-$(uname -r)
mv /var/tmp/initrd "$image"
try hostdevctl check
like "$output" "ok +boot +/boot/initrd.img[^ ]+ carries the claims" "check has looked into it"
(cd /var/tmp && mkdir none && cd none && cpio --quiet -o -H newc </dev/null >"$image")
try hostdevctl check
like "$output" "warning +boot +/boot/initrd.img[^ ]+ does not carry the claims" "and knows one without them"
rm -rf "$image" /var/tmp/initrd.d /var/tmp/none
