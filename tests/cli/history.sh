#!/bin/bash
# history: what the journal of a captured machine says of devices.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# event SECOND EVENT VM KEY DEVICES MESSAGE: in the journal's export format, on stdout.
event() {
	printf '__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%032d\n' "$((1700000000 + $1))000000" "$1" 1
	printf 'SYSLOG_IDENTIFIER=hostdevctl\n_UID=0\nHOSTDEVCTL_EVENT=%s\nHOSTDEVCTL_OWNER=%s\nHOSTDEVCTL_KEY=%s\n_COMM=hostdevctl-hook\n' "$2" "$3" "$4"
	local device
	for device in $5; do printf 'HOSTDEVCTL_DEVICE=%s\n' "$device"; done
	printf 'MESSAGE=%s\n\n' "$6"
}
web=aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa other=bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb
mdev=11111111-2222-4333-8444-555555555555
mkdir -p "$root/var/log/journal/00000000000000000000000000000001"
{
	event 0 taken web $web '0000:01:00.0 0000:01:00.1' "prepared 2 device goals for 'web'"
	event 10 refused other $other 0000:01:00.0 "refused 'other': 0000:01:00.0 is held by VM 'web'; shut that VM down first (rule: held)"
	event 20 note - - '' 'something by the way'
	event 30 returned web $web '0000:01:00.0 0000:01:00.1' "gave back what 'web' held"
	event 40 taken other $other "$mdev" "prepared 1 device goals for 'other'"
	event 50 left $'ev\x1bil' cccccccc-3333-4333-8333-cccccccccccc 0000:02:00.0 "could not give back all that 'evil' held: 0000:02:00.0: unbind is stuck"
	event 60 taken forger $web 0000:01:00.0 'by somebody' | sed s/_UID=0/_UID=1000/
} >"$root/events"
/lib/systemd/systemd-journal-remote --output="$root/var/log/journal/00000000000000000000000000000001/system.journal" \
	"$root/events" >/dev/null 2>&1
export TZ=UTC

run history
exits 0 'history'
silent 'history'
ok 'history: five events and a heading' test "$(wc -l <<<"$output")" = 6
ok 'history: oldest first' test "$(cut -f2 <<<"$output" | paste -sd' ')" = 'EVENT taken refused returned taken left'
says $'2023-11-14 22:13:20\ttaken\tweb\t0000:01:00.0 0000:01:00.1\t-' 'history: who took what when'
says $'refused\tother\t0000:01:00.0\t0000:01:00.0 is held by VM \'web\'; shut that VM down first (rule: held)' 'history: why refused'
says $'left\tev\\x1bil\t' 'history: a name that would speak to the terminal'
run history 01:00.1
ok 'history of a device' test "$(cut -f2 <<<"$output" | paste -sd' ')" = 'EVENT taken returned'
run history pci_0000_01_00_0
ok 'history of a node device' test "$(cut -f2 <<<"$output" | paste -sd' ')" = 'EVENT taken refused returned'
run history $mdev
ok 'history of an mdev' test "$(cut -f3 <<<"$output" | paste -sd' ')" = 'VM other'
run history $web
ok 'history of a VM by uuid' test "$(cut -f3 <<<"$output" | sort -u | paste -sd' ')" = 'VM web'
run history other
ok 'history of a VM by name' test "$(cut -f2 <<<"$output" | paste -sd' ')" = 'EVENT refused taken'
run history nobody
exits 0 'history of nobody'
ok 'history of nobody is empty' test "$(wc -l <<<"$output")" = 1
run history -n 2
ok 'the latest two' test "$(cut -f2 <<<"$output" | paste -sd' ')" = 'EVENT taken left'
run history --since '2023-11-14T22:13:45'
ok 'since a moment' test "$(cut -f2 <<<"$output" | paste -sd' ')" = 'EVENT returned taken left'
run history --since 2023-11-15
ok 'since a day' test "$(wc -l <<<"$output")" = 1
run history --since 5m
ok 'of the last minutes' test "$(wc -l <<<"$output")" = 1
run history --since yesterday
exits 2 'no moment'
complains '--since yesterday: say 2026-03-01' 'no moment'
run history -n -1
exits 2 'no number'
run history --json 01:00.0
ok 'history --json' python3 -c '
import json,sys
d=json.load(sys.stdin)
assert [e["event"] for e in d] == ["taken", "refused", "returned"]
assert d[0]["when_us"] == 1700000000000000 and d[0]["devices"] == ["0000:01:00.0", "0000:01:00.1"]
assert d[0]["domain"] == "web" and d[0]["key"].startswith("aaaa") and d[0]["program"] == "hostdevctl-hook"' <<<"$output"
finish
