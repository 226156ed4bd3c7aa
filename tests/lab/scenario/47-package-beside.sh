# 47-package-beside: the Debian package on a host that has a hook of its own, and a group of the name that ours has; its units; and
# that nothing stays of it. The payload is that of 45-package.
# topology: package
# shellcheck shell=bash disable=SC2016 source=tests/lab/lib.sh
. /lab/lib.sh
plan 19

deb=/usr/lib/hostdevctl-lab/hostdevctl.deb
hooks=/etc/libvirt/hooks
vm_define vm --hostdev 01:00.0
before=$(snapshot)
printf '#!/bin/sh\necho "$1 $2" >>/run/lab/own\n' >"$hooks/qemu"
chmod 0750 "$hooks/qemu"
groupadd --system vfio
usermod -a -G vfio libvirt-qemu
libvirtd_reload() { systemctl reload libvirtd && wait_until 60 virsh --quiet uri; }
libvirtd_reload
found=$(package_listing)
ok "the package is installed beside a hook" dpkg -i "$deb"
like "$output" "/etc/libvirt/hooks/qemu is kept, ours is /etc/libvirt/hooks/qemu.d/50-hostdevctl" "which is kept"
ok "the VM starts" vm_start vm
is "$(driver_of 01:00.0) $(cat /run/lab/own)" "vfio-pci vm prepare
vm start
vm started" "with its device; both hooks have run"
ok "and ends" vm_destroy vm
as_before "$before" "both hooks"

# ---- its units
is "$(systemd-analyze verify --man=no /usr/lib/systemd/system/hostdevctl-*.{service,timer} 2>&1 | grep hostdevctl)" "" \
	"systemd finds no fault in the units"
for unit in hostdevctl-reconcile hostdevctl-vf hostdevctl-check; do
	exposure=$(systemd-analyze security --no-pager "$unit.service" | sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
	ok "$unit can do little else (exposure $exposure)" test "${exposure%.*}" -le 4
done
virsh dumpxml vm >/run/lab/vm.dump
bash -c "$hooks/qemu.d/50-hostdevctl vm prepare begin - </run/lab/vm.dump; exit \$?"
is "$(driver_of 01:00.0)" vfio-pci "a VM holds a device that then is not started"
ok "reconcile runs as a unit" systemctl restart hostdevctl-reconcile.service
as_before "$before" "reconcile as a unit"
ok "the host is set up" hostdevctl setup --blacklist nouveau
ok "with a file of its own" test -f /etc/modprobe.d/hostdevctl.conf
cp /etc/libvirt/qemu.conf /run/lab/qemu.conf
echo 'cgroup_device_acl = [ "/dev/null", "/dev/zero", "/dev/urandom", "/dev/ptmx" ]' >>/etc/libvirt/qemu.conf
cp /etc/libvirt/qemu.conf /run/lab/owners.conf
hostdevctl acl fix 01:00.0
ok "the package is purged" dpkg -P hostdevctl
like "$output" "as it was before it is kept in /var/lib/hostdevctl/backup/qemu.conf" "which says what it leaves"
ok "the owner's qemu.conf" cmp /run/lab/owners.conf /var/lib/hostdevctl/backup/qemu.conf
rm -r /var/lib/hostdevctl
cp /run/lab/qemu.conf /etc/libvirt/qemu.conf
is "$(package_listing)" "$found" "the hook, its mode, the group, whose members were there before, and what was set up are as they were"
