# 41-hugepages: pages that lack are made for a VM and given back, for several at once, relative to what the owner has set.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 33
need_hook

pool=/sys/kernel/mm/hugepages/hugepages-2048kB
pages() { cat "$pool/nr_hugepages"; }
idle() { cat "$pool/free_hugepages"; }
backing="<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>"
allow() { mkdir -p /etc/hostdevctl/conf.d && printf '[hugepages]\nallocate = yes\n%s\n' "${1:-}" >/etc/hostdevctl/conf.d/pages.conf; }

mkdir -p /run/lab/huge
mount -t hugetlbfs -o pagesize=2M none /run/lab/huge
libvirtd_stop
libvirtd_start
before=$(snapshot)
is "$(pages)" 0 "there are no huge pages"

vm_define vm --domain "$backing"
fails "without a policy the VM fails as ever" vm_start vm
unlike "$output" "hostdevctl" "and not by us"
as_before "$before" "without a policy"

allow
like "$(hostdevctl plan vm)" "^32 huge pages of 2 MiB: those that lack are allocated" "plan shows what would be done"
ok "with it the VM starts" vm_start vm
is "$(pages) $(idle)" "32 0" "64 MiB are 32 pages, and QEMU has them"
like "$(hostdevctl status)" "32 huge pages of 2 MiB.* \(32 allocated\)" "status shows them"
is "$(hostdevctl status --json | jq -c '.[0].devices[0] | [.kind, .pages, .page_size_kb, .pages_allocated]')" \
	'["hugepages",32,2048,32]' "status --json too"
ok "the VM is destroyed" vm_destroy vm
as_before "$before" "the VM"

echo 10 >"$pool/nr_hugepages"
ok "where ten are there the VM starts" vm_start vm
is "$(pages)" 32 "22 were made"
kill -KILL "$(vm_pid vm)"
ok "its QEMU is killed" wait_until 60 vm_is vm "shut off"
ok "ten are left" wait_until 20 test "$(pages)" = 10
echo 0 >"$pool/nr_hugepages"

for i in 1 2 3; do vm_define "vm$i" --domain "$backing"; done
for i in 1 2 3; do vm_start "vm$i" & done
wait
is "$(virsh list --name | grep -c '^vm[123]$')" 3 "three VMs start at once"
is "$(pages) $(idle)" "96 0" "each has its pages"
for i in 1 2 3; do vm_destroy "vm$i" & done
wait
as_before "$before" "three at once"

# Whoever asked dies after prepare: nobody will ever call release.
virsh dumpxml vm >/run/lab/vm-live.xml
bash -c '/etc/libvirt/hooks/qemu vm prepare begin - </run/lab/vm-live.xml; true'
is "$(pages)" 32 "prepared by hand"
hostdevctl reconcile >/dev/null
as_before "$before" "reconcile"

# What a process still has is not taken, and goes when the process lets go.
hook vm prepare begin
fallocate -l 8M /run/lab/huge/left
hook vm release end
is "$(pages) $(cat "$pool/surplus_hugepages")" "4 4" "four pages in use are kept as surplus"
rm /run/lab/huge/left
as_before "$before" "what was in use"

vm_define bound --domain "$backing<numatune><memory mode='strict' nodeset='0'/></numatune>"
ok "a VM bound to a node is prepared" hook bound prepare begin
is "$(cat /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages)" 32 "its pages are on that node"
hook bound release end
as_before "$before" "a bound VM"

echo 3 >"$pool/nr_hugepages"
vm_define big --memory 16384 --domain "$backing"
fails "more than there is memory for is refused" vm_start big
like "$output" "8189 of the 8192 huge pages of 2 MiB that this VM needs are missing, and this host has only" "and the line counts"
is "$(pages)" 3 "nothing was made"
echo 0 >"$pool/nr_hugepages"

allow 'max = 32M'
fails "more than the owner allows is refused" vm_start vm
like "$output" "more than \[hugepages\] max = 32 MiB leaves" "with the number"
vm_define vm --domain "$backing" \
	--metadata "<hd:devices xmlns:hd='urn:hostdevctl:domain:1' hugepages='no'/>"
fails "a VM that says no is left alone" vm_start vm
unlike "$output" "hostdevctl" "and fails as ever"
as_before "$before" "refusals"

rm -rf /etc/hostdevctl/conf.d/pages.conf
umount /run/lab/huge
libvirtd_stop
libvirtd_start
