# 51-history: what happened to devices is in systemd's journal, and is found there by device, VM and time; status can be left open.
# topology: boot
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 25
need_hook

before=$(snapshot)
vm_define early --hostdev 01:00.0
vm_define later --hostdev 01:00.0
uuid=$(virsh domuuid early | head -n 1)

# Left open: a block for each change. Reading waits; nothing here does otherwise.
exec {watched}< <(exec hostdevctl status --watch)
watcher=$!
block() { # block PATTERN: reads on until a line has it, and prints what was read
	local line
	while IFS= read -r -t 100 -u "$watched" line; do
		echo "$line"
		[[ ! $line =~ $1 ]] || return 0
	done
	return 1
}
ok "status --watch begins with what there is" block "^no VM holds a device$"

ok "a VM starts" vm_start early
ok "status --watch shows it" block "^  0000:01:00.0: e1000e -> vfio-pci"
# Between, a goal may be shown that is not done yet; the name is in each block.
like "$output" "early  $uuid  since [0-9-]{10} [0-9:]{8}  (starting|running)" "with its name and since when"
fails "another one is refused" vm_start later
ok "the first is destroyed" vm_destroy early
ok "status --watch shows that nothing is held" block "^no VM holds a device$"
ok "the card is taken by hand" hostdevctl detach 01:00.0
ok "status --watch shows that" block "^  0000:01:00.0: e1000e -> vfio-pci"
exec {watched}<&-
ok "and given back" hostdevctl reattach 01:00.0
ok "status --watch ends when nobody reads any more" wait_until 60 test ! -e "/proc/$watcher/exe"

journalctl --sync
history() { hostdevctl history "$@" | tail -n +2; }
# What other scenarios of this boot did with the card is there, too.
ours() { grep -P '\t(early|later)\t'; }
is "$(history 01:00.0 | ours | cut -f2-4 | tr '\t' ' ')" "taken early 0000:01:00.0"$'\n'"refused later 0000:01:00.0"$'\n'"returned early 0000:01:00.0" \
	"history of the card: taken, refused, returned"
like "$(history 01:00.0 | ours | sed -n 2p)" "0000:01:00.0 is held by VM 'early'; shut that VM down first \(rule: held\)$" "and why refused"
is "$(history pci_0000_01_00_0)" "$(history 0000:01:00.0)" "by any of its names"
is "$(history later | cut -f2)" refused "of a VM by name"
is "$(history "$uuid" | cut -f2 | paste -sd' ')" "taken returned" "and by uuid"
is "$(history 01:00.0 | tail -n 2 | cut -f2-3 | paste -sd' ')" "taken"$'\t'"detach-0000:01:00.0 returned"$'\t'"detach-0000:01:00.0" "of what was taken by hand"
is "$(history 1e:00.0)" "" "of a device that nothing has happened to"
is "$(history -n 1 01:00.0 | cut -f2)" returned "the latest"
first=$(history 01:00.0 | ours | head -n 1 | cut -f1)
like "$first" "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$" "with date and time"
is "$(history --since "${first/ /T}" 01:00.0 | ours | cut -f2 | paste -sd' ')" "taken refused returned" "from a moment on"
is "$(hostdevctl history --json 01:00.0 | jq -c '[.[] | select(.domain == "early" or .domain == "later") | [.event, .domain, .devices]]')" \
	'[["taken","early",["0000:01:00.0"]],["refused","later",["0000:01:00.0"]],["returned","early",["0000:01:00.0"]]]' \
	"for programs"
is "$(journalctl --no-pager -o json HOSTDEVCTL_DEVICE=0000:01:00.0 HOSTDEVCTL_OWNER=early HOSTDEVCTL_OWNER=later | jq -r .HOSTDEVCTL_EVENT | paste -sd' ')" \
	"taken refused returned" "journalctl finds them by the device"
is "$(journalctl --no-pager -o json HOSTDEVCTL_KEY="$uuid" | jq -r .HOSTDEVCTL_EVENT | paste -sd' ')" "taken returned" "and by the VM"
as_before "$before" "at the end"
