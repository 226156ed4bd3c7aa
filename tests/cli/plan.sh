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

run status
exits 0 'status'
says 'no VM holds a device' 'status'
run reconcile
exits 0 'reconcile of nothing'
run release web
exits 1 'release of nothing'
complains "no VM 'web' holds anything" 'release'
run reattach 01:00.0
exits 3 'reattach of what was not detached'
complains 'was not detached by hostdevctl' 'reattach'
finish
