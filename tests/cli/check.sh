#!/bin/bash
# check: each finding over captured machines, in its words, with its remedy and its weight.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

devices=sys/devices/pci0000:00
# line LEVEL TOPIC TEXT: a finding begins so
line() { ok "$1 $2: $3" grep -qE -- "^$1 +$2 +$3" <<<"$output"; }
# shellcheck disable=SC2016 # of the inner shell
no_line() { ok "no $1 $2 $3" bash -c '! grep -qE -- "$1"' - "^$1 +$2 +$3" <<<"$output"; }

mkdir -p "$root/run" "$root/dev/vfio"
put proc/cmdline 'ro quiet'
put proc/sys/kernel/osrelease 6.12.9-amd64
put proc/cpuinfo 'flags : fpu vmx sse'

# Nothing is set up
rm -rf "${root:?}/sys/kernel/iommu_groups"
mkdir -p "$root/sys/kernel/iommu_groups"
run check
exits 1 'a bare machine'
silent 'a bare machine'
line warning cpu 'the CPU has VT-x, but there is no /dev/kvm; remedy: modprobe kvm_intel'
line problem iommu 'the firmware describes no IOMMU'
put sys/firmware/acpi/tables/DMAR x
run check
line problem iommu 'Intel VT-d is there \(ACPI DMAR\) but off; remedy: hostdevctl setup, then reboot'
put proc/cmdline 'ro intel_iommu=off'
run check
line problem iommu 'Intel VT-d is there \(ACPI DMAR\) but off: the kernel was told so on its command line; remedy: hostdevctl setup'
put proc/cmdline 'ro intel_iommu=on,igfx_off'
run check
line problem iommu "Intel VT-d is there \\(ACPI DMAR\\) but off, although the kernel's command line asks for it; remedy: look into the firmware's set-up"
line problem modules 'the kernel 6.12.9-amd64 has no module vfio_pci'
no_line problem modules '.*vfio_virqfd'
line problem modules 'there is no /dev/vfio/vfio'
line warning libvirt 'libvirt is not found'
line problem hook 'our hook is not in /etc/libvirt/hooks: VMs start without it'
put proc/sys/kernel/osrelease 6.1.0-9
put lib/modules/6.1.0-9/modules.dep $'kernel/drivers/vfio/vfio.ko.xz:\nkernel/drivers/vfio/vfio_iommu_type1.ko:\nkernel/drivers/vfio/pci/vfio-pci.ko:'
put lib/modules/6.1.0-9/modules.builtin kernel/drivers/vfio/vfio_virqfd.ko
run check
line ok modules 'vfio_virqfd is loaded'
line ok modules 'vfio_pci is there and is loaded by the first start'

# All of it
for n in 1 2 3 6; do
	mkdir -p "$root/sys/kernel/iommu_groups/$n/devices"
	put "sys/kernel/iommu_groups/$n/type" DMA
done
for address in 00:1c.0:6 01:00.0:1 02:00.0:2 02:00.1:2 03:00.0:3; do
	ln -s "../../../../devices/pci0000:00/0000:${address%:*}" "$root/sys/kernel/iommu_groups/${address##*:}/devices/0000:${address%:*}"
done
mkdir -p "$root/sys/class/iommu/dmar0"
put sys/kernel/irq/9/chip_name IR-IO-APIC
put sys/kernel/security/lockdown 'none [integrity] confidentiality'
run check
line warning lockdown 'the kernel is locked down \(none \[integrity\] confidentiality\)'
put sys/kernel/security/lockdown $'\033]0;x\007none'
run check
line warning lockdown 'the kernel is locked down \(\\x1b]0;x\\x07none\)'
ok 'no command to a terminal' bash -c '! grep -q "[[:cntrl:]]"' <<<"$output"
put sys/kernel/security/lockdown 'none [integrity] confidentiality'
put dev/kvm ''
mkdir -p "$root/usr/lib64" "$root/etc/libvirt/hooks/qemu.d"
ln -s libvirt.so.0.11003.0 "$root/usr/lib64/libvirt.so.0"
# The very program that is installed
mkdir -p "$root/etc/libvirt/hooks"
cp "$(dirname "$hostdevctl")/../../hooks/hostdevctl-hook" "$root/etc/libvirt/hooks/qemu"
chmod 0755 "$root/etc/libvirt/hooks/qemu"
put proc/cmdline 'ro pcie_acs_override=downstream'
run check
line ok cpu 'virtualization: VT-x, /dev/kvm'
line ok iommu 'Intel VT-d is on, 4 groups'
line ok iommu 'passthrough mode is off \(0 of 4 groups\)'
line ok interrupts 'interrupt remapping is on'
line warning lockdown 'the kernel is locked down \(none \[integrity\] confidentiality\)'
line warning acs 'pcie_acs_override is in force'
line ok groups 'each card is in a group of its own'
line ok libvirt 'libvirt 11.3'
line ok hook '/etc/libvirt/hooks/qemu is our hook'
line ok leftovers 'nothing is left behind'
put sys/kernel/iommu_groups/1/type identity
put sys/kernel/irq/9/chip_name IO-APIC
run check
line ok iommu 'passthrough mode \(iommu=pt\): 1 of 4 groups'
line problem interrupts 'no interrupt remapping: vfio refuses PCI devices'
put sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts Y
run check
line warning interrupts 'no interrupt remapping; allow_unsafe_interrupts lets VMs'

# The hook
chmod 0644 "$root/etc/libvirt/hooks/qemu"
run check
line problem hook '/etc/libvirt/hooks/qemu is not executable: libvirt passes over it'
chmod 0777 "$root/etc/libvirt/hooks/qemu"
run check
line problem hook '/etc/libvirt/hooks/qemu can be changed by others than root'
chmod 0755 "$root/etc/libvirt/hooks/qemu"
cp -p "$root/etc/libvirt/hooks/qemu" "$root/etc/libvirt/hooks/qemu.d/50-hostdevctl"
run check
line warning hook 'our hook is there 2 times'
rm "$root/etc/libvirt/hooks/qemu.d/50-hostdevctl"

# Claims at boot
put proc/cmdline 'ro vfio-pci.ids=8086:10d3,dead:beef,12x'
run check
line warning boot 'vfio-pci.ids of the kernel command line claims 8086:10d3 \(0000:01:00.0, 0000:02:00.0, 0000:02:00.1\), but 3 of 3 have another driver'
line warning boot 'vfio-pci.ids of the kernel command line: no device of this host is dead:beef; remedy: look for a typing mistake'
line problem boot "vfio-pci.ids of the kernel command line: '12x' is no pair of ids"
put proc/cmdline ro
put etc/modprobe.d/gpu.conf $'# options vfio-pci ids=1111:1111\noptions vfio_pci disable_vga=1 ids=1b36:0010'
put etc/hostdevctl/boot-claims $'0000:01:00.0 8086:10d3 vfio-pci\n0000:02:00.0 10de:1b81 vfio-pci\n0000:09:00.0 10de:1b81 vfio-pci'
put boot/initrd.img-6.1.0-9 x
touch -d 2020-01-01 "$root/boot/initrd.img-6.1.0-9"
run check
line warning boot '/etc/modprobe.d/gpu.conf claims 1b36:0010 \(0000:03:00.0\), but 1 of 1'
no_line warning boot '.*1111:1111'
line warning boot '0000:01:00.0 is claimed for vfio-pci at the next boot; remedy: reboot'
line warning boot '0000:02:00.0 is claimed at boot for 10de:1b81, but 8086:10d3 is there: it is left alone'
line warning boot '0000:09:00.0 is claimed at boot but not on this host'
line warning boot '/boot/initrd.img-6.1.0-9 is older than /etc/hostdevctl/boot-claims'
mkdir -p "$root/usr/sbin"
touch "$root/usr/sbin/update-initramfs"
run check
line warning boot '/boot/initrd.img.*; remedy: update-initramfs -u -k all'
touch "$root/boot/initrd.img-6.1.0-9"
run check
no_line warning boot '/boot/initrd.img.*older'
mkdir -p "$root/sys/bus/pci/drivers/vfio-pci"
ln -sfn ../../../bus/pci/drivers/vfio-pci "$root/$devices/0000:03:00.0/driver"
put etc/modprobe.d/gpu.conf 'options vfio-pci ids=1b36:0010'
run check
line ok boot '/etc/modprobe.d/gpu.conf takes 1b36:0010 at boot: 0000:03:00.0'
for address in 01:00.0 02:00.0 02:00.1; do ln -sfn ../../../bus/pci/drivers/vfio-pci "$root/$devices/0000:$address/driver"; done
put etc/modprobe.d/gpu.conf 'options vfio-pci ids=8086:10d3'
run check
line warning boot '/etc/modprobe.d/gpu.conf takes 8086:10d3 at boot: 0000:01:00.0, 0000:02:00.0, 0000:02:00.1; remedy: if the host needs one'
for address in 01:00.0 02:00.0 02:00.1; do ln -sfn ../../../bus/pci/drivers/e1000e "$root/$devices/0000:$address/driver"; done
ln -sfn ../../../bus/pci/drivers/nvme "$root/$devices/0000:03:00.0/driver"
put etc/hostdevctl/boot-claims '0000:01:00.0 vfio-pci'
run check
line problem boot '/etc/hostdevctl/boot-claims, line 1: it has to be ADDRESS VENDOR:DEVICE DRIVER'
rm -r "$root/etc/hostdevctl" "$root/etc/modprobe.d"

# Display, reset, memory
device 0000:04:00.0 10de 1b81 030000 4 nouveau
put $devices/0000:04:00.0/boot_vga 1
put $devices/0000:04:00.0/reset_method bus
put proc/iomem $'00000000-00000fff : Reserved\ne0000000-efffffff : PCI Bus 0000:04\n  e0000000-e7ffffff : 0000:04:00.0\n    e0000000-e02fffff : efifb\n  f0000000-f00fffff : 0000:01:00.0'
put sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 512
put sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages 12
put sys/kernel/mm/hugepages/hugepages-2048kB/surplus_hugepages 0
put sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages 0
run check
line warning display '0000:04:00.0 shows the console \(driver nouveau\); it is the only graphics card'
line ok reset "4 of 5 cards can't be reset"
line ok memory 'huge pages of 2M: 512, of which 12 are free'
run check 04:00.0
exits 0 'a device'
line ok plan '0000:04:00.0: nouveau -> vfio-pci'
line ok reset '0000:04:00.0 can be reset'
line warning display "0000:04:00.0 shows this host's console"
line warning display "memory of 0000:04:00.0 is held by the firmware's framebuffer \(efifb\); remedy: hostdevctl setup --no-firmware-framebuffer"
device 0000:07:00.0 10de 1b81 030000 17 -
put proc/iomem $'e0000000-efffffff : PCI Bus 0000:04\n  e0000000-e7ffffff : 0000:04:00.0\n    e0000000-e02fffff : nouveau\n  e8000000-e9ffffff : 0000:07:00.0\n    e8000000-e82fffff : simpledrm\n  ea000000-eaffffff : efifb'
run check
line ok display '0000:04:00.0 shows the console \(driver nouveau\)'
line warning display "memory of 0000:07:00.0 is held by the firmware's framebuffer \(simpledrm\)"
run check 04:00.0
no_line warning display "memory of 0000:04:00.0"
run check 0000:01:00.0
no_line warning display ''
line warning reset "0000:01:00.0 can't be reset"
device 0000:08:00.0 1002 731f 030000 18 -
put $devices/0000:08:00.0/reset_method bus
put usr/lib/systemd/system/lightdm.service ''
put usr/lib/systemd/system/seat@.service ''
mkdir -p "$root/etc/systemd/system" "$root/run/systemd/units"
ln -s /usr/lib/systemd/system/lightdm.service "$root/etc/systemd/system/display-manager.service"
ln -s 0123456789abcdef0123456789abcdef "$root/run/systemd/units/invocation:lightdm.service"
put etc/hostdevctl/hostdevctl.conf $'[gpu]\nstop-units = display-manager.service seat@1.service gdm.service'
run check
line warning reset '0000:08:00.0 \(AMD Navi 10\) often hangs at its second start, .*; remedy: load the module vendor-reset'
line ok display 'lightdm.service is stopped for VMs whose card it uses$'
line ok display 'seat@1.service is stopped for VMs whose card it uses \(it is not active now\)'
line warning display 'stop-units names gdm.service, which this host does not have; remedy: correct stop-units'
put $devices/0000:08:00.0/reset_method 'device_specific bus'
put etc/hostdevctl/hostdevctl.conf $'[gpu]\nstop-units = libvirtd.service'
run check
exits 1 'a unit that may not be stopped'
complains 'stop-units = libvirtd.service is not known' 'a unit that may not be stopped'
rm -r "$root/etc/hostdevctl" "$root/etc/systemd"
run check
no_line warning reset '0000:08:00.0'
# iommufd and migration: a VF that could be migrated, and one thing after the other that it lacks
vf=sys/devices/pci0000:00/0000:05:00.0
device 0000:05:00.0 15b3 101e 020000 5 mlx5_core
ln -s ../0000:02:00.0 "$root/$vf/physfn"
ln -s ../0000:05:00.0 "$root/$devices/0000:02:00.0/virtfn0"
put "$vf/modalias" pci:v000015B3d0000101Esv000015B3sd00000000bc02sc00i00
run check 05:00.0
line warning migration '0000:05:00.0: live migration of its VM would not work: driver mlx5_vfio_pci is not installed \(Linux 5.18 with CONFIG_MLX5_VFIO_PCI\)'
line ok iommufd '0000:05:00.0: iommufd would not work: there is no /dev/iommu'
run check 01:00.0
line ok migration "0000:01:00.0: live migration of its VM would not work: vfio-pci can't carry its state"
release=$(<"$root/proc/sys/kernel/osrelease")
put "lib/modules/$release/modules.alias" 'alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci'
run check 05:00.0
line ok migration '0000:05:00.0: live migration of its VM would work, by mlx5_vfio_pci'
rm "$root/lib/modules/$release/modules.alias"
rm -r "$root/${vf:?}" "$root/$devices/0000:02:00.0/virtfn0" "$root/sys/bus/pci/devices/0000:05:00.0" "$root/sys/kernel/iommu_groups/5"
run check 0000:0f:00.0
exits 1 'no device'
complains '0000:0f:00.0 is not on this host' 'no device'

# Why cards share a group: the port above them has ACS, has it turned off, has none; or is no PCIe port
device 0000:00:1d.0 8086 0001 060400 7 pcieport
for n in 5 6; do
	device 0000:0$n:00.0 8086 10d3 020000 5 e1000e
	rm "$root/sys/bus/pci/devices/0000:0$n:00.0"
	mv "$root/$devices/0000:0$n:00.0" "$root/$devices/0000:00:1d.0/"
	ln -s "../../../devices/pci0000:00/0000:00:1d.0/0000:0$n:00.0" "$root/sys/bus/pci/devices/0000:0$n:00.0"
	ln -sfn ../../../../kernel/iommu_groups/5 "$root/$devices/0000:00:1d.0/0000:0$n:00.0/iommu_group"
	ln -sfn ../../../../bus/pci/drivers/e1000e "$root/$devices/0000:00:1d.0/0000:0$n:00.0/driver"
	ln -sfn "../../../../devices/pci0000:00/0000:00:1d.0/0000:0$n:00.0" "$root/sys/kernel/iommu_groups/5/devices/0000:0$n:00.0"
done
# port TYPE CONTROL: config space with a PCIe capability of that type, and ACS if CONTROL is not empty
port() {
	python3 - "$root/$devices/0000:00:1d.0/config" "$1" "$2" <<-'PYTHON'
		import sys
		c = bytearray(4096)
		c[0x0e] = 1  # a bridge
		c[0x34] = 0x40
		c[0x40:0x44] = bytes([0x01, 0x50, 0, 0])
		if int(sys.argv[2]):
		    c[0x50:0x54] = bytes([0x10, 0x00, int(sys.argv[2]) << 4 | 2, 0])
		c[0x100:0x104] = bytes([1, 0, 1, 0x14])  # AER, next at 0x140
		if sys.argv[3]:
		    c[0x140:0x148] = bytes([0x0d, 0, 1, 0, 0x1f, 0, int(sys.argv[3], 16), 0])
		open(sys.argv[1], 'wb').write(c)
	PYTHON
}
port 4 1d
run check
line warning groups 'group 5: 0000:05:00.0, 0000:06:00.0 go to a VM together or not at all: nothing isolates them \(ACS\)'
port 4 00
run check
line warning groups 'group 5: .*: the port 0000:00:1d.0 has no ACS'
port 4 04 # one direction of the two
run check
line warning groups 'group 5: .*: the port 0000:00:1d.0 has no ACS'
port 6 ''
run check
line warning groups 'group 5: .*: the port 0000:00:1d.0 has no ACS'
port 7 ''
run check
line warning groups 'group 5: .*: they are behind the PCI bridge 0000:00:1d.0'
truncate -s 64 "$root/$devices/0000:00:1d.0/config"
run check
line warning groups 'group 5: .*: nothing isolates them'

# A VM
domain 0000:03:00.0 0000:00:1c.0
run check "$root/vm.xml"
exits 1 'a VM that can not start'
line problem plan '0000:03:00.0 is in use by this host: /dev/nvme0n1 is mounted on /srv \(storage\); remedy: unmount /srv'
line problem plan '0000:00:1c.0 is a bridge'
no_line ok plan ''
domain
run check "$root/vm.xml"
line ok plan 'this VM has no host devices'
domain 0000:01:00.0
run check "$root/vm.xml" --json
exits 0 'a VM that can'
ok 'a VM that can: json' python3 -c 'import json,sys; d=json.load(sys.stdin); assert d[0] == {"level": "ok", "topic": "plan", "text": "0000:01:00.0: e1000e -> vfio-pci", "remedy": None}, d[0]' <<<"$output"

# Permissions
put etc/libvirt/qemu.conf $'dynamic_ownership = 0\nuser = "nobody-here"'
run check
line problem permissions '/etc/libvirt/qemu.conf: find the user and group of QEMU'
put etc/passwd 'oneadmin:x:9869:9869::/:/bin/sh'
put etc/group 'oneadmin:x:9869:'
put etc/libvirt/qemu.conf $'dynamic_ownership = 0\nuser = "oneadmin"\ngroup = "oneadmin"\ncgroup_device_acl = [ "/dev/null", "/dev/kvm" ]'
run check
line ok permissions 'dynamic_ownership=0: each start gives its nodes to 9869:9869'
line warning permissions 'cgroup_device_acl of qemu.conf lacks /dev/vfio/vfio'
put sys/fs/selinux/enforce 1
put var/log/audit/audit.log $'type=AVC avc:  denied  { execute } for comm="rpc-libvirtd" name="x"\ntype=AVC avc:  denied  { execute } path="/etc/libvirt/hooks/qemu"'
run check -q
line warning confinement '/var/log/audit/audit.log: type=AVC avc:  denied  \{ execute \} path="/etc/libvirt/hooks/qemu"; remedy: restorecon'
no_line ok '.*' ''

rm "$root/sys/fs/selinux/enforce"
put sys/module/apparmor/parameters/enabled Y
put var/log/kern.log $'audit: apparmor="DENIED" operation="open" profile="libvirt-x" name="/dev/vfio/12"\nother'
rm "$root/var/log/audit/audit.log"
run check
line ok confinement 'AppArmor is on'
line warning confinement '/var/log/kern.log: audit: apparmor="DENIED" operation="open" profile="libvirt-x" name="/dev/vfio/12"'

# libvirt's daemon: from when it is, what it may do
put proc/100/comm libvirtd
put proc/100/stat "100 (libvirtd) S$(printf ' 0%.0s' {4..21}) 500 0"
put proc/100/status $'Name:\tlibvirtd\nCapEff:\t0000000000000000'
put proc/100/limits $'Limit  Soft Limit\nMax locked memory         65536   65536   bytes'
put proc/stat $'cpu 1\nbtime 1000000000'
run check
line problem memory "libvirt's daemon may not raise the limit of locked memory"
line warning hook '/etc/libvirt/hooks has changed since libvirt.s daemon began'
put proc/100/limits $'Limit  Soft Limit\nMax locked memory         unlimited  unlimited   bytes'
touch -d @1000000004 "$root/etc/libvirt/hooks"
run check
line ok memory 'libvirt can let VMs lock their memory'
no_line warning hook ''
touch -d @1000000006 "$root/etc/libvirt/hooks"
run check
line warning hook '/etc/libvirt/hooks has changed'
mkdir -p "$root/run/hostdevctl"
touch -d @1000000007 "$root/run/hostdevctl/libvirt-reloaded"
run check
no_line warning hook ''
rm -r "$root/run/hostdevctl"
put proc/100/status $'Name:\tlibvirtd\nCapEff:\t0000000001000000'
put proc/100/limits $'Max locked memory         65536   65536   bytes'
run check
line ok memory 'libvirt can let VMs lock their memory'
rm -r "$root/proc/100"

# Leftovers
mkdir -p "$root/sys/bus/pci/drivers/vfio-pci"
ln -sfn ../../../bus/pci/drivers/vfio-pci "$root/$devices/0000:01:00.0/driver"
put $devices/0000:02:00.0/driver_override vfio-pci
run check
line warning leftovers '0000:01:00.0 is on vfio-pci by ids \(new_id or ids=\), and no VM holds it'
line warning leftovers '0000:02:00.0 has driver_override=vfio-pci but driver e1000e'
put $devices/0000:01:00.0/driver_override vfio-pci
run check
line warning leftovers '0000:01:00.0 is on vfio-pci, and neither a VM nor a claim at boot wants it there; remedy: if that is meant: hostdevctl setup --claim 0000:01:00.0'
# A VM that was started before the hook was there has it open.
group=$(basename "$(readlink "$root/$devices/0000:01:00.0/iommu_group")")
put "dev/vfio/$group" ''
put proc/4711/comm qemu-system-x86
mkdir -p "$root/proc/4711/fd"
ln -s "/dev/vfio/$group" "$root/proc/4711/fd/5"
run check
no_line warning leftovers '0000:01:00.0'
rm -r "$root/proc/4711" "$root/dev/vfio/$group"
put etc/modprobe.d/own.conf 'options vfio-pci ids=1111:2222,8086:10D3'
run check
no_line warning leftovers '0000:01:00.0'
rm -r "$root/etc/modprobe.d"
put etc/driverctl.d/pci-0000:01:00.0 vfio-pci
run check
no_line warning leftovers '0000:01:00.0'
rm -r "$root/etc/driverctl.d"
put etc/hostdevctl/boot-claims '0000:01:00.0 8086:10d3 vfio-pci'
run check
line ok boot '0000:01:00.0 is claimed for vfio-pci'
no_line warning leftovers '0000:01:00.0'
ln -sfn ../../../bus/pci/drivers/e1000e "$root/sys/devices/pci0000:00/0000:01:00.0/driver"
run check
line warning boot '0000:01:00.0 is claimed for vfio-pci, but driver e1000e had it first; remedy: make the initramfs anew'
ln -sfn ../../../bus/pci/drivers/vfio-pci "$root/sys/devices/pci0000:00/0000:01:00.0/driver"

# A VF can't be claimed; and what its PF's driver gave it to is meant
rm "$root/etc/hostdevctl/boot-claims"
ln -s ../0000:02:00.0 "$root/sys/devices/pci0000:00/0000:01:00.0/physfn"
run check
line warning leftovers '0000:01:00.0 is on vfio-pci, and neither a VM nor a claim at boot wants it there; remedy: if that is meant, make the PF.s VFs by .hostdevctl vf set PF COUNT --save.'
ln -sfn ../../../bus/pci/drivers/vfio-pci "$root/sys/devices/pci0000:00/0000:02:00.0/driver"
run check
no_line warning leftovers '0000:01:00.0'
finish
