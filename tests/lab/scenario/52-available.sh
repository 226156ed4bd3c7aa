# 52-available: what a VM has is known, with our hook and without; and what is said to be available starts, what is not is refused
# by the rule that was named.
# topology: full
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 38
need_hook
echo 2 >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs
udevadm settle
before=$(snapshot)

# ---- who has what ------------------------------------------------------------------------------------------------------

vms_of_list() { hostdevctl list --json | jq -r '.[] | select(.held_by != null) | "\(.address) \(.held_by) \(.held_through)"'; }
row_of() { hostdevctl list -s "$1" -o vm,available | tail -n 1 | tr '\t' ' '; }
is "$(vms_of_list) $(hostdevctl status)" " no VM holds a device" "nobody has anything"
vm_define ours --hostdev 01:00.0 --hostdev 0b:00.0
ok "a VM starts" vm_start ours
is "$(vms_of_list)" "0000:01:00.0 ours hook"$'\n'"0000:0b:00.0 ours hook"$'\n'"0000:0b:00.1 ours hook" "list names it, also with what goes along"
is "$(row_of 01:00.0)" "ours held" "as a table"
like "$(hostdevctl status)" "^ours  [0-9a-f-]{36}  since [0-9-]{10} [0-9:]{8}  running"$'\n' "status, too"
like "$(hostdevctl groups "$(group_of 0b:00.1)")" "can't be given: 0000:0b:00.0 \(held\).*0000:0b:00.1 .*held by VM 'ours'" "and groups"
like "$(hostdevctl list --tree)" "0000:01:00.0 [^"$'\n'"]*  VM ours" "and the tree"
like "$(hostdevctl show 0b:00.1)" "held by:        VM 'ours' since .*refused: 0000:0b:00.1 is held by VM 'ours'; shut that VM down first \(rule: held\)" "and show"
mv /etc/libvirt/hooks/qemu /etc/libvirt/hooks/qemu.off
vm_define stranger --hostdev 02:00.0
ok "another one starts without our hook" vm_start stranger
mv /etc/libvirt/hooks/qemu.off /etc/libvirt/hooks/qemu
is "$(row_of 02:00.0)" "stranger held" "list names that, too"
like "$(hostdevctl status)" "stranger  [0-9a-f-]{36}  running without our hook"$'\n'"  0000:02:00.0" "and status"
is "$(hostdevctl list -s 02:00.0 --json | jq -r '.[].held_through')" libvirt "and says how it knows"
like "$(hostdevctl show 02:00.0)" "\(without our hook: libvirt's status says so\).*is held by VM 'stranger'" "and show"
ok "it is destroyed" vm_destroy stranger
is "$(row_of 02:00.0)" "- yes" "then nobody has it"

# ---- availability ------------------------------------------------------------------------------------------------------

rule_of() { hostdevctl list -s "$1" --json | jq -r '.[] | if .available then "yes" else .refusal.rule end'; }
# starts ADDRESS WHAT
starts() {
	is "$(rule_of "$1")" yes "$2 is said to be available"
	vm_define try --hostdev "$1"
	ok "and starts" vm_start try
	vm_destroy try || true
}
# refused ADDRESS RULE WHAT
refused() {
	is "$(rule_of "$1")" "$2" "$3 is not available: $2"
	vm_define try --hostdev "$1"
	try vm_start try
	like "$status $output" "^[^0].*\(rule: $2\)" "and is refused by that rule"
}
starts 00:04.0 "a device without a driver"
starts 00:05.0 "a USB controller"
starts 0d:02.0 "a card behind a bridge"
starts 10:10.2 "a VF"
starts 11:00.0 "an NVMe disk"
refused 00:02.0 storage "the lab's own disk"
refused 00:10.0 bridge "a root port"
refused 10:00.0 sriov "a PF with VFs"
refused 0b:00.1 held "the other function of a VM's card"
ip link set "$(netdev_of 0d:01.0)" up
ip address add 192.0.2.1/24 dev "$(netdev_of 0d:01.0)"
refused 0d:01.0 network "a card with an address"
refused 0d:02.0 group "its neighbour"
ip address flush dev "$(netdev_of 0d:01.0)"
ip link set "$(netdev_of 0d:01.0)" down

vm_destroy ours
as_before "$before" "at the end"
for name in $(vm_names); do vm_remove "$name"; done
echo 0 >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs
