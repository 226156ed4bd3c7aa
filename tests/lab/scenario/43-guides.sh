# 43-guides: what docs/guides tells people to type, typed, and compared with what it says they will see.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan $(($(guide_commands virsh-nic) + $(guide_commands mdev) + $(guide_commands opennebula) + 3))
need_hook
cd /run/lab
before=$(snapshot)

# Interfaces have other names after other scenarios.
sed -i "s/dev eth0/dev $(netdev_of 01:00.0)/" /usr/share/doc/hostdevctl/guides/virsh-nic.md
vm_define web
vm_define other
guide_follow virsh-nic
is "$(snapshot)" "$before" "virsh-nic: the host is as before"
vm_remove web
vm_remove other

mdev_modules
vm_define vgpu --mdev 11111111-2222-4333-8444-555555555555 \
	--metadata "$(wants_mdev "uuid='11111111-2222-4333-8444-555555555555' mdev_type='mtty-2'")"
guide_follow mdev
mdev_modules_end
is "$(snapshot)" "$before" "mdev: the host is as before"

# OpenNebula's user, its qemu.conf as its manual has it, its guest
echo 'oneadmin:x:9869:9869::/var/lib/one:/bin/sh' >>/etc/passwd
echo 'oneadmin:x:9869:' >>/etc/group
cp -p /etc/libvirt/qemu.conf /run/lab/qemu.conf
cat >>/etc/libvirt/qemu.conf <<'CONF'
user = "oneadmin"
group = "oneadmin"
dynamic_ownership = 0
cgroup_device_acl = [
    "/dev/null", "/dev/full", "/dev/zero",
    "/dev/random", "/dev/urandom",
    "/dev/ptmx", "/dev/kvm"
]
CONF
libvirtd_stop
libvirtd_start
folder=/var/lib/one/datastores/0/42
mkdir -p "$folder"
cat >"$folder/vm.xml" <<'XML'
<VM><ID>42</ID><TEMPLATE><PCI><ADDRESS><![CDATA[0000:10:10:0]]></ADDRESS><SHORT_ADDRESS><![CDATA[10:10.0]]></SHORT_ADDRESS>
<TYPE><![CDATA[NIC]]></TYPE><MAC><![CDATA[02:00:c0:a8:00:2b]]></MAC><VLAN_ID><![CDATA[38]]></VLAN_ID><SPOOFCHK><![CDATA[no]]></SPOOFCHK>
<TRUST><![CDATA[YES]]></TRUST></PCI></TEMPLATE></VM>
XML
vm_define one-42 --hostdev 10:10.0 --metadata "<one:vm xmlns:one='http://opennebula.org/xmlns/libvirt/1.0'><one:system_datastore>$folder</one:system_datastore></one:vm>"
# Its front-end is this host, too. What onehost would do over the network:
remotes=/var/lib/one/remotes
mkdir -p "$remotes/im/kvm-probes.d/host/system" "$remotes/etc/im/kvm-probes.d" /var/tmp/one
echo ":filter: '8086:10c9'" >"$remotes/etc/im/kvm-probes.d/pci.conf"
install -m 0755 /bin/false "$remotes/im/kvm-probes.d/host/system/pci.rb"
chown -R oneadmin: /var/lib/one /var/tmp/one
printf '#!/bin/sh\nexec cp -RLp /var/lib/one/remotes/. /var/tmp/one/\n' >/usr/bin/onehost
chmod +x /usr/bin/onehost
port=$(netdev_of 10:00.0)
sed -i "s/ip link show eth10/ip link show $port/" /usr/share/doc/hostdevctl/guides/opennebula.md
guide_follow opennebula
vm_remove one-42
rm -r /var/lib/one /var/tmp/one /usr/bin/onehost
cp -p /run/lab/qemu.conf /etc/libvirt/qemu.conf
rm -r /var/lib/hostdevctl/backup
sed -i '/^oneadmin:/d' /etc/passwd /etc/group
libvirtd_stop
libvirtd_start
is "$(snapshot)" "$before" "opennebula: the host is as before"
