#!/bin/bash
# setup: edits of a captured machine's files, to the byte, and the way back.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# file PATH TEXT: the machine's file is that
file() { ok "$1" diff - "$root/$1" <<<"$2"; }
absent() { ok "$1 is not there" test ! -e "$root/$1"; }
# contents: all of etc and boot with modes, as one text
contents() { (cd "$root" && find etc boot efi -printf '%p %y %m %l\n' -exec sh -c 'test -f "$1" && cat "$1"' - {} \; 2>/dev/null | sort); }

mkdir -p "$root/run" "$root/sys/firmware/acpi/tables" "$root/sys/class/iommu/dmar0" "$root/usr/sbin" "$root/etc/default" "$root/boot" "$root/efi"
put proc/sys/kernel/osrelease 6.12.9-amd64
put proc/cmdline 'ro quiet'
touch "$root/usr/sbin/update-grub" "$root/usr/sbin/update-initramfs" "$root/sys/firmware/acpi/tables/DMAR"

# Without a boot loader that we know
before=$(contents)
run setup --dry-run
exits 0 'dry run'
says '+vfio_iommu_type1' 'dry run'
says 'would run: systemctl restart systemd-modules-load.service' 'dry run'
says "add to the kernel's command line by hand: iommu=pt" 'dry run'
ok 'a dry run changes nothing' test "$(contents)" = "$before"

# GRUB, as on Fedora, Void and Gentoo
printf 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="console=tty0 iommu=off"\n' >"$root/etc/default/grub"
chmod 0640 "$root/etc/default/grub"
before=$(contents)
run setup
exits 0 'GRUB'
silent 'GRUB'
says '--- before/etc/default/grub' 'GRUB'
says '+GRUB_CMDLINE_LINUX="console=tty0 iommu=pt"' 'GRUB'
says 'to be run there: update-grub' 'GRUB'
says "needs a reboot: the kernel's command line" 'GRUB'
file etc/default/grub $'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="console=tty0 iommu=pt"'
ok 'its mode stays' test "$(stat -c %a "$root/etc/default/grub")" = 640
file etc/modules-load.d/hostdevctl.conf $'# Written by \'hostdevctl setup\'; \'--undo\' removes it.\nvfio\nvfio_iommu_type1\nvfio_pci'
after=$(contents)
run setup
says 'everything is set up already' 'once more'
ok 'once more: nothing changes' test "$(contents)" = "$after"
run setup --undo --dry-run
says '+GRUB_CMDLINE_LINUX="console=tty0 iommu=off"' 'undo, dry'
ok 'undo, dry: nothing changes' test "$(contents)" = "$after"
run setup --undo
exits 0 'undo'
rmdir "$root/etc/modules-load.d"
ok 'undo: the very bytes' test "$(contents)" = "$before"
run setup --undo
says 'no set-up is to be undone' 'undo once more'
run setup --no-passthrough-mode --no-firmware-framebuffer
ok 'only what is wished' grep -qx 'GRUB_CMDLINE_LINUX="console=tty0 iommu=off initcall_blacklist=sysfb_init"' "$root/etc/default/grub"
sed -i 's/ initcall_blacklist=sysfb_init//' "$root/etc/default/grub"
run setup --undo
exits 0 'undo of what somebody has put back already'
rmdir "$root/etc/modules-load.d"
ok 'undo of what somebody has put back already: the very bytes' test "$(contents)" = "$before"
rm "$root/usr/sbin/update-grub"
mkdir -p "$root/boot/grub2"
touch "$root/boot/grub2/grub.cfg"
run setup --dry-run
says 'would run: grub2-mkconfig -o /boot/grub2/grub.cfg' 'Fedora'
rm -r "$root/boot/grub2"
run setup --dry-run
says 'but nothing that makes a configuration of it: does this host boot by GRUB?' 'what GRUB has left behind'
ok 'what GRUB has left behind: nothing to run' bash -c '! grep -q mkconfig' <<<"$output"
mkdir -p "$root/usr/bin"
touch "$root/usr/bin/grub-mkconfig"
run setup --dry-run
says 'would run: grub-mkconfig -o /boot/grub/grub.cfg' 'Void'
rm -r "${root:?}/usr/bin"
echo GRUB_ENABLE_BLSCFG=true >>"$root/etc/default/grub"
run setup --dry-run
ok 'entries of the boot loader: GRUB has nothing to make' bash -c '! grep -q mkconfig' <<<"$output"
touch "$root/usr/sbin/update-grub"

# AMD's is on unless it was turned off
mv "$root/sys/kernel/iommu_groups" "$root/kept"
rm "$root/sys/firmware/acpi/tables/DMAR"
put proc/cmdline 'ro amd_iommu=off'
run setup --dry-run
says 'amd_iommu=on' 'AMD, turned off'
put proc/cmdline 'ro quiet'
run setup --dry-run
ok 'AMD: nothing to say' bash -c '! grep -q _iommu=' <<<"$output"
touch "$root/sys/firmware/acpi/tables/DMAR"
mv "$root/kept" "$root/sys/kernel/iommu_groups"

# The IOMMU is off; Debian's folder; entries of systemd-boot; kernel-install; an old kernel
rm -r "$root/sys/kernel/iommu_groups"
put proc/sys/kernel/osrelease 6.1.0-9
mkdir -p "$root/etc/default/grub.d" "$root/boot/loader/entries" "$root/efi/loader/entries"
put boot/loader/entries/a.conf $'title A\nlinux /vmlinuz\noptions root=1 ro'
put boot/loader/entries/shell.conf $'title Shell\nefi /shellx64.efi'
put efi/loader/entries/b.conf $'title B\nefi /linux.efi\noptions root=2 intel_iommu=off iommu=pt'
put boot/loader/entries/README x
put etc/kernel/cmdline 'root=zfs'
put etc/kernel/install.conf 'layout=uki'
printf 'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=pt"\n' >"$root/etc/default/grub"
before=$(contents)
run setup
exits 0 'every loader'
file etc/default/grub.d/hostdevctl.cfg $'# Written by \'hostdevctl setup\'; \'--undo\' removes it.\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX intel_iommu=on"'
file etc/default/grub 'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=pt"'
file boot/loader/entries/a.conf $'title A\nlinux /vmlinuz\noptions root=1 ro intel_iommu=on iommu=pt'
file boot/loader/entries/shell.conf $'title Shell\nefi /shellx64.efi'
file efi/loader/entries/b.conf $'title B\nefi /linux.efi\noptions root=2 intel_iommu=on iommu=pt'
file boot/loader/entries/README x
file etc/kernel/cmdline 'root=zfs intel_iommu=on iommu=pt'
ok 'vfio_virqfd before 6.2' grep -qx vfio_virqfd "$root/etc/modules-load.d/hostdevctl.conf"
says 'to be run there: kernel-install add-all' 'every loader'
mv "$root/etc/kernel/install.conf" "$root/kept"
touch "$root/etc/kernel/proxmox-boot-uuids"
run setup --hugepages 1G=8 --hugepages 2M=512
says 'to be run there: proxmox-boot-tool refresh' 'huge pages, Proxmox'
file etc/kernel/cmdline 'root=zfs intel_iommu=on iommu=pt hugepagesz=1G hugepages=8'
ok 'GRUB, too' grep -q 'intel_iommu=on hugepagesz=1G hugepages=8"' "$root/etc/default/grub.d/hostdevctl.cfg"
ok '2M pages' grep -qx 'w /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages - - - - 512' "$root/etc/tmpfiles.d/hostdevctl-hugepages.conf"
run setup --hugepages 1G=4 --hugepages 2M=100
file etc/kernel/cmdline 'root=zfs intel_iommu=on iommu=pt hugepagesz=1G hugepages=4'
ok 'another number replaces the first' test "$(grep -c hugepages-2048kB "$root/etc/tmpfiles.d/hostdevctl-hugepages.conf")" = 1
rm "$root/etc/kernel/proxmox-boot-uuids"
mv "$root/kept" "$root/etc/kernel/install.conf"
run setup --claim 01:00.0 --dry-run
says 'would run: kernel-install add-all' 'a claim, where the initramfs is a part of the image'
run setup --undo
rmdir "$root/etc/modules-load.d" "$root/etc/tmpfiles.d"
ok 'undo of three set-ups: the very bytes' test "$(contents)" = "$before"

# What is off in GRUB's own file is corrected there: what is said later would not undo it
printf 'GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=off"\nGRUB_CMDLINE_LINUX="iommu=off"\n' >"$root/etc/default/grub"
run setup
file etc/default/grub $'GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on"\nGRUB_CMDLINE_LINUX="iommu=pt"'
absent etc/default/grub.d/hostdevctl.cfg
put proc/cmdline 'ro initcall_blacklist=acpi_cpufreq_init'
run setup --no-firmware-framebuffer
ok 'what else is on the list of initcalls stays' grep -q 'initcall_blacklist=acpi_cpufreq_init,sysfb_init' "$root/etc/kernel/cmdline"
put proc/cmdline 'ro quiet'

# Undoing when others have been at it, and kernels have come and gone
sed -i 's/root=zfs/root=other/' "$root/etc/kernel/cmdline"
run setup --hugepages 1G=2
run setup --undo
exits 3 'a change of the owner between two set-ups'
complains '/etc/kernel/cmdline has been changed by others since' 'a change of the owner between two set-ups'
sed -i 's/root=other/root=zfs/' "$root/etc/kernel/cmdline"
rm "$root/boot/loader/entries/a.conf"
run setup --undo --force
exits 0 'undo after a kernel was removed'
absent boot/loader/entries/a.conf
put boot/loader/entries/a.conf $'title A\nlinux /vmlinuz\noptions root=1 ro'
printf 'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=pt"\n' >"$root/etc/default/grub"
rm -rf "$root/etc/modules-load.d" "$root/etc/tmpfiles.d"
ok 'the very bytes, but for what is given up' test "$(contents)" = "$before"

# A set-up that fails half-way, or dies, is not taken for others' doing
run setup
mkdir "$root/etc/tmpfiles.d"
ln -s /nowhere "$root/etc/tmpfiles.d/hostdevctl-hugepages.conf"
run setup --hugepages 1G=3 --hugepages 2M=5
exits 1 'a set-up that fails half-way'
rm "$root/etc/tmpfiles.d/hostdevctl-hugepages.conf"
run setup --undo
exits 0 'can be undone'
rm -rf "$root/etc/modules-load.d" "$root/etc/tmpfiles.d"
ok 'it can be undone: the very bytes' test "$(contents)" = "$before"

# Cut short: what is yet to be run, and what of it an undo leaves
printf '%s\n' 'systemctl enable hostdevctl-claim.service' 'update-initramfs -u -k all' 'systemd-tmpfiles --create /etc/tmpfiles.d/hostdevctl-hugepages.conf' >"$root/pending"
run setup --claim 01:00.0 --hugepages 2M=5
cp "$root/pending" "$root/var/lib/hostdevctl/setup/pending"
run setup --undo
exits 0 'undo of a set-up that was cut short'
ok 'undo of a set-up that was cut short: nothing is enabled or allocated' bash -c '! grep -E "to be run there: (systemctl enable|systemd-tmpfiles)"' <<<"$output"
says 'to be run there: update-initramfs -u -k all' 'undo of a set-up that was cut short'
echo 'systemctl disable hostdevctl-claim.service' >"$root/var/lib/hostdevctl/setup/pending"
run setup --claim 01:00.0
ok 'a set-up after an undo that was cut short: nothing is disabled' bash -c '! grep "systemctl disable"' <<<"$output"
run setup --undo
rm -rf "$root/etc/modules-load.d" "$root/etc/tmpfiles.d" "$root/etc/hostdevctl/boot-claims"

# The host's own disk
put proc/self/mountinfo '22 1 259:0 / / rw - ext4 /dev/nvme0n1 rw'
run setup --claim 03:00.0
exits 3 'a claim of the disk that the host boots from'
complains '0000:03:00.0 is in use by this host: /dev/nvme0n1 is mounted on /; the host would have to boot without it (add --force if it can)' 'a claim of the disk'
run setup --ids 1b36:0010
complains '0000:03:00.0 is in use by this host' 'ids that fit it'
absent etc/hostdevctl/boot-claims
absent etc/modprobe.d/hostdevctl.conf
run setup --claim 03:00.0 --force --dry-run
exits 0 'by force'
says '+0000:03:00.0 1b36:0010 vfio-pci' 'by force'

# At boot
put etc/hostdevctl/boot-claims '0000:01:00.0 8086:10d3 vfio-pci'
boot_claim=$(dirname "$0")/../../install/boot/boot-claim
put proc/cmdline 'ro hostdevctl.claims=off quiet'
sh "$boot_claim" --root "$root" 2>/dev/null
ok 'a boot without claims' grep -qx '(null)' "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
put proc/cmdline 'ro quiet'
sh "$boot_claim" --root "$root" 2>/dev/null
ok 'a boot with them' grep -qx vfio-pci "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
echo '(null)' >"$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
rm "$root/etc/hostdevctl/boot-claims"

# Claims by address, rights, modprobe.d
run setup --claim 02:00.0 --claim pci_0000_01_00_0 --rights 0000:01:00.0 --owner oneadmin --group kvm
exits 0 'claims'
ok 'one of two equal cards, by address' grep -qx '0000:02:00.0 8086:10d3 vfio-pci' "$root/etc/hostdevctl/boot-claims"
says 'to be run there: update-initramfs -u -k all' 'claims'
says 'to be run there: systemctl enable hostdevctl-claim.service' 'claims'
says 'needs a reboot: which drivers get which cards' 'claims'
ok 'the rule of the group' grep -qF 'SUBSYSTEM=="vfio", TEST=="/sys/kernel/iommu_groups/%k/devices/0000:01:00.0", OWNER="oneadmin", GROUP="kvm", MODE="0660", SYMLINK+="vfio/by-address/0000:01:00.0"' "$root/etc/udev/rules.d/70-hostdevctl.rules"
run setup --rights 0000:01:00.0 --group kvm --mode 0600
ok 'rights anew replace the first' test "$(grep -c 0000:01:00.0 "$root/etc/udev/rules.d/70-hostdevctl.rules")" = 2
ok 'with the new mode' grep -q 'OWNER="root", GROUP="kvm", MODE="0600"' "$root/etc/udev/rules.d/70-hostdevctl.rules"
run setup --unclaim 01:00.0
ok 'the other claim stays' test "$(grep -vc '^#' "$root/etc/hostdevctl/boot-claims")" = 1
run setup --unclaim 02:00.0
absent etc/hostdevctl/boot-claims
says 'systemctl disable hostdevctl-claim.service' 'the last claim'
mkdir -p "$root/sys/module/e1000e" "$root/sys/bus/pci/drivers/e1000e"
ln -s ../../../../module/e1000e "$root/sys/bus/pci/drivers/e1000e/module"
mkdir -p "$root/sys/module/vfio_pci" "$root/sys/bus/pci/drivers/vfio-pci"
ln -s ../../../../module/vfio_pci "$root/sys/bus/pci/drivers/vfio-pci/module"
ln -sfn ../../../bus/pci/drivers/vfio-pci "$root/sys/devices/pci0000:00/0000:02:00.0/driver"
run setup --ids 8086:10d3 --blacklist nouveau --unsafe-interrupts
file etc/modprobe.d/hostdevctl.conf $'# Written by \'hostdevctl setup\'; \'--undo\' removes it.\noptions vfio-pci ids=8086:10d3\nsoftdep e1000e pre: vfio-pci\nblacklist nouveau\noptions vfio_iommu_type1 allow_unsafe_interrupts=1'

run setup --ids 8086:10D3 --ids 10DE:1B81
ok 'ids add up' grep -qx 'options vfio-pci ids=8086:10d3,10de:1b81' "$root/etc/modprobe.d/hostdevctl.conf"

# Somebody else's change is not thrown away
echo 'blacklist radeon' >>"$root/etc/modprobe.d/hostdevctl.conf"
run setup --undo
exits 3 'undo of a file that was changed since'
complains '/etc/modprobe.d/hostdevctl.conf has been changed by others since' 'undo of a file that was changed since'
ok 'undo refused: nothing changes' test -e "$root/etc/kernel/cmdline" -a -e "$root/etc/modprobe.d/hostdevctl.conf"
run setup --undo --force
exits 0 'by force'
absent etc/modprobe.d/hostdevctl.conf
absent var/lib/hostdevctl/setup/manifest
ok 'nothing is kept any more' test -z "$(find "$root/var/lib/hostdevctl" -type f)"

# What the owner has put behind the ids stays behind them
run setup --ids 8086:10d3
sed -i 's/ids=8086:10d3/& disable_vga=1/' "$root/etc/modprobe.d/hostdevctl.conf"
run setup --ids 8086:10d3 --ids 10de:1b81
exits 0 'ids with an option behind them'
ok 'ids with an option behind them' grep -qx 'options vfio-pci ids=8086:10d3,10de:1b81 disable_vga=1' "$root/etc/modprobe.d/hostdevctl.conf"
run setup --undo --force

# Others' initramfs
rm "$root/usr/sbin/update-initramfs"
touch "$root/etc/mkinitcpio.conf"
mkdir -p "$root/usr/bin"
touch "$root/usr/bin/mkinitcpio"
run setup --claim 01:00.0 --dry-run
# shellcheck disable=SC2016 # as it is to be written
says '+HOOKS=(hostdevctl "${HOOKS[@]}")' 'mkinitcpio'
says 'would run: mkinitcpio -P' 'mkinitcpio'
touch "$root/usr/bin/dracut"
run setup --claim 01:00.0 --dry-run
says 'would run: dracut --force --regenerate-all' 'dracut'
rm -r "${root:?}/usr/bin" "$root/etc/mkinitcpio.conf"
run setup --claim 01:00.0 --dry-run
says 'no maker of an initramfs is known here' 'none'

# Refused
ln -s ../0000:02:00.0 "$root/sys/devices/pci0000:00/0000:02:00.1/physfn"
run setup --claim 02:00.1
complains '0000:02:00.1 is a virtual function: it comes without a driver' 'a VF'
rm "$root/sys/devices/pci0000:00/0000:02:00.1/physfn"
run setup --claim 0000:0f:00.0
exits 1 'a device that is not there'
complains '0000:0f:00.0 is not on this host' 'a device that is not there'
run setup --claim 0000:00:1c.0
complains 'is a bridge and stays with the host' 'a bridge'
run setup --claim x
exits 2 'no address'
run setup --hugepages 3T=1
exits 2 'no size'
run setup --rights 01:00.0 --group $'kvm", RUN+="/bin/sh'
complains 'that is no name' 'a rule that would do more'
run setup --blacklist '../x y'
complains 'that is no module' 'no module'
run setup --ids 8086
complains 'say VENDOR:DEVICE' 'no ids'
run setup --mode 9 --rights 01:00.0
complains 'say octal digits' 'no mode'
absent etc/modprobe.d/hostdevctl.conf
absent etc/udev/rules.d/70-hostdevctl.rules
ln -s /etc/hostname "$root/etc/modules-load.d/hostdevctl.conf"
rm "$root/boot/loader/entries/a.conf"
run setup
exits 1 'a link in the way'
ok 'a link in the way is not followed' test -L "$root/etc/modules-load.d/hostdevctl.conf"
ok 'what was written before is taken back' grep -qx 'root=zfs' "$root/etc/kernel/cmdline"
run setup --dry-run --json
ok 'json' python3 -c 'import json,sys; d=json.load(sys.stdin); assert not d["done"] and d["files"][0]["path"].startswith("/") and d["reboot"] == ["the kernel'"'"'s command line"], d' <<<"$output"
finish
