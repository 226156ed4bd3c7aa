# 26-xml: what `hostdevctl xml` prints, libvirt takes: by its grammar, by define, and by starting a VM with it.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 30
need_hook
mdev_modules
before=$(snapshot)
u1=11111111-0000-4000-8000-000000000001
schemas=/usr/share/libvirt/schemas

# fragments FILE-SUFFIX: splits what was printed by the comments that say where each goes.
into() { awk -v where="$1" '/^<!-- /{ on = index($0, "<!-- into " where) == 1; next } on' <<<"$output"; }
# accepted DESCRIPTION ARGUMENT...: prints, builds a domain around it, validates and defines it.
accepted() {
	ok "$1: is printed" hostdevctl xml "${@:2}"
	cat >/run/lab/fragment.xml <<-XML
		<domain type='qemu'><name>fragment</name><uuid>99999999-0000-4000-8000-000000000009</uuid>
		  <metadata>$(into '<metadata>')</metadata>
		  <memory unit='MiB'>64</memory><vcpu>1</vcpu>
		  <os><type arch='x86_64' machine='q35'>hvm</type></os>
		  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator><controller type='usb' model='none'/>
		    <memballoon model='none'/>$(into '<devices>')</devices>
		  $(into '<domain>')
		</domain>
	XML
	ok "$1: is valid and defined" sh -c "xmllint --noout --relaxng $schemas/domain.rng /run/lab/fragment.xml 2>&1 &&
		virsh define --validate /run/lab/fragment.xml"
}
accepted "one function" hostdev 01:00.0
ok "one function: starts" vm_start fragment
is "$(driver_of 01:00.0)" vfio-pci "one function: the VM has it"
ok "one function: is destroyed" vm_destroy fragment
accepted "a whole slot" hostdev 0b:00
like "$(virsh dumpxml fragment)" "bus='0x08' slot='0x00' function='0x0' multifunction='on'" "a whole slot: one card in the guest"
ok "a whole slot: starts" vm_start fragment
is "$(driver_of 0b:00.0) $(driver_of 0b:00.1)" "vfio-pci vfio-pci" "a whole slot: the VM has both"
ok "a whole slot: is destroyed" vm_destroy fragment
accepted "everything" hostdev 02:00.0 --managed no --driver-model vfio-pci --no-rom --pci-id 8086:10d4
ok "everything: starts" vm_start fragment
like "$(tr '\0' ' ' <"/proc/$(vm_pid fragment)/cmdline")" '"x-pci-device-id":4308' "everything: the guest sees another id"
ok "everything: is destroyed" vm_destroy fragment
accepted "an mdev" mdev --type mtty-2 --uuid "$u1" --attr power/control=on
ok "an mdev: starts" vm_start fragment
is "$(mdev_list)" "$u1 mtty mtty-2" "an mdev: the VM has it"
ok "an mdev: is destroyed" vm_destroy fragment
accepted "a VF by its network card" interface 10:10.0 --mac 52:54:00:12:34:56 --vlan 7
accepted "a vGPU" vgpu 43:00.4 --type 'NVIDIA L40-1B'
like "$(virsh dumpxml fragment)" "vgpu_type=.NVIDIA L40-1B" "a vGPU: libvirt keeps its metadata"
accepted "a GPU" hostdev 65:00.0 --x-vga --rom-file /usr/share/vgabios/card.rom --guest-slot 04:00
like "$(virsh dumpxml fragment)" "property name='x-vga' type='bool' value='true'" "a GPU: libvirt keeps the override"
as_before "$before" "at the end"
virsh --quiet undefine fragment >/dev/null
mdev_modules_end
