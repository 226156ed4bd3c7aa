# 54-firmware-screen: a host whose picture is the firmware's: what is said before a VM takes the card, and what comes back.
# topology: desktop-firmware
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 11
need_hook

screen=$(cd /sys/bus/platform/devices && echo *-framebuffer.0)
driver() { link_name "/sys/bus/platform/devices/$screen/driver"; }
like "$screen" "^(vesa|simple)-framebuffer.0$" "the firmware has left a framebuffer"
isnt "$(driver)" none "which has a driver"
is "$(driver_of 00:01.0)" none "the card itself has none"
vm_define box --hostdev 00:01.0 --hostdev 00:01.1
fails "a VM that wants the card is refused" vm_start box
like "$output" "0000:00:01.0 shows this host's text console" "for the console's sake"
mkdir -p /etc/hostdevctl/conf.d
printf '[policy]\nconsole = allow\n' >/etc/hostdevctl/conf.d/90-lab.conf
like "$(hostdevctl plan box)" "note: 0000:00:01.0: its picture comes from the firmware's framebuffer $screen; the kernel drops that for good" "what can't come back is said beforehand"
ok "with the owner's word it starts" vm_start box
is "$(driver)" none "the framebuffer is released"
ok "the VM is destroyed" vm_destroy box
is "$(driver_of 00:01.0) $(override_of 00:01.0)" "none (null)" "the card is as before"
is "$(hostdevctl status)" "no VM holds a device" "nothing is left to be given back"
rm -f /etc/hostdevctl/conf.d/90-lab.conf
