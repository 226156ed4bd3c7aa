# 17-parallel: VMs start and end at the same time; a device never has two owners.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 16
need_hook

before=$(snapshot)
for n in 1 2 3 4; do
	vm_define "vm$n" --hostdev "0$n:00.0,managed=no"
done
for n in 1 2 3 4; do
	vm_start "vm$n" &
done
wait
for n in 1 2 3 4; do
	is "$(vm_state "vm$n") $(driver_of "0$n:00.0")" "running vfio-pci" "vm$n has started together with the others"
done
for n in 1 2 3 4; do
	vm_destroy "vm$n" &
done
wait
as_before "$before" "four at once"

# Two VMs, the same two cards listed in opposite order.
vm_define left --hostdev 01:00.0,managed=no --hostdev 02:00.0,managed=no
vm_define right --hostdev 02:00.0,managed=no --hostdev 01:00.0,managed=no
for round in 1 2 3; do
	vm_start left 2>/run/lab/left & left=$!
	vm_start right 2>/run/lab/right & right=$!
	started=0 winner=left loser=right
	wait "$left" && started=$((started + 1)) && winner=left loser=right
	wait "$right" && started=$((started + 1)) && winner=right loser=left
	is "$started" 1 "round $round: exactly one of two rivals starts"
	like "$(cat "/run/lab/$loser")" "0000:0[12]:00.0.*'$winner'" "round $round: the other is told who has the card"
	virsh --quiet destroy "$winner" >&2 || true
	is "$(snapshot)" "$before" "round $round: the host is exactly as before"
done

vm_define short --boot poweroff --hostdev 01:00.0,managed=no
ok "a VM that ends at once starts" vm_start short
ok "and is off, and can be started again without a pause" wait_until 60 vm_start short
