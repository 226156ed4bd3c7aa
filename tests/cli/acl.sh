#!/bin/bash
# acl: what cgroup_device_acl is, and extending it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p "$root/run" "$root/usr/lib/x86_64-linux-gnu"
run acl show
exits 0 'no qemu.conf'
says "cgroup_device_acl is not set; libvirt's own list is in force" 'no qemu.conf'
says '/dev/kvm' 'no qemu.conf'
says 'A <hostdev> needs no more' 'no qemu.conf'
ln -s libvirt.so.0.12008.0 "$root/usr/lib/x86_64-linux-gnu/libvirt.so.0"
run acl show --json
ok "libvirt 12's own list" python3 -c 'import json,sys; d=json.load(sys.stdin); assert d["libvirt"] == 12008 and not d["active"] and "/dev/kvm" not in d["nodes"] and d["missing"] == []' <<<"$output"
run acl fix
exits 0 'nothing set, nothing named'
says 'is not set, and needs not be' 'nothing set, nothing named'
ok 'nothing is written' test ! -e "$root/etc/libvirt/qemu.conf"

put etc/libvirt/qemu.conf $'# our host\ncgroup_device_acl = [\n    "/dev/null",  # always\n    "/dev/kvm"\n]'
chmod 0640 "$root/etc/libvirt/qemu.conf"
cp "$root/etc/libvirt/qemu.conf" "$root/was"
run acl show 01:00.0
says '/dev/vfio/1  is missing' 'a device whose node lacks'
run acl fix 0000:01:00.0 pci_0000_02_00_0
exits 0 'devices'
says "restart libvirt's daemon" 'devices'
ok 'devices: the file' diff - "$root/etc/libvirt/qemu.conf" <<'CONF'
# our host
cgroup_device_acl = [
    "/dev/null",  # always
    "/dev/kvm",
    "/dev/vfio/vfio",
    "/dev/vfio/1",
    "/dev/vfio/2",
]
CONF
ok 'devices: its mode' test "$(stat -c %a "$root/etc/libvirt/qemu.conf")" = 640
ok 'devices: the backup' cmp "$root/was" "$root/var/lib/hostdevctl/backup/qemu.conf"
run acl fix 01:00.0 --json
says 'has all of it already' 'once more'
domain 0000:03:00.0
run acl fix "$root/vm.xml"
ok 'the backup stays what it was before the first change' cmp "$root/was" "$root/var/lib/hostdevctl/backup/qemu.conf"
ok "a VM's devices" grep -qF '"/dev/vfio/3",' "$root/etc/libvirt/qemu.conf"
run acl fix 0000:09:00.0
exits 1 'a device that is not there'
complains '0000:09:00.0 is in no IOMMU group of this host' 'a device that is not there'
run acl fix '/dev/../etc/shadow'
complains "'/dev/../etc/shadow' is no device node's path" 'no node'
printf 'cgroup_device_acl = [ "/dev/null"\n' >"$root/etc/libvirt/qemu.conf"
run acl fix 01:00.0
exits 1 'a broken file'
complains '/etc/libvirt/qemu.conf, line 2: a list that does not end' 'a broken file'
rm "$root/etc/libvirt/qemu.conf"
ln -s /etc/passwd "$root/etc/libvirt/qemu.conf"
run acl fix /dev/kvm
ok 'a link is not followed' test -L "$root/etc/libvirt/qemu.conf"
run acl mend
exits 2 'no such verb'
finish
