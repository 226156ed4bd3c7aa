# 46-guide-gpu: docs/guides/virt-manager-gpu.md, typed.
# topology: gpu
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan $(($(guide_commands virt-manager-gpu) + 1))
need_hook
cd /run/lab
before=$(snapshot)
vm_define desktop
guide_follow virt-manager-gpu
is "$(snapshot)" "$before" "the host is as before"
