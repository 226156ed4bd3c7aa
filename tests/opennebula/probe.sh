#!/bin/bash
# probe: OpenNebula's probe says what OpenNebula's own would, byte for byte, and does not crash where that one does.
# usage: probe.sh PROBE SOURCE-ROOT
probe=$(realpath "$1") source_root=$2
# shellcheck source=tests/opennebula/lib.sh
. "$(dirname "$0")/lib.sh"

# ---- configurations ----
config default '{}'
config none ":filter: '0:0'"
config all ":filter: '*:*'"
config nil ':filter:'
config false ':filter: no'
config colon "':filter': '*:*'"
config commas ":filter: '10de:*,8086:,*:10ca'"
config list $':filter:\n  - "8086:*"\n  - "10de:2237, 1b36:*"\n  - ["::0200"]'
config twice ":filter: ['8086:*', '8086:10ca,::0200']"
config class ":filter: '::0200'"
config class_part ":filter: '::03xx'"
config prog_if ":filter: '*:*:0300:00'"
config upper ":filter: '10DE:*'"
config empty_items ":filter: ',8086:,,'"
config bad_items ":filter: ['10de', 'zz:zz', '', '8086:']"
config empty_list ':filter: []'
config last_wins $':filter: "10de:*"\n:filter: "8086:*"'
config address $':filter: "*:*"\n:short_address: ["01:00.0", "02:00.0", "0001:02:00.0"]'
config address_text $':filter: "*:*"\n:short_address: "01:00.0, 02:00.0"'
config address_number $':filter: "*:*"\n:short_address: [01:00.0, 02:00.0]'
config name $':filter: "*:*"\n:device_name:\n  - virtual function\n  - ^GA1\n  - "nvme.*(ssd|controller)"'
config name_none $':filter: "*:*"\n:device_name: ["^nothing is called so$"]'
config name_any $':filter: "*:*"\n:device_name: [~, 82576]'
config vendors $':filter: "*:*"\n:nvidia_vendors: ["8086", "1b36"]'
config vendors_none $':filter: "*:*"\n:nvidia_vendors: []'
config vendors_text $':filter: "*:*"\n:nvidia_vendors: "10de 8086"'
config all_of_it $':filter: "8086:,10de:"\n:short_address: ["02:00.0", "02:00.1", "07:10.0"]\n:device_name: [network, virtual]'
config documents $'---\n:filter: "8086:*"\n...\n---\n:filter: "*:*"'
config keys_without_colon $'filter: "*:*"\nshort_address: ["x"]'

# ---- a machine with everything ----
for address in 0000:00:1c.0 0000:01:00.0 0000:02:00.0 0000:02:00.1 0000:03:00.0; do card "$address"; done
put "$(home_of 0000:01:00.0)/numa_node" 0
put "$(home_of 0000:02:00.0)/numa_node" -1
put "$(home_of 0000:02:00.1)/numa_node" 1
card 0000:07:00.0 8086 10c9 020000
pf 0000:07:00.0 2 7
card 0000:07:00.1 8086 10c9 020000
pf 0000:07:00.1 0 7
card 0000:07:00.2 8086 10c9 020000
put "$(home_of 0000:07:00.2)/sriov_totalvfs" 7
card 0000:07:10.0 8086 10ca 020000
vf 0000:07:10.0 0000:07:00.0 0
card 0000:07:10.2 8086 10ca 020000
vf 0000:07:10.2 0000:07:00.0 1
net 0000:01:00.0 eth1
net 0000:07:10.0 eth7v0
net 0000:07:00.1 pf0vf0 pf0vf0
net 0000:07:00.1 uplink p0
net 0000:07:00.1 pf0vf1 pf0vf1
net 0000:07:00.2 one pf0vf0
net 0000:07:00.2 two pf0vf1
put etc/udev/rules.d/99-rename.rules $'# 0000:07:10.2 <- front0\nSUBSYSTEM=="net", NAME="x"\n#0000:07:10.2<-front1 more\n# no <- line\n## 0000:07:00.2 <- no'
# NVIDIA: alone; with VFs of both kinds
card 0000:0a:00.0 10de 2237 030200
card 0000:0b:00.0 10de 25b6 030200
pf 0000:0b:00.0 3 16
card 0000:0b:00.4 10de 25b6 030200
vf 0000:0b:00.4 0000:0b:00.0 0
mdev_type 0000:0b:00.4 nvidia-105
mdev_type 0000:0b:00.4 nvidia-35
card 0000:0b:00.5 10de 25b6 030200
vf 0000:0b:00.5 0000:0b:00.0 1
put "$(home_of 0000:0b:00.5)/nvidia/creatable_vgpu_types" $'ID    : vGPU Name\n557   : NVIDIA A2-1B\n558   : NVIDIA A2-2B:x\n 559 :\t \n : none'
card 0000:0b:00.6 10de 25b6 030200
vf 0000:0b:00.6 0000:0b:00.0 2
put "$(home_of 0000:0b:00.6)/nvidia/creatable_vgpu_types" $'ID    : vGPU Name\n\n557   : NVIDIA A2-1B'
# VFs without a count: NVIDIA's card is left out, others are not
card 0000:0e:00.0 10de 25b6 030200
ln -s ../0000:0b:00.4 "$root/$(home_of 0000:0e:00.0)/virtfn0"
card 0000:0f:00.0 8086 10c9 020000
ln -s ../0000:07:10.0 "$root/$(home_of 0000:0f:00.0)/virtfn0"
# Not in pci.ids; unused classes; other domains
card 0000:0c:00.0 1234 5678 030000
card 0000:0d:00.0 dead beef ff0100
card 0001:02:00.0 10de 2237 030200
card ffff:02:00.0 9999 0001 010802
card 10000:02:00.0 144d a808 010802
compare 'a machine with everything' "$root"
mkdir -p "$root/var/tmp/one_db"
compare 'the same with a cache' "$root"
compare 'the same with a cache that is filled' "$root"

# ---- recorded hosts ----
if [ -x "$source_root/tests/golden/make-host" ]; then
	for host in $("$source_root/tests/golden/make-host" --list); do
		tree=$(mktemp -d "$configs/host.XXXXXX")
		"$source_root/tests/golden/make-host" "$host" "$tree"
		compare "the recorded host $host" "$tree"
		rm -rf "$tree"
	done
fi

# ---- what people see ----
config vgpu $':filter: "10de:25b6"\n:short_address: ["0b:00.4"]'
probe vgpu
ok 'a vGPU: the whole block' diff -u - <(printf '%s' "$output") <<'BLOCK'
PCI = [
 TYPE = "10de:25b6:0302" ,
 VENDOR = "10de" ,
 VENDOR_NAME = "NVIDIA Corporation" ,
 DEVICE = "25b6" ,
 CLASS = "0302" ,
 CLASS_NAME = "3D controller" ,
 ADDRESS = "0000:0b:00:4" ,
 SHORT_ADDRESS = "0b:00.4" ,
 DOMAIN = "0000" ,
 BUS = "0b" ,
 SLOT = "00" ,
 FUNCTION = "4" ,
 NUMA_NODE = "-" ,
 IFNAME = "-" ,
 SRIOV = "vf" ,
 DEVICE_NAME = "NVIDIA vGPU device" ,
 UUID = "503c61d6-69fd-5b7f-8aae-770516ddca3f" ,
 PROFILES = "nvidia-105,nvidia-35" ,
 MDEV_MODE = "legacy" 
]
BLOCK
silent 'a vGPU'
# The two vectors that OpenNebula's servers know
card 0000:af:00.4 10de 25b6 030200
vf 0000:af:00.4 0000:0b:00.0 3
card 0000:20:00.0 10de 25b6 030200
config vectors $':filter: "10de:25b6"\n:short_address: ["af:00.4"]'
probe vectors
ok 'the UUID of 0000:af:00:4' test "$(value UUID)" = 44e84bfb-7c47-5c46-ae66-5fe8573feaf5
rm "$root/$(home_of 0000:02:00.0)/vendor"
probe all
exits 0 'a device that cannot be read'
complains 'opennebula-probe: 0000:02:00.0 is left out: read its vendor: No such file or directory' 'a device that cannot be read'
ok 'a device that cannot be read: the others are there' grep -q '"02:00.1"' <<<"$output"
ok 'a device that cannot be read: it is not' test "$(grep -c '"02:00.0"' <<<"$output")" = 0
put "$(home_of 0000:02:00.0)/vendor" 0x10de
put "$(home_of 0000:02:00.0)/device" 0x25b6
ln -sfn ../0000:0b:00.0 "$root/$(home_of 0000:02:00.0)/physfn"
config vectors $':filter: "10de:25b6"\n:short_address: ["02:00.0"]'
probe vectors
ok 'the UUID of 0000:02:00:0' test "$(value UUID)" = 6e74bc11-5164-550c-b664-6c51002366be
probe all
ok 'a PF that has VFs is not there' test "$(grep -c 'ADDRESS = "07:00.0"' <<<"$output")" = 0
ok 'nor is a card of NVIDIA that has some' test "$(grep -c 'ADDRESS = "0b:00.0"' <<<"$output")" = 0
ok "nor is one whose VFs aren't counted" test "$(grep -c 'ADDRESS = "0e:00.0"' <<<"$output")" = 0
ok 'a PF that has none is' grep -q 'ADDRESS = "07:00.1"' <<<"$output"
probe default
exits 0 'without a filter'
ok 'without a filter there is nothing' test -z "$output"
probe twice
ok 'a device that fits three filters is there three times' test "$(grep -c 'ADDRESS = "07:10.0"' <<<"$output")" = 3
probe bad_items
complains "opennebula-probe: :filter: 'zz:zz' is no filter of lspci: -d zz:zz: Invalid vendor ID" 'a filter that is none'
probe address_number
complains ":short_address: '01:00.0' is no text to YAML and fits no device: put it in quotes" 'an address that YAML takes for a number'

# ---- where OpenNebula's own crashes ----
config nils $':filter: "8086:10ca"\n:short_address:\n:device_name:\n:nvidia_vendors:'
probe nils
exits 0 'keys without values'
ok 'keys without values ask for nothing' test "$(grep -c '^PCI' <<<"$output")" = 2
config plain $':filter: 8086\n:device_name: virtual'
probe plain
exits 0 'a number for a filter'
complains "'8086' is no filter of lspci" 'a number for a filter'
config pattern $':filter: "8086:10ca"\n:device_name: ["(", "virtual"]'
probe pattern
exits 0 'a pattern that is none'
complains ':device_name: ' 'a pattern that is none'
ok 'a pattern that is none: the others count' test "$(grep -c '^PCI' <<<"$output")" = 2
config shell ":filter: '8086:10ca; touch $root/planted'"
probe shell
exits 0 'a filter for a shell'
ok 'no shell sees a filter' test ! -e "$root/planted"

# ---- configurations that are none ----
# invalid DESCRIPTION REASON
invalid() {
	probe broken
	exits 255 "$1"
	ok "$1: OpenNebula's words" test "$(head -n 1 <<<"$error")" = "Invalid configuration $configs/broken.conf"
	complains "$2" "$1"
	ok "$1: prints nothing" test -z "$output"
}
config broken ''
invalid 'an empty file' 'there is nothing in it'
config broken $':filter: [\n'
invalid 'YAML that is none' 'line '
config broken ':filter: *x'
invalid 'an alias' 'aliases are not taken'
config broken ':filter: *:*'
invalid 'all devices, without quotes' 'line 1'
config broken 'just words'
invalid 'no keys' "it holds no keys such as ':filter:'"
config broken ':filter: !ruby/object:Object {}'
invalid 'an object' "Ruby's objects are not taken"
config broken ":filter: $(printf '[%.0s' {1..5000})"
invalid 'a deep one' 'nested too deep'
printf ':filter: "\xff"\n' >"$configs/broken.conf"
invalid 'bytes that are no text' 'line'
head -c 300000 /dev/zero | tr '\0' ' ' >"$configs/broken.conf"
invalid 'a large one' 'larger than 256 KiB'
rm "$configs/broken.conf"
invalid 'none' 'No such file or directory'
mkdir "$configs/broken.conf"
invalid 'a folder' 'Is a directory'
rmdir "$configs/broken.conf"

# ---- names that would end a value ----
put "$(home_of 0000:0b:00.5)/nvidia/creatable_vgpu_types" $'557 : A" ]\nPCI = [ x = "\\ \e[31m B\x7f\xffC: \n'
put "$(home_of 0000:0b:00.5)/numa_node" $'1" ,\n EVIL = "1'
config hostile $':filter: "10de:25b6"\n:short_address: ["0b:00.5"]'
probe hostile
ok 'a profile with quotes' test "$(grep -c EVIL <<<"$output")" = 1
ok 'no value has a quote within' test "$(grep -cvE '^(PCI = \[|\]| [A-Z_]+ = "[^"\\]*" ,?)$' <<<"${output%$'\n'}")" = 0
ok 'no control characters' test "$(LC_ALL=C grep -cP '[\x00-\x1f\x7f]' <<<"$output")" = 0
ok 'and it is UTF-8' iconv -f UTF-8 -t UTF-8 <<<"$output"

# ---- the cache of names ----
cache=$root/var/tmp/one_db/pci_net_names
config nic $':filter: "*:*"\n:short_address: ["01:00.0"]'
rm -rf "$cache"
probe nic
ok 'an interface is kept in the cache' test "$(cat "$cache/0000:01:00.0")" = eth1
ok 'and nothing else' test "$(ls -A "$cache")" = 0000:01:00.0
mv "$root/$(home_of 0000:01:00.0)/net" "$root/net"
probe nic
ok 'the name stays while a guest has the card' test "$(value IFNAME)" = eth1
printf 'x" ]\n' >"$cache/0000:01:00.0"
probe nic
ok 'what is no name in the cache is not believed' test "$(value IFNAME)" = -
mv "$root/net" "$root/$(home_of 0000:01:00.0)/net"
echo secret >"$root/secret"
ln -sfn "$root/secret" "$cache/0000:01:00.0"
probe nic
ok 'a link in the cache is not read' test "$(value IFNAME)" = eth1
ok 'nor written through' test "$(cat "$root/secret")" = secret
ok 'but replaced' test "$(cat "$cache/0000:01:00.0")" = eth1 -a ! -L "$cache/0000:01:00.0"
rm -rf "$cache"
mkdir "$root/elsewhere"
ln -s "$root/elsewhere" "$cache"
probe nic
ok 'a cache that is a link is none' test -z "$(ls -A "$root/elsewhere")"
rm "$cache"
mkfifo "$root/fifo"
mkdir "$cache"
mkfifo "$cache/0000:01:00.0"
probe nic
ok 'a pipe does not stop it' test "$(value IFNAME)" = eth1
chmod o+w "$root/var/tmp/one_db"
rm -rf "$cache"
probe nic
ok 'a folder that anybody may write to is not used' test ! -e "$cache"
chmod o-w "$root/var/tmp/one_db"
rm -rf "$root/var/tmp/one_db"
probe nic
ok "OpenNebula's folder is not made" test ! -e "$root/var/tmp/one_db"

# ---- how OpenNebula calls it ----
one=$root/one
mkdir -p "$one/im/kvm-probes.d/host/system" "$one/im/kvm.d" "$one/etc/im/kvm-probes.d"
printf ':filter: "8086:10ca"\n' >"$one/etc/im/kvm-probes.d/pci.conf"
ln -s "$probe" "$one/im/kvm-probes.d/host/system/pci.rb"
# called DESCRIPTION COMMAND...: with the arguments and the text that each probe gets
called() {
	output=$("${@:2}" --sysroot "$root" kvm /var/lib/one//datastores 4124 20 0 <<<'<MONITOR_CONFIGURATION/>' 2>&1) || true
	ok "$1: it finds its pci.conf" test "$(grep -c '^PCI' <<<"$output")" = 2
}
called 'a link among the probes' "$one/im/kvm.d/../kvm-probes.d/host/system/pci.rb"
cd "$one/im/kvm-probes.d/host/system"
called 'called from its folder' ./pci.rb
rm pci.rb
cp "$probe" pci.rb
called 'a copy, as onehost sync makes it' ./pci.rb
# shellcheck disable=SC2016
printf '#!/bin/bash\nexec -a "$0" %s "$@"\n' "$probe" >script
chmod +x script
called 'a script that keeps its name' ./script
mv "$one/etc/im/kvm-probes.d/pci.conf" "$one/etc/im/kvm-probes.d/gone"
status=0
error=$(./pci.rb --sysroot "$root" 2>&1) || status=$?
exits 255 'without a pci.conf'
complains "Invalid configuration $one/im/kvm-probes.d/host/system/../../../../etc/im/kvm-probes.d/pci.conf" 'without a pci.conf'
cd /
status=0
error=$("$probe" --sysroot 2>&1) || status=$?
exits 2 'an option without its value'
error=$("$probe" --config "$configs/all.conf" --sysroot /nowhere 2>&1) || status=$?
exits 1 'no such machine'
status=0
"$probe" --config "$configs/all.conf" --sysroot "$root" >/dev/full 2>/dev/null || status=$?
exits 1 'a full disk'
finish
