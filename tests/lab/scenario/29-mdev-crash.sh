# 29-mdev-crash: the hook is killed before its 1st, 2nd, 3rd ... change while it makes or removes an mdev; no orphan is left
# after the next call. And an mdev that somebody else still has open does not hang anything.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 22
need_hook
mdev_modules
u1=11111111-0000-4000-8000-000000000001
u2=22222222-0000-4000-8000-000000000002
before=$(snapshot)
vm_define vm --mdev "$u1" --mdev "$u2" --hostdev 01:00.0,managed=no --metadata \
	"<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:mdev uuid='$u1' mdev_type='mtty-2'><hd:attr name='power/control'
	value='on'/></hd:mdev><hd:mdev uuid='$u2' mdev_type='mdpy-vga'/></hd:devices>"
virsh dumpxml vm >/run/lab/crash.xml

crash_lost() { [ "$(snapshot)" = "$before" ] || echo the host; }

sweep vm prepare begin hook vm release end failed
is "$through" 0 "prepare got through in the end"
is "$lost" "" "prepare killed, release called: no orphan"
ok "prepare was killed at several places" test "$kills" -ge 5
diag "prepare: $kills kills"
sweep vm prepare begin hostdevctl reconcile
is "$through" 0 "prepare got through in the end"
is "$lost" "" "prepare killed, reconcile called: no orphan"
sweep vm release end hostdevctl reconcile
is "$through" 0 "release got through in the end"
is "$lost" "" "release killed, reconcile called: no orphan"
ok "release was killed at several places" test "$kills" -ge 5
diag "release: $kills kills"

# ---- an attribute that the kernel refuses: the mdev is not left behind
vm_define attribute --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'" \
	"<hd:attr name='power/control' value='perhaps'/>")"
fails "an attribute that the kernel refuses: refused" vm_start attribute
like "$output" "mdev $u1: set its attribute power/control: Invalid argument" "it says which"
as_before "$before" "no mdev is left"

# The mdev's folder has links to the rest of sysfs in it; none is followed.
vm_define attribute --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'" \
	"<hd:attr name='vfio-dev/vfio0/device/power/control' value='on'/>")"
fails "an attribute through a link: refused" vm_start attribute
like "$output" "mdev $u1: its attribute vfio-dev/vfio0/device/power/control leads out of the mdev's folder" "it says which"
as_before "$before" "no mdev is left"

# ---- somebody has the mdev open when the VM leaves
vm_define busy --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'")"
ok "a VM starts" vm_start busy
group=$(link_name "/sys/bus/mdev/devices/$u1/iommu_group")
kill -STOP "$(vm_pid busy)"
libvirtd_kill
# libvirt is told nothing: its release comes while QEMU still has the device.
started=$SECONDS
ok "release while QEMU has it open ends with 0" bash -c "/etc/libvirt/hooks/qemu busy release end destroyed </run/lab/busy.xml"
ok "within its bound" test $((SECONDS - started)) -le 40
is "$(mdev_list)" "$u1 mtty mtty-2" "the mdev is not torn out of the running QEMU"
like "$(hostdevctl status)" "FAILED: mdev $u1 is still in use: a process has /dev/vfio/$group open" "status says why it is left"
kill -9 "$(cat /run/libvirt/qemu/busy.pid)"
ok "when QEMU has gone, reconcile removes it" wait_until 20 bash -c "hostdevctl reconcile && [ ! -e /sys/bus/mdev/devices/$u1 ]"
libvirtd_start
wait_until 20 vm_is busy "shut off"
as_before "$before" "all is back"
for name in $(vm_names); do vm_remove "$name"; done
ok "the modules are free again" mdev_modules_end
