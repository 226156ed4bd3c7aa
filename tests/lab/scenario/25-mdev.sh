# 25-mdev: a VM gets a mediated device by asking for its type, in the metadata or as mdevctl has it on file; it is gone when
# the VM is, and what was there before stays.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 51
need_hook
mdev_modules
before=$(snapshot)
u1=11111111-0000-4000-8000-000000000001
u2=22222222-0000-4000-8000-000000000002

# ---- metadata alone
vm_define wish --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'")"
ok "a VM with only metadata starts" vm_start wish
is "$(mdev_list)" "$u1 mtty mtty-2" "it has its mdev"
is "$(mdev_available mtty mtty-2)" 11 "one instance is taken"
is "$(holders_of "/dev/vfio/$(link_name "/sys/bus/mdev/devices/$u1/iommu_group")")" "$(vm_pid wish)" "QEMU has it open"
like "$(hostdevctl status)" "mdev $u1: made as mtty-2 on mtty" "status shows it"
like "$(hostdevctl mdev list)" "${u1}[[:space:]]mtty[[:space:]]mtty-2[[:space:]][0-9]+[[:space:]]active[[:space:]]-[[:space:]]VM 'wish'" "mdev list shows who has it"
like "$(hostdevctl mdev list --json)" "\"held_by\" ?: \"VM 'wish'\"" "and as JSON"
is "$(virsh nodedev-list --cap mdev | sed '/^$/d')" "mdev_${u1//-/_}_mtty" "virsh nodedev-list agrees"
ok "it is destroyed" vm_destroy wish
as_before "$before" "its mdev is gone"

vm_define named --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='Single port serial' parent='mtty'" \
	"<hd:attr name='power/control' value='on'/>")"
ok "by the type's name, with an attribute: starts" vm_start named
is "$(mdev_list) $(mdev_attribute "$u1" power/control)" "$u1 mtty mtty-1 on" "it is what was asked for"
ok "it is destroyed" vm_destroy named
as_before "$before" "by name"

vm_define off --boot poweroff --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mdpy-vga'")"
ok "shutdown from inside: starts" vm_start off
ok "shutdown from inside: ends by itself" wait_until 60 vm_is off "shut off"
as_before "$before" "shutdown from inside"

# ---- mdevctl's definition
ok "mdevctl defines one" mdevctl define -u "$u2" -p mtty -t mtty-2
ok "with an attribute" mdevctl modify -u "$u2" --addattr=power/control --value=on
defined=$(cat "/etc/mdevctl.d/mtty/$u2")
vm_define stored --mdev "$u2"
ok "a VM with only the definition starts" vm_start stored
is "$(mdev_list) $(mdev_attribute "$u2" power/control)" "$u2 mtty mtty-2 on" "it is as mdevctl has it"
ok "it is destroyed" vm_destroy stored
as_before "$before" "by definition"
is "$(cat "/etc/mdevctl.d/mtty/$u2")" "$defined" "the definition is untouched"

ok "mdevctl starts it" mdevctl start -u "$u2"
like "$(hostdevctl status)" "mdev-$u2 .*by hand" "status knows of it"
ok "the VM starts with it" vm_start stored
like "$(hostdevctl status)" "is there already \(mtty-2 on mtty\), and stays" "as one that is not its own"
ok "it is destroyed" vm_destroy stored
is "$(mdev_list)" "$u2 mtty mtty-2" "what mdevctl started stays"
ok "mdevctl stops it" mdevctl stop -u "$u2"
ok "mdevctl undefines it" mdevctl undefine -u "$u2"
as_before "$before" "mdevctl's is gone"

# ---- refusals
fails "an mdev that nothing describes: refused" vm_start stored
like "$output" "mdev $u2 does not exist, and neither the VM's metadata nor mdevctl says what it is to be" "it says why"
vm_define wrong --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-3'")"
fails "an unknown type: refused" vm_start wrong
like "$output" "types: mdpy-hd, mdpy-vga, mdpy-xga, mtty-1 \(Single port serial\), mtty-2 \(Dual port serial\)" \
	"the types that exist are listed"
vm_define other --mdev "$u1" --metadata "$(wants_mdev "uuid='$u2' mdev_type='mtty-2'")"
fails "a wish without its hostdev: refused" vm_start other
like "$output" "<mdev> is about mdev $u2, but the VM has no such <hostdev type='mdev'>" "it says which"
vm_define dropped --mdev "$u1" --metadata "<devices><mdev uuid='$u1' mdev_type='mtty-2'/></devices>"
try hostdevctl plan dropped
like "$status $output" "3 .*libvirt drops metadata without a namespace" "plan on the defined VM tells what libvirt has dropped"
mdev_create mtty mtty-1 "$u1"
fails "another type is there already: refused" vm_start wish
like "$output" "is there already as mtty-1 on mtty, but the VM's metadata wants mtty-2" "it says so"
mdev_remove "$u1"
ok "a VM starts" vm_start wish
vm_define rival --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'")"
fails "another VM with the same mdev: refused" vm_start rival
like "$output" "mdev $u1 is held by VM 'wish'" "the holder is named"
is "$(vm_state wish)" running "the holder runs on"
kill -9 "$(vm_pid wish)"
ok "QEMU is killed: libvirt notices" wait_until 60 vm_is wish "shut off"
as_before "$before" "QEMU killed"

# QEMU fails, long after the hook.
vm_define broken --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'")" --qemu-arg -no-such-option
fails "a VM whose QEMU ends at once does not start" vm_start broken
as_before "$before" "its mdev is gone"
for name in $(vm_names); do vm_remove "$name"; done
ok "the modules are free again" mdev_modules_end
