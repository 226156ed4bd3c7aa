# lib.sh: recorded hosts for tests. Sourced; needs bash.
# `host NAME` prints the root of that machine's tree. It is made once per run and must not be changed: `cp -a` it first.
# shellcheck shell=bash
golden=$(dirname "${BASH_SOURCE[0]}")
recorded=$(mktemp -d)
# A caller with a trap of its own has to remove $recorded in it.
[ -n "$(trap -p EXIT)" ] || trap 'rm -rf "$recorded"' EXIT

# host NAME
host() {
	[ -d "$recorded/$1" ] || "$golden/make-host" "$1" "$recorded/$1" || return 1
	echo "$recorded/$1"
}
