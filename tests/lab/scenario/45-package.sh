# 45-package: the Debian package on a host with systemd: installed, used, and purged, of which nothing stays. Its payload is the
# package alone (package_payload in install/lib/machine.sh).
# topology: package
# shellcheck shell=bash disable=SC2016 source=tests/lab/lib.sh
. /lab/lib.sh
plan 40

deb=/usr/lib/hostdevctl-lab/hostdevctl.deb
hooks=/etc/libvirt/hooks
# Everything but dpkg's own notes, what udev and systemd keep of the moment, and the VMs.
listing() {
	find /etc /usr /var/lib \( -path /var/lib/dpkg -o -path /var/lib/systemd/random-seed -o -path /etc/libvirt/qemu \
		-o -path /var/lib/libvirt -o -path /var/lib/systemd/timers \) -prune -o -printf '%p %M %u:%g %l\n' | sort
	find /var/lib/systemd/timers -name '*hostdevctl*'
	find /run -name '*hostdevctl*'
	find /etc/libvirt/hooks -type f -exec md5sum {} +
	cut -d: -f1,4 /etc/group
}

vm_define vm --hostdev 01:00.0
found=$(listing)
before=$(snapshot)

# ---- a host without a hook
ok "the package is installed" dpkg -i "$deb"
like "$output" "hook-place: /etc/libvirt/hooks/qemu is ours" "it says where its hook is"
is "$(dpkg-query -W -f '${Status}' hostdevctl)" "install ok installed" "with all that it depends on"
is "$(readlink -f "$hooks/qemu")" /usr/sbin/hostdevctl-hook "the hook is linked"
is "$(systemctl is-enabled hostdevctl-reconcile.service hostdevctl-vf.service hostdevctl-check.timer | paste -sd' ')" \
	"enabled enabled enabled" "its units are enabled"
is "$(systemctl is-active hostdevctl-check.timer)" active "the timer runs"
is "$(systemctl list-units --failed --no-legend 'hostdevctl*')" "" "no unit has failed"
is "$(stat -c '%a %U' /run/hostdevctl)" "700 root" "the folder of its state is there"
like "$(getent group vfio)" "^vfio:x:[0-9]+:$" "so is the group"
ok "the VM starts" vm_start vm
is "$(driver_of 01:00.0) $(override_of 01:00.0)" "vfio-pci vfio-pci" "with its device, by the hook: nobody had to reload libvirtd"
like "$(hostdevctl status)" "01:00.0" "the command knows of it"
fails "the package can't be removed while devices are away" dpkg -r hostdevctl
like "$output" "devices are still taken from this host; see 'hostdevctl status'" "it says why"
ok "it can be installed anew meanwhile" dpkg -i "$deb"
like "$output" "qemu is ours already" "the hook stays as it is"
ok "the VM ends" vm_destroy vm
as_before "$before" "the VM with the packaged hook"
echo '[policy]' >/etc/hostdevctl/conf.d/own.conf
ok "the package is removed" dpkg -r hostdevctl
is "$(ls -A "$hooks")" "" "with its hook"
ok "the configuration stays" test -f /etc/hostdevctl/hostdevctl.conf -a -f /etc/hostdevctl/conf.d/own.conf
ok "it is purged" dpkg -P hostdevctl
is "$(listing)" "$found" "and every file, link, folder and group is as it was"

# ---- a host with a hook of its own
printf '#!/bin/sh\necho "$1 $2" >>/run/lab/own\n' >"$hooks/qemu"
chmod 0750 "$hooks/qemu"
groupadd --system vfio
usermod -a -G vfio libvirt-qemu
libvirtd_reload() { systemctl reload libvirtd && wait_until 60 virsh --quiet uri; }
libvirtd_reload
found=$(listing)
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
ok "the package is purged" dpkg -P hostdevctl
is "$(listing)" "$found" "the hook, its mode, the group, whose members were there before, and what was set up are as they were"
