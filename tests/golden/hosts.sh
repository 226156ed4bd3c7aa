#!/bin/bash
# hosts: each recorded host holds together: lspci reads it without a word, and its files say one and the same.
# shellcheck disable=SC2317 # what ok() calls
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/golden/lib.sh
. "$(dirname "$0")/lib.sh"
command -v lspci >/dev/null || { echo '1..0 # SKIP lspci is not here'; exit 0; }

# counted NAME TREE: as many functions as the description tells
counted() { [ "$("$golden/make-host" --count "$1")" = "$(find "$2/sys/bus/pci/devices" -type l | wc -l)" ]; }
# again NAME TREE: made a second time it is the same to the last byte
again() {
	local status=0
	{ "$golden/make-host" "$1" "$recorded/again" && diff -r --no-dereference "$2" "$recorded/again"; } || status=$?
	rm -rf "$recorded/again"
	return "$status"
}
# clean PART: check-host has been through it and found nothing
clean() { [ "$(grep "^$1: " "$root/report")" = "$1: done" ] || { grep "^$1: " "$root/report"; return 1; }; }
# reads TREE COMMAND: the program succeeds, and has no complaint but that there is no IOMMU, so that `groups` fails
reads() {
	local status=0 wanted=0
	"$hostdevctl" "$2" --sysroot "$1" 2>"$root/report" >/dev/null || status=$?
	! grep -qF 'there are no IOMMU groups' "$root/report" || wanted=1
	[ "$status $(grep -vcF 'no active IOMMU' "$root/report")" = "$wanted 0" ] || { echo "exit status $status"; cat "$root/report"; return 1; }
}

for name in $("$golden/make-host" --list); do
	tree=$(host "$name")
	ok "$name: number of functions" counted "$name" "$tree"
	"$golden/check-host" "$tree" >"$root/report" || true
	for part in lspci names links groups bridges ranges config sriov vms; do
		ok "$name: $part" clean "$part"
	done
	ok "$name: the same when made again" again "$name" "$tree"
	ok "$name: hostdevctl list" reads "$tree" list
	ok "$name: hostdevctl groups" reads "$tree" groups
done
finish
