#!/bin/bash
# vf and map: what there is, what may be said, and mappings on disk.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# holds DESCRIPTION EXPRESSION: of d, the JSON that was printed
holds() { ok "$1" python3 -c "import json,sys; d=json.load(sys.stdin); assert $2" <<<"$output"; }

run vf list
exits 0 'list where no card can have VFs'
run vf list --json
ok 'list --json there' test "$output" = '[]'

device 0000:07:00.0 8086 10c9 020000 70 igb
device 0000:07:10.0 8086 10ca 020000 71 -
device 0000:07:10.2 8086 10ca 020000 72 vfio-pci
pf=sys/devices/pci0000:00/0000:07:00.0
put $pf/sriov_totalvfs 7
put $pf/sriov_numvfs 2
put $pf/sriov_drivers_autoprobe 1
put $pf/net/eth7/address 02:00:00:00:07:00
mkdir -p "$root/sys/class/net"
ln -s "../../devices/pci0000:00/0000:07:00.0/net/eth7" "$root/sys/class/net/eth7"
ln -s ../../../0000:07:00.0 "$root/$pf/net/eth7/device"
for n in 0 1; do
	ln -s "../0000:07:10.$((2 * n))" "$root/$pf/virtfn$n"
	ln -s ../0000:07:00.0 "$root/sys/devices/pci0000:00/0000:07:10.$((2 * n))/physfn"
done
run vf list
says $'0000:07:00.0\tPF 2/7\tigb\t70\teth7\t-' 'list'
says $'0000:07:10.2\tVF 1\tvfio-pci\t72\t-\t-' 'list'
run vf list --json
holds 'list --json' '(d[0]["vf_count"], d[0]["vf_total"], d[0]["interface"], d[0]["drivers_autoprobe"]) == (2, 7, "eth7", True)'
holds 'list --json: its VFs' '(d[0]["vfs"][1]["address"], d[0]["vfs"][1]["index"], d[0]["vfs"][1]["settings"]) == ("0000:07:10.2", 1, {})'
# A worker of ours waits in the kernel, which holds back what it is asked of the PF: nothing of that is read.
mkdir -p "$root/run"
mkdir -m 0700 "$root/run/hostdevctl" "$root/run/hostdevctl/device"
install -m 0600 /dev/null "$root/run/hostdevctl/device/0000:07:00.0"
exec 9<"$root/run/hostdevctl/device/0000:07:00.0"
flock 9
rm "$root/$pf/sriov_numvfs" "$root/$pf/driver_override"
run vf list
says $'0000:07:00.0\tPF 2/7\tigb\t70\teth7\t-' 'list while it is moved'
run capture
exits 3 'capture while something is moved'
complains "0000:07:00.0 is just being moved; capture this host when that has ended, see 'hostdevctl status'" 'capture while something is moved'
exec 9<&-
rm -r "$root/run"
put $pf/sriov_numvfs 2
put $pf/driver_override '(null)'
run vf list 0000:07:10.0
exits 1 'list of a VF'
complains '0000:07:10.0 is no function that can have VFs' 'list of a VF'
run vf net 07:10.0
exits 0 'net of a machine whose links cannot be asked'
run vf net eth7/1 --json
holds 'net --json by PF and number' '(d["address"], d["pf_interface"], d["index"]) == ("0000:07:10.2", "eth7", 1)'
run vf net 0000:07:00.0
complains '0000:07:00.0 is no virtual function of this host' 'net of a PF'
run vf net eth7/2
exits 2 'net of a VF that is not there'
complains '0000:07:00.0 has 2 VFs, from 0 on' 'net of a VF that is not there'
run vf net 07:10.0 vlan=4095
exits 2 'a VLAN that can not be'
complains 'vlan=4095: say 0 (none) to 4094' 'a VLAN that can not be'
run vf net 07:10.0 qos=1
complains "qos and proto are a VLAN's: name it too" 'qos alone'
run vf net 07:10.0 colour=red
complains 'there are mac, vlan, qos, proto, spoofchk, trust, min_rate, max_rate and link_state' 'an unknown key'
mkdir -p "$root/run"
put proc/sys/kernel/random/boot_id 1
run vf set 07:00.0 8
exits 3 'more than the card can have'
complains '0000:07:00.0 can have 7 VFs at most, not 8' 'more than the card can have'
run vf set 07:00.0 many
exits 2 'no number'
run vf set 07:00.0
exits 2 'no count'
complains 'usage: hostdevctl vf list [PF]' 'no count'
run vf set 07:00.0 2 --save
exits 0 'as many as there are, and saved'
file=$root/etc/hostdevctl/vf.d/0000:07:00.0.conf
ok 'the file is there' grep -q '^count=2$' "$file"
printf '# mine\n[vf 1]\nvlan=12\n' >>"$file"
run vf set 07:00.0 2 --save
ok 'what the owner has added stays' grep -q '^vlan=12$' "$file"
ok 'and is nothing to the number' grep -q '^# mine$' "$file"
run vf clear 07:00.0 --save
exits 3 'clear --save of what the owner has added to'
complains 'vf.d/0000:07:00.0.conf has settings of VFs, too: remove it yourself, and leave out --save' 'clear --save'
mv "$file" "$root/etc/hostdevctl/vf.d/lan.conf"
run vf set 07:00.0 2 --save
exits 3 'the owner has a file of another name'
complains '/etc/hostdevctl/vf.d/lan.conf says how many VFs 0000:07:00.0 has at boot: change it there' 'another name'
rm "$root/etc/hostdevctl/vf.d/lan.conf"
run vf set 07:00.0 2 --save
exits 0 'saved anew'
run vf apply
exits 0 'apply'
says '0000:07:00.0: 2 VFs' 'apply'
put etc/hostdevctl/vf.d/two.conf $'[pf]\nid = 8086:10c9\ncount = 1'
run vf apply
exits 1 'two sets for one PF'
complains '/etc/hostdevctl/vf.d/two.conf: 0000:07:00.0 has its set in /etc/hostdevctl/vf.d/0000:07:00.0.conf already' 'two sets for one PF'
complains '1 of the sets in /etc/hostdevctl/vf.d is not in place' 'two sets for one PF'
put etc/hostdevctl/vf.d/two.conf $'[pf]\naddress = 0000:99:00.0\ncount = 1'
run vf apply
complains '/etc/hostdevctl/vf.d/two.conf: no function of this host that can have VFs fits [pf]' 'a PF that is not there'

put proc/sys/kernel/hostname here
run map list
exits 0 'no mapping'
run map add pool pf=07:00.0 'description=VFs; all of them'
exits 0 'map add'
run map list
says $'pool\t0000:07:10.2\t8086:10ca\tvfio-pci' 'map list'
run map list pool --json
holds 'map list --json' '(d[0]["name"], d[0]["description"], d[0]["on_this_host"]) == ("pool", "VFs; all of them", True)'
holds 'map list --json: its devices' '[x["path"] for x in d[0]["devices"]] == ["0000:00/10.0", "0000:00/10.2"]'
run map list nix
exits 1 'a mapping that is not there'
complains "there is no mapping 'nix'" 'a mapping that is not there'
run map check
says $'pool\t0000:07:10.0\t0000:00/10.0\tnot used yet' 'map check'
run map accept pool
exits 0 'map accept'
run map check
says 'the same card' 'map check of known cards'
put sys/devices/pci0000:00/0000:07:10.0/device 0x10cb
run map check
exits 3 'a changed card'
says 'it is 8086:10cb (subsystem 8086:0000), not 8086:10ca (8086:0000)' 'a changed card'
run map add pool 07:10.0
ok 'a second add keeps the first' grep -q '^pf=07:00.0' "$root/etc/hostdevctl/mappings.d/pool.conf"
run map add pool $'description=two\n[lines]'
run map list pool
exits 0 'a description of two lines is one line'
run map add pool ../x
exits 2 'no device'
run map add ../x 07:10.0
exits 2 'no name'
run map add pool 01:00.0 --host a/b
complains '--host: that is no host' 'no host'
printf 'gpu\n\tmap node=here,path=0000:07:10.2,id=8086:10ca\n\tlive-migration-capable 1\n' >"$root/pci.cfg"
run map import "$root/pci.cfg"
says gpu 'map import'
complains 'note: gpu: live-migration-capable has no meaning here' 'map import'
run map import "$root/pci.cfg"
exits 3 'what is there'
complains "there is a mapping 'gpu' already" 'what is there'
run map remove gpu
exits 0 'map remove'
run map remove gpu
exits 1 'map remove again'
finish
