# 11-whole-or-nothing: a start that cannot have all its devices changes nothing, and says why in one line.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 17
need_hook

before=$(snapshot)

vm_define owner --hostdev 02:00.0,managed=no
vm_define late --hostdev 01:00.0,managed=no --hostdev 02:00.0,managed=no --hostdev 03:00.0,managed=no
ok "the first VM starts" vm_start owner
with_owner=$(snapshot)
fails "a VM that wants its card and two others does not" vm_start late
like "$output" "0000:02:00.0" "the message names the card"
like "$output" "'owner'" "the message names the VM that holds it"
is "$(snapshot)" "$with_owner" "all else is as it was"
is "$(vm_state owner)" running "the first VM runs on"
is "$(driver_of 02:00.0)" vfio-pci "its card is still its own"
ok "the first VM is destroyed" vm_destroy owner
ok "now the other starts" vm_start late
is "$(driver_of 01:00.0) $(driver_of 02:00.0) $(driver_of 03:00.0)" "vfio-pci vfio-pci vfio-pci" "it has all three"
ok "it is destroyed" vm_destroy late
as_before "$before" "after both"

vm_define absent --hostdev 01:00.0,managed=no --hostdev 1e:00.0,managed=no
fails "a VM with a device that does not exist does not start" vm_start absent
like "$output" "0000:1e:00.0" "the message names it"
as_before "$before" "after the refusal"

# QEMU itself fails, long after the hook: libvirt then calls release.
vm_define broken --hostdev 01:00.0,managed=no --qemu-arg -no-such-option
fails "a VM whose QEMU ends at once does not start" vm_start broken
is "$(snapshot)" "$before" "its card is back"
