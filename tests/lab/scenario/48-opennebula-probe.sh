# 48-opennebula-probe: OpenNebula's probe on a real kernel, with VFs and mediated devices, beside what lspci and sysfs say.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 21
need_hook

fresh=$(snapshot)
mdev_modules
one=/var/tmp/one
probe=$one/im/kvm-probes.d/host/system/pci.rb
mkdir -p "$one/im/kvm-probes.d/host/system" "$one/etc/im/kvm-probes.d" /var/tmp/one_db
chown 9869:9869 /var/tmp/one_db
ln -s /usr/libexec/hostdevctl/opennebula-probe "$probe"
# asks TEXT: a pci.conf
asks() { printf '%s\n' "$1" >"$one/etc/im/kvm-probes.d/pci.conf"; }
# as_one COMMAND...: as OpenNebula's user, who is no root
as_one() { setpriv --reuid 9869 --regid 9869 --clear-groups "$@"; }

# wanted LSPCI-OPTION...: what is to be printed, device by device, from lspci and sysfs
wanted() {
	local line home node net role count named='"([^"]*) \[(....)\]"'
	while IFS= read -r line; do
		[[ $line =~ ^([0-9a-f.:]+)\ $named\ $named\ $named ]] || { echo "not lspci's: $line"; continue; }
		set -- "${BASH_REMATCH[@]:1}"
		home=$(sysfs_of "$1") role=no count=''
		node=$(<"$home/numa_node")
		[ "$node" -ge 0 ] || node=-
		net=$(ls "$home/net" 2>/dev/null) || net=-
		if [ -e "$home/physfn" ]; then
			role=vf
		elif [ -e "$home/sriov_numvfs" ]; then
			role=pf count=$(<"$home/sriov_numvfs")
			[ "$count" = 0 ] || continue
		fi
		printf 'PCI = [\n TYPE = "%s:%s:%s" ,\n VENDOR = "%s" ,\n VENDOR_NAME = "%s" ,\n DEVICE = "%s" ,\n' "$5" "$7" "$3" "$5" "$4" "$7"
		printf ' CLASS = "%s" ,\n CLASS_NAME = "%s" ,\n ADDRESS = "0000:%s" ,\n SHORT_ADDRESS = "%s" ,\n' "$3" "$2" "${1/./:}" "$1"
		printf ' DOMAIN = "0000" ,\n BUS = "%s" ,\n SLOT = "%s" ,\n FUNCTION = "%s" ,\n' "${1:0:2}" "${1:3:2}" "${1:6:1}"
		printf ' NUMA_NODE = "%s" ,\n IFNAME = "%s" ,\n SRIOV = "%s" ,\n' "$node" "$net" "$role"
		[ "$role" != pf ] || printf ' SRIOV_NUM = "%s" ,\n' "$count"
		printf ' DEVICE_NAME = "%s" \n]\n' "$6"
	done < <(lspci -mmnn "$@")
}

asks ":filter: '*:*'"
ok "it runs as OpenNebula's user" as_one "$probe" kvm
is "$output" "$(wanted)" "all devices, byte for byte"
like "$output" "SHORT_ADDRESS = \"10:00.0\"" "a PF without VFs is there"
is "$(as_one "$probe" kvm)" "$(wanted)" "and once more, with the names that the cache has now"
ok "two VFs are made" hostdevctl vf set 10:00.0 2
ok "an mdev is made" mdev_create mtty mtty-2 48484848-0000-4000-8000-000000000001
ok "the probe runs" as_one "$probe" kvm
is "$output" "$(wanted)" "all devices with VFs and an mdev, byte for byte"
unlike "$output" "SHORT_ADDRESS = \"10:00.0\"" "the PF is not there any more"
like "$output" "SHORT_ADDRESS = \"10:10.2\"" "its VFs are"
for filter in 8086:10ca '::0200' '8086::0200' '1b36:*'; do
	asks ":filter: '$filter'"
	is "$(as_one "$probe" kvm)" "$(wanted -d "$filter")" "devices of $filter"
done
asks $':filter: "*:*"\n:device_name: [virtual function]\n:short_address: ["10:10.2", "01:00.0"]'
is "$(as_one "$probe" kvm)" "$(wanted -s 10:10.2)" "name and address are both asked"

# A VM has the card: its interface is gone, its name is remembered.
asks $':filter: "*:*"\n:short_address: ["01:00.0"]'
before=$(as_one "$probe" kvm)
vm_define web --hostdev 01:00.0
ok "a VM gets a NIC" vm_start web
is "$(as_one "$probe" kvm)" "$before" "OpenNebula is told the same of it"
vm_remove web
rm "$one/etc/im/kvm-probes.d/pci.conf"
fails "without a pci.conf it fails" as_one "$probe" kvm
like "$status $output" "^255 Invalid configuration $one/im/kvm-probes.d/host/system/../../../../etc/im/kvm-probes.d/pci.conf" "and says so in OpenNebula's words"
asks ":filter: '8086:10ca'"
is "$(hostdevctl opennebula-probe)" "$(wanted -d 8086:10ca)" "the command prints the same"

mdev_remove 48484848-0000-4000-8000-000000000001
mdev_modules_end
hostdevctl vf clear 10:00.0 >/dev/null
rm -r /var/tmp/one /var/tmp/one_db
is "$(snapshot)" "$fresh" "the host is as before"
