# lib.sh: machines and configurations for tests of OpenNebula's probe, over those of tests/cli. Sourced.
# shellcheck shell=bash disable=SC2154 # its caller has set $probe
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
configs=$(mktemp -d)
export LSAN_OPTIONS=print_suppressions=0:suppressions=$here/lib.supp
trap 'rm -rf "$root" "$configs"' EXIT

home_of() { echo "sys/devices/pci0000:00/$1"; }
# card ADDRESS VENDOR DEVICE CLASS: a function that lspci can read, too.
card() {
	local home
	home=$(home_of "$1")
	[ -e "$root/$home" ] || device "$1" "$2" "$3" "$4" "$((RANDOM + 100))" -
	put "$home/irq" 0
	put "$home/resource" "$(printf '0x0000000000000000 0x0000000000000000 0x0000000000000000\n%.0s' {1..13})"
	head -c 64 /dev/zero >"$root/$home/config"
}
# pf ADDRESS COUNT TOTAL: it can have VFs.
pf() {
	put "$(home_of "$1")/sriov_numvfs" "$2"
	put "$(home_of "$1")/sriov_totalvfs" "$3"
}
# vf ADDRESS PF NUMBER
vf() {
	ln -s "../$2" "$root/$(home_of "$1")/physfn"
	ln -s "../$1" "$root/$(home_of "$2")/virtfn$3"
}
# net ADDRESS INTERFACE [PORT-NAME]
net() {
	put "$(home_of "$1")/net/$2/address" 02:00:00:00:00:01
	[ -z "${3:-}" ] || put "$(home_of "$1")/net/$2/phys_port_name" "$3"
}
# mdev_type ADDRESS TYPE
mdev_type() {
	mkdir -p "$root/sys/class/mdev_bus" "$root/$(home_of "$1")/mdev_supported_types/$2"
	ln -sfn "../../devices/pci0000:00/$1" "$root/sys/class/mdev_bus/$1"
}
# config NAME TEXT: a pci.conf
config() { printf '%s\n' "$2" >"$configs/$1.conf"; }
# probe NAME [OPTION...]: ours, with that configuration; leaves $output (with all its newlines), $error and $status.
probe() {
	status=0
	output=$("$probe" --sysroot "$root" --config "$configs/$1.conf" "${@:2}" 2>"$root/.err" && echo .) || status=$?
	output=${output%.} error=$(<"$root/.err")
}
# compare MACHINE ROOT: all configurations on it, with the reference.
compare() {
	local file name
	"$here/reference" "$2" "$configs"/*.conf
	for file in "$configs"/*.conf; do
		name=${file##*/}
		"$probe" --sysroot "$2" --config "$file" >"$configs/got" 2>"$configs/complaints" || echo "exit $?" >>"$configs/got"
		ok "$1, ${name%.conf}: $(grep -c '^PCI' "$file.wanted") devices, byte for byte" diff -u "$file.wanted" "$configs/got"
	done
}
# value NAME: of the first device that was printed
value() { sed -n "s/^ $1 = \"\(.*\)\" ,\?$/\1/p" <<<"$output" | head -n 1; }
