# 50-inventory: list, groups and show say of every device what lspci, libvirt and sysfs say.
# topology: full
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 15
need_hook
echo 2 >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs
udevadm settle
wait_until 20 virsh nodedev-dumpxml pci_0000_10_10_2
before=$(snapshot)

# ---- lspci -----------------------------------------------------------------------------------------------------------

# Address, class, ids, subsystem's ids or "-", driver, group, name. What pci.ids does not know, lspci -nn calls "Device [11e8]", or
# "Vendor [1234]"; without -nn that is "Red Hat, Inc. Device 11e8", or "Device 1234:11e8".
by_lspci() {
	lspci -Dvmmnnk | awk -F '\t' '
		function code(text) { sub(/^.*\[/, "", text); sub(/\]$/, "", text); return text }
		function name(text) {
			if (text ~ /^Vendor \[/) return text
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
		$1 == "Device:" { device = code($2); title = title ~ /^Vendor \[/ ? "Device " vendor ":" device : title " " name($2) }
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
addresses=$(cut -d' ' -f1 <<<"$lspci_says")
is "$(wc -l <<<"$lspci_says")" "$(find /sys/bus/pci/devices -mindepth 1 | wc -l)" "lspci shows all functions"
is "$(by_list)" "$lspci_says" "list --json is lspci -nnk, of every function"
is "$(hostdevctl list | tail -n +2 | cut -f1,2,4 | tr '\t' ' ')" "$(awk '{ printf "%s %s", $1, $3; for (i = 7; i <= NF; i++) printf " %s", $i; print "" }' <<<"$lspci_says")" \
	"so is list for programs"
for filter in "-d :0010" "-d 8086::02" "-s .1" "-s 0:10."; do
	# shellcheck disable=SC2086
	is "$(hostdevctl list $filter | tail -n +2 | cut -f1)" "$(lspci -D $filter | cut -d' ' -f1)" "list $filter is lspci's"
done

# ---- sysfs -----------------------------------------------------------------------------------------------------------

by_links() {
	local device
	for device in /sys/bus/pci/devices/*; do
		echo "${device##*/} $(link_name "$device/driver") $(link_name "$device/iommu_group") $(link_name "$device/driver/module")" \
			"$(<"$device/driver_override") $(<"$device/numa_node")"
	done
}
is "$(hostdevctl list --json | jq -r '.[] | "\(.address) \(.driver // "none") \(.iommu_group // "none") \(.module // "none") \(.driver_override // "(null)") \(.numa_node // -1)"')" \
	"$(by_links)" "drivers, groups, modules, overrides and nodes are those of sysfs"
is "$(hostdevctl groups --json | jq -r '.[] | .group as $g | .members[] | "\($g) \(.address)"')" \
	"$(cd /sys/kernel/iommu_groups && find . -mindepth 3 -name '*:*' -printf '%P\n' | sed 's,/devices/, ,' | sort -k1,1n -k2,2)" "groups have the members that the kernel says"
is "$(hostdevctl groups --json | jq -r '.[] | "\(.group) \(.type)"')" "$(cd /sys/kernel/iommu_groups && for g in $(printf '%s\n' * | sort -n); do echo "$g $(<"$g/type")"; done)" \
	"and the types"

# ---- libvirt ---------------------------------------------------------------------------------------------------------

# Driver, class, ids, group and its members, node, PF, VFs and how many at most, links, name: of all that virsh nodedev-dumpxml
# has printed one after the other, on stdin.
by_virsh() {
	awk -F "'" '
		function text(line) { gsub(/^[^>]*>|<.*$/, "", line); gsub(/&amp;/, "\\&", line); return line }
		function address() { return sprintf("%s:%s:%s.%s", substr($2, 3), substr($4, 3), substr($6, 3), substr($8, 3)) }
		function add(list, item) { return list == "" ? item : list "," item }
		function value(key, i) { for (i = 1; i < NF; i += 2) if ($i ~ key "=$") return $(i + 1); return "-" }
		function dash(x) { return x == "" ? "-" : x }
		function sort(list, n, parts, i, j, t) {
			n = split(list, parts, ",")
			for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (parts[j] < parts[i]) { t = parts[i]; parts[i] = parts[j]; parts[j] = t }
			list = ""
			for (i = 1; i <= n; i++) list = add(list, parts[i])
			return list
		}
		/<device>/ { driver = vendor_name = product_name = group = members = node = pf = vfs = most = cap = sta = place = "" }
		/<driver>/ { in_driver = 1 }
		in_driver && /<name>/ { driver = text($0); in_driver = 0 }
		/<class>/ { class = substr(text($0), 3) }
		/<vendor id=/ { vendor = substr($2, 3); vendor_name = /\/>/ ? "" : text($0) }
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
		/<\/device>/ {
			title = vendor_name == "" ? "Device " vendor ":" product : vendor_name " " (product_name == "" ? "Device " product : product_name)
			print dash(driver), class, vendor ":" product, dash(group), dash(sort(members)), dash(node), dash(pf), dash(vfs), dash(most), dash(cap), dash(sta), title
		}'
}
# The same of what hostdevctl show --json has printed.
by_show() {
	jq -r 'def dash: if . == null or . == "" then "-" else tostring end;
		def link: if . == null then "-" else "\(.speed // "-" | sub(" GT/s.*$"; "") | sub("\\.0$"; ""))x\(.width)" end;
		[(.driver | dash), .class, .id, (.iommu_group | dash), (.group_members | join(",") | dash), (.numa_node | dash), (.pf | dash),
		([.vfs[].address] | join(",") | dash), (if .vf_total > 0 then .vf_total else null end | dash), (.link_max | link), (.link | link), .name] | join(" ")'
}
for address in $addresses; do
	virsh nodedev-dumpxml "pci_$(tr ':.' '__' <<<"$address")" >>/run/lab/virsh
	hostdevctl show "$address" --json >>/run/lab/show
done
is "$(by_show </run/lab/show)" "$(by_virsh </run/lab/virsh)" "show --json is virsh nodedev-dumpxml, of every function"
is "$(jq -r 'select(.available != .can_be_given or (.available or (.plan | contains("(rule: ")) | not)) | .address' /run/lab/show)" "" \
	"show is of one opinion with its plan, of every function"
is "$(jq -r .node_device /run/lab/show)" "$(sed -n 's,^  <name>\(.*\)</name>$,\1,p' /run/lab/virsh)" "and node devices are called as in libvirt"
is "$(hostdevctl list --json | jq -c '[.[] | [.address, .available, .refusal.rule]]')" "$(jq -sc '[.[] | [.address, .available, .refusal.rule]]' /run/lab/show)" \
	"list is of one opinion with show"

as_before "$before" "at the end"
echo 0 >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs
