#!/bin/bash
# agree: list, groups and the tree of the recorded hosts agree with lspci -nnk and with sysfs's links, for every function; and list
# selects by -d and -s what lspci does.
# shellcheck disable=SC2317 # what ok() calls
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/golden/lib.sh
. "$(dirname "$0")/lib.sh"
command -v lspci >/dev/null || { echo '1..0 # SKIP lspci is not here'; exit 0; }

# clean PART: agree has been through it and found nothing
clean() { [ "$(grep "^$1: " "$root/report")" = "$1: done" ] || { cat "$root/report"; return 1; }; }

for name in $("$golden/make-host" --list); do
	tree=$(host "$name")
	"$golden/agree" "$hostdevctl" "$tree" >"$root/report" 2>&1 || true
	for part in lspci links groups tree text filters; do
		ok "$name: $part" clean "$part"
	done
done
finish
