# 34-arrive: a VM that comes back from a saved image, or from another host, gets a free device of its mapping.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 39
need_hook

# QEMU saves and migrates a VM with a plain VFIO device only when that one may be left out: libvirt's "teaming" does that.
fresh=$(snapshot)
backup="<interface type='user'><mac address='52:54:00:34:00:01'/><model type='virtio'/><teaming type='persistent'/>
  <alias name='ua-backup'/></interface>"
team() { echo "<hostdev mode='subsystem' type='pci' managed='yes'><source>$(pci_address_xml "$1")</source>
  <teaming type='transient' persistent='ua-backup'/></hostdev>"; }
wants() { echo "<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:pci address='0000:$1' $2/><hd:vf address='0000:$1' vlan='34'/></hd:devices>"; }
source_of() { virsh dumpxml "$1" | tr -d '\n' | grep -o "<hostdev.*</hostdev>" | grep -o "<source>.*</source>" | grep -o "0x[0-9a-f]*' slot='0x[0-9a-f]*' function='0x[0-9]" | tr -d "'a-z=" | tr '\n' ' '; }

ok "four VFs are made" hostdevctl vf set 10:00.0 4
ok "and named" hostdevctl map add pool pf=10:00.0
before=$(snapshot)
vm_define saved --xml "$backup$(team 10:10.0)" --metadata "$(wants 10:10.0 "mapping='pool'")"
ok "a VM starts" vm_start saved
ok "it is saved" virsh --quiet save saved "$LAB_RUN/saved.img"
as_before "$before" "a saved VM"

# Its device is free: nothing is to be changed
is "$(virsh save-image-dumpxml "$LAB_RUN/saved.img" | /etc/libvirt/hooks/qemu saved restore begin - | wc -c)" 0 "its own device being free, the hook prints nothing"
ok "it is restored" virsh --quiet restore "$LAB_RUN/saved.img"
like "$(hostdevctl map list)" "0000:10:10.0.*[[:space:]]saved" "with the device it had"
ok "it is saved again" virsh --quiet save saved "$LAB_RUN/saved.img"

# Another VM has it
vm_define other --hostdev 10:10.0
ok "another VM takes the device" vm_start other
virsh save-image-dumpxml "$LAB_RUN/saved.img" >"$LAB_RUN/image.xml"
sed "s/function='0x0'\/>\$/&/" "$LAB_RUN/image.xml" | /etc/libvirt/hooks/qemu saved restore begin - >"$LAB_RUN/printed.xml"
is "$(diff "$LAB_RUN/image.xml" "$LAB_RUN/printed.xml" | grep -c '^<')" 3 "three lines of the XML are others"
is "$(diff "$LAB_RUN/image.xml" "$LAB_RUN/printed.xml" | grep '^>' | tr -s ' ' | sed 's/^> //' | paste -sd' ')" \
	"<hd:pci address=\"0000:10:10.2\" mapping=\"pool\"/> <hd:vf address=\"0000:10:10.2\" vlan=\"34\"/> <address domain='0x0000' bus='0x10' slot='0x10' function='0x2'/>" \
	"the source and what our metadata says of it"
like "$(hostdevctl status)" "saved .*starting"$'\n'"  0000:10:10.2: reserved" "the device is kept for it"
vm_define third --hostdev 10:10.2
fails "nobody else gets it meanwhile" vm_start third
like "$output" "0000:10:10.2 is held by VM 'saved'" "and the message says for whom it is"
ok "it is restored" virsh --quiet restore "$LAB_RUN/saved.img"
like "$(hostdevctl map list)" "0000:10:10.2.*[[:space:]]saved" "with another VF of the mapping"
is "$(driver_of 10:10.2)" vfio-pci "which is on vfio-pci"
like "$(hostdevctl vf net 10:10.2)" "vlan=34" "with the settings it wanted"
ok "it is destroyed" vm_destroy saved
like "$(hostdevctl vf net 10:10.2)" "vlan=0" "and they are taken back"

# Managed save is a save too
ok "a VM starts on the second" vm_start third
ok "the first starts, with the other two free" bash -c "hostdevctl map assign saved && virsh --quiet start saved"
like "$(hostdevctl map list)" "0000:10:10.4.*[[:space:]]saved" "on the third"
ok "managed save" virsh --quiet managedsave saved
vm_define fourth --hostdev 10:10.4
ok "its device goes to another" vm_start fourth
ok "it starts again from the saved image" vm_start saved
like "$(hostdevctl map list)" "0000:10:10.6.*[[:space:]]saved" "on the fourth"
ok "saved once more" virsh --quiet managedsave saved
vm_define fifth --hostdev 10:10.6
ok "the last device goes" vm_start fifth
fails "now there is none for it" vm_start saved
like "$output" "mapping 'pool' has no free device on this host: 0000:10:10.[06] is held by VM" "and it is told who has them"
ok "one comes free" vm_destroy fourth
ok "it starts, its image is still there" vm_start saved
for name in saved other third fifth; do vm_destroy "$name"; done
as_before "$before" "all of them gone"

# Without a mapping nothing is ever printed
vm_define plain --xml "$backup$(team 10:10.0)" --metadata "$(wants 10:10.0 "driver='vfio-pci'")"
for operation in migrate restore; do
	is "$(virsh dumpxml plain | /etc/libvirt/hooks/qemu plain "$operation" begin - 2>&1)" "" "$operation of a VM without a mapping: not a byte"
done
hostdevctl map remove pool
ok "the VFs are removed" hostdevctl vf clear 10:00.0
is "$(snapshot)" "$fresh" "the host is as before"
