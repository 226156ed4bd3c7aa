# 59-attach: a detached card is plugged into a running VM, of which no hook is told: it is the VM's until that ends.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 12
need_hook

fresh=$(snapshot)
hostdev=$LAB_RUN/hostdev.xml
echo "<hostdev mode='subsystem' type='pci' managed='no'><source>$(pci_address_xml 02:00.0)</source></hostdev>" >"$hostdev"
vm_define runs --xml "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' model='pcie-root-port'/>"

ok "a VM without a device starts" vm_start runs
ok "a card is detached" hostdevctl detach 02:00.0
ok "and plugged into the VM" virsh attach-device runs "$hostdev" --live
fails "it can't be given back now" hostdevctl reattach 02:00.0
like "$output" "0000:02:00.0 is in use by VM 'runs' \(pid [0-9]*\); shut that VM down, then run 'hostdevctl reconcile'" "with the reason"
is "$(driver_of 02:00.0) $(vm_state runs)" "vfio-pci running" "nothing is taken from the VM"
vm_define other --hostdev 02:00.0
fails "another VM that wants it is refused" vm_start other
like "$output" "0000:02:00.0" "with the reason"
ok "the VM is destroyed" vm_destroy runs
ok "now it is given back" hostdevctl reconcile
is "$(hostdevctl status)" "no VM holds a device" "nothing is recorded"
as_before "$fresh" "a card that was plugged in"
