# 58-stuck-often: what 21-stuck shows once, many times: a held device makes release and prepare return by their deadline,
# libvirt answers meanwhile, and the device goes home by itself. A file "full" in the payload asks for the whole figures.
# measures time
# timeout: 7200
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 8
need_hook

tools=/usr/lib/hostdevctl-lab
runs=40
[ ! -e "$tools/full" ] || runs=500
deadline_ms=1000

before=$(snapshot)
mkdir -p /etc/hostdevctl/conf.d
modprobe pci-stub
vm_define vm --hostdev 01:00.0,managed=no
virsh dumpxml vm >/run/lab/stuck.xml
vm_define vm --hostdev 01:00.0,managed=no --metadata "<h:devices xmlns:h='urn:hostdevctl:domain:1'>
	<h:pci address='0000:01:00.0' driver='pci-stub' process='allow'/></h:devices>"
virsh dumpxml vm >/run/lab/stub.xml

# What isn't measured has time: on an emulated machine a driver may take its second.
deadline() { printf '[timeouts]\ndevice = %s\n' "$1" >/etc/hostdevctl/conf.d/lab.conf; }
deadline 30
now_ms() { local us=${EPOCHREALTIME/./}; echo $((us / 1000)); }
call() { /etc/libvirt/hooks/qemu vm "$2" "$3" - <"$1"; } # call XML OPERATION SUBOPERATION

hold() { # opens the device; leaves $holder
	local said
	exec {pipe}< <(exec "$tools/lab-hold" "$(group_of 01:00.0)" 0000:01:00.0 2>&1)
	holder=$!
	read -r -t 30 -u "$pipe" said && [ "$said" = held ]
}
let_go() {
	kill -KILL "$holder"
	exec {pipe}<&-
}

late=0 slowest=0 deaf=0 slowest_answer=0 wrong_status=0 not_back=0 not_held=0
# watched WANTED-STATUS XML OPERATION SUBOPERATION: calls the hook, and asks libvirt meanwhile.
watched() {
	local begun took asked answered status=0 call
	deadline 1
	begun=$(now_ms)
	call "${@:2}" 2>>/run/lab/said & call=$!
	asked=$(now_ms)
	timeout 5 virsh --quiet list >/dev/null || deaf=$((deaf + 1))
	answered=$(($(now_ms) - asked))
	wait "$call" || status=$?
	took=$(($(now_ms) - begun))
	deadline 30
	[ "$answered" -le 3000 ] || deaf=$((deaf + 1))
	[ "$took" -le $((deadline_ms + 1000)) ] || late=$((late + 1))
	[ "$status" = "$1" ] || wrong_status=$((wrong_status + 1))
	[ "$took" -le "$slowest" ] || slowest=$took
	[ "$answered" -le "$slowest_answer" ] || slowest_answer=$answered
}
is_back() { # is_back DRIVER: there, and not waited for any more
	[ "$(driver_of 01:00.0)" = "$1" ] && [ -z "$(find /run/hostdevctl/vm -type f ! -name 'detach-*')" ]
}
stuck_release() {
	call /run/lab/stuck.xml prepare begin
	hold || not_held=$((not_held + 1))
	watched 0 /run/lab/stuck.xml release end
	let_go
	wait_until 30 is_back e1000e || not_back=$((not_back + 1))
}
stuck_prepare() { # the device is to go from one driver to another and can't leave the first
	hostdevctl detach 01:00.0 >/dev/null
	hold || not_held=$((not_held + 1))
	watched 1 /run/lab/stub.xml prepare begin
	let_go
	wait_until 30 is_back vfio-pci || not_back=$((not_back + 1))
	hostdevctl reattach 01:00.0 >/dev/null
}

begun=$SECONDS
for ((run = 0; run < runs; run++)); do
	if ((run % 2)); then stuck_prepare; else stuck_release; fi
done
diag "$runs runs in $((SECONDS - begun)) s: slowest hook $slowest ms, slowest answer of libvirt $slowest_answer ms"
is "$not_held" 0 "each time the device was held"
is "$late" 0 "each time the hook returned within its deadline and a second"
is "$wrong_status" 0 "each time with the exit status that libvirt is to see"
is "$deaf" 0 "each time libvirt answered meanwhile, emulated and slow as it is, within 3 s"
is "$not_back" 0 "each time the device went home by itself"
ok "the hook did wait" test "$slowest" -ge "$deadline_ms"
like "$(cat /run/lab/said)" "0000:01:00.0: the kernel has not let go of it within 1 s" "it says why"
rm /etc/hostdevctl/conf.d/lab.conf
as_before "$before" "after $runs runs"
