# 04-no-iommu: on a host without an active IOMMU the refusal says what to switch on.
# topology: no-iommu
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 5
need_hook

before=$(snapshot)
is "$(group_of 01:00.0)" none "the card has no IOMMU group"
vm_define vm --hostdev 01:00.0
fails "a VM with a host device does not start" vm_start vm
like "$output" "0000:01:00.0 can't be given to a VM: this host has no active IOMMU" "the message says why"
like "$output" "intel_iommu=on" "and what to do"
as_before "$before" "after the refusal"
