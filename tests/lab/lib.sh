# lib.sh: the vocabulary of the scenarios, which run inside the lab machine. Sourced, never run.
# shellcheck shell=bash
#
# TAP          plan, ok, fails, is, isnt, like, unlike, diag, try
# facts        driver_of, override_of, group_of, group_members, vfio_node_of, holders_of, device_id_of, nvme_block_of, netdev_of,
#              snapshot, mdev_list, mdev_attribute, mdev_available
# hardware     monitor, card_plug, card_pull, usb_plug, usb_pull, usb_port, usb_node
# mdevs        mdev_modules, mdev_modules_end, wants_mdev, mdev_create, mdev_remove
# guests       vm_define, vm_start, vm_destroy, vm_state, vm_is, vm_remove
# daemon       libvirtd_start, libvirtd_stop, libvirtd_kill
# our hook     need_hook, hook, as_before
# kills        sweep
# our package  package_listing
# guides       guide_commands, guide_follow
# waiting      wait_until
#
# Addresses may be written as lspci does, 01:00.0, or in full, 0000:01:00.0.

LAB_TAP=${LAB_TAP:-/dev/ttyS1}
LAB_RUN=/run/lab

# ---- TAP ------------------------------------------------------------------------------------------------------------

# plan COUNT: how many assertions the scenario makes. Said first; fewer or more is a failure.
plan() { lab_planned=$1; }

tap_result() { # tap_result "ok"|"not ok" DESCRIPTION
	local n
	n=$(($(<"$LAB_RUN/count") + 1))
	echo "$n" >"$LAB_RUN/count"
	lab_ran=$((${lab_ran:-0} + 1))
	echo "$1 $n - $LAB_SCENARIO: ${2//#/}" >"$LAB_TAP"
}
tap_ok() { tap_result "ok" "$1"; }
tap_not_ok() { tap_result "not ok" "$1"; }

# diag TEXT...: a remark in the TAP stream.
diag() { printf '%s\n' "$*" | sed 's/^/# /' >"$LAB_TAP"; }

# try COMMAND...: runs it and leaves $output (both streams) and $status; itself never fails.
try() {
	status=0
	output=$("$@" 2>&1) || status=$?
}

# ok DESCRIPTION COMMAND...: the command must succeed.
ok() {
	try "${@:2}"
	if [ "$status" = 0 ]; then
		tap_ok "$1"
	else
		tap_not_ok "$1"
		diag "command: ${*:2}"$'\n'"exit status: $status"$'\n'"$output"
	fi
}

# fails DESCRIPTION COMMAND...: the command must fail; what it said is in $output.
fails() {
	try "${@:2}"
	if [ "$status" != 0 ]; then
		tap_ok "$1"
	else
		tap_not_ok "$1"
		diag "command succeeded: ${*:2}"$'\n'"$output"
	fi
}

lab_compare() { # lab_compare RESULT GOT WANTED DESCRIPTION
	if [ "$1" = 0 ]; then
		tap_ok "$4"
	else
		tap_not_ok "$4"
		if [[ $3 == *$'\n'* ]]; then
			diag "what was wanted (-) and what there was (+):"
			diag "$(diff -U0 <(echo "$3") <(echo "$2") | tail -n +4)"
		else
			diag "got:    $2"
			diag "wanted: $3"
		fi
	fi
}

is() { # is GOT WANTED DESCRIPTION
	local result=0
	[ "$1" = "$2" ] || result=1
	lab_compare "$result" "$1" "$2" "$3"
}
isnt() { # isnt GOT UNWANTED DESCRIPTION
	local result=0
	[ "$1" != "$2" ] || result=1
	lab_compare "$result" "$1" "anything else" "$3"
}
like() { # like TEXT REGEX DESCRIPTION
	local result=0
	[ -n "$2" ] && [[ $1 =~ $2 ]] || result=1 # an empty pattern matches nothing
	lab_compare "$result" "$1" "to match $2" "$3"
}
unlike() { # unlike TEXT REGEX DESCRIPTION
	local result=0
	[ -n "$2" ] && [[ ! $1 =~ $2 ]] || result=1
	lab_compare "$result" "$1" "not to match $2" "$3"
}

# ---- waiting --------------------------------------------------------------------------------------------------------

# wait_until SECONDS COMMAND...: until the command succeeds; fails when the time is over. The only place that polls.
wait_until() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

# ---- facts ----------------------------------------------------------------------------------------------------------

full_address() {
	case $1 in
	*:*:*) echo "$1" ;;
	*) echo "0000:$1" ;;
	esac
}
sysfs_of() { echo "/sys/bus/pci/devices/$(full_address "$1")"; }
link_name() { # the last part of a link's target, or "none"
	local target
	target=$(readlink "$1") || target=none
	echo "${target##*/}"
}
driver_of() { link_name "$(sysfs_of "$1")/driver"; }
group_of() { link_name "$(sysfs_of "$1")/iommu_group"; }
override_of() { cat "$(sysfs_of "$1")/driver_override"; }
device_id_of() {
	local sysfs vendor device
	sysfs=$(sysfs_of "$1")
	read -r vendor <"$sysfs/vendor" && read -r device <"$sysfs/device"
	echo "${vendor#0x}:${device#0x}"
}
# group_members ADDR: all members of its group, itself included, in one line.
group_members() {
	local list
	[ "$(group_of "$1")" != none ] || { echo none; return; }
	list=$(cd "$(sysfs_of "$1")/iommu_group/devices" && echo *)
	echo "${list//0000:/}"
}
vfio_node_of() { echo "/dev/vfio/$(group_of "$1")"; }

# holders_of NODE: the pids that have it open. Not fuser(1): QEMU opens a node of libvirt's private /dev, which is
# another inode.
holders_of() { find /proc/[0-9]*/fd -lname "$1" 2>/dev/null | cut -d/ -f3 | sort -un; }

# nvme_block_of ADDR: the name of the disk of an NVMe controller, as in /dev.
nvme_block_of() {
	local name
	name=$(cd "$(sysfs_of "$1")"/nvme/nvme*/ && ls -d nvme*n*)
	echo "${name/c[0-9]*n/n}"
}
netdev_of() { (cd "$(sysfs_of "$1")/net" && echo *); }

# snapshot: all that a passthrough can change of the host and must leave as it was, one fact a line, and the VMs for which
# something is still recorded as taken.
snapshot() {
	(
		cd /sys/bus/pci/devices
		find ./*/ -maxdepth 1 -name driver -printf '%p:%l\n' | sed 's,^\./,,; s,driver:.*/,driver:,'
		grep -sH '' -- */driver_override */sriov_numvfs */sriov_drivers_autoprobe */d3cold_allowed */power/control || true
		find /dev/vfio -name '[0-9]*' -printf '%p:%u:%g %m\n'
		find /dev/bus/usb /dev/ttyS? -type c -printf '%p:%u:%g %m\n' 2>/dev/null || true
		grep -sH '' /sys/kernel/mm/hugepages/*/{nr,surplus}_hugepages || true
		mdev_list | sed 's/^/mdev:/'
		find /run/hostdevctl/vm -type f -size +0 -printf 'recorded:%f\n' 2>/dev/null || true
	) | sort
}

# ---- the machine's own hardware ---------------------------------------------------------------------------------------

# monitor COMMAND: one line to the QEMU that the lab runs in, such as "device_del nic10" (see the ids in the topology); prints
# what that answers. It speaks QMP, whose answers are one line each and carry the number of what was asked.
monitor() {
	local port answer number=$RANDOM
	exec {port}<>/dev/ttyS2
	printf '{"execute":"qmp_capabilities"}\n{"execute":"human-monitor-command","id":%s,"arguments":{"command-line":"%s"}}\n' \
		"$number" "$1" >&"$port"
	while IFS= read -r -t 60 -u "$port" answer; do
		[[ $answer != *"\"id\": $number"[,\}]* ]] || break
		answer=
	done
	exec {port}>&-
	[ -n "$answer" ] || { echo "the lab's QEMU did not answer '$1'" >&2; return 1; }
	[[ ! $answer =~ '"return": "'([^\"]*)'"' ]] || printf '%b' "${BASH_REMATCH[1]}"
}
monitor_takes() { [ -z "$(monitor "$1")" ]; } # it answers to a command that it refuses
monitor_lacks() { local all && all=$(monitor "qom-list /machine/peripheral") && [[ $all != *"$1 (child<"* ]]; }

# card_pull ID ADDR: the wish is a press of the slot's button, which a slot that is still busy may refuse or not heed. Linux
# forgets the card before the slot is switched off; until then there is no room for another.
card_pull() {
	local try
	for try in 1 2 3 4; do
		monitor_takes "device_del $1" || echo "refused at try $try" >&2
		! wait_until 20 test ! -e "$(sysfs_of "$2")" || break
	done
	wait_until 20 test ! -e "$(sysfs_of "$2")" || { echo "Linux does not let go of $2" >&2; return 1; }
	wait_until 60 monitor_lacks "$1" || { echo "QEMU does not let go of $1" >&2; return 1; }
}
# card_plug ID PORT MAC ADDR: it is there when its interface is; its driver link comes before the probe has ended.
card_plug() {
	wait_until 60 monitor_takes "device_add e1000e,id=$1,bus=$2,mac=$3,romfile=" || { echo "QEMU refuses $1" >&2; return 1; }
	wait_until 100 test -e "$(sysfs_of "$4")/net" || { echo "no interface appears at $4" >&2; return 1; }
	udevadm settle
}

# usb_plug ID DEVICE[,OPTION...]: plugs it into the lab's USB controller: "usb_plug kbd usb-kbd". It is there when its
# interface has its driver.
usb_plug() {
	wait_until 20 monitor_takes "device_add $2,id=$1,bus=usb.0,serial=lab-$1" || { echo "QEMU refuses $1" >&2; return 1; }
	if ! wait_until 30 usb_is_there "lab-$1"; then
		# Seen once, on a loaded machine: as one would do by hand, it is plugged in again.
		dmesg | tail -n 5 >&2
		usb_pull "$1" && monitor_takes "device_add $2,id=$1,bus=usb.0,serial=lab-$1"
		wait_until 60 usb_is_there "lab-$1" || { echo "no USB device $1 appears" >&2; return 1; }
	fi
	udevadm settle
}
usb_is_there() { [ -e "$(usb_sysfs "$1"):1.0/driver" ]; }
usb_sysfs() { # usb_sysfs SERIAL
	local file
	file=$(grep -lsx "$1" /sys/bus/usb/devices/*/serial) && file=${file%/serial} && echo "$file/${file##*/}"
}
usb_port() { local place && place=$(usb_sysfs "lab-$1") && echo "${place##*/}"; } # usb_port ID: "1-1"
usb_node() { # usb_node ID: /dev/bus/usb/BBB/DDD
	local place
	place=/sys/bus/usb/devices/$(usb_port "$1")
	printf '/dev/bus/usb/%03d/%03d\n' "$(<"$place/busnum")" "$(<"$place/devnum")"
}
usb_pull() { # usb_pull ID
	monitor_takes "device_del $1" || return 1
	wait_until 60 monitor_lacks "$1"
	wait_until 60 usb_lacks "lab-$1"
	udevadm settle
}
usb_lacks() { ! usb_sysfs "$1" >/dev/null; }

# ---- mediated devices -----------------------------------------------------------------------------------------------

# mdev_list: each mdev as "UUID PARENT TYPE", sorted.
mdev_list() {
	local mdev parent
	for mdev in /sys/bus/mdev/devices/*; do
		[ -e "$mdev" ] || continue
		parent=$(readlink -f "$mdev/..")
		echo "${mdev##*/} ${parent##*/} $(link_name "$mdev/mdev_type")"
	done
}
mdev_attribute() { cat "/sys/bus/mdev/devices/$1/$2"; } # mdev_attribute UUID NAME
mdev_available() { cat "/sys/class/mdev_bus/$1/mdev_supported_types/$2/available_instances"; } # mdev_available PARENT TYPE

# The kernel's samples: mtty has 24 ports, mtty-1 takes one, mtty-2 two; mdpy makes 4 displays.
mdev_modules() { modprobe mtty && modprobe mdpy && udevadm settle; }
mdev_modules_end() { modprobe -r mtty mdpy mdev; }
mdev_create() { echo "$3" >"/sys/class/mdev_bus/$1/mdev_supported_types/$2/create"; } # mdev_create PARENT TYPE UUID
mdev_remove() { echo 1 >"/sys/bus/mdev/devices/$1/remove"; }

# wants_mdev ATTRIBUTES [CONTENT]: our metadata with one <mdev>.
wants_mdev() { echo "<hd:devices xmlns:hd='urn:hostdevctl:domain:1'><hd:mdev $1>${2:-}</hd:mdev></hd:devices>"; }

# ---- guests ---------------------------------------------------------------------------------------------------------

pci_address_xml() { # pci_address_xml ADDR [ATTRIBUTES]
	local domain bus slot function
	IFS=:. read -r domain bus slot function <<<"$(full_address "$1")"
	echo "<address ${2:-}domain='0x$domain' bus='0x$bus' slot='0x$slot' function='0x$function'/>"
}

# A disk of one sector that switches the machine off: mov dx,0x604; mov ax,0x2000; out dx,ax; cli; hlt.
poweroff_disk() {
	local image=$LAB_RUN/poweroff.img
	if [ ! -e "$image" ]; then
		truncate -s 1M "$image"
		printf '\xba\x04\x06\xb8\x00\x20\xef\xfa\xf4' | dd of="$image" conv=notrunc status=none
		printf '\x55\xaa' | dd of="$image" bs=1 seek=510 conv=notrunc status=none
	fi
	echo "$image"
}

# vm_define NAME [OPTION]...: a guest as virt-manager would write it, for emulation and without graphics.
#   --hostdev ADDR[,managed=no]   a PCI Host Device         --interface ADDR[,managed=no]  <interface type='hostdev'>
#   --nvme ADDR                   an NVMe disk by PCI        --mdev UUID                    a mediated device
#   --metadata XML                inside <metadata>          --xml XML                      inside <devices>
#   --boot idle|poweroff          poweroff: the guest switches itself off as soon as it has booted
#   --qemu-arg ARG                one <qemu:arg>             --usb MODEL                    its USB controller; else none
#   --memory MIB                  64 if not said             --domain XML                   inside <domain>
vm_define() {
	local name=$1 devices='' metadata='' arguments='' usb=none memory=64 domain='' value managed image hash
	shift
	while [ $# -gt 0 ]; do
		value=$2
		managed=yes
		case $value in *,managed=no) managed=no value=${value%,managed=no} ;; esac
		case $1 in
		--hostdev)
			devices+="<hostdev mode='subsystem' type='pci' managed='$managed'>
			  <source>$(pci_address_xml "$value")</source></hostdev>" ;;
		--interface)
			devices+="<interface type='hostdev' managed='$managed'>
			  <source>$(pci_address_xml "$value" "type='pci' ")</source></interface>" ;;
		--nvme)
			devices+="<disk type='nvme' device='disk'><driver name='qemu' type='raw'/>
			  <source type='pci' managed='$managed' namespace='1'>$(pci_address_xml "$value")</source>
			  <target dev='vda' bus='virtio'/></disk>" ;;
		--mdev)
			devices+="<hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci'>
			  <source><address uuid='$value'/></source></hostdev>" ;;
		--metadata) metadata+=$value ;;
		--xml) devices+=$value ;;
		--boot)
			if [ "$value" = poweroff ]; then
				image=$(poweroff_disk)
				devices+="<disk type='file' device='disk'><driver name='qemu' type='raw'/>
				  <source file='$image'/><target dev='sda' bus='sata'/></disk>"
			fi ;;
		--usb) usb=$value ;;
		--memory) memory=$value ;;
		--domain) domain+=$value ;;
		--qemu-arg) arguments+="<qemu:arg value='$value'/>" ;;
		*) echo "vm_define: unknown option $1" >&2; return 2 ;;
		esac
		shift 2
	done
	hash=$(md5sum <<<"$name") # a name's uuid stays the same, so that a VM can be defined anew
	cat >"$LAB_RUN/$name.xml" <<-XML
		<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
		  <name>$name</name>
		  <uuid>${hash:0:8}-${hash:8:4}-4${hash:13:3}-8${hash:17:3}-${hash:20:12}</uuid>
		  <metadata>$metadata</metadata>
		  <memory unit='MiB'>$memory</memory>
		  $domain
		  <vcpu>1</vcpu>
		  <os><type arch='x86_64' machine='q35'>hvm</type></os>
		  <features><acpi/></features>
		  <devices>
		    <emulator>/usr/bin/qemu-system-x86_64</emulator>
		    <controller type='usb' model='$usb'/>
		    <memballoon model='none'/>
		    $devices
		  </devices>
		  <qemu:commandline>$arguments</qemu:commandline>
		</domain>
	XML
	virsh --quiet define "$LAB_RUN/$name.xml" >/dev/null
}

vm_start() { virsh --quiet start "$1"; }
vm_destroy() { virsh --quiet destroy "$1"; }
vm_pid() { cat "/run/libvirt/qemu/$1.pid"; }
vm_state() { virsh domstate "$1" | sed '/^$/d'; }
vm_is() { [ "$(vm_state "$1")" = "$2" ]; } # vm_is NAME "shut off", for wait_until
vm_names() { virsh list --all --name | sed '/^$/d'; }
vm_remove() {
	virsh --quiet destroy "$1" >/dev/null 2>&1 || true
	virsh --quiet undefine "$1" >/dev/null
}

# ---- the daemon -----------------------------------------------------------------------------------------------------

# It looks for hooks once, when it starts.
libvirtd_start() {
	libvirtd --daemon
	wait_until 60 virsh --quiet uri
}
libvirtd_end() { # libvirtd_end SIGNAL
	local pid
	pid=$(cat /run/libvirtd.pid)
	kill "-$1" "$pid"
	wait_until 60 test ! -d "/proc/$pid"
}
libvirtd_stop() { libvirtd_end TERM; }
libvirtd_kill() { libvirtd_end KILL; }

# ---- guides ---------------------------------------------------------------------------------------------------------

# A guide shows commands ("# COMMAND") and what they print in blocks of ```console. "..." stands for anything.
guide_blocks() { awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' "/usr/share/doc/hostdevctl/guides/$1.md"; }
guide_commands() { guide_blocks "$1" | grep -c '^# '; } # how many assertions guide_follow makes

# Each line of WANTED is to be found in GOT, in that order. Tables are aligned for people and have tabs for programs: a gap is a gap.
guide_gaps() { sed 's/\t/  /g; s/   */  /g'; }
guide_match() { # guide_match GOT WANTED
	local line pattern found=0 got=() index=0
	mapfile -t got < <(guide_gaps <<<"$1")
	while IFS= read -r line; do
		pattern=$(sed 's/[][*?\\]/\\&/g; s/\.\.\./*/g' <<<"$line")
		found=0
		while [ "$index" -lt ${#got[@]} ] && [ "$found" = 0 ]; do
			# shellcheck disable=SC2053 # a pattern
			[[ "${got[index]}" != *$pattern* ]] || found=1
			index=$((index + 1))
		done
		[ "$found" = 1 ] || { echo "not printed: $line"; return 1; }
	done < <(guide_gaps <<<"$2")
}

guide_step() { # guide_step GUIDE COMMAND WANTED
	local result=0 said
	try bash -c "$2"
	if [ -z "$3" ]; then
		result=$status
	else
		said=$(guide_match "$output" "$3") || result=1
	fi
	if [ "$result" = 0 ]; then
		tap_ok "$1: $2"
	else
		tap_not_ok "$1: $2"
		diag "exit status $status, ${said:-}"$'\n'"$output"
	fi
}

# guide_follow GUIDE: does what it says, one assertion for each command.
guide_follow() {
	local line command='' wanted=''
	while IFS= read -r line <&3; do
		if [[ $line == '# '* ]]; then
			[ -z "$command" ] || guide_step "$1" "$command" "$wanted"
			command=${line#'# '} wanted=''
		else
			wanted+=${wanted:+$'\n'}$line
		fi
	done 3< <(guide_blocks "$1")
	guide_step "$1" "$command" "$wanted"
}

# ---- our hook -------------------------------------------------------------------------------------------------------

# need_hook: ends the scenario, as failed, in a run whose payload has no hook.
need_hook() {
	[ -x /etc/libvirt/hooks/qemu ] && return
	diag "this scenario needs the hook: run it with --payload"
	exit 1
}

# hook NAME OPERATION SUBOPERATION [REASON]: calls it by hand as libvirt does, with the VM's XML.
hook() { virsh dumpxml "$1" | /etc/libvirt/hooks/qemu "$1" "$2" "$3" "${4:--}"; }

# as_before SNAPSHOT DESCRIPTION: the promise "exactly as before".
as_before() { is "$(snapshot)" "$1" "$2: the host is exactly as before"; }

# ---- kills ----------------------------------------------------------------------------------------------------------

# What changes anything, on a disk or in the kernel.
lab_changes=write,pwrite64,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fdatasync,fsync,ftruncate,fchownat,fchmod,delete_module

# lab_killed_at N NAME OPERATION SUBOPERATION: the hook, with /run/lab/crash.xml and each of its processes killed before its Nth
# change; leaves $status, and succeeds if that killed one. The shell in between is the caller that is no more when repair is due.
lab_killed_at() {
	rm -f "$LAB_RUN/changes"
	status=0
	bash -c 'strace -f -qq -o "$6" -e trace="$1" -e signal=KILL -e inject="$1:signal=KILL:when=$2" \
		/etc/libvirt/hooks/qemu "$3" "$4" "$5" - </run/lab/crash.xml >/dev/null 2>&1' \
		killed "$lab_changes" "$1" "$2" "$3" "$4" "$LAB_RUN/changes" 2>/dev/null || status=$?
	# The hook ends its readers by SIGKILL, too, but in no change.
	awk '/ \+\+\+ killed by SIGKILL \+\+\+$/ { if (last[$1] ~ /(= \?|<unfinished \.\.\.>)$/) hit = 1 }
		{ last[$1] = $0 } END { exit !hit }' "$LAB_RUN/changes"
}

# sweep NAME OPERATION SUBOPERATION REPAIR...: kills the hook before its 1st, 2nd, 3rd ... change, until none of its processes makes
# so many; after each REPAIR is called, and crash_lost, of the scenario, which prints what is not as before. Sets $kills, $lost, and
# $through: the exit status of the last, which nothing was done to.
sweep() {
	local name=$1 operation=$2 suboperation=$3 n left
	shift 3
	kills=0 lost='' through=never
	for ((n = 1; n <= 200; n++)); do
		# By a shell that ends: a daemon that lives might be about to start the VM's QEMU.
		[ "$operation" = prepare ] || bash -c '/etc/libvirt/hooks/qemu "$1" prepare begin - </run/lab/crash.xml; exit $?' taken "$name"
		if lab_killed_at "$n" "$name" "$operation" "$suboperation"; then kills=$((kills + 1)); else through=$status; fi
		"$@" || lost+=" $n(repair failed)"
		left=$(crash_lost)
		[ -z "$left" ] || lost+=" $n($left)"
		[ "$through" = never ] || break
	done
}

# ---- our package ----------------------------------------------------------------------------------------------------

# package_listing: every file, link, folder and group that a package could leave behind, without dpkg's own notes, what udev and
# systemd keep of the moment, and the VMs.
package_listing() {
	find /etc /usr /var/lib \( -path /var/lib/dpkg -o -path /var/lib/systemd/random-seed -o -path /etc/libvirt/qemu \
		-o -path /var/lib/libvirt -o -path /var/lib/systemd/timers \) -prune -o -printf '%p %M %u:%g %l\n' | sort
	find /var/lib/systemd/timers -name '*hostdevctl*'
	find /run -name '*hostdevctl*'
	find /etc/libvirt/hooks -type f -exec md5sum {} +
	cut -d: -f1,4 /etc/group
}

# ---- the scenario's frame -------------------------------------------------------------------------------------------

# lab_restore: what a failed scenario has left behind is brought to the state of the boot, for the next one.
lab_restore() {
	local address dir mdev
	for mdev in /sys/bus/mdev/devices/*; do
		[ ! -e "$mdev" ] || echo 1 >"$mdev/remove"
	done
	for address in $(diff <(snapshot) "$LAB_RUN/boot" | grep -o '[0-9a-f]*:[0-9a-f]*:[0-9a-f]*\.[0-7]' | sort -u); do
		dir=/sys/bus/pci/devices/$address
		[ ! -e "$dir/sriov_numvfs" ] || echo 0 >"$dir/sriov_numvfs"
		echo >"$dir/driver_override"
		[ ! -e "$dir/driver" ] || echo "$address" >"$dir/driver/unbind"
		echo "$address" >/sys/bus/pci/drivers_probe
	done 2>/dev/null
	rm -rf /run/hostdevctl/vm
}

# lab_end: every scenario, besides its own assertions, must leave the machine as it found it.
lab_end() {
	local code=$? name
	set +e
	virsh --quiet uri >/dev/null 2>&1 || libvirtd_start
	for name in $(vm_names); do
		vm_remove "$name"
	done
	if [ "$code" = 0 ] && [ "${lab_ran:-0}" != "${lab_planned:-}" ]; then
		tap_not_ok "${lab_planned:-no} assertions were planned, ${lab_ran:-0} were made"
	fi
	is "$(snapshot)" "$(<"$LAB_RUN/boot")" "the machine is left as it was found"
	[ "$(snapshot)" = "$(<"$LAB_RUN/boot")" ] || lab_restore
	[ "$code" != 0 ] || touch "$LAB_RUN/finished"
	exit "$code"
}
if [ -n "${LAB_SCENARIO:-}" ]; then
	set -Eeuo pipefail
	trap lab_end EXIT
	trap '[ "$BASH_SUBSHELL" != 0 ] || diag "line $LINENO (called from ${BASH_LINENO[*]}) failed: $BASH_COMMAND"' ERR
fi
