#!/bin/bash
# dracut: the claims come along, and are carried out before udev is started.
check() {
	[ -r "${dracutsysrootdir-}/etc/hostdevctl/boot-claims" ] || return 1
	return 0
}
depends() { return 0; }
install() {
	inst_simple /etc/hostdevctl/boot-claims
	inst_simple /usr/lib/hostdevctl/boot-claim
	# shellcheck disable=SC2154 # dracut's
	inst_hook pre-udev 00 "$moddir/pre-udev.sh"
}
