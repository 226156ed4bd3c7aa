# 35-migrate: a live migration to another libvirt, where the mapping has other devices.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 21
need_hook

# The other host is a second libvirtd with a host name, processes, mounts and state of its own. It shares the kernel, and so
# the cards; the mapping gives each host two of them.
fresh=$(snapshot)
mkdir -p "$LAB_RUN/there"
cat >"$LAB_RUN/there/libvirtd.conf" <<CONF
host_uuid = "35353535-3535-4353-8353-353535353535"
unix_sock_dir = "$LAB_RUN/there"
CONF
cat >"$LAB_RUN/there/start" <<'START'
hostname there
for folder in /run/libvirt /var/lib/libvirt /etc/libvirt/qemu; do
	mount -t tmpfs -o mode=0755 tmpfs "$folder"
done
mkdir -p -m 0700 /run/hostdevctl
mount -t tmpfs -o mode=0700 tmpfs /run/hostdevctl
libvirtd --config "$1/libvirtd.conf" --pid-file "$1/libvirtd.pid" &
wait
START
there="qemu+unix:///system?socket=$LAB_RUN/there/libvirt-sock"
there() { virsh --quiet -c "$there" "$@"; }
unshare --mount --uts --pid --fork --kill-child --mount-proc --propagation private \
	bash -e "$LAB_RUN/there/start" "$LAB_RUN/there" >"$LAB_RUN/there/log" 2>&1 &
other_host=$!
ok "another host is there" wait_until 60 there uri

ok "four VFs are made" hostdevctl vf set 10:00.0 4
printf '[host lab]\ndevices = 10:10.0; 10:10.2\n[host there]\ndevices = 10:10.4; 10:10.6\n' >/etc/hostdevctl/mappings.d/pool.conf
before=$(snapshot)
backup="<interface type='user'><mac address='52:54:00:35:00:01'/><model type='virtio'/><teaming type='persistent'/>
  <alias name='ua-backup'/></interface>"
team="<hostdev mode='subsystem' type='pci' managed='yes'><source>$(pci_address_xml 10:10.0)</source>
  <teaming type='transient' persistent='ua-backup'/></hostdev>"
wants="<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:pci address='0000:10:10.0' mapping='pool'/><hd:vf address='0000:10:10.0' vlan='35'/></hd:devices>"
vm_define other --hostdev 10:10.2 # two libvirts name a guest's cgroup after its number: this one takes the first
ok "a VM starts" vm_start other
vm_define roams --xml "$backup$team" --metadata "$wants"
ok "one that is to move starts" vm_start roams

# Nothing is free there
mv /etc/hostdevctl/mappings.d/pool.conf "$LAB_RUN/pool.conf"
printf '[host there]\ndevices = 10:10.2\n' >/etc/hostdevctl/mappings.d/pool.conf
fails "the migration is refused where no device is free" virsh migrate --live roams "$there" tcp://127.0.0.1
like "$output" "mapping 'pool' has no free device on this host: 0000:10:10.2 is in use by this host: /dev/vfio/[0-9]+ is open in a process that can't be seen from here" "with the reason on that host"
is "$(vm_state roams)" running "the VM runs on"
is "$(driver_of 10:10.0)" vfio-pci "with its device"
cp "$LAB_RUN/pool.conf" /etc/hostdevctl/mappings.d/pool.conf

ok "it is migrated, live" virsh migrate --live roams "$there" tcp://127.0.0.1
is "$(vm_state roams)" "shut off" "it has left this host"
is "$(there domstate roams)" running "and runs on the other"
like "$(there dumpxml roams | tr -d '\n')" "<hostdev.*<source> *<address domain='0x0000' bus='0x10' slot='0x10' function='0x4'/>" "with a device of the mapping there"
like "$(there dumpxml roams)" "<hd:pci address=\"0000:10:10.4\" mapping=\"pool\"/>"$'\n'" *<hd:vf address=\"0000:10:10.4\" vlan=\"35\"/>" "our metadata has moved along"
is "$(driver_of 10:10.0) $(driver_of 10:10.4)" "none vfio-pci" "the one is given back, the other taken"
like "$(hostdevctl vf net 10:10.4)" "vlan=35" "with its settings"
like "$(hostdevctl vf net 10:10.0)" "vlan=0" "which the one has no more"
ok "it is destroyed there" there destroy roams
ok "so is the other VM" vm_destroy other
as_before "$before" "after the journey"

kill -KILL "$other_host" # all of its processes go with it
wait "$other_host" 2>/dev/null || true
rm /etc/hostdevctl/mappings.d/pool.conf
ok "the VFs are removed" hostdevctl vf clear 10:00.0
is "$(snapshot)" "$fresh" "the host is as before"
