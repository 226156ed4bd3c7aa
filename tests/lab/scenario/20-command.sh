# 20-command: what the command shows and does on a real host.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 21
need_hook

before=$(snapshot)
vm_define vm --hostdev 01:00.0,managed=no

ok "list succeeds" hostdevctl list
like "$output" "01:00.0.*e1000e" "it shows the card with its driver"
ok "list --json is JSON" sh -c 'hostdevctl list --json | jq -e .'
like "$output" "0000:0b:00.1" "with full addresses"
ok "groups succeeds" hostdevctl groups
like "$output" "0b:00.0" "it shows the card with two functions"
ok "show succeeds" hostdevctl show 01:00.0
like "$output" "8086:10d3" "it shows the id"
fails "show of what does not exist fails" hostdevctl show 1e:00.0
ok "plan succeeds" hostdevctl plan vm
like "$output" "0000:01:00.0" "it shows the card"
is "$(snapshot)" "$before" "plan changes nothing"
try hostdevctl no-such-command
is "$status" 2 "an unknown command is a usage error"

ok "the VM starts" vm_start vm
ok "status succeeds" hostdevctl status
like "$output" "vm" "it names the VM"
try hostdevctl detach 01:00.0
is "$status" 3 "detach of a VM's device is refused by policy"
ok "reconcile succeeds" hostdevctl reconcile
is "$(vm_state vm) $(driver_of 01:00.0)" "running vfio-pci" "it leaves a running VM alone"
ok "the VM is destroyed" vm_destroy vm
is "$(snapshot)" "$before" "the host is exactly as before"
