# 01-guest: libvirt on its own, without our hook, passes a device through in this lab. If this fails, every other
# failure of a scenario is the lab's.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 11

before=$(snapshot)

vm_define idle --hostdev 01:00.0
ok "a guest with a managed card starts" vm_start idle
is "$(driver_of 01:00.0)" vfio-pci "its card is on vfio-pci"
is "$(vm_state idle)" running "it runs"
ok "the group's node is there" test -c "$(vfio_node_of 01:00.0)"
is "$(holders_of "$(vfio_node_of 01:00.0)")" "$(vm_pid idle)" "the node is held by the guest's QEMU"
ok "it is destroyed" vm_destroy idle
is "$(vm_state idle)" "shut off" "it is off"
is "$(snapshot)" "$before" "the host is as it was"

vm_define short --boot poweroff --hostdev 01:00.0
ok "a guest that will switch itself off starts" vm_start short
ok "it shuts off by itself" wait_until 60 vm_is short "shut off"
is "$(snapshot)" "$before" "the host is as it was again"
