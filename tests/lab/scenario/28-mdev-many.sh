# 28-mdev-many: twenty VMs want mdevs of two types, all at once, and there are not enough: as many start as there are
# instances, each with an mdev of its own, and the others are told who has them.
# timeout: 900
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 13
need_hook
mdev_modules
before=$(snapshot)
uuid() { printf '%08d-0000-4000-8000-00000000000a' "$1"; }

# 14 want two ports of mtty's 24: 12 can have them. 6 want a display of mdpy's 4.
for i in $(seq 20); do
	type=mtty-2
	[ "$i" -le 14 ] || type=mdpy-vga
	vm_define "vm$i" --mdev "$(uuid "$i")" --metadata "$(wants_mdev "uuid='$(uuid "$i")' mdev_type='$type'")"
done
# Paused: they need no memory and no time of this small machine.
start() { virsh --quiet start --paused "vm$1" >"/run/lab/start$1" 2>&1; }
for i in $(seq 20); do start "$i" & done
wait
running=$(virsh list --name | sed '/^$/d' | sort -V)
refused=$(for i in $(seq 20); do grep -qx "vm$i" <<<"$running" || echo "vm$i"; done)

is "$(grep -c -E '^vm([1-9]|1[0-4])$' <<<"$running")" 12 "twelve of fourteen got their serial ports"
is "$(grep -c -E '^vm(1[5-9]|20)$' <<<"$running")" 4 "four of six got their display"
is "$(mdev_list | cut -d' ' -f3 | sort | uniq -c | tr -s ' ')" " 4 mdpy-vga"$'\n'" 12 mtty-2" "there are as many mdevs, no more"
is "$(mdev_list | cut -d' ' -f1 | sort)" "$(for name in $running; do uuid "${name#vm}"; echo; done | sort)" \
	"each running VM has the mdev it asked for"
told=''
for name in $refused; do
	text=$(cat "/run/lab/start${name#vm}")
	[[ $text =~ "no instance of "(mtty-2|mdpy-vga)" is left on "(mtty|mdpy)" (held by VM 'vm" ]] || told+="$name: $text"$'\n'
done
is "$told" "" "each refused VM is told that no instance is left, and who has them"
is "$(hostdevctl mdev list --json | jq -r '.[] | select(.held_by != null) | .uuid' | sort)" \
	"$(mdev_list | cut -d' ' -f1 | sort)" "mdev list shows all of them as held"
is "$(virsh nodedev-list --cap mdev | sed '/^$/d' | sort)" \
	"$(hostdevctl mdev list --active --json | jq -r '.[] | "mdev_\(.uuid | gsub("-"; "_"))_\(.parent)"' | sort)" \
	"virsh nodedev-list and mdev list agree"

# One leaves, one that was refused gets its place.
loser=$(head -n 1 <<<"$refused")
winner=$(head -n 1 <<<"$running")
fails "a refused one is refused again" start "${loser#vm}"
ok "one is destroyed" vm_destroy "$winner"
ok "now the refused one starts" start "${loser#vm}"

# A VM whose QEMU died while libvirt was away does not block the others.
libvirtd_kill
kill -9 "$(cat "/run/libvirt/qemu/$loser.pid")"
wait_until 20 bash -c '! hostdevctl status | grep -q "^'"$loser"' .*running"'
ok "its instance goes to the next VM, without libvirt's release" \
	bash -c 'virsh dumpxml '"$winner"' >/dev/null 2>&1; /etc/libvirt/hooks/qemu '"$winner"' prepare begin - <"/run/lab/'"$winner"'.xml"; exit $?'
libvirtd_start
for name in $(virsh list --name); do vm_destroy "$name"; done
hostdevctl reconcile >/dev/null
as_before "$before" "all are gone"
for name in $(vm_names); do vm_remove "$name"; done
ok "the modules are free again" mdev_modules_end
