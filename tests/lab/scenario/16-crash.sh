# 16-crash: the hook is killed before its 1st, 2nd, 3rd ... call that changes anything, until it gets through; each time
# the next call of libvirt or of the owner must bring the host back. On a real kernel what the sweep does on the model.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 7
need_hook

changing=write,pwrite64,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fdatasync,fsync,ftruncate,fchownat,fchmod
before=$(snapshot)
vm_define vm --hostdev 01:00.0,managed=no --hostdev 0b:00.0,managed=no
virsh dumpxml vm >/run/lab/crash.xml

# killed_at N OPERATION SUBOPERATION: the hook, with each of its processes killed before its Nth change. The shell in
# between is the caller that is no more when repair is due.
killed_at() {
	bash -c 'strace -f -qq -o /dev/null -e trace="$1" -e signal=none -e inject="$1:signal=KILL:when=$2" \
		/etc/libvirt/hooks/qemu vm "$3" "$4" - </run/lab/crash.xml >/dev/null 2>&1' killed "$changing" "$1" "$2" "$3" 2>/dev/null
}
# sweep OPERATION SUBOPERATION REPAIR...: sets $kills and $lost.
sweep() {
	local operation=$1 suboperation=$2 through=no
	shift 2
	kills=0 lost=''
	while [ "$through" = no ] && [ "$kills" -lt 200 ]; do
		# By a shell that ends: a daemon that lives might be about to start the VM's QEMU.
		[ "$operation" = prepare ] ||
			bash -c '/etc/libvirt/hooks/qemu vm prepare begin - </run/lab/crash.xml; exit $?'
		if killed_at $((kills + 1)) "$operation" "$suboperation"; then
			through=yes
		else
			kills=$((kills + 1))
		fi
		"$@" || lost+=" $kills(repair failed)"
		[ "$(snapshot)" = "$before" ] || lost+=" $kills"
	done
}

sweep prepare begin hook vm release end failed
is "$lost" "" "prepare killed, release called: nothing is lost"
ok "prepare was killed at several places" test "$kills" -ge 5
diag "prepare: $kills kills"

sweep prepare begin hostdevctl reconcile
is "$lost" "" "prepare killed, reconcile called: nothing is lost"
ok "prepare was killed at several places" test "$kills" -ge 5

sweep release end hostdevctl reconcile
is "$lost" "" "release killed, reconcile called: nothing is lost"
ok "release was killed at several places" test "$kills" -ge 5
diag "release: $kills kills"
as_before "$before" "after all kills"
