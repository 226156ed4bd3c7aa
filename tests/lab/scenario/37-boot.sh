# 37-boot: systemd boots a host whose owner wants VFs, and a VM that starts by itself with one of them.
# topology: boot
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 28
need_hook

pf=$(netdev_of 10:00.0)
vf_line() { ip -o link show "$pf" | grep -o "vf $1 [^\\]*" | sed 's/ *$//'; }
when() { systemctl show --value --property "$2" "$1"; } # when UNIT PROPERTY: microseconds since boot

# What the boot has made: see boot/37-boot
is "$(systemctl is-active hostdevctl-vf.service)" active "the unit has made the VFs"
is "$(cat /sys/bus/pci/devices/0000:1[01]:00.0/sriov_numvfs | paste -sd' ')" "7 4" "as many as its two files say"
is "$(cat /sys/bus/pci/devices/0000:1[01]:00.0/sriov_drivers_autoprobe | paste -sd' ')" "1 1" "automatic probing is as before"
like "$(vf_line 6)" "52:54:00:37:00:06.*spoof checking off" "with the settings of the file"
ok "libvirtd came after it" test "$(when hostdevctl-vf ActiveEnterTimestampMonotonic)" -le "$(when libvirtd InactiveExitTimestampMonotonic)"
ok "the VM that starts by itself runs" wait_until 60 vm_is early running
is "$(driver_of 10:11.2)" vfio-pci "with its VF"
like "$(vf_line 5)" "52:54:00:37:00:05.*vlan 37" "and that one's settings"
is "$(systemctl is-active hostdevctl-reconcile.service || true)" inactive "reconcile has run at boot"
is "$(when hostdevctl-reconcile Result)" success "and found nothing wrong"

# Four VFs for each of two VMs, at once
wants=''
for n in 0 1 2 3; do
	wants+="<hd:vf address='0000:10:10.$((2 * n))' mac='52:54:00:37:01:0$n' vlan='10$n' trust='on' spoofchk='on'/>"
done
before=$(snapshot; ip -o link show "$pf")
vm_define four --hostdev 10:10.0 --hostdev 10:10.2 --hostdev 10:10.4 --hostdev 10:10.6 \
	--metadata "<hd:devices xmlns:hd='urn:hostdevctl:domain:1'>$wants</hd:devices>"
vm_define mixed --hostdev 10:11.0 --hostdev 10:11.4 --hostdev 11:00.1 --hostdev 11:00.2
vm_start four &
first=$!
vm_start mixed &
second=$!
wait "$first" "$second" || true
is "$(vm_state four) $(vm_state mixed)" "running running" "a VM with four NIC's VFs and one with two of each kind start at once"
is "$(for n in 0 1 2 3; do vf_line "$n"; done | grep -cE "52:54:00:37:01:0[0-3] .*vlan 10[0-3],.*spoof checking on.*trust on")" 4 "each VF has its MAC, VLAN, spoof check and trust in ip link"
is "$(driver_of 11:00.2) $(driver_of 10:11.4)" "vfio-pci vfio-pci" "the other VM's are on vfio-pci"

# In use
fails "the number can't be changed" hostdevctl vf set "$pf" 4
like "$output" "0000:10:00.0 keeps its VFs: 0000:10:1[01].[0246] is held by VM '(four|mixed|early)'; shut that VM down first" "and the VM is named"
fails "nor the disk's" hostdevctl vf clear 11:00.0
like "$output" "0000:11:00.[12] is held by VM 'mixed'" "the VM is named here, too"
ok "the unit, run again, has nothing to do" systemctl restart hostdevctl-vf.service
like "$(vf_line 0)" "vlan 100" "and leaves the VMs' settings alone"
ok "the one is destroyed" vm_destroy four
ok "and the other" vm_destroy mixed
is "$(snapshot; ip -o link show "$pf")" "$before" "drivers and all that ip link shows are as before"

# A mistake
printf '[pf]\nmac = 52:54:00:00:10:00\ncount = 70\n' >/etc/hostdevctl/vf.d/nic.conf
fails "a file that asks for too many makes the unit fail" systemctl restart hostdevctl-vf.service
like "$(journalctl --no-pager -o cat -u hostdevctl-vf.service)" "0000:10:00.0 can have 7 VFs at most, not 70"$'\n'"hostdevctl: 1 of the sets in /etc/hostdevctl/vf.d is not in place" "and the journal says why"
is "$(cat /sys/bus/pci/devices/0000:1[01]:00.0/sriov_numvfs | paste -sd' ')" "7 4" "the VFs stay"
is "$(systemctl is-active libvirtd)" active "so does libvirt"
is "$(vm_state early)" running "and the VM"
virsh --quiet autostart --disable early
ok "it is destroyed" vm_destroy early
