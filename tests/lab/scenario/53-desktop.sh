# 53-desktop: the host's own screen is given to a VM and comes back: its display manager, its console, its sound.
# topology: desktop
# timeout: 1500
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 57
need_hook

conf=/etc/hostdevctl/conf.d/90-lab.conf
say() { mkdir -p "${conf%/*}" && printf '%s\n' "$@" >$conf; } # say LINE...: the host's configuration
console() { cat "$(dirname "$(grep -l 'frame buffer' /sys/class/vtconsole/*/name)")/bind" 2>/dev/null || echo gone; }
screens() { cut -d' ' -f1 /proc/fb | paste -sd' '; }
holds() { holders_of "$1" | grep -qx "$(systemctl show -P MainPID lab-dm)"; }
# picture: what a person in front of the machine would see, and hear.
picture() { echo "screens $(screens), console $(console), display manager $(systemctl is-active lab-dm), sound $(driver_of 00:01.1)"; }
picture_is() { [ "$(picture)" = "$1" ]; }

# A display manager, as far as the kernel can tell: it has the card and the sound open. Debian names the chosen one by this link.
mkdir -p /run/systemd/system
cat >/run/systemd/system/lab-dm.service <<'UNIT'
[Unit]
Description=The lab's display manager
StartLimitIntervalSec=0
[Service]
Type=exec
ExecStart=/bin/bash -c 'exec 3<>/dev/dri/card0 4<>/dev/snd/controlC0; exec sleep infinity'
UNIT
ln -s /run/systemd/system/lab-dm.service /etc/systemd/system/display-manager.service
systemctl daemon-reload
ok "the display manager runs" systemctl start lab-dm
ok "and has the card" wait_until 20 holds /dev/dri/card0
full="screens 0 1, console 1, display manager active, sound snd_hda_intel"
is "$(picture)" "$full" "the host shows its picture on two screens"
before=$(snapshot)
vm_define box --hostdev 00:01.0 --hostdev 00:01.1

# Without a word of the owner
fails "a VM that wants the card is refused" vm_start box
like "$output" "0000:00:01.0 is in use by this host: /dev/dri/card0 is open in sleep \(pid [0-9]+, lab-dm.service\); stop lab-dm.service, or let starts do it: stop-units = lab-dm.service" "the process, its unit and the remedy are named"
like "$(hostdevctl plan box || true)" "refused: 0000:00:01.1 is in use by this host: /dev/snd/controlC0 is open in sleep" "plan names who has the sound, too"
is "$(picture)" "$full" "nothing has changed"

# With it: the unit is stopped for as long as the VM runs
say '[gpu]' 'stop-units = display-manager.service'
like "$(hostdevctl plan box)" "lab-dm.service: stopped, and started again afterwards" "plan tells what a start would stop"
ok "the VM starts" vm_start box
is "$(driver_of 00:01.0) $(driver_of 00:01.1)" "vfio-pci vfio-pci" "it has the card"
is "$(picture)" "screens 1, console 1, display manager inactive, sound vfio-pci" "the console is on the other screen"
like "$(hostdevctl status)" "lab-dm.service: stopped" "status tells it"
ok "the VM is destroyed" vm_destroy box
ok "all is back" wait_until 30 picture_is "$full"
ok "the display manager has the card again" wait_until 20 holds /dev/dri/card0
as_before "$before" "a VM with the boot display"

# Two equal cards, by address
vm_define second --hostdev 01:00.0
is "$(device_id_of 00:01.0)" "$(device_id_of 01:00.0)" "there are two cards of one kind"
ok "a VM with the second one starts" vm_start second
is "$(picture)" "screens 0, console 1, display manager active, sound snd_hda_intel" "the first goes on showing the desktop"
ok "the VM is destroyed" vm_destroy second
ok "both screens are there" wait_until 30 picture_is "$full"

# The last screen of the console
ok "the second card is detached" hostdevctl detach 01:00.0
one="screens 0, console 1, display manager active, sound snd_hda_intel"
is "$(picture)" "$one" "one screen is left"
ok "the VM starts" vm_start box
is "$(picture)" "screens , console gone, display manager inactive, sound vfio-pci" "the console has been released"
ok "the VM is destroyed" vm_destroy box
ok "console and desktop are back" wait_until 30 picture_is "$one"
ok "the display manager is stopped by hand" systemctl stop lab-dm
rm -f $conf
fails "now a start is refused, for the console's sake" vm_start box
like "$output" "0000:00:01.0 shows this host's text console, which has no other screen; .* console=allow" "and says how it may be"
say '[policy]' 'console = allow'
ok "with that it starts" vm_start box
is "$(console)" gone "the console has been released"
ok "the VM is destroyed" vm_destroy box
ok "the console is back" wait_until 30 picture_is "${one/ active/ inactive}"
ok "the display manager runs again" systemctl start lab-dm
ok "and has the card" wait_until 20 holds /dev/dri/card0

# A failed start brings it back as well
say '[gpu]' 'stop-units = display-manager.service'
vm_define broken --hostdev 00:01.0 --hostdev 00:01.1 --qemu-arg -no-such-option
fails "a VM whose QEMU fails does not start" vm_start broken
ok "all is back" wait_until 30 picture_is "$one"

# A process that doesn't go with the unit
exec 7<>/dev/dri/card0
say '[gpu]' 'stop-units = display-manager.service' '[timeouts]' 'device = 5'
SECONDS=0
fails "a start is refused while another process has the card" vm_start box
like "$output" "is open in bash \(pid $$" "it is named"
ok "the display manager runs" systemctl is-active lab-dm
exec 7>&-

# kill -9 at each step; the next call puts it right
virsh dumpxml box >/run/lab/crash.xml
crash_lost() {
	wait_until 20 picture_is "$one" || picture
	wait_until 20 holds /dev/dri/card0 || echo card
}
state=$(snapshot)
say '[gpu]' 'stop-units = display-manager.service'
sweep box prepare begin hook box release end failed
is "$through" 0 "prepare got through in the end"
is "$lost" "" "prepare killed, release called: picture, console, sound and unit are back"
ok "prepare was killed at several places" test "$kills" -ge 6
diag "prepare: $kills kills"
sweep box release end hostdevctl reconcile
is "$through" 0 "release got through in the end"
is "$lost" "" "release killed, reconcile called: picture, console, sound and unit are back"
ok "release was killed at several places" test "$kills" -ge 5
diag "release: $kills kills"
is "$(snapshot)" "$state" "after all kills the devices are as before"

# Attributes
echo auto >"$(sysfs_of 02:00.0)/power/control"
vm_define nic --hostdev 02:00.0
ok "a VM with a NIC that may sleep starts" vm_start nic
ok "and is destroyed" vm_destroy nic
is "$(cat "$(sysfs_of 02:00.0)/power/control")" auto "the NIC may sleep as before"
echo on >"$(sysfs_of 02:00.0)/power/control"
vm_define nic --hostdev 02:00.0 --metadata "<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:pci address='0000:02:00.0' reset='bus' d3cold='off'/></hd:devices>"
ok "a VM that wants another reset method starts" vm_start nic
is "$(cat "$(sysfs_of 02:00.0)/reset_method") $(cat "$(sysfs_of 02:00.0)/d3cold_allowed")" "bus 0" "it has it"
ok "the VM is destroyed" vm_destroy nic

ok "the second card is given back" hostdevctl reattach 01:00.0
rm -f $conf /etc/systemd/system/display-manager.service
ok "both screens are there" wait_until 30 picture_is "$full"
as_before "$before" "in the end"
systemctl stop lab-dm
rm -f /run/systemd/system/lab-dm.service
