# 33-mappings: a name for a set of devices: a pool that VMs race for, cards that were moved or changed.
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 61
need_hook

fresh=$(snapshot)
of() { echo "<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:pci address='$1' mapping='$2'/></hd:devices>"; }
ok "four VFs are made" hostdevctl vf set 10:00.0 4
ok "a mapping is made of them" hostdevctl map add pool pf=10:00.0 "description=VFs of the first port"
is "$(hostdevctl map list pool | awk 'NR > 1 { print $2 }' | paste -sd' ')" "0000:10:10.0 0000:10:10.2 0000:10:10.4 0000:10:10.6" "it has the four"
is "$(hostdevctl map list --json | jq -r '.[0] | "\(.name): \(.description), \(.devices | length), \(.devices[1].path)"')" \
	"pool: VFs of the first port, 4, 0000:00/11.6/10.2" "also as JSON"

# A pool of four for six
vfs=(10:10.0 10:10.2 10:10.4 10:10.6)
for n in 1 2 3 4 5 6; do
	vf=${vfs[n % 4]}
	vm_define "p$n" --hostdev "$vf" --metadata "$(of "0000:$vf" pool)"
done
for n in 1 2 3 4 5 6; do
	(vm_start "p$n" >"$LAB_RUN/p$n.said" 2>&1 && touch "$LAB_RUN/p$n.started") &
done
wait
is "$(find "$LAB_RUN" -name 'p?.started' | wc -l)" 4 "of six VMs at once four start"
is "$(cat "$LAB_RUN"/p?.said | grep -cE "0000:10:10.. is held by VM 'p.'; shut that VM down first .rule: held.; .*(same mapping is free|mapping 'pool' has no free device)")" 2 \
	"two are refused, and read who has their VF and what else the pool has"
is "$(hostdevctl map list | awk 'NR > 1 { print $NF }' | sort -u | wc -l)" 4 "each VF has a VM of its own"
is "$(virsh list --name | sed '/^$/d' | wc -l)" 4 "libvirt says the same"

for n in 1 2 3 4 5 6; do [ -e "$LAB_RUN/p$n.started" ] || waiting=$n; done
fails "one of them is started again" vm_start "p$waiting"
like "$output" "mapping 'pool' has no free device on this host: 0000:10:10.. is held by VM 'p.', 0000:10:10.. is held by VM 'p.', 0000:10:10.. is held by VM 'p.', 0000:10:10.. is held by VM 'p.'" "and reads who has the pool's four"

# One of the pool comes free
for n in 1 2 3 4 5 6; do [ ! -e "$LAB_RUN/p$n.started" ] || [ $((n % 4)) = $((waiting % 4)) ] || leaving=$n; done
ok "a VM goes" vm_destroy "p$leaving"
fails "one that waited names another VF, and is refused" vm_start "p$waiting"
like "$output" "0000:${vfs[leaving % 4]} of the same mapping is free: 'hostdevctl map assign' gives it to the VM" "but reads which one is free"
before_xml=$(virsh dumpxml "p$waiting" --inactive)
ok "it is given that one" hostdevctl map assign "p$waiting"
is "$output" "0000:${vfs[waiting % 4]} -> 0000:${vfs[leaving % 4]}" "and told so"
is "$(virsh dumpxml "p$waiting" --inactive | diff - <(echo "$before_xml") | grep '^< .' | grep -v "<hd:pci address=\|<address domain='0x0000' bus='0x10'")" "" "nothing of its definition is other but source and metadata"
ok "it starts" vm_start "p$waiting"
is "$(hostdevctl map list pool | grep -c $'\t'"p$waiting\$")" 1 "and has it"
ok "assigned once more, nothing is to be done" hostdevctl map assign "p$waiting"
is "$output" "" "nothing is said"
for n in 1 2 3 4 5 6; do vm_remove "p$n"; done

# Mistakes
vm_define alien --hostdev 01:00.0 --metadata "$(of 0000:01:00.0 pool)"
fails "a device that is not of the mapping is refused" vm_start alien
like "$output" "0000:01:00.0 is not one of mapping 'pool' on this host; give the VM one with 'hostdevctl map assign'" "with a way out"
ok "which works" hostdevctl map assign alien
is "$output" "0000:01:00.0 -> 0000:10:10.0" "it gets the first"
vm_define none --hostdev 01:00.0 --metadata "$(of 0000:01:00.0 nix)"
fails "a mapping that isn't there is named" vm_start none
like "$output" "0000:01:00.0 is to be one of mapping 'nix', which this host does not have; add it with 'hostdevctl map add'" "in a sentence"
ok "a mapping of another host" hostdevctl map add --host elsewhere far 01:00.0
vm_define none --hostdev 01:00.0 --metadata "$(of 0000:01:00.0 far)"
fails "is none here" vm_start none
printf '[mapping]\ndevice = 01:00.0\n' >/etc/hostdevctl/mappings.d/bad.conf
vm_define none --hostdev 01:00.0 --metadata "$(of 0000:01:00.0 bad)"
fails "a mistyped file stops the VMs that name it" vm_start none
like "$output" "/etc/hostdevctl/mappings.d/bad.conf: \[mapping\] device = 01:00.0 is not known: there are devices, id, class" "with the file and what there is"
rm /etc/hostdevctl/mappings.d/bad.conf
vm_remove none
vm_remove alien
ok "the VFs are removed" hostdevctl vf clear 10:00.0
is "$(snapshot)" "$fresh" "the host is as before"

# A card is changed, then moved. nic10 is the one in 0a:00.0.
ok "a mapping by address" hostdevctl map add nics 0a:00.0
is "$(hostdevctl map check nics | awk 'NR > 1 { $1 = ""; print }')" " 0000:0a:00.0 0000:00/11.1/00.0 not used yet" "its card is not known yet"
vm_define nic --hostdev 0a:00.0 --metadata "$(of 0000:0a:00.0 nics)"
ok "a VM uses it" vm_start nic
ok "and is destroyed" vm_destroy nic
ok "now it is known" hostdevctl map check
ok "nic10 is pulled" card_pull nic10 0a:00.0
ok "other is plugged in at 0a:00.0" card_plug other rp10 52:54:00:00:0a:99 0a:00.0
fails "another card in its place is not given" vm_start nic
like "$output" "0000:0a:00.0 is not the card that mapping 'nics' knows: it has the MAC 52:54:00:00:0a:99, not 52:54:00:00:0a:00; that card is not found on this host" "and how it is known is told"
is "$(driver_of 0a:00.0)" e1000e "it is left on its driver"
fails "map check says so too" hostdevctl map check
like "$output" "it has the MAC 52:54:00:00:0a:99, not 52:54:00:00:0a:00" "with the same words"
ok "the owner accepts it" hostdevctl map accept nics
ok "it is given" vm_start nic
ok "and taken back" vm_destroy nic
ok "other is pulled" card_pull other 0a:00.0
ok "nic9 is pulled" card_pull nic9 09:00.0
ok "other is plugged in at 09:00.0" card_plug other rp9 52:54:00:00:0a:99 09:00.0
fails "when it has moved the VM is refused" vm_start nic
like "$output" "0000:0a:00.0 is not on this host: that card is at 0000:09:00.0 now" "and where it is, is told"
fails "map check says so too" hostdevctl map check nics
like "$output" "0000:0a:00.0[[:space:]]0000:00/11.1/00.0[[:space:]]is at 0000:09:00.0 now" "with the place"
ok "other is pulled" card_pull other 09:00.0
ok "nic9 is plugged in at 09:00.0" card_plug nic9 rp9 52:54:00:00:09:00 09:00.0
ok "nic10 is plugged in at 0a:00.0" card_plug nic10 rp10 52:54:00:00:0a:00 0a:00.0

# From Proxmox
printf 'gpu\n\tdescription a card\n\tmap id=8086:10d3,iommugroup=3,node=lab,path=0000:01:00.0,subsystem-id=8086:0000\n\tmap id=8086:10d3,node=other,path=0000:02:00.0\n' >"$LAB_RUN/pci.cfg"
ok "mappings of Proxmox are taken over" hostdevctl map import "$LAB_RUN/pci.cfg"
is "$(hostdevctl map list gpu | awk 'NR > 1 { print $2 }')" 0000:01:00.0 "this host has its own device"
fails "nothing is replaced" hostdevctl map import "$LAB_RUN/pci.cfg"
for name in pool far nics gpu; do hostdevctl map remove "$name"; done
is "$(find /etc/hostdevctl/mappings.d /var/lib/hostdevctl/fingerprints -type f)" "" "removed mappings leave nothing"
