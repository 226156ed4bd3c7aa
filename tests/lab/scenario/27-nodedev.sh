# 27-nodedev: node devices as virsh has them, with libvirt and without: the same names, the same XML, the same effects; and
# nothing is taken from a running VM.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 37
need_hook
mdev_modules
before=$(snapshot)
u1=11111111-0000-4000-8000-000000000001
u2=22222222-0000-4000-8000-000000000002
name1=mdev_${u1//-/_}_mtty
echo 2 >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs
udevadm settle
wait_until 20 virsh nodedev-dumpxml pci_0000_10_10_2

local_=(--connect none)
lines() { sed '/^$/d' | sort; }
# The port of a PCI Express link is in config space only; its order in a group is that of the folder's entries.
plain() { sed "s/ port='[0-9]*'//"; }
# same NAME...: the XML of each, by both.
same() {
	local name different=''
	for name in "$@"; do
		[ "$(virsh nodedev-dumpxml "$name" | plain | lines)" = "$(hostdevctl nodedev dumpxml "$name" "${local_[@]}" | lines)" ] ||
			different+="$name"$'\n'"$(diff <(virsh nodedev-dumpxml "$name" | plain) \
				<(hostdevctl nodedev dumpxml "$name" "${local_[@]}"))"$'\n'
	done
	echo "$different"
}

mdev_create mtty mtty-2 "$u1"
mdev_create mdpy mdpy-vga "$u2"
udevadm settle
wait_until 20 virsh nodedev-dumpxml "$name1"
for cap in pci mdev_types mdev; do
	is "$(hostdevctl nodedev list --cap $cap "${local_[@]}" | lines)" "$(virsh nodedev-list --cap $cap | lines)" \
		"list --cap $cap is virsh's"
	is "$(hostdevctl nodedev list --cap $cap | lines)" "$(virsh nodedev-list --cap $cap | lines)" "and through libvirt"
done
# shellcheck disable=SC2046
is "$(same $(virsh nodedev-list --cap pci | lines))" "" "the XML of every PCI function is virsh's"
is "$(same mtty_mtty "$name1")" "" "the XML of a parent and an mdev is virsh's"
is "$(hostdevctl nodedev dumpxml "$name1")" "$(virsh nodedev-dumpxml "$name1" | sed '/^$/d')" "and through libvirt"
# libvirt's grammar has no mdev_types outside of a PCI function, though libvirt itself prints it so for mtty.
invalid=''
for name in $(hostdevctl nodedev list "${local_[@]}" | grep -v '^mtty_mtty$'); do
	hostdevctl nodedev dumpxml "$name" "${local_[@]}" |
		xmllint --noout --relaxng /usr/share/libvirt/schemas/nodedev.rng - 2>/dev/null || invalid+="$name "
done
is "$invalid" "" "all XML is valid by libvirt's grammar"
mdev_remove "$u1"
mdev_remove "$u2"
echo 0 >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs
udevadm settle

cat >/run/lab/mdev.xml <<XML
<device><parent>mtty_mtty</parent><capability type='mdev'><type id='mtty-2'/><uuid>$u1</uuid>
  <attr name='power/control' value='on'/></capability></device>
XML
# round WAY OPTION...: create, destroy, define, start, undefine.
round() {
	local way=$1
	shift
	ok "$way: create" hostdevctl nodedev create /run/lab/mdev.xml "$@"
	is "$output $(mdev_list) $(mdev_attribute "$u1" power/control)" "$name1 $u1 mtty mtty-2 on" "$way: it is there"
	wait_until 20 virsh nodedev-dumpxml "$name1"
	ok "$way: destroy" hostdevctl nodedev destroy "$name1" "$@"
	ok "$way: define" hostdevctl nodedev define /run/lab/mdev.xml "$@"
	wait_until 20 virsh nodedev-dumpxml "$name1"
	like "$(hostdevctl nodedev list --inactive --cap mdev "$@")" "$name1" "$way: it is listed as inactive"
	ok "$way: start" hostdevctl nodedev start "$name1" "$@"
	is "$(mdev_list) $(mdev_attribute "$u1" power/control)" "$u1 mtty mtty-2 on" "$way: it is there"
	ok "$way: destroy by uuid" hostdevctl nodedev destroy "$u1" "$@"
	ok "$way: undefine" hostdevctl nodedev undefine "$name1" "$@"
	as_before "$before" "$way"
}
round "with libvirt"
round "without libvirt" "${local_[@]}"

ok "detach" hostdevctl nodedev detach 01:00.0 "${local_[@]}"
is "$(driver_of 01:00.0)" vfio-pci "detach: it is free for a VM"
ok "reattach" hostdevctl nodedev reattach pci_0000_01_00_0 "${local_[@]}"
as_before "$before" "reattach"

vm_define vm --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'")" --hostdev 01:00.0
ok "a VM starts" vm_start vm
wait_until 20 virsh nodedev-dumpxml "$name1"
refusals=''
for what in "destroy $name1" "destroy $name1 --connect none" "reset pci_0000_01_00_0" "reset 01:00.0 --connect none" \
	"reattach 01:00.0" "reattach 01:00.0 --connect none"; do
	# shellcheck disable=SC2086
	try hostdevctl nodedev $what
	[[ $status = 3 && $output =~ "is held by VM 'vm'" ]] || refusals+="$what: $status $output"$'\n'
done
is "$refusals" "" "nothing is taken from it, and it is named"
ok "it is destroyed" vm_destroy vm
vm_remove vm
mdev_modules_end
