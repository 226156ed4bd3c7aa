# 02-no-iommu: what libvirt says when there is no IOMMU.
# topology: no-iommu
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 4

before=$(snapshot)
is "$(group_of 01:00.0)" none "the card has no IOMMU group"
vm_define idle --hostdev 01:00.0
fails "a guest with the card does not start" vm_start idle
like "$output" "host doesn't support passthrough of host PCI devices" "the message says why"
is "$(snapshot)" "$before" "the host is as it was"
