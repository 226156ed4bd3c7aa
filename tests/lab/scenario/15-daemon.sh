# 15-daemon: libvirtd and QEMU come and go in every order; devices follow the VM, not the daemon.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 20
need_hook

before=$(snapshot)
vm_define vm --hostdev 01:00.0,managed=no --hostdev 0b:00.0,managed=no

ok "the VM starts" vm_start vm
running=$(snapshot)
libvirtd_stop
libvirtd_start
is "$(vm_state vm)" running "the VM outlives a restart of libvirtd"
is "$(snapshot)" "$running" "so do its devices"
libvirtd_kill
libvirtd_start
is "$(vm_state vm)" running "the VM outlives a killed libvirtd"
is "$(snapshot)" "$running" "so do its devices again"
ok "it is destroyed" vm_destroy vm
as_before "$before" "destroyed after restarts"

ok "the VM starts again" vm_start vm
kill -KILL "$(vm_pid vm)"
ok "libvirt notices that its QEMU was killed" wait_until 60 vm_is vm "shut off"
as_before "$before" "QEMU killed"

ok "the VM starts again" vm_start vm
qemu=$(vm_pid vm)
libvirtd_kill
kill -KILL "$qemu"
ok "QEMU is gone while libvirtd is down" wait_until 60 test ! -d "/proc/$qemu"
libvirtd_start
ok "the new libvirtd sees it" wait_until 60 vm_is vm "shut off"
as_before "$before" "QEMU killed without libvirtd"

ok "the VM starts again" vm_start vm
qemu=$(vm_pid vm)
libvirtd_kill
kill -KILL "$qemu"
wait_until 60 test ! -d "/proc/$qemu"
rm -rf /run/libvirt/qemu/vm.*
ok "with libvirt's own memory lost, reconcile succeeds" hostdevctl reconcile
as_before "$before" "reconcile"
libvirtd_start

vm_define vm --hostdev 02:00.0,managed=no
ok "the VM starts" vm_start vm
vm_define vm --hostdev 03:00.0,managed=no
ok "it is destroyed after its definition was changed" vm_destroy vm
as_before "$before" "changed definition"
