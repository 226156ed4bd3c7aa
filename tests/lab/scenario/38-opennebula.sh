# 38-opennebula: a guest of OpenNebula has its NIC's settings before it starts, from OpenNebula's own file.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 19
need_hook

fresh=$(snapshot)
pf=$(netdev_of 10:00.0)
vf_line() { ip -o link show "$pf" | grep -o "vf $1 [^\\]*" | sed 's/ *$//'; }
folder=/var/lib/one/datastores/0/42
mkdir -p "$folder"
# vm_xml ID ATTRIBUTES: OpenNebula's file, as it writes it beside the guest's disks
vm_xml() {
	cat >"$folder/vm.xml" <<-XML
		<VM><ID>$1</ID><NAME>web</NAME><TEMPLATE><CONTEXT><ETH0_MAC><![CDATA[02:00:c0:a8:00:2a]]></ETH0_MAC></CONTEXT>
		<PCI><ADDRESS><![CDATA[0000:01:00:0]]></ADDRESS><SHORT_ADDRESS><![CDATA[01:00.0]]></SHORT_ADDRESS></PCI>
		<PCI><ADDRESS><![CDATA[0000:10:10:0]]></ADDRESS><SHORT_ADDRESS><![CDATA[10:10.0]]></SHORT_ADDRESS>
		<TYPE><![CDATA[NIC]]></TYPE>$2</PCI></TEMPLATE></VM>
	XML
}
attributes="<MAC><![CDATA[02:00:c0:a8:00:2b]]></MAC><VLAN_ID><![CDATA[38]]></VLAN_ID><SPOOFCHK><![CDATA[no]]></SPOOFCHK><TRUST><![CDATA[YES]]></TRUST>"
# As OpenNebula's driver writes it: its own metadata, addresses with 0x, spaces, no <driver>
one_vm() { # one_vm NAME DATASTORE [METADATA]
	vm_define "$1" --metadata "<one:vm xmlns:one='http://opennebula.org/xmlns/libvirt/1.0'><one:system_datastore>$2</one:system_datastore>
		<one:name>web</one:name></one:vm>${3:-}" --xml "<hostdev mode='subsystem' type='pci' managed='yes'><source>
		<address  domain='0x0000' bus='0x10' slot='0x10' function='0x0'/></source></hostdev>"
}
ok "VFs are made" hostdevctl vf set 10:00.0 2
before=$(snapshot; ip -o link show "$pf")
vm_xml 42 "$attributes"
one_vm one-42 /var/lib/one//datastores/0/42
ok "a guest starts" vm_start one-42
like "$(vf_line 0)" "02:00:c0:a8:00:2b.*vlan 38.*spoof checking off.*trust on" "with all that its NIC attributes say"
ok "what OpenNebula does after the start changes nothing" ip link set "$pf" vf 0 mac 02:00:c0:a8:00:2b vlan 38 spoofchk off trust on
ok "it is destroyed" vm_destroy one-42
is "$(snapshot; ip -o link show "$pf")" "$before" "nothing of it is left dirty"
one_vm one-42 /var/lib/one//datastores/0/42 "<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:vf address='10:10.0' trust='off'/></hd:devices>"
ok "with metadata of ours, too, it starts" vm_start one-42
like "$(vf_line 0)" "02:00:c0:a8:00:2b.*vlan 38.*trust off" "that comes first"
ok "it is destroyed" vm_destroy one-42

# What must not be believed
one_vm one-42 /var/lib/one/datastores/0/../../../../etc/42
ok "a folder with .. is none" vm_start one-42
unlike "$(vf_line 0)" "vlan" "nothing is read there"
ok "it is destroyed" vm_destroy one-42
vm_xml 43 "$attributes"
one_vm one-42 /var/lib/one/datastores/0/42
fails "the file of another VM is refused" vm_start one-42
like "$output" "OpenNebula's vm.xml is of another VM \(one-43\)" "with the reason"
vm_xml 42 "<VLAN_ID><![CDATA[5000]]></VLAN_ID>"
fails "so is a VLAN that can't be" vm_start one-42
like "$output" "<VLAN_ID> is '5000': say 0 \(none\) to 4094" "with what can"
is "$(snapshot; ip -o link show "$pf")" "$before" "nothing has changed"
rm -r /var/lib/one
ok "the VFs are removed" hostdevctl vf clear 10:00.0
is "$(snapshot)" "$fresh" "the host is as before"
