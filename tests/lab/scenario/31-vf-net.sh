# 31-vf-net: a VF's network settings are there before QEMU starts, and are as before afterwards, its own MAC included.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 32
need_hook

fresh=$(snapshot)
pf=$(netdev_of 10:00.0)
ip link set "$pf" up
echo 2 >"$(sysfs_of 10:00.0)/sriov_numvfs"
udevadm settle
# No MAC of the owner's choice: igbvf makes up a new one at each probe.
vf_line() { ip -o link show "$pf" | grep -o "vf $1 [^\\]*" | sed 's/ *$//'; }
own_mac() { cat "$(sysfs_of "$1")"/net/*/address; }
facts() { snapshot; vf_line 0; vf_line 1; own_mac 10:10.0; own_mac 10:10.2; }
before=$(facts)
as_it_was() { is "$(facts)" "$before" "$1: drivers, VF settings and the VFs' own MACs are as before"; }
wants_vf() { echo "<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:vf address='0000:10:10.0' $1/></hd:devices>"; }

# As a plain host device
all="mac='52:54:00:31:00:01' vlan='42' qos='3' spoofchk='off' trust='on' max_rate='100'"
vm_define plain --hostdev 10:10.0 --metadata "$(wants_vf "$all")"
ok "the plan of a VM that wants settings is shown" hostdevctl plan plain
like "$output" "mac=52:54:00:31:00:01,vlan=42,qos=3" "with the settings"
ok "it starts" vm_start plain
like "$(vf_line 0)" "52:54:00:31:00:01.*vlan 42, qos 3.*tx rate 100.*spoof checking off.*trust on" "all of it is in ip link"
is "$(driver_of 10:10.0)" vfio-pci "the VF is on vfio-pci"
like "$(hostdevctl status)" "VF settings mac=52:54:00:31:00:01" "status shows them"
ok "it is destroyed" vm_destroy plain
as_it_was "a plain host device"

# Somebody sets things while the VM runs, as OpenNebula does after the start
vm_define none --hostdev 10:10.0
ok "a VM without wishes starts" vm_start none
ip link set "$pf" vf 0 mac 52:54:00:31:00:02 vlan 7 spoofchk off trust on
ok "it is destroyed" vm_destroy none
as_it_was "what was set while it ran"

# As an <interface>: MAC and VLAN are libvirt's, the rest is ours; QoS can only be said after libvirt
interface="<interface type='hostdev' managed='yes'><mac address='52:54:00:31:00:03'/>
  <source><address type='pci' domain='0x0000' bus='0x10' slot='0x10' function='0x0'/></source>
  <vlan><tag id='43'/></vlan></interface>"
vm_define net --xml "$interface" --metadata "$(wants_vf "vlan='43' qos='5' spoofchk='off' trust='on'")"
ok "a VM with an <interface> starts" vm_start net
like "$(vf_line 0)" "52:54:00:31:00:03.*vlan 43, qos 5.*spoof checking off.*trust on" "libvirt's and our settings are there"
ok "it is destroyed" vm_destroy net
as_it_was "an <interface>"
vm_define bare --xml "$interface"
ok "one without wishes starts" vm_start bare
like "$(vf_line 0)" "52:54:00:31:00:03.*vlan 43" "with libvirt's settings"
ok "it is destroyed" vm_destroy bare
as_it_was "an <interface> without wishes"

# The admin MAC that the owner has set survives libvirt
ip link set "$pf" vf 0 mac 52:54:00:31:00:04
before=$(facts)
ok "with an admin MAC, too, it starts" vm_start bare
ok "it is destroyed" vm_destroy bare
as_it_was "an <interface> on a VF with an admin MAC"

# Mistakes
vm_define bad --hostdev 10:10.0 --metadata "$(wants_vf "mac='53:54:00:31:00:01'")"
fails "a group's MAC is refused" vm_start bad
like "$output" "<vf> mac='53:54:00:31:00:01' is not known: say a unicast MAC address" "with a sentence that says so"
vm_define bad --hostdev 10:10.0 --metadata "$(wants_vf "mac='52:54:00:31:00:01' link_state='enable'")"
fails "what this card can't do stops the start" vm_start bad
like "$output" "0000:10:10.0: set link_state=enable \(VF 0 of $pf\): Operation not supported" "and is named"
as_it_was "a start that failed half-way"
vm_define bad --hostdev 01:00.0 --metadata "$(wants_vf "trust='on'" | sed 's/10:10.0/01:00.0/')"
fails "a card that is no VF has no VF settings" vm_start bad
like "$output" "0000:01:00.0 can't be given VF settings: it is no virtual function" "says the refusal"
vm_define bad --xml "$interface" --metadata "$(wants_vf "mac='52:54:00:31:00:01'")"
fails "an <interface>'s MAC is not ours to set" vm_start bad
like "$output" "libvirt gives an <interface> its MAC" "says the refusal"

ip link set "$pf" down
echo 0 >"$(sysfs_of 10:00.0)/sriov_numvfs"
udevadm settle
is "$(snapshot)" "$fresh" "without VFs all is as at boot"
