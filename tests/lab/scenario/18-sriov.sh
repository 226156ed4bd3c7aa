# 18-sriov: virtual functions, as <hostdev> and as <interface>, and their physical function.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 17
need_hook

fresh=$(snapshot)
pf=$(netdev_of 10:00.0)
# It must be up for libvirt to set a VF's MAC; without a MAC of the owner's choice igbvf makes up a new one at each probe.
ip link set "$pf" up
echo 2 >"$(sysfs_of 10:00.0)/sriov_numvfs"
udevadm settle
ip link set "$pf" vf 0 mac 52:54:00:00:10:10
ip link set "$pf" vf 1 mac 52:54:00:00:10:12
# The VFs' own interfaces take these MACs at the next probe. Were they to differ, libvirt would, after the VM, make the
# interface's MAC the VF's, and lose the one set here.
for vf in 0000:10:10.0 0000:10:10.2; do
	echo "$vf" >/sys/bus/pci/drivers/igbvf/unbind
	echo "$vf" >/sys/bus/pci/drivers/igbvf/bind
done
before=$(snapshot)
vfs() { ip -o link show "$pf" | grep -o 'vf [0-9][^\\]*'; }
before_vfs=$(vfs)
is "$(driver_of 10:10.0) $(driver_of 10:10.2)" "igbvf igbvf" "two virtual functions are there"

vm_define vf --hostdev 10:10.0,managed=no
ok "a VM with one starts" vm_start vf
is "$(driver_of 10:10.0) $(driver_of 10:10.2)" "vfio-pci igbvf" "it has this one and no other"
vm_define pf --hostdev 10:00.0,managed=no
fails "the physical function is not given while a VF is" vm_start pf
like "$output" "0000:10:00.0" "the message names it"
is "$(driver_of 10:00.0)" igb "it stays on its driver"
ok "the VM is destroyed" vm_destroy vf
as_before "$before" "VF as <hostdev>"
is "$(vfs)" "$before_vfs" "the VFs' settings are as before"

fails "the physical function is not given while it has VFs" vm_start pf
like "$output" "0000:10:00.0" "the message names it again"
as_before "$before" "PF with VFs"

vm_define net --interface 10:10.2
ok "a VM with a VF as <interface> starts" vm_start net
is "$(driver_of 10:10.2)" vfio-pci "it is on vfio-pci"
ok "it is destroyed" vm_destroy net
is "$(snapshot; vfs)" "$before"$'\n'"$before_vfs" "VF as <interface>: the host is exactly as before"

ip link set "$pf" down
echo 0 >"$(sysfs_of 10:00.0)/sriov_numvfs"
udevadm settle
is "$(snapshot)" "$fresh" "without VFs all is as at boot"
