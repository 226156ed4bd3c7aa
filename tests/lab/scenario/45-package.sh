# 45-package: the Debian package on a host with systemd and without a hook: installed, used, and purged, of which nothing stays.
# Its payload is the package alone (package_payload in install/lib/machine.sh).
# topology: package
# shellcheck shell=bash disable=SC2016 source=tests/lab/lib.sh
. /lab/lib.sh
plan 23

deb=/usr/lib/hostdevctl-lab/hostdevctl.deb
hooks=/etc/libvirt/hooks

vm_define vm --hostdev 01:00.0
found=$(package_listing)
before=$(snapshot)

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
is "$(package_listing)" "$found" "and every file, link, folder and group is as it was"
