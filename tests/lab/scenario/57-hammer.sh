# 57-hammer: eight callers start and end VMs that want the same eight cards, through the installed hook, and their hooks are
# killed at any moment; and one card goes to and fro many times. A file "full" in the payload asks for the whole figures.
# timeout: 7200
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 12
need_hook

tools=/usr/lib/hostdevctl-lab
grants=60 kills=12 cycles=20
[ ! -e "$tools/full" ] || grants=2000 kills=200 cycles=1000

before=$(snapshot)
ok "the hammer comes to its end" "$tools/lab-hammer" "$grants" "$kills"
figures=$output
diag "$figures"
figure() { sed -n "s/^$1=//p" <<<"$figures"; }
ok "there were $grants grants" test "$(figure grants)" -ge "$grants"
ok "and $kills kills" test "$(figure killed)" -ge "$kills"
is "$(figure crashed)" 0 "no hook died by itself"
is "$(figure others)" 0 "none failed but for another VM or what a kill had left"
is "$(figure doubles)" 0 "no card was given to two"
is "$(figure wrong)" 0 "each was on vfio-pci for as long as it was somebody's"
is "$(figure unclaimed)" 0 "and was claimed"
ok "they were in each other's way" test "$(figure refusals)" -gt 0
ok "what is left is given back" hostdevctl reconcile
as_before "$before" "after the hammer"

lost=0 begun=$SECONDS
for ((cycle = 0; cycle < cycles; cycle++)); do
	hostdevctl detach 09:00.0 >/dev/null && [ "$(driver_of 09:00.0)" = vfio-pci ] &&
		hostdevctl reattach 09:00.0 >/dev/null && [ "$(driver_of 09:00.0)" = e1000e ] || lost=$((lost + 1))
done
diag "$cycles times to and fro in $((SECONDS - begun)) s"
is "$lost $(snapshot)" "0 $before" "a card that goes to vfio-pci and back $cycles times is where it was"
