# 16-crash: the hook is killed before its 1st, 2nd, 3rd ... call that changes anything, until it gets through; each time
# the next call of libvirt or of the owner must bring the host back. On a real kernel what the sweep does on the model.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 10
need_hook

before=$(snapshot)
vm_define vm --hostdev 01:00.0,managed=no --hostdev 0b:00.0,managed=no
virsh dumpxml vm >/run/lab/crash.xml

crash_lost() { [ "$(snapshot)" = "$before" ] || echo the host; }

sweep vm prepare begin hook vm release end failed
is "$through" 0 "prepare got through in the end"
is "$lost" "" "prepare killed, release called: nothing is lost"
ok "prepare was killed at several places" test "$kills" -ge 5
diag "prepare: $kills kills"

sweep vm prepare begin hostdevctl reconcile
is "$through" 0 "prepare got through in the end"
is "$lost" "" "prepare killed, reconcile called: nothing is lost"
ok "prepare was killed at several places" test "$kills" -ge 5

sweep vm release end hostdevctl reconcile
is "$through" 0 "release got through in the end"
is "$lost" "" "release killed, reconcile called: nothing is lost"
ok "release was killed at several places" test "$kills" -ge 5
diag "release: $kills kills"
as_before "$before" "after all kills"
