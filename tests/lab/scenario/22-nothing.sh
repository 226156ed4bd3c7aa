# 22-nothing: a VM without host devices costs one exec and one scan of its XML: neither lock nor /sys is touched.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 8
need_hook

before=$(snapshot)
vm_define plain
vm_define vm --hostdev 01:00.0
ok "a VM with a device runs beside it" vm_start vm
virsh dumpxml plain >/run/lab/plain.xml

# traced OPERATION SUBOPERATION: the files that the hook names, in $files; its exit status in $status.
traced() {
	status=0
	strace -f -qq -o /run/lab/trace -e trace=%file,%desc,process -e signal=none \
		/etc/libvirt/hooks/qemu plain "$1" "$2" - </run/lab/plain.xml || status=$?
	files=$(grep -o '"[^"]*"' /run/lab/trace | sort -u)
}
traced prepare begin
is "$status" 0 "prepare succeeds"
unlike "$(grep -v '^"/run/hostdevctl/vm/' <<<"$files")" '"/?(sys|proc|run|etc/hostdevctl)' "prepare touches neither /sys, /proc nor our configuration, and of /run it asks for its journal alone"
is "$(grep -c 'flock\|fork\|clone' /run/lab/trace || true)" 0 "prepare takes no lock and starts no process"
traced release end
is "$status" 0 "release succeeds"
unlike "$files" '"/?(sys|proc|etc/hostdevctl)' "release touches neither /sys, /proc nor our configuration"
is "$(grep -c 'flock\|fork\|clone' /run/lab/trace || true)" 0 "release takes no lock and starts no process"
vm_destroy vm
is "$(snapshot)" "$before" "the host is exactly as before"
