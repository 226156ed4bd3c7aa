#!/bin/bash
# Our units: understood by systemd, and no more exposed than stated here (systemd-analyze security, 0 to 100).
# usage: units.sh SOURCE-ROOT
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
source=$1
declare -A most=([check]=33 [claim]=26 [reconcile]=38 [vf]=38)
if ! command -v systemd-analyze >/dev/null; then
	echo 'Bail out! this test needs systemd-analyze'
	exit 99
fi

# As installed, but that the programs are any.
mkdir "$root/units"
for unit in "$source"/install/hostdevctl-*.service "$source"/install/hostdevctl-*.timer; do
	sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|; s|^Documentation=.*||' "$unit" >"$root/units/${unit##*/}"
done
for unit in "$root"/units/*; do
	name=${unit##*/}
	output=$(systemd-analyze verify --man=no "$unit" 2>&1) || true
	ok "$name: nothing to complain of" test -z "$(grep -F hostdevctl- <<<"$output")"
	[ "${name##*.}" = service ] || continue
	kind=${name#hostdevctl-}
	kind=${kind%.service}
	ok "$name: a threshold is stated" test -n "${most[$kind]:-}"
	ok "$name: exposure at most ${most[$kind]:-0}" systemd-analyze security --offline=true --threshold="${most[$kind]:-0}" --no-pager "$unit"
done
finish
