# 12-groups: an IOMMU group is given as a whole, and its other members come back too.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 22
need_hook

before=$(snapshot)
refuse="<h:devices xmlns:h='urn:hostdevctl:domain:1'><h:pci address='0000:0b:00.0' companions='refuse'/></h:devices>"

vm_define one --hostdev 0b:00.0,managed=no
ok "a VM with one function of a card starts" vm_start one
is "$(driver_of 0b:00.0)" vfio-pci "the function is on vfio-pci"
isnt "$(driver_of 0b:00.1)" e1000e "the other is off its driver"
vm_define other --hostdev 0b:00.1,managed=no
fails "the other function is not for another VM" vm_start other
like "$output" "'one'" "the message names the VM that has the group"
ok "the VM is destroyed" vm_destroy one
as_before "$before" "one function"

vm_define strict --hostdev 0b:00.0,managed=no --metadata "$refuse"
fails "with companions='refuse' it does not start" vm_start strict
like "$output" "0000:0b:00.1" "the message names the companion"
as_before "$before" "companions='refuse'"

vm_define both --hostdev 0b:00.0 --hostdev 0b:00.1
ok "a VM with both functions starts" vm_start both
is "$(driver_of 0b:00.0) $(driver_of 0b:00.1)" "vfio-pci vfio-pci" "both are on vfio-pci"
ok "it is destroyed" vm_destroy both
as_before "$before" "both functions"

vm_define behind --hostdev 0d:01.0,managed=no
ok "a VM with a card behind a bridge starts" vm_start behind
is "$(driver_of 0d:01.0)" vfio-pci "the card is on vfio-pci"
isnt "$(driver_of 0d:02.0)" e1000e "its neighbour is off its driver"
is "$(driver_of 0c:00.0)" none "the bridge is left alone"
ok "it is destroyed" vm_destroy behind
as_before "$before" "behind a bridge"
like "$(ip -br link show)" "52:54:00:00:0d:02" "the neighbour's network interface is there again"
try hostdevctl check
like "$output" "0000:0d:01.0, 0000:0d:02.0 go to a VM together or not at all: they are behind the PCI bridge 0000:0c:00.0" "check tells why"
