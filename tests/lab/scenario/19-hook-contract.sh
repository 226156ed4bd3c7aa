# 19-hook-contract: what libvirt expects of a hook whatever it is given, checked by calling it by hand.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 20
need_hook

before=$(snapshot)
qemu_hook=/etc/libvirt/hooks/qemu
vm_define vm --hostdev 01:00.0,managed=no

# silent WHAT ARGUMENT...: standard input is /run/lab/in; it must succeed and print nothing on standard output, which
# for migrate and restore would replace the VM's XML.
silent() {
	local what=$1 printed result=0
	shift
	printed=$("$qemu_hook" "$@" </run/lab/in 2>/run/lab/err) || result=$?
	is "$result/$printed" "0/" "$what: succeeds and prints nothing"
}

virsh dumpxml vm >/run/lab/in
silent "prepare" vm prepare begin -
silent "start" vm start begin -
silent "started" vm started begin -
silent "reconnect" vm reconnect begin -
silent "migrate" vm migrate begin -
silent "restore" vm restore begin -
silent "attach" vm attach begin -
silent "stopped" vm stopped end shutdown
is "$(driver_of 01:00.0)" vfio-pci "the device stays until release"
silent "release" vm release end shutdown
as_before "$before" "prepare to release"
silent "release again" vm release end shutdown
silent "an operation of the future" vm dance begin -

virsh dumpxml vm | head -c -30 >/run/lab/in
for operation in stopped release reconnect; do
	silent "$operation with truncated XML" vm "$operation" end failed
done
try "$qemu_hook" vm prepare begin - </run/lab/in
is "$status" 1 "prepare with truncated XML is refused"
is "$(wc -l <<<"$output")" 1 "in one line"

virsh dumpxml vm >/run/lab/in
exec {null}>/dev/full
try bash -c "$qemu_hook vm prepare begin - </run/lab/in 1>&$null 2>&$null"
is "$status" 0 "prepare works with nowhere to write"
"$qemu_hook" vm release end shutdown </run/lab/in
as_before "$before" "after all"
