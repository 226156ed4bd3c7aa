#!/bin/bash
# What the hook, mdevctl's callout and the command make of a hostile caller.
# usage: process.sh HOSTDEVCTL FRONT-WITH-PROBE MDEVCTL-CALLOUT
# shellcheck source=tests/cli/lib.sh disable=SC2016
. "$(dirname "$0")/../cli/lib.sh"
front=$(realpath "$2") callout=$(realpath "$3")
xml="$root/vm.xml"
echo "<domain type='kvm'><name>web</name><uuid>11111111-aaaa-4aaa-8aaa-111111111111</uuid><devices><hostdev/></devices></domain>" >"$xml"
if [ "$(id -u)" != 0 ]; then
	echo 'Bail out! this test needs root'
	exit 99
fi

# Capabilities as /proc has them: bits by number.
mask() {
	local sum=0 bit
	for bit in "$@"; do sum=$((sum | 1 << bit)); done
	printf '%016x' "$sum"
}
# CHOWN DAC_OVERRIDE FOWNER KILL SETGID SETUID NET_ADMIN SYS_MODULE SYS_PTRACE SYS_ADMIN
hook_set=$(mask 0 1 3 5 6 7 12 16 19 21)
callout_set=$(mask 1 19)
has() { ok "$2" grep -qxF -- "$1" <<<"$output"; }

# probe OPERATION SUB: a call by somebody who means harm; stdout is the caller's.
probe() {
	output=$(cd /tmp && umask 0 && ulimit -Sn 500 && trap '' CHLD &&
		G_DEBUG=fatal-warnings G_MESSAGES_DEBUG=all XML_CATALOG_FILES=/tmp/evil TMPDIR=/tmp/evil PATH=/tmp/evil:$PATH \
			LIBVIRT_LOG_OUTPUTS=1:file:/tmp/evil "$front" web "$1" "$2" - <"$xml" 2>&1 1>"$root/stdout" 7</etc/passwd 9>"$root/left-open")
}
probe prepare begin
ours=${output%%program:*}
theirs=${output#*program:}
output=$ours
is() { ok "$1" test "$2" = "$3"; }
is 'nothing of the environment but ours' "$(grep -c ^environment <<<"$ours")" 2
has 'environment PATH=/usr/sbin:/usr/bin:/sbin:/bin' 'PATH is the system'\''s'
has 'environment LC_ALL=C' 'the locale is C'
has $'CapEff:\t'"$hook_set" 'effective capabilities: those of the table'
has $'CapPrm:\t'"$hook_set" 'permitted capabilities: those of the table'
has $'CapInh:\t0000000000000000' 'no capability is inheritable'
has $'CapAmb:\t0000000000000000' 'none is ambient'
is 'no descriptor goes on to others but three' "$(grep -c '^fd ' <<<"$ours")" 3
has 'stdout leads nowhere' 'prepare: libvirt reads no word of ours as XML'
has 'folder /' 'it is in no folder that could be unmounted'
has 'umask 077' 'files are its own'
has 'dumpable 0' 'nobody else looks into it'
ok 'no core' grep -q '^core 0 ' <<<"$ours"
ok 'memory is limited' awk '$1 == "memory" && $2 > 0 && $2 < 40e12 { found = 1 } END { exit !found }' <<<"$ours"
ok 'descriptors are limited' grep -qE '^descriptors (4096|[0-9]{1,4}) ' <<<"$ours"
ok 'files are limited' grep -q '^file 16777216 ' <<<"$ours"
ignored=$((16#$(sed -n 's/^SigIgn:\t//p' <<<"$ours")))
is 'polite signals, closed pipes and long files end nothing' "$((ignored >> 0 & 1)) $((ignored >> 1 & 1)) $((ignored >> 14 & 1)) $((ignored >> 12 & 1)) $((ignored >> 24 & 1))" '1 1 1 1 1'
is 'children can be waited for' "$((ignored >> 16 & 1))" 0
output=$theirs
has $'CapEff:\t'"$(sed -n 's/^CapBnd:\t//p' /proc/self/status)" 'a script of the owner'\''s has root'\''s capabilities'
has '0000' 'and the umask of the caller'
has '500' 'and its limits'
probe migrate begin
has "stdout is the caller's" 'migrate: stdout is for the XML'
output=$("$front" web prepare begin - 2>&1 <"$xml" 1>&- ) || true
has 'stdout leads nowhere' 'a closed stdout is none of ours'
output=$("$front" web prepare begin - 3>&2 2>"$root/err" <&- ; cat "$root/err")
is 'a closed stdin is replaced' "$(grep -c '^fd ' <<<"$output")" 3

# The callout reads its stdin to the end, so it can be looked at.
mkfifo "$root/input"
"$callout" -e pre -a stop -s none -u 11111111-aaaa-4aaa-8aaa-111111111111 -p mtty <"$root/input" >/dev/null 2>&1 &
pid=$!
exec 8>"$root/input"
for ((i = 0; i < 1000; i++)); do
	output=$(cat "/proc/$pid/status" 2>/dev/null || true)
	grep -q '^NoNewPrivs:.1' <<<"$output" && break
done
has $'CapEff:\t'"$callout_set" 'callout: capabilities of the table'
has $'CapPrm:\t'"$callout_set" 'callout: and no more can be had'
has $'NoNewPrivs:\t1' 'callout: nor by a program that it starts'
exec 8>&-
wait "$pid" || true

# The command: what libvirt, GLib and libxml2 would obey.
LIBVIRT_LOG_FILTERS="1:*" LIBVIRT_LOG_OUTPUTS="1:file:$root/evil" LIBVIRT_DEBUG=1 G_MESSAGES_DEBUG=all G_DEBUG=fatal-warnings \
	"$hostdevctl" plan test --connect test:///default >"$root/said" 2>&1 || true
ok 'command: libvirt is asked' grep -q 'nothing to do' "$root/said"
ok 'command: the environment makes no file' test ! -e "$root/evil"
ok 'command: and no word of debugging' bash -c '! grep -qi debug "$1"' _ "$root/said"
finish
