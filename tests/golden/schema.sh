#!/bin/bash
# schema: what the commands print with --json is what docs/json/hostdevctl.schema.json says, on all recorded hosts; and the schema is
# strict enough to notice when it isn't.
# shellcheck disable=SC2317 # what ok() calls
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/golden/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/golden/cases.sh
. "$golden/cases.sh"
schema=$2/docs/json/hostdevctl.schema.json

# said TREE ARGUMENT...: leaves the document in $root/document
said() { "$hostdevctl" "${@:2}" --json --sysroot "$1" >"$root/document" 2>/dev/null || true; }
# valid COMMAND TREE ARGUMENT...
valid() { said "${@:2}" && "$golden/check-json" "$schema" "$1" <"$root/document"; }
# strict COMMAND TREE ARGUMENT...: every way to spoil it is noticed
strict() { said "${@:2}" && "$golden/check-json" "$schema" "$1" spoil <"$root/document"; }
# every NUMBER TREE: show of each NUMBERth function
every() {
	local address
	while read -r address; do
		"$hostdevctl" show "$address" --json --sysroot "$2" || return 1
	done < <(find "$2/sys/bus/pci/devices" -type l -printf '%f\n' | sort | awk -v number="$1" 'NR % number == 0') >"$root/document"
	"$golden/check-json" "$schema" show <"$root/document"
}
# refuses COMMAND DOCUMENT
refuses() { ! "$golden/check-json" "$schema" "$1" <<<"$2"; }

ok "the schema is a good one" "$golden/check-json" "$schema"
for name in $("$golden/make-host" --list); do
	tree=$(host "$name")
	ok "$name: list" valid list "$tree" list
	ok "$name: list --tree" valid list-tree "$tree" list --tree
	[ "$name" = noiommu ] || ok "$name: groups" valid groups "$tree" groups
	ok "$name: status" valid status "$tree" status
	case $name in mdev) step=1 ;; server | vgpu) step=19 ;; *) step=5 ;; esac
	ok "$name: show" every "$step" "$tree"
done
for name in desktop+hook mdev+hostile; do
	tree=$(tree_of "$name")
	ok "$name: list" valid list "$tree" list
	ok "$name: groups" valid groups "$tree" groups
	ok "$name: status" valid status "$tree" status
done

# History, from a journal with an event of each kind, the second without anything that may be lacking.
journal=$recorded/journal
mkdir -p "$journal/var/log/journal/00000000000000000000000000000001"
n=0
for event in taken returned left refused failed note; do
	n=$((n + 1))
	printf '__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%032d\nSYSLOG_IDENTIFIER=hostdevctl\n_UID=0\nHOSTDEVCTL_EVENT=%s\n' \
		$((1700000000000000 + n)) "$n" 1 "$event"
	[ "$n" = 2 ] || printf 'HOSTDEVCTL_OWNER=web\nHOSTDEVCTL_KEY=11111111-1111-4111-8111-111111111111\n_COMM=hostdevctl-hook\n_AUDIT_LOGINUID=1000\n'
	[ "$n" = 2 ] || printf 'HOSTDEVCTL_DEVICE=0000:01:00.0\nHOSTDEVCTL_DEVICE=0000:01:00.1\nMESSAGE=something: else\n'
	echo
done >"$root/events"
/lib/systemd/systemd-journal-remote --output="$journal/var/log/journal/00000000000000000000000000000001/system.journal" "$root/events" >/dev/null 2>&1
ok "history" valid history "$journal" history
ok "five events" test "$(grep -c '"event":' "$root/document")" = 5
ok "history: strict" strict history "$journal" history

# Strict
tree=$(tree_of desktop+hook)
ok "status: strict" strict status "$tree" status
ok "groups: strict" strict groups "$tree" groups 14
tree=$(host mdev)
ok "list: strict" strict list "$tree" list -s 0:17.,1:
ok "list --tree: strict" strict list-tree "$tree" list --tree -s 1:
ok "show of a parent of mdevs: strict" strict show "$tree" show 01:00.0
ok "show of a vGPU: strict" strict show "$(host vgpu)" show 81:00.5
ok "show of a PF: strict" strict show "$(host opennebula)" show 41:00.1
ok "show of a resizable BAR: strict" strict show "$(host thunderbolt)" show 25:00.0
for command in list list-tree groups status history show; do
	ok "$command: no document at all is noticed" refuses "$command" ''
	ok "$command: another command's is noticed" refuses "$command" '[{"level": "ok", "topic": "iommu", "text": "", "remedy": null}]'
done
ok "a rule that is explained nowhere is noticed" refuses list "$("$hostdevctl" list -s 1: --json --sysroot "$tree" | sed 's/"rule": "held"/"rule": "whim"/')"
finish
