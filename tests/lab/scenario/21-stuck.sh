# 21-stuck: the kernel does not let go of a device. The hook keeps its deadline, libvirt stays usable, and the device comes
# back by itself when its user has gone.
# measures time
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 21
need_hook

before=$(snapshot)
mkdir -p /etc/hostdevctl/conf.d
printf '[timeouts]\ndevice = 3\n' >/etc/hostdevctl/conf.d/lab.conf
modprobe pci-stub
vm_define vm --hostdev 01:00.0,managed=no
vm_define other --hostdev 02:00.0,managed=no
vm_define third --hostdev 01:00.0,managed=no

# use_device ADDR: a process that has the device itself open, as a QEMU that does not end would; its pid in $user.
use_device() {
	qemu-system-x86_64 -accel tcg -nodefaults -nographic -S -m 64 -machine q35 \
		-device "vfio-pci,host=$(full_address "$1")" </dev/null >/dev/null 2>&1 &
	user=$!
	wait_until 60 sh -c "[ \"\$(readlink /proc/$user/fd/* 2>/dev/null | grep -c vfio-device)\" -gt 0 ]"
}

# Release: the user is still there when the VM is given up.
hook vm prepare begin
use_device 01:00.0
begun=$SECONDS
try hook vm release end shutdown
is "$status" 0 "release of a device in use succeeds"
ok "and returns by its deadline" test $((SECONDS - begun)) -le 5
like "$(hostdevctl status || true)" "STUCK.*0000:01:00.0|0000:01:00.0.*STUCK" "status says that it is stuck"
fails "status has a bad exit status" hostdevctl status
fails "the VM does not start again" vm_start vm
like "$output" "0000:01:00.0" "the message names the device"
# Many a kernel (6.1) holds back what is read of the device now, from whoever reads it.
begun=$SECONDS
fails "a VM that wants the same device does not start" vm_start third
like "$output" "0000:01:00.0 is still on its way back from 'vm'" "and is told why"
ok "at once" test $((SECONDS - begun)) -le 3
ok "another VM starts meanwhile" vm_start other
ok "and ends" vm_destroy other
kill -KILL "$user"
ok "when its user has gone, the device comes back by itself" wait_until 30 sh -c \
	"[ \"\$(basename \$(readlink /sys/bus/pci/devices/0000:01:00.0/driver))\" = e1000e ]"
ok "and is no longer recorded" wait_until 30 sh -c "[ -z \"\$(ls /run/hostdevctl/vm)\" ]"
as_before "$before" "after release"

# Prepare: the device is to change from one driver to another and can't leave the first.
hostdevctl detach 01:00.0
use_device 01:00.0
vm_define vm --hostdev 01:00.0,managed=no --metadata "<h:devices xmlns:h='urn:hostdevctl:domain:1'>
	<h:pci address='0000:01:00.0' driver='pci-stub' process='allow'/></h:devices>"
begun=$SECONDS
vm_start vm 2>/run/lab/start & start=$!
ok "libvirt answers while the hook waits" timeout 3 virsh --quiet domstate other
ok "and about devices too" timeout 3 virsh --quiet nodedev-dumpxml pci_0000_02_00_0
started=0
wait "$start" || started=$?
isnt "$started" 0 "the start is given up"
ok "by the deadline" test $((SECONDS - begun)) -le 8
like "$(cat /run/lab/start)" "0000:01:00.0: the kernel has not let go of it within 3 s" "virsh says why"
kill -KILL "$user"
wait_until 30 sh -c '! ls /run/hostdevctl/vm | grep -qv detach'
is "$(driver_of 01:00.0)" vfio-pci "the device is back where it was"
hostdevctl reattach 01:00.0
rm /etc/hostdevctl/conf.d/lab.conf
as_before "$before" "after prepare"
