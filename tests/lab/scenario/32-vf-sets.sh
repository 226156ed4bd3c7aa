# 32-vf-sets: how many VFs a card has: by hand, and as /etc/hostdevctl/vf.d wants it.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 52
need_hook

fresh=$(snapshot)
pf=$(netdev_of 10:00.0)
count_of() { cat "$(sysfs_of "$1")/sriov_numvfs"; }
autoprobe_of() { cat "$(sysfs_of "$1")/sriov_drivers_autoprobe"; }
vf_line() { ip -o link show "$pf" | grep -o "vf $1 [^\\]*" | sed 's/ *$//'; }
set_file() { mkdir -p /etc/hostdevctl/vf.d && cat >"/etc/hostdevctl/vf.d/$1.conf"; }

ok "seven VFs are made" hostdevctl vf set 10:00.0 7
is "$(count_of 10:00.0) $(autoprobe_of 10:00.0)" "7 1" "they are there, and automatic probing is as before"
is "$(driver_of 10:10.0) $(driver_of 10:11.4)" "none none" "they wait for VMs, without a driver"
ok "vf list shows them" hostdevctl vf list "$pf"
like "$output" $'0000:10:00.0\tPF 7/7\tigb\t[0-9]+\t'"$pf" "the PF with its interface"
like "$output" $'0000:10:11.4\tVF 6\t-\t[0-9]+\tmac=.*vlan=0.*spoofchk=on' "each VF with its settings"
is "$(hostdevctl vf list --json | jq -r '.[0] | "\(.vf_count) \(.vf_total) \(.vfs | length) \(.vfs[3].index)"')" "7 7 7 3" "also as JSON"
fails "eight are too many" hostdevctl vf set 10:00.0 8
is "$output" "hostdevctl: 0000:10:00.0 can have 7 VFs at most, not 8" "says so"
is "$status" 3 "refused, by its exit code"
fails "a card without SR-IOV has none" hostdevctl vf set 01:00.0 1
like "$output" "0000:01:00.0: it can't have virtual functions" "says so"

# In use
vm_define user --hostdev 10:10.2
ok "a VM with one of them starts" vm_start user
fails "another number is refused now" hostdevctl vf set "$pf" 3
is "$output" "hostdevctl: 0000:10:00.0 keeps its VFs: 0000:10:10.2 is held by VM 'user'; shut that VM down first" "with the VM's name"
fails "so is none" hostdevctl vf clear 10:00.0
is "$(count_of 10:00.0) $(autoprobe_of 10:00.0)" "7 1" "nothing has changed"
ok "the same number is no change" hostdevctl vf set 10:00.0 7
fails "the PF is not to be detached" hostdevctl detach 10:00.0
like "$output" "0000:10:00.0 is the PF of 0000:10:10.2, which is held by VM 'user'" "and the VM is named"
printf '[policy]\nsriov = allow\n' >/etc/hostdevctl/conf.d/sriov.conf
fails "not even where VFs may lose their PF" hostdevctl detach 10:00.0
rm /etc/hostdevctl/conf.d/sriov.conf
ok "settings can be changed while the VM runs" hostdevctl vf net 10:10.2 vlan=12 trust=on
like "$(vf_line 1)" "vlan 12,.*trust on" "the card has them"
ok "the VM is destroyed" vm_destroy user
unlike "$(vf_line 1)" "vlan|trust on" "what was before its start is back"
ip link set "$pf" up
ok "a VF gets its driver" hostdevctl vf set 10:00.0 7 --driver
is "$(driver_of 10:10.0)" igbvf "it is igbvf"
vf_interface=$(netdev_of 10:10.4)
ip address add 192.0.2.1/24 dev "$vf_interface"
fails "a VF in use by the host is not taken away" hostdevctl vf clear 10:00.0
like "$output" "0000:10:10.4 is in use by this host: network interface $vf_interface has the address 192.0.2.1" "and the use is named"
ip address del 192.0.2.1/24 dev "$vf_interface"
ok "from 7 to 2" hostdevctl vf set 10:00.0 2
is "$(count_of 10:00.0) $(driver_of 10:10.0) $(driver_of 10:10.2)" "2 none none" "two new ones are there"
ok "a setting by PF and number" hostdevctl vf net "$pf/1" mac=52:54:00:32:00:01
is "$(hostdevctl vf net 10:10.2 | head -1)" "mac=52:54:00:32:00:01" "vf net shows it"
fails "what the card can't do is said" hostdevctl vf net 10:10.2 vlan=5 proto=802.1ad
like "$output" "0000:10:10.2: set vlan=5 \(VF 1 of $pf\): Protocol not supported" "by the kernel's word"
ok "none" hostdevctl vf clear 10:00.0
ip link set "$pf" down
is "$(snapshot)" "$fresh" "without VFs all is as at boot"

# Sets that outlive the boot
set_file lan <<CONF
[pf]
mac = 52:54:00:00:10:00
count = 3
driver_on_host = yes
[vf]
spoofchk = off
[vf 2]
mac = 52:54:00:32:00:02
vlan = 9
CONF
set_file disks <<CONF
[pf]
serial = LAB-NVME-3
driver = nvme
count = 4
CONF
ip link set "$pf" up # igbvf can't ask for its MAC else
ok "the sets are applied" hostdevctl vf apply
is "$(count_of 10:00.0) $(count_of 11:00.0)" "3 4" "each PF, known by MAC or serial number, has its VFs"
is "$(cat "$(sysfs_of 10:10.4)"/net/*/address)" 52:54:00:32:00:02 "VF 2 has the MAC of the set"
like "$(vf_line 2)" "vlan 9, spoof checking off" "and its other settings"
is "$(driver_of 10:10.0)" igbvf "the VFs have their driver, as the set says"
ok "applied once more, nothing is to be done" hostdevctl vf apply
set_file wrong <<CONF
[pf]
driver = igb
adress = 0000:10:00.0
count = 1
CONF
fails "a mistyped set is an error" hostdevctl vf apply
like "$output" "/etc/hostdevctl/vf.d/wrong.conf: \[pf\] adress = 0000:10:00.0 is not known: there are count" "and named, with what there is"
is "$(count_of 10:00.0) $(count_of 11:00.0)" "3 4" "the other sets stand"
rm /etc/hostdevctl/vf.d/*
ok "a set is saved" hostdevctl vf set 11:00.0 2 --save
ok "and applied from there" hostdevctl vf apply
is "$(count_of 11:00.0)" 2 "it has two VFs"
ok "and forgotten" hostdevctl vf clear 11:00.0 --save
is "$(ls /etc/hostdevctl/vf.d)" "" "no file is left"
ok "the NIC's VFs are removed" hostdevctl vf clear "$pf"
ip link set "$pf" down
