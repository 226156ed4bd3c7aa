# 50-inventory: list, groups and show say of every device what lspci, libvirt and sysfs say; what a VM has is known, with our hook
# and without; and what is said to be available starts, what is not is refused by the rule that was named.
# topology: full
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 62
need_hook
mdev_modules
echo 2 >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs
udevadm settle
wait_until 20 virsh nodedev-dumpxml pci_0000_10_10_2
before=$(snapshot)

# ---- lspci -----------------------------------------------------------------------------------------------------------

# Address, class, ids, subsystem's ids or "-", driver, group, name. What pci.ids does not know, lspci calls "Device [11e8]".
by_lspci() {
	lspci -Dvmmnnk | awk -F '\t' '
		function code(text) { sub(/^.*\[/, "", text); sub(/\]$/, "", text); return text }
		function name(text) {
			if (text ~ /^Device \[/) return "Device " code(text)
			sub(/ \[[0-9a-f]+\]$/, "", text); return text
		}
		function flush() {
			if (slot != "") print slot, class, vendor ":" device, (sub_vendor != "" ? sub_vendor ":" sub_device : "-"), driver, group, title
			slot = sub_vendor = ""; driver = group = "-"
		}
		BEGIN { driver = group = "-" }
		/^$/ { flush() }
		$1 == "Slot:" { slot = $2 }
		$1 == "Class:" { class = code($2) }
		$1 == "Vendor:" { vendor = code($2); title = name($2) }
		$1 == "Device:" { device = code($2); title = title " " name($2) }
		$1 == "SVendor:" { sub_vendor = code($2) }
		$1 == "SDevice:" { sub_device = code($2) }
		$1 == "Driver:" { driver = $2 }
		$1 == "IOMMUGroup:" { group = $2 }
		END { flush() }'
}
by_list() {
	hostdevctl list --json | jq -r '.[] | [.address, .class[0:4], .id,
		(if .subsystem_id[0:4] == "0000" then "-" else .subsystem_id end), .driver // "-", .iommu_group // "-", .name] | map(tostring) | join(" ")'
}
lspci_says=$(by_lspci)
is "$(wc -l <<<"$lspci_says")" "$(find /sys/bus/pci/devices -mindepth 1 | wc -l)" "lspci shows all functions"
is "$(by_list)" "$lspci_says" "list --json is lspci -nnk, of every function"
is "$(hostdevctl list | tail -n +2 | cut -f1,2,4 | tr '\t' ' ')" "$(awk '{ printf "%s %s", $1, $3; for (i = 7; i <= NF; i++) printf " %s", $i; print "" }' <<<"$lspci_says")" \
	"so is list for programs"
for filter in "-d 8086:" "-d :0010" "-d ::0200" "-d 8086::02" "-s 0b:" "-s .1" "-s 0:10." "-d 1b36: -s 0e:"; do
	# shellcheck disable=SC2086
	is "$(hostdevctl list $filter | tail -n +2 | cut -f1)" "$(lspci -D $filter | cut -d' ' -f1)" "list $filter is lspci's"
done

# ---- sysfs -----------------------------------------------------------------------------------------------------------

by_links() {
	local device
	for device in /sys/bus/pci/devices/*; do
		echo "${device##*/} $(link_name "$device/driver") $(link_name "$device/iommu_group") $(link_name "$device/driver/module") $(<"$device/driver_override") $(<"$device/numa_node")"
	done
}
is "$(hostdevctl list --json | jq -r '.[] | "\(.address) \(.driver // "none") \(.iommu_group // "none") \(.module // "none") \(.driver_override // "(null)") \(.numa_node // -1)"')" \
	"$(by_links)" "drivers, groups, modules, overrides and nodes are those of sysfs"
is "$(hostdevctl groups --json | jq -r '.[] | .group as $g | .members[] | "\($g) \(.address)"')" \
	"$(cd /sys/kernel/iommu_groups && find . -mindepth 3 -name '*:*' -printf '%P\n' | sed 's,/devices/, ,' | sort -k1,1n -k2,2)" "groups have the members that the kernel says"
is "$(hostdevctl groups --json | jq -r '.[] | "\(.group) \(.type)"')" "$(cd /sys/kernel/iommu_groups && for g in $(printf '%s\n' * | sort -n); do echo "$g $(<"$g/type")"; done)" \
	"and the types"

# ---- libvirt ---------------------------------------------------------------------------------------------------------

# Driver, class, ids, name, group and its members, node, PF and VFs, links: of virsh nodedev-dumpxml, on stdin.
by_virsh() {
	awk -F "'" '
		function text(line) { gsub(/^[^>]*>|<.*$/, "", line); gsub(/&amp;/, "\\&", line); return line }
		function address() { return sprintf("%s:%s:%s.%s", substr($2, 3), substr($4, 3), substr($6, 3), substr($8, 3)) }
		function add(list, item) { return list == "" ? item : list "," item }
		function value(key, i) { for (i = 1; i < NF; i += 2) if ($i ~ key "=$") return $(i + 1); return "-" }
		/<driver>/ { in_driver = 1 }
		in_driver && /<name>/ { driver = text($0); in_driver = 0 }
		/<class>/ { class = substr(text($0), 3) }
		/<vendor id=/ { vendor = substr($2, 3); vendor_name = text($0) }
		/<product id=/ { product = substr($2, 3); product_name = /\/>/ ? "" : text($0) }
		/<iommuGroup number=/ { group = $2; place = "group" }
		/type=.phys_function/ { place = "pf" }
		/type=.virt_functions/ { place = /\/>/ ? "" : "vfs"; most = value("maxCount") }
		/<address / && place == "group" { members = add(members, address()) }
		/<address / && place == "pf" { pf = address() }
		/<address / && place == "vfs" { vfs = add(vfs, address()) }
		/<\/capability>|<\/iommuGroup>/ { place = "" }
		/<numa node=/ { node = $2 }
		/validity=.cap/ { cap = value("speed") "x" value("width") }
		/validity=.sta/ { sta = value("width") == "0" ? "" : value("speed") "x" value("width") }
		function dash(x) { return x == "" ? "-" : x }
		END {
			if (product_name == "") product_name = "Device " product
			n = split(members, sorted, ","); members = ""
			for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (sorted[j] < sorted[i]) { t = sorted[i]; sorted[i] = sorted[j]; sorted[j] = t }
			for (i = 1; i <= n; i++) members = add(members, sorted[i])
			print dash(driver), class, vendor ":" product, dash(group), dash(members), dash(node), dash(pf), dash(vfs), dash(most), dash(cap), dash(sta), vendor_name, product_name
		}'
}
by_show() { # by_show ADDRESS
	hostdevctl show "$1" --json | jq -r 'def dash: if . == null or . == "" then "-" else tostring end;
		def link: if . == null then "-" else "\(.speed // "-" | sub(" GT/s.*$"; "") | sub("\\.0$"; ""))x\(.width)" end;
		[(.driver | dash), .class, .id, (.iommu_group | dash), (.group_members | join(",") | dash), (.numa_node | dash), (.pf | dash),
		([.vfs[].address] | join(",") | dash), (if .vf_total > 0 then .vf_total else null end | dash), (.link_max | link), (.link | link), .name] | join(" ")'
}
different=''
wrong=''
for address in $(cut -d' ' -f1 <<<"$lspci_says"); do
	name=pci_$(tr ':.' '__' <<<"$address")
	virsh=$(virsh nodedev-dumpxml "$name" | by_virsh)
	show=$(by_show "$address")
	[ "$show" = "$virsh" ] || different+="$address"$'\n'"  virsh $virsh"$'\n'"  show  $show"$'\n'
	# list, show and the planner that show asks have one opinion.
	hostdevctl show "$address" --json | jq -e '.available == .can_be_given and (.available or (.plan | contains("(rule: "))) and .node_device == "'"$name"'"' >/dev/null ||
		wrong+="$address "
done
is "$different" "" "show --json is virsh nodedev-dumpxml, of every function"
is "$wrong" "" "show is of one opinion with its plan, of every function"
is "$(hostdevctl list --json | jq -c '[.[] | [.address, .available, .refusal.rule]]')" \
	"$(for address in $(cut -d' ' -f1 <<<"$lspci_says"); do hostdevctl show "$address" --json; done | jq -sc '[.[] | [.address, .available, .refusal.rule]]')" \
	"list is of one opinion with show"

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
mdev_modules_end
