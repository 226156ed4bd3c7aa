# 23-ownership: where libvirt sets no owners (dynamic_ownership = 0, as OpenNebula has it), the VFIO node belongs to QEMU's
# user while the VM runs.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 14
need_hook

before=$(snapshot)
group=$(group_of 01:00.0)
owner_of() { stat -c '%U:%G %a' "$1" 2>/dev/null || echo none; }
cp /etc/libvirt/qemu.conf /run/lab/qemu.conf
cat >>/etc/libvirt/qemu.conf <<'CONF'
user = "libvirt-qemu"
group = "libvirt-qemu"
dynamic_ownership = 0
cgroup_device_acl = [
    "/dev/null", "/dev/full", "/dev/zero",
    "/dev/random", "/dev/urandom",
    "/dev/ptmx", "/dev/kvm"
]
CONF
libvirtd_stop
libvirtd_start

vm_define vm --hostdev 01:00.0,managed=no
ok "the VM starts" vm_start vm
is "$(owner_of "/dev/vfio/$group")" "libvirt-qemu:libvirt-qemu 660" "the group's node belongs to QEMU's user"
is "$(stat -c %U "/proc/$(vm_pid vm)")" "libvirt-qemu" "QEMU runs as that user"
ok "and has the node open" test -n "$(holders_of "/dev/vfio/$group")"
ok "the VM is destroyed" vm_destroy vm
as_before "$before" "the VM"
is "$(sed -n '/^cgroup_device_acl/,$p' /etc/libvirt/qemu.conf)" 'cgroup_device_acl = [
    "/dev/null", "/dev/full", "/dev/zero",
    "/dev/random", "/dev/urandom",
    "/dev/ptmx", "/dev/kvm",
    "/dev/vfio/vfio",
    "/dev/vfio/'"$group"'",
]' "the list of nodes has grown by what the VM needs, and is otherwise as it was"
libvirtd_stop
libvirtd_start
ok "libvirt reads it, and the VM starts" vm_start vm
ok "it is destroyed" vm_destroy vm
chmod 0600 /dev/vfio/vfio
try hostdevctl check
like "$output" "problem +permissions +/dev/vfio/vfio has mode 0600; remedy: chmod 0666 /dev/vfio/vfio" "check knows who can't open the container"
chmod 0666 /dev/vfio/vfio
try hostdevctl check
like "$output" "ok +permissions +/dev/vfio/vfio has mode 0666" "and who can"

printf 'user = "nobody-here"\ndynamic_ownership = 0\n' >/etc/libvirt/qemu.conf
try hook vm prepare begin
is "$status" 1 "a qemu.conf with a user who does not exist is refused"
like "$output" "find the user and group of QEMU" "with the reason"
is "$(snapshot)" "$before" "and nothing has changed"
cp /run/lab/qemu.conf /etc/libvirt/qemu.conf
libvirtd_stop
libvirtd_start
rm -r /var/lib/hostdevctl/backup
