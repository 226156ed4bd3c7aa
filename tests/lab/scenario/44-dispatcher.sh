# 44-dispatcher: a user's tree of scripts, as the well-known dispatcher runs it, goes on being run when ours takes that one's place:
# theirs while the device is the host's, at start and at stop; with the dispatcher kept, by that alone.
# shellcheck shell=bash disable=SC2016 source=tests/lab/lib.sh
. /lab/lib.sh
plan 30
need_hook

place=/usr/libexec/hostdevctl/hook-place
hooks=/etc/libvirt/hooks
tree=$hooks/qemu.d/vm
diary=$LAB_RUN/diary
# theirs NAME [LINE]: a script that writes down which driver it finds.
theirs() {
	mkdir -p "$tree/$(dirname "$1")"
	printf '#!/bin/sh\necho "$1 $2 $3 $4 ${0##*/} $(basename "$(readlink /sys/bus/pci/devices/0000:01:00.0/driver)") $(grep -c "<hostdev")" >>%s\n%s\n' \
		"$diary" "${2:-}" >"$tree/$1"
	chmod 755 "$tree/$1"
}
written() { cat "$diary" 2>/dev/null && rm "$diary"; }

vm_define vm --hostdev 01:00.0
before=$(snapshot)
listing() { find "$hooks" -printf '%P %M %l\n' | sort; }
found=$(listing)

# ---- ours in the dispatcher's place
theirs prepare/begin/10-display
theirs prepare/begin/20-memory
theirs start/begin/x
theirs started/begin/x
theirs stopped/end/x
theirs release/end/10-display
theirs release/end/20-memory
ok "the VM starts" vm_start vm
is "$(driver_of 01:00.0)" vfio-pci "with its device"
is "$(written)" "vm prepare begin - 10-display e1000e 1
vm prepare begin - 20-memory e1000e 1
vm start begin - x vfio-pci 1
vm started begin - x vfio-pci 1" "theirs ran in order and once, before the device was taken, with arguments and XML"
ok "the VM is destroyed" vm_destroy vm
is "$(written)" "vm stopped end - x vfio-pci 1
vm release end destroyed 10-display e1000e 1
vm release end destroyed 20-memory e1000e 1" "and at the end after it was given back"
as_before "$before" "theirs and ours"

# ---- a refusal of theirs
theirs prepare/begin/20-memory 'echo "no huge pages left" >&2; exit 7'
fails "a failing script stops the start" vm_start vm
like "$output" "hostdevctl: $tree/prepare/begin/20-memory failed with exit status 7; it said:"$'\n'"no huge pages left" "virsh says which, and what it said"
is "$(written)" "vm prepare begin - 10-display e1000e 1
vm prepare begin - 20-memory e1000e 1
vm stopped end - x e1000e 1
vm release end failed 10-display e1000e 1
vm release end failed 20-memory e1000e 1" "nothing was bound, and theirs undo what theirs did"
as_before "$before" "a refusal of theirs"
theirs prepare/begin/20-memory

# ---- a refusal of ours
printf '[policy]\nnetwork = nonsense\n' >/etc/hostdevctl/conf.d/broken.conf
fails "ours refuses after theirs" vm_start vm
rm /etc/hostdevctl/conf.d/broken.conf
is "$(written | grep -c release)" 2 "theirs at release still run"

# ---- failures at the end
theirs release/end/10-display 'echo oh no >&2; exit 1'
ok "the VM starts again" vm_start vm
ok "and is destroyed" vm_destroy vm
is "$(written | grep -c 'release')" 1 "a failing script at release is the last, as with the dispatcher"
as_before "$before" "a failing script at release"
theirs release/end/10-display

# ---- what others may change
chmod o+w "$tree/prepare/begin"
fails "a folder that anyone may write to is a refusal" vm_start vm
like "$output" "is not run: others than root may change it" "virsh says why"
rm -f "$diary"
chmod o-w "$tree/prepare/begin"

# ---- what stays in the background
mkfifo "$LAB_RUN/fifo"
theirs prepare/begin/20-memory "read -r line <$LAB_RUN/fifo &"
ok "a script that leaves a process behind does not keep libvirt waiting" timeout 60 virsh --quiet start vm
echo end >"$LAB_RUN/fifo"
ok "and the VM ends" vm_destroy vm
theirs prepare/begin/20-memory
rm -f "$diary"

# ---- the dispatcher, kept: never twice
"$place" --remove >/dev/null
cat >"$hooks/qemu" <<'HOOK'
#!/bin/bash
HOOKPATH="$(dirname "$0")/qemu.d/$1/$2/$3"
set -e
xml=$(cat)
if [ -d "$HOOKPATH" ]; then
	while read -r file; do
		[ -z "$file" ] || "$file" "$@" <<<"$xml"
	done <<<"$(find -L "$HOOKPATH" -maxdepth 1 -type f -executable -print)"
fi
HOOK
chmod 755 "$hooks/qemu"
sum=$(md5sum "$hooks/qemu")
ok "beside the dispatcher" "$place"
ok "the VM starts" vm_start vm
is "$(driver_of 01:00.0) $(written | grep -c prepare)" "vfio-pci 2" "ours, in qemu.d, takes the device; the tree is run once"
ok "it is destroyed" vm_destroy vm
is "$(written | grep -c release)" 2 "and once at release"
ok "ours takes the dispatcher's place" "$place" --take-over
vm_start vm
vm_destroy vm
is "$(written | sort | uniq -d)" "" "again each script was run once"
ok "removed" "$place" --remove
is "$(md5sum "$hooks/qemu")" "$sum" "the dispatcher is what it was"

rm -r "$hooks/qemu" "$tree"
rmdir "$hooks/qemu.d"
"$place" >/dev/null
is "$(listing)" "$found" "the folder is as it was"
