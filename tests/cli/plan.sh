#!/bin/bash
# plan: what it promises and what it refuses, and that it changes nothing.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

all() { (cd "$root" && find . -path ./.err -prune -o -path ./.out -prune -o -path ./vm.xml -prune -o -print | sort | md5sum); }
before=$(all)

domain 0000:01:00.0
run plan "$root/vm.xml"
exits 0 'plan'
silent 'plan'
ok 'plan: prints the way' test "$output" = '0000:01:00.0: e1000e -> vfio-pci'

domain 0000:02:00.1
run plan "$root/vm.xml"
says '0000:02:00.0: e1000e -> vfio-pci (same IOMMU group)' 'plan of half a group'

domain 0000:01:00.0 0000:03:00.0 0000:44:00.0
run plan "$root/vm.xml"
exits 3 'plan with refusals'
says 'refused: 0000:03:00.0 is in use by this host: /dev/nvme0n1 is mounted on /srv; unmount /srv (rule: storage)' 'plan'
says "refused: 0000:44:00.0 is not on this host" 'plan'
run plan "$root/vm.xml" --json
exits 3 'plan --json'
ok 'plan --json is JSON' python3 -c 'import json,sys; d=json.load(sys.stdin); assert d["refused"] and len(d["refusals"])==2 and d["goals"][0]["before"]["driver"]=="e1000e"' <<<"$output"

put etc/hostdevctl/conf.d/a.conf $'[policy]\nstorage = allow'
domain 0000:03:00.0
run plan "$root/vm.xml"
exits 0 'plan with storage = allow'
says 'note: 0000:03:00.0 is in use by this host' 'plan'
put etc/hostdevctl/conf.d/a.conf $'[policy]\nstorrage = allow'
run plan "$root/vm.xml"
exits 1 'plan with a mistyped rule'
complains '/etc/hostdevctl/conf.d/a.conf: [policy] storrage = allow is not known' 'plan'
rm -rf "${root:?}/etc"

domain
run plan "$root/vm.xml"
says 'nothing to do' 'plan of a VM without host devices'
put vm.xml '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><domain>&a; hostdev</domain>'
run plan "$root/vm.xml"
exits 1 'plan of a hostile file'
complains 'DOCTYPE' 'plan'
run plan "$root/none.xml"
exits 1 'plan of no file'
domain 0000:01:00.0
status=0
output=$("$hostdevctl" plan - --sysroot "$root" <"$root/vm.xml") || status=$?
exits 0 'plan -'
says 'e1000e -> vfio-pci' 'plan -'
ok 'nothing was changed' test "$(all)" = "$before"

# What a disk is backed by: libvirt takes that controller, too.
put etc/libvirt/qemu/backed.xml "<domain type='kvm'><name>backed</name><uuid>aaaaaaaa-2222-4222-8222-aaaaaaaaaaaa</uuid><memory>1048576</memory><devices>
<disk type='network'><auth username='canary'/><source protocol='iscsi' name='iqn.canary'/><backingStore type='nvme'><format type='raw'/>
<source type='pci' managed='yes' namespace='1'><address domain='0' bus='3' slot='0' function='0'/></source>
<backingStore type='file'><source file='/srv/canary'/></backingStore></backingStore><serial>canary</serial></disk></devices></domain>"
put etc/hostdevctl/conf.d/b.conf $'[policy]\nstorage = refuse'
run plan backed
exits 3 'a namespace that a disk is backed by'
says 'refused: 0000:03:00.0 is in use by this host: /dev/nvme0n1 is mounted on /srv' 'a namespace that a disk is backed by'
plan=$output
run capture backed -o "$root/backed.capture"
exits 0 'a capture of it'
ok 'none of its other disks is in it' bash -c "! grep -i canary '$root/backed.capture'"
output=$("$hostdevctl" plan vm-001 --sysroot "$root/backed.capture" 2>&1) || true
ok 'its plan is the same from the capture' test "$(grep -c 0000:03:00.0 <<<"$output")" = "$(grep -c 0000:03:00.0 <<<"$plan")"
rm -r "$root/etc/libvirt" "$root/backed.capture" "$root/etc/hostdevctl/conf.d/b.conf"
run plan elsewhere
exits 1 'a VM that the other machine does not have'
complains "'elsewhere' is no file here, and as a VM's name: read etc/libvirt/qemu/elsewhere.xml below the root: No such file" 'a VM that the other machine does not have'

run status
exits 0 'status'
says 'no VM holds a device' 'status'
run reconcile
exits 0 'reconcile of nothing'

# USB devices, ports and huge pages of a captured machine.
put sys/devices/usb1/1-2/idVendor 0781
put sys/devices/usb1/1-2/idProduct 5567
put sys/devices/usb1/1-2/busnum 1
put sys/devices/usb1/1-2/devnum 3
mkdir -p "$root/sys/bus/usb/devices"
ln -s ../../../devices/usb1/1-2 "$root/sys/bus/usb/devices/1-2"
put sys/class/tty/ttyS1/dev 4:65
put dev/ttyS1 ''
put proc/meminfo 'Hugepagesize: 2048 kB'
mkdir -p "$root/sys/kernel/mm/hugepages/hugepages-2048kB"
put etc/hostdevctl/hostdevctl.conf $'[hugepages]\nallocate = yes'
put vm.xml "<domain><name>v</name><uuid>11111111-2222-4333-8444-555555555555</uuid><memory unit='MiB'>64</memory>
<memoryBacking><hugepages/></memoryBacking><devices><serial type='dev'><source path='/dev/ttyS1'/></serial>
<hostdev type='usb'><source><vendor id='0x0781'/><product id='0x5567'/></source></hostdev></devices></domain>"
run plan "$root/vm.xml"
exits 0 'plan of a VM with a stick, a port and huge pages'
ok 'plan: prints all three' test "$output" = "/dev/ttyS1: reserved
USB 001:003 (0781:5567): reserved, its driver left to QEMU
32 huge pages of 2 MiB: those that lack are allocated, and given back afterwards"
run plan "$root/vm.xml" --json
ok 'plan --json names them' python3 -c 'import json,sys; g=json.load(sys.stdin)["goals"]; assert [x["kind"] for x in g]==["tty","usb","hugepages"]; assert g[0]["port"]=="/dev/ttyS1" and g[0]["address"] is None; assert g[1]["usb"]=="001:003" and g[1]["usb_id"]=="0781:5567"; assert g[2]["pages"]==32 and g[2]["page_size_kb"]==2048 and g[2]["numa_nodes"]==[]' <<<"$output"
put vm.xml "<domain><name>v</name><uuid>11111111-2222-4333-8444-555555555555</uuid><devices>
<serial type='dev'><source path='/dev/../etc/passwd'/></serial></devices></domain>"
run plan "$root/vm.xml"
exits 1 'plan of a path out of /dev'
complains 'which is no place below /dev' 'plan'
rm -rf "${root:?}/etc"

run release web
exits 1 'release of nothing'
complains "no VM 'web' holds anything" 'release'
run reattach 01:00.0
exits 3 'reattach of what was not detached'
complains 'was not detached by hostdevctl' 'reattach'
finish
