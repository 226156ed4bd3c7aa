# 30-mdevctl: mdevctl, and libvirt's node devices through it, can't take an mdev from below a running VM; what they start and
# stop is known to us; callouts of others are still asked.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 43
need_hook
mdev_modules
before=$(snapshot)
u1=11111111-0000-4000-8000-000000000001
u2=22222222-0000-4000-8000-000000000002

vm_define vm --mdev "$u1" --metadata "$(wants_mdev "uuid='$u1' mdev_type='mtty-2'" \
	"<hd:attr name='power/control' value='on'/>")"
ok "a VM starts" vm_start vm
fails "mdevctl stop of its mdev: refused" mdevctl stop -u "$u1"
like "$output" "mdev $u1 is held by VM 'vm'; shut that VM down first" "with the VM's name"
is "$(mdev_list)" "$u1 mtty mtty-2" "the mdev is there"
fails "virsh nodedev-destroy of it: refused" virsh nodedev-destroy "mdev_${u1//-/_}_mtty"
is "$(mdev_list)" "$u1 mtty mtty-2" "the mdev is there still"
fails "hostdevctl mdev remove of it: refused" hostdevctl mdev remove "$u1"
is "$status" 3 "exit status 3"
like "$output" "mdev $u1 is held by VM 'vm'; shut that VM down first" "with the VM's name"
like "$(mdevctl list --dumpjson | tr -d ' \n')" '"attrs":\[\{"power/control":"on"\}\]' "mdevctl list learns its attributes"
ok "mdevctl defines it" mdevctl define -u "$u1"
fails "mdevctl undefine of it: refused" mdevctl undefine -u "$u1"
fails "mdevctl modify of it: refused" mdevctl modify -u "$u1" --auto
ok "the VM is destroyed" vm_destroy vm
ok "now undefine is allowed" mdevctl undefine -u "$u1"
as_before "$before" "after the VM"

# mdevctl 1.2, as Debian 12 has it: it knows the folder in /etc only, writes to scripts that must read, and lists in another way.
mdevctl=/usr/lib/lab/mdevctl-1.2
mv /usr/lib/mdevctl/scripts.d /usr/lib/mdevctl/scripts.off
like "$($mdevctl --version)" " 1\.2" "mdevctl 1.2 is there"
ok "a VM starts" vm_start vm
fails "mdevctl 1.2 stop of its mdev: refused" $mdevctl stop -u "$u1"
like "$output" "mdev $u1 is held by VM 'vm'" "with the VM's name"
is "$(mdev_list)" "$u1 mtty mtty-2" "the mdev is there"
ok "the VM is destroyed" vm_destroy vm
ok "mdevctl 1.2 starts one" $mdevctl start -u "$u2" -p mtty -t mtty-1
like "$(hostdevctl status)" "mdev-$u2 " "status knows of it"
ok "mdevctl 1.2 stops it" $mdevctl stop -u "$u2"
mv /usr/lib/mdevctl/scripts.off /usr/lib/mdevctl/scripts.d

# A VM that was started without the hook: only its open device tells.
mv /etc/libvirt/hooks/qemu /etc/libvirt/hooks/qemu.off
mdev_create mtty mtty-1 "$u2"
vm_define stranger --mdev "$u2"
ok "a VM starts without the hook" vm_start stranger
fails "mdevctl stop: refused" mdevctl stop -u "$u2"
like "$output" "mdev $u2 is held by VM 'stranger' \(pid [0-9]+\)" "it is found by its open device"
ok "the VM is destroyed" vm_destroy stranger
mv /etc/libvirt/hooks/qemu.off /etc/libvirt/hooks/qemu
ok "mdevctl stops it" mdevctl stop -u "$u2"

# One store: what we define, mdevctl lists, and makes at boot (by this command of its udev rule); libvirt sees it, too.
ok "hostdevctl defines one" hostdevctl mdev define mtty-1 --parent mtty --uuid "$u2" --auto --attr power/control=on
is "$(mdevctl list -d -u "$u2" --dumpjson | jq -c '[.mdev_type,.start,.attrs]')" '["mtty-1","auto",[{"power/control":"on"}]]' \
	"mdevctl has it"
ok "libvirt has it" wait_until 20 sh -c "virsh nodedev-list --inactive --cap mdev | grep -q ${u2//-/_}"
ok "mdevctl makes it at boot" mdevctl start-parent-mdevs mtty
is "$(mdev_list) $(mdev_attribute "$u2" power/control)" "$u2 mtty mtty-1 on" "it is there"
ok "hostdevctl removes it" hostdevctl mdev remove "$u2"
ok "and undefines it" hostdevctl mdev undefine "$u2"

# A vendor's callout after ours.
cat >/etc/mdevctl.d/scripts.d/callouts/vendor.sh <<'SH'
#!/bin/sh
cat >/dev/null
[ "$4-$6" = pre-start ] || exit 2
echo "the vendor says no" >&2
exit 1
SH
chmod 755 /etc/mdevctl.d/scripts.d/callouts/vendor.sh
fails "a vendor's callout is still asked" mdevctl start -u "$u2" -p mtty -t mtty-2
like "$output" "the vendor says no" "and its refusal counts"
rm /etc/mdevctl.d/scripts.d/callouts/vendor.sh
# The callout by hand: another's type, rubbish, nothing on stdin.
callout=/etc/mdevctl.d/scripts.d/callouts/00-hostdevctl
is "$($callout -t x -e pre -a stop -s none -u "$u1" -p mtty </dev/null 2>&1; echo $?)" 2 "an mdev that nobody holds: passed on"
is "$($callout --help </dev/null 2>&1; echo $?) $($callout -u ../x -e pre -a stop </dev/null 2>&1; echo $?)" "2 2" "rubbish: passed on"
as_before "$before" "at the end"
for name in $(vm_names); do vm_remove "$name"; done
ok "the modules are free again" mdev_modules_end
