# peers: hostdevctl's hook beside what people use today, on the same device, in one boot: A B A B, medians. Prints ratios;
# the machine is emulated, so its times mean nothing outside of it.
# topology: bench
# timeout: 3000
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 7
need_hook

tools=/usr/lib/hostdevctl-lab
card=0000:01:00.0
rounds=${BENCH_ROUNDS:-5}
sys=/sys/bus/pci
modprobe vfio-pci

# measure TITLE INPUT NAME COMMAND [NAME COMMAND]...: pairs of commands, each the undoing of the one before; says wall and CPU
# time of both together, and their ratio to those of the first pair. Leaves nothing but the table.
measure() {
	local title=$1 input=$2 words=() names=() walls=() cpus=() wall cpu peak failed i
	shift 2
	while [ $# -gt 0 ]; do
		names+=("$1")
		read -r -a pair <<<"$2"
		words+=(${words[0]:+--} "${pair[@]}")
		shift 2
	done
	"$tools/bench-stopwatch" "$rounds" "$input" "${words[@]}" >"$LAB_RUN/times" 2>"$LAB_RUN/errors" || true
	diag "$title: wall, CPU of the program and its children; ratio of each to hostdevctl's"
	while read -r wall cpu peak failed; do
		walls+=("$wall") cpus+=("$cpu")
		[ "$failed" = 0 ] || diag "   ${names[${#walls[@]} - 1]} failed $failed times: $(tail -n 2 "$LAB_RUN/errors")"
		: "$peak"
	done <"$LAB_RUN/times"
	for ((i = 0; i < ${#walls[@]}; i += 2)); do
		diag "$(awk -v n="${names[i]}" -v a="${walls[i]}" -v b="${walls[i + 1]}" -v c="$((cpus[i] + cpus[i + 1]))" \
			-v w="$((walls[0] + walls[1]))" -v u="$((cpus[0] + cpus[1]))" 'BEGIN {
				printf "  %-44s take %7.1f ms, back %7.1f ms   %6.2f   CPU %7.1f ms   %6.2f", n, a / 1000, b / 1000, (a + b) / w, c / 1000, c / u }')"
	done
}

before=$(snapshot)
vm_define vm --hostdev "$card,managed=no"
virsh dumpxml vm >"$LAB_RUN/vm.xml"

# ---- nothing to do
vm_define plain
virsh dumpxml plain >"$LAB_RUN/plain.xml"
rounds=21 measure "A VM without host devices" "$LAB_RUN/plain.xml" \
	hostdevctl "/etc/libvirt/hooks/qemu plain prepare begin -" back "/etc/libvirt/hooks/qemu plain release end -" \
	"a program that links what the hook links" "$tools/bench-empty" back "$tools/bench-empty" \
	"an empty bash hook" "$tools/empty-hook" back "$tools/empty-hook"
is "$(snapshot)" "$before" "nothing has changed"

# ---- one card
mkdir -p "$LAB_RUN/peer/qemu.d/vm/prepare/begin" "$LAB_RUN/peer/qemu.d/vm/release/end"
cp "$tools/dispatcher" "$LAB_RUN/peer/qemu"
for script in prepare/begin/bind release/end/release; do
	sed "2i BENCH_DEVICES=$card" "$tools/${script##*/}.sh" >"$LAB_RUN/peer/qemu.d/vm/$script.sh"
	chmod +x "$LAB_RUN/peer/qemu.d/vm/$script.sh"
done
measure "One card (e1000e), taken and given back" "$LAB_RUN/vm.xml" \
	"hostdevctl's hook" "/etc/libvirt/hooks/qemu vm prepare begin -" back "/etc/libvirt/hooks/qemu vm release end -" \
	"the kernel alone (bare writes)" "$tools/bench-writes $sys/devices/$card/driver_override vfio-pci $sys/drivers/e1000e/unbind $card $sys/drivers/vfio-pci/bind $card" \
	back "$tools/bench-writes $sys/devices/$card/driver_override e1000e $sys/drivers/vfio-pci/unbind $card $sys/drivers/e1000e/bind $card $sys/devices/$card/driver_override -" \
	"dispatcher with bash scripts" "$LAB_RUN/peer/qemu vm prepare begin -" back "$LAB_RUN/peer/qemu vm release end -" \
	"OpenNebula's vfio-bind (back: by hand)" "$tools/vfio-bind.sh $card" back "$tools/vfio-bind.sh --back e1000e $card" \
	"driverctl" "driverctl --nosave set-override $card vfio-pci" back "driverctl --nosave unset-override $card" \
	"virsh nodedev-detach, -reattach" "virsh --quiet nodedev-detach pci_0000_01_00_0" back "virsh --quiet nodedev-reattach pci_0000_01_00_0"
echo >"$sys/devices/$card/driver_override"
echo "$(cat "$sys/devices/$card/vendor") $(cat "$sys/devices/$card/device")" >"$sys/drivers/vfio-pci/remove_id"
is "$(snapshot)" "$before" "the card is as it was"

# ---- a VM's start and end
mv /etc/libvirt/hooks/qemu "$LAB_RUN/hook"
vm_define none
vm_define managed --hostdev "$card"
# switch WHICH: puts our hook in its place, or takes it away, and has the daemon look.
switch() {
	rm -f /etc/libvirt/hooks/qemu
	[ "$1" = off ] || cp -P "$LAB_RUN/hook" /etc/libvirt/hooks/qemu
	libvirtd_stop
	libvirtd_start
}
for way in off on off on; do
	switch "$way"
	rounds=3 measure "virsh start and destroy, hook $way" /dev/null \
		"VM without host devices" "virsh --quiet start none" back "virsh --quiet destroy none" \
		"VM with the card, managed='yes'" "virsh --quiet start managed" back "virsh --quiet destroy managed"
done
is "$(snapshot)" "$before" "the card is as it was after VMs"

# ---- sixteen disks
nvmes=() all=()
for bus in 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11; do
	nvmes+=("0000:$bus:00.0")
	all+=(--hostdev "0000:$bus:00.0,managed=no")
	vm_define "nvme$bus" --hostdev "0000:$bus:00.0,managed=no"
	virsh dumpxml "nvme$bus" >"$LAB_RUN/nvme$bus.xml"
done
vm_define sixteen "${all[@]}"
virsh dumpxml sixteen >"$LAB_RUN/sixteen.xml"
cat >"$LAB_RUN/serial" <<'SCRIPT'
#!/bin/bash
for bus in 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11; do
	virsh --quiet "nodedev-$1" "pci_0000_${bus}_00_0" || exit 1
done
SCRIPT
cat >"$LAB_RUN/bare" <<'SCRIPT'
#!/bin/bash
for bus in 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11; do
	device=0000:$bus:00.0 folder=/sys/bus/pci/devices/0000:$bus:00.0
	echo "$1" >"$folder/driver_override"
	echo "$device" >"$folder/driver/unbind"
	echo "$device" >/sys/bus/pci/drivers_probe
	[ "$1" = vfio-pci ] || echo >"$folder/driver_override"
done
SCRIPT
chmod +x "$LAB_RUN/serial" "$LAB_RUN/bare"
rounds=3 measure "16 NVMe disks of one VM" "$LAB_RUN/sixteen.xml" \
	"hostdevctl's hook, 16 at once" "/etc/libvirt/hooks/qemu sixteen prepare begin -" back "/etc/libvirt/hooks/qemu sixteen release end -" \
	"16 by libvirt, one after the other" "$LAB_RUN/serial detach" back "$LAB_RUN/serial reattach" \
	"16 bare unbind and probe, one by one" "$LAB_RUN/bare vfio-pci" back "$LAB_RUN/bare nvme"
for device in "${nvmes[@]}"; do
	echo >"$sys/devices/$device/driver_override"
done
for bus in 02 07 11; do
	rounds=3 measure "One of them alone" "$LAB_RUN/nvme$bus.xml" \
		"disk $bus, hostdevctl's hook" "/etc/libvirt/hooks/qemu nvme$bus prepare begin -" back "/etc/libvirt/hooks/qemu nvme$bus release end -" \
		"disk $bus, bare writes" "$tools/bench-writes $sys/devices/0000:$bus:00.0/driver_override vfio-pci $sys/drivers/nvme/unbind 0000:$bus:00.0 $sys/drivers/vfio-pci/bind 0000:$bus:00.0" \
		back "$tools/bench-writes $sys/devices/0000:$bus:00.0/driver_override nvme $sys/drivers/vfio-pci/unbind 0000:$bus:00.0 $sys/drivers/nvme/bind 0000:$bus:00.0"
	echo >"$sys/devices/0000:$bus:00.0/driver_override"
done
is "$(snapshot)" "$before" "the disks are as they were"

# ---- one mediated device
mdev_modules
uuid=11111111-0000-4000-8000-000000000001
vm_define mdev --mdev "$uuid" --metadata "$(wants_mdev "uuid='$uuid' mdev_type='mtty-2' parent='mtty'")"
virsh dumpxml mdev >"$LAB_RUN/mdev.xml"
mdevctl define -u 22222222-0000-4000-8000-000000000002 -p mtty -t mtty-2
measure "One mediated device, made and removed" "$LAB_RUN/mdev.xml" \
	"hostdevctl's hook" "/etc/libvirt/hooks/qemu mdev prepare begin -" back "/etc/libvirt/hooks/qemu mdev release end -" \
	"mdevctl start, stop" "mdevctl start -u 22222222-0000-4000-8000-000000000002 -p mtty" back "mdevctl stop -u 22222222-0000-4000-8000-000000000002"
mdevctl undefine -u 22222222-0000-4000-8000-000000000002
mdev_modules_end
is "$(snapshot)" "$before" "no mdev is left"

# ---- inventory
rounds=5 measure "Inventory of this machine's functions" /dev/null \
	"hostdevctl list" "hostdevctl list" back true \
	"lspci -D -nnk" "lspci -D -nnk" back true
is "$(snapshot)" "$before" "the host is exactly as before"
ok "and nothing of ours is left" test -z "$(ls /run/hostdevctl/vm)"
