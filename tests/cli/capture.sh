#!/bin/bash
# capture: every recorded host says the same from its capture as it says itself, and a capture tells nobody whose it is.
# usage: capture.sh HOSTDEVCTL SOURCE-ROOT
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/golden/lib.sh
. "$2/tests/golden/lib.sh"
export TZ=UTC
# Where captures are laid out: in memory, as without it.
TMPDIR=$(mktemp -d -p "$recorded")
export TMPDIR

uuid='[0-9a-f]\{8\}\(-[0-9a-f]\{4\}\)\{3\}-[0-9a-f]\{12\}'
mac='\([0-9a-f]\{2\}:\)\{5\}[0-9a-f]\{2\}'
# vms TREE: names of its VMs, one a line.
vms() { find "$1/run/libvirt/qemu" -name '*.xml' -printf '%f\n' 2>/dev/null | sed 's/\.xml$//'; }
# masked TREE: stdin, with all names of VMs, UUIDs, MAC addresses and serial numbers alike.
masked() {
	local script="s/$uuid/UUID/g; s/$mac/MAC/g; s/\\bvm-[0-9]\\+\\b/VM/g; s/\\bserial-[0-9]\\+\\b/SERIAL/g; s|/dev/mapper/[^ ]*|VOLUME|g" name
	while read -r name; do script+="; s/\\b$name\\b/VM/g"; done < <(vms "$1")
	sed "$script"
}
# answers ROOT TREE: what the command says of it.
answers() {
	local line
	for line in 'list --json' 'list --tree' 'groups --json' status 'mdev list' 'mdev types' 'vf list' check; do
		echo "== $line"
		# shellcheck disable=SC2086 # words
		"$hostdevctl" $line --sysroot "$1" 2>&1 || echo "exit status $?"
	done | sed "s|$1|ROOT|g" | masked "$2"
}
# shows ROOT TREE: what it says of six of its devices.
shows() {
	local address
	find "$2/sys/bus/pci/devices" -type l -printf '%f\n' | sort |
		awk '{ all[NR] = $0 } END { for (i = 1; i <= 6; i++) print all[int(NR * i / 6)] }' |
		while read -r address; do
			echo "== $address"
			"$hostdevctl" show "$address" --sysroot "$1" 2>&1 || echo "exit status $?"
		done | masked "$2"
}
# private TREE: texts that are the owner's, one a line.
private() {
	vms "$1"
	find "$1/sys" -type f \( -name serial -o -name wwid -o -name unique_id \) -exec cat {} + 2>/dev/null | sed 's/ *$//'
	find "$1/sys" -type f -name address -path '*/net/*' -exec cat {} + 2>/dev/null | grep -v '^00:00:00:00:00:00$'
	{ grep -rhos "<uuid>$uuid" "$1/run" "$1/etc" | cut -c7-; find "$1/sys/bus/mdev/devices" -type l -printf '%f\n' 2>/dev/null; } | sort -u
	cat "$1/proc/sys/kernel/random/boot_id"
}

for name in $("$golden/make-host" --list); do
	tree=$(host "$name")
	file=$root/$name.capture
	run_status=0
	"$hostdevctl" capture -o "$file" --sysroot "$tree" 2>"$root/.err" || run_status=$?
	ok "$name: it is captured" test "$run_status" = 0
	ok "$name: nothing on stderr" test ! -s "$root/.err"
	answers "$tree" "$tree" >"$root/of-tree"
	answers "$file" "$tree" >"$root/of-capture"
	ok "$name: its capture says the same" diff "$root/of-tree" "$root/of-capture"
	shows "$tree" "$tree" >"$root/of-tree"
	shows "$file" "$tree" >"$root/of-capture"
	ok "$name: and of its devices" diff "$root/of-tree" "$root/of-capture"
	private "$tree" | grep -v '^.\{0,2\}$' >"$root/private" || true
	ok "$name: there is something private" test -s "$root/private"
	ok "$name: nothing private is in it" bash -c "! grep -nwFf '$root/private' '$file' | grep -v '^[0-9]*:in' | head -n 5 | grep ."
	"$hostdevctl" capture -o "$file.2" --sysroot "$file"
	ok "$name: a capture of it is the same again" cmp "$file" "$file.2"
done

# What is in no file: addresses of interfaces, settings of VFs, who has a disk.
tree=$root/asked
cp -a "$(host server)" "$tree"
nic=$(basename "$(find "$tree/sys/bus/pci/devices/0000:3b:00.0/net/" -mindepth 1 -maxdepth 1)")
mkdir -p "$tree/.answers/addresses" "$tree/.answers/vf/$nic"
echo 203.0.113.7 >"$tree/.answers/addresses/$nic"
echo 'mac=52:54:00:aa:bb:cc,vlan=42,spoofchk=on' >"$tree/.answers/vf/$nic/0"
run() { status=0; output=$("$hostdevctl" "$@" 2>"$root/.err") || status=$?; error=$(<"$root/.err"); }
run capture -o "$root/asked.capture" --sysroot "$tree"
exits 0 'capture of a machine that was asked'
run show 3b:00.0 --sysroot "$root/asked.capture"
says 'has the address 192.0.2.1' 'an address is an example'
says 'mac=52:54:00:fa:00:' "a VF's MAC has its maker, and no more"
says 'vlan=42,spoofchk=on' "a VF's other settings are there"
ok 'no real address in it' bash -c "! grep -e 203.0.113 -e aa:bb:cc '$root/asked.capture'"

# A VM's definition
cat >"$root/vm.xml" <<'XML'
<domain type='kvm'><name>secret vm</name><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa</uuid><title>Payroll</title>
<memory>1048576</memory><os><type>hvm</type></os>
<metadata><x:note xmlns:x='urn:x'>Payroll</x:note><hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:policy companions='refuse'/></hd:devices></metadata>
<devices><disk type='file' device='disk'><source file='/srv/payroll.qcow2'/><target dev='vda'/></disk>
<graphics type='vnc' passwd='geheim'/>
<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x87' slot='0x00' function='0x0'/></source><rom bar='on' file='/home/alice/payroll.rom'/></hostdev>
<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.2026-01.com.payroll:disk/1'><host name='payroll.lan'/><auth username='payroll'/></source></hostdev>
<memory model='nvdimm'><source><path>/srv/payroll.nvdimm</path></source><target><size unit='KiB'>1024</size><node>0</node></target></memory>
</devices></domain>
XML
tree=$root/defined
cp -a "$(host server)" "$tree"
mkdir -p "$tree/etc/libvirt/qemu"
cp "$root/vm.xml" "$tree/etc/libvirt/qemu/secret vm.xml"
cat >>"$tree/etc/libvirt/qemu.conf" <<'CONF'
vnc_password = "geheim"
user = "oneadmin"
cgroup_device_acl = [ "/dev/null", "/dev/vfio/vfio" ]
CONF
printf 'root:x:0:0::/root:/bin/sh\noneadmin:x:9869:9869::/:/bin/sh\n' >"$tree/etc/passwd"
run plan 'secret vm' --sysroot "$tree"
exits 0 'plan of a definition below the root'
plan=$output
run capture 'secret vm' -o "$root/defined.capture" --sysroot "$tree"
exits 0 'capture with a VM'
run plan vm-1 --sysroot "$root/defined.capture"
[ "$status" = 0 ] || run plan "$(sed -n 's/^file\tvm-\([0-9]*\).xml\t<?xml.*/vm-\1/p' "$root/defined.capture" | head -n 1)" --sysroot "$root/defined.capture"
ok 'its plan is the same from the capture' test "$output" = "$plan"
ok 'its disks, passwords, titles and notes are not in it' bash -c "! grep -inE 'geheim|payroll|secret' '$root/defined.capture'"
ok 'our metadata is' grep -q "companions='refuse'\|companions=\"refuse\"" "$root/defined.capture"
run acl show --sysroot "$root/defined.capture"
says '/dev/vfio/vfio' 'qemu.conf is there with what concerns us'

# planted CAPTURE STRING...: none of them is in it.
# shellcheck disable=SC2317 # ok calls it
planted() {
	local file=$1
	shift
	! grep -naiF "$(printf '%s\n' "$@")" "$file" | cut -c1-200 | head -n 5 | grep .
}

# Processes
tree=$root/busy
cp -a "$(host server)" "$tree"
mkdir -p "$tree"/proc/{77,88,99}/fd
echo canary-daemon >"$tree/proc/77/comm"
printf '/opt/canary-folder/bin/canary --canary-option ' >"$tree/proc/77/cmdline"
ln -s /srv/canary.db "$tree/proc/77/fd/3"
echo libvirtd >"$tree/proc/88/comm"
echo smartd >"$tree/proc/99/comm"
ln -s /dev/sda "$tree/proc/99/fd/3"
run capture -o "$root/busy.capture" --sysroot "$tree"
exits 0 'capture of a machine with other processes'
ok 'nothing of them is in it' planted "$root/busy.capture" canary
ok 'who has a disk open is' grep -q 'smartd' "$root/busy.capture"
answers "$tree" "$tree" >"$root/of-tree"
answers "$root/busy.capture" "$tree" >"$root/of-capture"
ok 'the capture says the same' diff "$root/of-tree" "$root/of-capture"

# Names that are words: nothing but the name is replaced.
# rename_vm TREE OLD NEW
rename_vm() {
	local file
	for file in "$1/run/libvirt/qemu/$2".*; do mv "$file" "$1/run/libvirt/qemu/$3.${file##*.}"; done
	sed -i "s|<name>$2</name>|<name>$3</name>|; s|virsh edit $2|virsh edit $3|" "$1/run/libvirt/qemu/$3.xml"
}
tree=$root/words
cp -a "$(host server)" "$tree"
mkdir -p "$tree/proc/sys/kernel"
before=db1
for name in domain hostdev pci vm aaaaaaaa-2222-4222-8222-aaaaaaaaaaaa; do
	rename_vm "$tree" "$before" "$name"
	before=$name
	echo "$name" >"$tree/proc/sys/kernel/hostname"
	run capture -o "$root/word.capture" --sysroot "$tree"
	exits 0 "capture with a VM called $name"
	# Only how often something is told of VMs: a word in place of the name would be masked everywhere.
	"$hostdevctl" list --json --sysroot "$tree" | sed "s/\([\"']\)$name\([\"']\)/\1VM\2/g" | masked "$(host server)" >"$root/of-tree"
	"$hostdevctl" list --json --sysroot "$root/word.capture" | masked "$(host server)" >"$root/of-capture"
	ok "a VM called $name: the capture says the same" diff "$root/of-tree" "$root/of-capture"
done

# Canaries, wherever people can write names and makers numbers.
tree=$root/canaries
cp -a "$(host server)" "$tree"
rename_vm "$tree" db1 canary-vm
nic=$(basename "$(find "$tree/sys/bus/pci/devices/0000:3b:00.0/net/" -mindepth 1 -maxdepth 1)")
pci=$(readlink -f "$tree/sys/bus/pci/devices/0000:3b:00.0")
mv "$pci/net/$nic" "$pci/net/canary-if"
rm -f "$tree/sys/class/net/$nic"
ln -s "../../${pci#"$tree/sys/"}/net/canary-if" "$tree/sys/class/net/canary-if"
printf 'INTERFACE=canary-if\nIFINDEX=2\nCANARY=canary\n' >"$pci/net/canary-if/uevent"
mkdir -p "$tree/sys/devices/virtual/net/br-canary/bridge"
ln -s ../../devices/virtual/net/br-canary "$tree/sys/class/net/br-canary"
ln -sfn "$(realpath --relative-to="$pci/net/canary-if" "$tree/sys/devices/virtual/net/br-canary")" "$pci/net/canary-if/master"
mkdir -p "$tree/.answers/addresses" "$tree/.answers/vf/canary-if"
echo 203.0.113.7 >"$tree/.answers/addresses/canary-if"
echo 'vlan=42' >"$tree/.answers/vf/canary-if/0"
printf 'canary-if\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' >>"$tree/proc/net/route"
while read -r file; do printf 'canary-volume\n' >"$file"; done < <(find "$tree/sys" -path '*/dm/name')
while read -r file; do printf 'CRYPT-LUKS2-00112233445566778899aabbccddeeff-canary\n' >"$file"; done < <(find "$tree/sys" -path '*/dm/uuid')
while read -r file; do printf 'PARTNAME=canary\nHID_UNIQ=canary\nPOWER_SUPPLY_SERIAL_NUMBER=canary\n' >>"$file"; done < <(find "$tree/sys" -name uevent)
while read -r file; do printf 'CANARY\xff1\n' >"$file"; done < <(find "$tree/sys" -name serial)
while read -r file; do
	truncate -s 256 "$file"
	printf '\x03\x00\x01\x00CANARY12' >>"$file"
done < <(find "$tree/sys/devices" -name config)
printf '%s\n' '90 1 253:7 / /srv/canary rw - ext4 /dev/mapper/canary-volume rw' '91 1 0:50 / /srv/x rw - zfs canarypool/canary rw' >>"$tree/proc/self/mountinfo"
printf '/dev/mapper/canary-swap partition 1 0 -2\n/srv/canary.swap file 1 0 -3\n' >>"$tree/proc/swaps"
printf 'Serial\t\t: canary\n' >>"$tree/proc/cpuinfo"
echo canary-host >"$tree/proc/sys/kernel/hostname"
mkdir -p "$tree"/etc/{modprobe.d,default,hostdevctl/mappings.d} "$tree/proc/bus/input"
printf 'install nvme /opt/canary\noptions vfio-pci ids=10de:2237\n# canary\n' >"$tree/etc/modprobe.d/local.conf"
printf 'GRUB_TITLE=canary\nGRUB_CMDLINE_LINUX="iommu=pt canary=1"\n' >"$tree/etc/default/grub"
printf '[host canary-host]\ndescription = canary\nid = 10de:*\n[host canary-other]\nid = 8086:*\n' >"$tree/etc/hostdevctl/mappings.d/canary-map.conf"
printf 'N: Name="canary"\nU: Uniq=canary\nP: Phys=canary\nS: Sysfs=/devices/x\nB: EV=120013\n\n' >"$tree/proc/bus/input/devices"
run capture -o "$root/canaries.capture" --sysroot "$tree"
exits 0 'capture with canaries'
ok 'no canary is in it' planted "$root/canaries.capture" canary 001122334455 203.0.113 0100000A
canaries() {
	sed 's/\bcanary-if\b/IF/g; s/\bif-[0-9]*/IF/g; s/\bbr-canary\b/IF/g; s/\bcanary-vm\b/VM/g; s/203.0.113.7\|192.0.2.1/IP/g
		s/\bcanary-volume\b/VOLUME/g; s/\bvolume-[0-9]*/VOLUME/g; s/canary-map/MAP/g; s/mapping-[0-9]*/MAP/g' "$1"
}
for line in 'list --json' 'show 3b:00.0' 'vf list' 'map list' check; do
	# shellcheck disable=SC2086 # words
	run $line --sysroot "$tree"
	canaries <(echo "$output" | grep -v description | masked "$(host server)") >"$root/of-tree"
	# shellcheck disable=SC2086 # words
	run $line --sysroot "$root/canaries.capture"
	canaries <(echo "$output" | masked "$(host server)") >"$root/of-capture"
	ok "canaries: $line says the same" diff "$root/of-tree" "$root/of-capture"
done
run show 3b:00.0 --sysroot "$root/canaries.capture"
says 'carries the default route' 'an interface with another name has its route'

# Bad captures
printf 'hostdevctl-capture 1\nin\tsys\n' >"$root/torn"
run list --sysroot "$root/torn"
exits 1 'a torn capture'
complains 'the capture is not complete: its end is missing' 'a torn capture'
for wrong in 'in\t../etc\nfile\tpasswd\tx\n' 'in\t/etc\nfile\tpasswd\tx\n' 'in\tsys\nfile\t..\tx\n' 'in\tsys\nfile\ta/b\tx\n' 'file\tx\ty\n' \
	'in\tsys\nodd\tx\n' 'in\tsys\nfile\tx\n' 'in\tsys\nfile\tx\t\\xzz\n' 'in\tsys\nfile\ta\\x00b\tc\n'; do
	# shellcheck disable=SC2059 # escapes are meant
	printf "hostdevctl-capture 1\n${wrong}end\n" >"$root/wrong"
	run list --sysroot "$root/wrong"
	exits 1 "$wrong"
	complains 'of the capture is not understood' "$wrong"
done
printf 'hostdevctl-capture 1\nin\t.\nlink\tout\tsys\nfolder\tsys\nin\tout\nfile\tnew\tx\nend\n' >"$root/detour"
run list --sysroot "$root/detour"
complains 'the capture has a path through a link: out/new' 'a path through a link'
for target in /etc ../etc sys/../../etc .. '../../../x' ''; do
	printf 'hostdevctl-capture 1\nin\t.\nlink\tout\t%s\nend\n' "$target" >"$root/wrong"
	run list --sysroot "$root/wrong"
	complains 'line 3 of the capture is not understood' "a link to '$target'"
done

# Another's machine is shown, and never this one: what a process has open is told, and links to that lead nowhere.
# evil FILE WAY: the capture "evil" has a card whose driver_override is FILE.
evil() {
	local attribute
	{
		printf 'hostdevctl-capture 1\nin\tproc/1/fd\nlink\t3\t%s\nin\tsys\nlink\ttop\t..\nin\tsys/bus/pci/devices/0000:00:01.0\n' "$1"
		for attribute in vendor=0x10de device=0x1c82 subsystem_vendor=0x10de subsystem_device=0x0000 class=0x030000; do
			printf 'file\t%s\t%s\\n\n' "${attribute%=*}" "${attribute#*=}"
		done
		printf 'link\tdriver_override\t../../../../../%s\nend\n' "$2"
	} >"$root/evil"
}
echo this-machines-secret >"$root/secret"
mkfifo "$root/pipe"
exec 9<>"$root/pipe"
echo this-machines-secret >&9
# shellcheck disable=SC2016 # expanded in the shell that is called
for file in secret pipe; do
	for way in proc/1/fd/3 sys/top/proc/1/fd/3; do
		evil "$root/$file" "$way"
		run show 00:01.0 --sysroot "$root/evil"
		ok "a $file of this machine by $way: not shown" bash -c '! grep secret <<<"$1"' - "$output$error"
		complains 'read its driver_override: No such file or directory' "a $file by $way"
	done
done
# shellcheck disable=SC2016 # expanded in the shell that is called
ok 'nobody has read the pipe' bash -c 'read -r -t 1 line <&9 && [ "$line" = this-machines-secret ]'
exec 9>&-
printf 'hostdevctl-capture 1\nin\tproc/1/fd\nlink\t3\t%s\nin\tvar/tmp/one/etc/im/kvm-probes.d\nlink\tpci.conf\t../../../../../../proc/1/fd/3\nend\n' "$root/secret" >"$root/evil"
run opennebula-probe --sysroot "$root/evil"
exits 1 'a link to settings of this machine'
complains 'has no var/tmp/one/etc/im/kvm-probes.d/pci.conf' 'a link to settings of this machine'

run detach 0a:00.0 --sysroot "$root/desktop.capture"
exits 1 'a change of a capture'
complains 'detach changes the host: a capture is only read' 'a change of a capture'
run map remove x --sysroot "$root/desktop.capture"
complains 'a capture is only read' 'a change by a verb'
run history --sysroot "$root/desktop.capture"
complains 'a capture has no journal' 'its history'
echo nonsense >"$root/nonsense"
run list --sysroot "$root/nonsense"
complains 'it is not a capture of hostdevctl' 'something else'
ok 'no folder is left behind' test -z "$(ls -A "$TMPDIR")"
finish
