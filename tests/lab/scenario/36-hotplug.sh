# 36-hotplug: a card is pulled while nobody has it, while it is detached, and from under a running VM.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 40
need_hook

fresh=$(snapshot)
plug() { card_plug nic10 rp10 52:54:00:00:0a:00 0a:00.0; }
gone() { test ! -e "$(sysfs_of 0a:00.0)"; }
pull() { card_pull nic10 0a:00.0; }
vm_define has --hostdev 0a:00.0

# Nobody has it
ok "the card is pulled" pull
fails "a VM that wants it is refused" vm_start has
like "$output" "0000:0a:00.0 is not on this host; see 'hostdevctl list'" "with the reason"
ok "it is plugged in again" plug
ok "the VM starts" vm_start has
ok "and is destroyed" vm_destroy has
as_before "$fresh" "a card that was away"

# Detached by a person
ok "it is detached" hostdevctl detach 0a:00.0
ok "and pulled" pull
like "$(hostdevctl status || true)" "0000:0a:00.0: e1000e -> vfio-pci  \[but it is gone now\]" "status tells that it is gone"
ok "it is given back all the same" hostdevctl reattach 0a:00.0
is "$(hostdevctl status)" "no VM holds a device" "nothing is recorded any more"
ok "it is plugged in again" plug
as_before "$fresh" "a card pulled while detached"

# Removed in software, and found again by a rescan
rescan() { echo 1 >/sys/bus/pci/rescan; }
ok "it is detached" hostdevctl detach 0a:00.0
ok "it is removed" bash -c "echo 1 >$(sysfs_of 0a:00.0)/remove"
like "$(hostdevctl status || true)" "0000:0a:00.0: e1000e -> vfio-pci  \[but it is gone now\]" "status tells that it is gone"
ok "the bus is scanned anew" rescan
ok "it is there again" wait_until 60 test -e "$(sysfs_of 0a:00.0)/net"
like "$(hostdevctl status || true)" "\[but it is on e1000e now\]" "status tells that it is the host's"
ok "it is given back" hostdevctl reattach 0a:00.0
as_before "$fresh" "a card removed and found again"

# From under a running VM
ok "the VM starts" vm_start has
pid=$(vm_pid has)
rescan
like "$(hostdevctl status)" "0000:0a:00.0: e1000e -> vfio-pci$" "a rescan takes nothing from a VM"
monitor "device_del nic10"
ok "the kernel asks the VM for it" wait_until 60 bash -c "dmesg | grep -q 'vfio-pci 0000:0a:00.0: Relaying device request to user'"
like "$(timeout 20 hostdevctl status || echo "status $?")" "has .*running" "status answers meanwhile"
is "$(vm_state has)" running "the VM runs on, since its guest does not let go"
vm_define other --hostdev 01:00.0
ok "other VMs start meanwhile" vm_start other
ok "and stop" vm_destroy other
ok "the VM is destroyed" vm_destroy has
ok "its QEMU has gone" wait_until 60 test ! -d "/proc/$pid"
ok "now the card goes" wait_until 60 gone
is "$(hostdevctl reconcile; hostdevctl status)" "no VM holds a device" "nothing is recorded"
fails "a VM that wants it is refused" vm_start has
like "$output" "0000:0a:00.0 is not on this host" "with the reason"
ok "it is plugged in again" plug
is "$(driver_of 0a:00.0) $(override_of 0a:00.0)" "e1000e (null)" "the new card is the host's"
ok "the VM starts" vm_start has
ok "and is destroyed" vm_destroy has
as_before "$fresh" "a card pulled from under a VM"
