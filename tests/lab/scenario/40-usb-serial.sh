# 40-usb-serial: USB devices and serial ports: who owns their nodes where libvirt sets no owners, who uses them, and which of
# two is meant.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 44
need_hook

owner_of() { stat -c '%U:%G %a' "$1" 2>/dev/null || echo none; }
usb_xml() { # usb_xml VENDOR PRODUCT [NODE] [ATTRIBUTES of source]
	local address='' bus device
	if [ -n "${3:-}" ]; then
		IFS=/ read -r _ _ _ _ bus device <<<"$3"
		address="<address bus='$((10#$bus))' device='$((10#$device))'/>"
	fi
	echo "<hostdev mode='subsystem' type='usb'><source ${4:-}><vendor id='0x$1'/><product id='0x$2'/>$address</source></hostdev>"
}
serial_xml() { echo "<serial type='dev'><source path='$1'/></serial>"; }

cp /etc/libvirt/qemu.conf /run/lab/qemu.conf
printf 'user = "libvirt-qemu"\ngroup = "libvirt-qemu"\ndynamic_ownership = 0\n' >>/etc/libvirt/qemu.conf
libvirtd_stop
libvirtd_start

usb_plug stick usb-storage,drive=disk3
stick=$(usb_node stick)
disk_of_stick() { disk=$(cd "/sys/bus/usb/devices/$(usb_port stick)" && ls -d ./*/host*/target*/*/block/*) && disk=${disk##*/}; }
wait_until 60 disk_of_stick
diag "the stick is $stick, disk $disk"
before=$(snapshot)

vm_define vm --usb qemu-xhci --xml "$(usb_xml 46f4 0001)"
ok "a VM with the stick starts" vm_start vm
is "$(owner_of "$stick")" "libvirt-qemu:libvirt-qemu 660" "the stick's node belongs to QEMU's user"
ok "QEMU has it" wait_until 60 test -n "$(holders_of "$stick")"
like "$(hostdevctl status)" "USB ${stick:13:3}:${stick:17} \(46f4:0001\): reserved" "status shows it"
vm_define other --usb qemu-xhci --xml "$(usb_xml 46f4 0001 "$stick")"
fails "another VM does not get it" vm_start other
like "$output" "is held by VM 'vm'; shut that VM down first" "and hears who has it"
usb_xml 46f4 0001 >/run/lab/stick.xml
ok "the stick is taken from the running VM" virsh detach-device vm /run/lab/stick.xml --live
let_go() { [ -z "$(holders_of "$stick")" ]; }
ok "QEMU lets go of it" wait_until 60 let_go
ok "now the other VM starts with it" vm_start other
is "$(owner_of "$stick")" "libvirt-qemu:libvirt-qemu 660" "its node belongs to QEMU's user still"
ok "the first VM is destroyed" vm_destroy vm
is "$(owner_of "$stick")" "libvirt-qemu:libvirt-qemu 660" "which takes nothing from the other"
ok "the VM is destroyed" vm_destroy other
ok "the disk is back" wait_until 60 test -e "/sys/class/block/$disk"
as_before "$before" "the stick"

udevadm settle
mke2fs -q -F "/dev/$disk" 8M
mkdir -p /run/lab/stick
mount "/dev/$disk" /run/lab/stick
fails "a mounted stick stays" vm_start vm
like "$output" "/dev/$disk is mounted on /run/lab/stick; unmount /run/lab/stick \(rule: storage\)" "and the line says what to do"
umount /run/lab/stick
is "$(owner_of "$stick")" "root:root 664" "nothing has changed"

vm_define vm --usb qemu-xhci --xml "$(usb_xml 1234 5678)"
fails "an absent device is refused" vm_start vm
like "$output" "USB 1234:5678 is not plugged in; plug it in" "with the remedy"
vm_define vm --usb qemu-xhci --xml "$(usb_xml 1234 5678 '' "startupPolicy='optional'")"
ok "but an optional one is not" vm_start vm
vm_destroy vm

usb_plug kbd usb-kbd
usb_plug kbd2 usb-kbd
vm_define vm --usb qemu-xhci --xml "$(usb_xml 0627 0001)"
fails "one of two equal devices is not chosen by chance" vm_start vm
like "$output" "USB 0627:0001 is there 2 times: .*; say which one with <address bus=" "the line names both"
vm_define vm --usb qemu-xhci --xml "$(usb_xml 0627 0001 "$(usb_node kbd2)")"
ok "with an address the VM starts" vm_start vm
is "$(owner_of "$(usb_node kbd2)")" "libvirt-qemu:libvirt-qemu 660" "it has that one"
is "$(owner_of "$(usb_node kbd)")" "root:root 664" "and not the other"
ok "it is pulled while the VM runs" usb_pull kbd2
ok "the VM is destroyed" vm_destroy vm
like "$(hostdevctl status)" "no VM holds a device" "and nothing is left of it"

vm_define vm --usb qemu-xhci --xml "$(usb_xml 0627 0001)"
unlike "$(hostdevctl plan vm)" "note:" "the host has a PS/2 keyboard: no note"
keyboard=/sys/bus/serio/devices/serio0
echo -n none >"$keyboard/drvctl"
like "$(hostdevctl plan vm)" "note: USB .* is the only keyboard of this host" "without it there is one"
try hook vm prepare begin
is "$status:$output" "0:" "which is no refusal, and the hook is silent"
hook vm release end
echo -n rescan >"$keyboard/drvctl"

monitor "chardev-add null,id=line" >/dev/null
usb_plug line usb-serial,chardev=line,always-plugged=on
ok "the adapter's port appears" wait_until 60 test -c /dev/ttyUSB0
udevadm settle
port=$(echo /dev/serial/by-id/*lab-line*)
diag "the adapter is $port"
was=$(owner_of /dev/ttyUSB0)
vm_define vm --xml "$(serial_xml "$port")"
ok "a VM with the port starts" vm_start vm
is "$(owner_of /dev/ttyUSB0)" "libvirt-qemu:libvirt-qemu 660" "the port belongs to QEMU's user"
vm_define other --xml "$(serial_xml /dev/ttyUSB0)"
fails "another VM does not get it" vm_start other
like "$output" "/dev/ttyUSB0 is held by VM 'vm'" "and hears who has it"
ok "the VM is destroyed" vm_destroy vm
is "$(owner_of /dev/ttyUSB0)" "$was" "the port has its owner again"

exec {user}<>/dev/ttyUSB0
fails "a port that is open stays" vm_start vm
like "$output" "/dev/ttyUSB0 is open in bash \(pid $$\); stop process $$ \(rule: process\)" "and the line names the process"
exec {user}>&-
vm_define vm --xml "$(serial_xml /dev/ttyS0)"
fails "so does the kernel's console" vm_start vm
like "$output" "/dev/ttyS0 is the kernel's console" "with the reason"
ln -s ../etc/shadow /dev/shadow
vm_define vm --xml "$(serial_xml /dev/shadow)"
fails "a link out of /dev is refused" vm_start vm
rm /dev/shadow

usb_pull line
monitor "chardev-remove line" >/dev/null
usb_pull kbd
usb_pull stick
cp /run/lab/qemu.conf /etc/libvirt/qemu.conf
libvirtd_stop
libvirtd_start
