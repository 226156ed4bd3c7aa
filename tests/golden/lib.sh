# lib.sh: recorded hosts for tests. Sourced; needs bash.
# `host NAME` prints the root of that machine's tree. It is made once per run and must not be changed: `cp -a` it first.
# shellcheck shell=bash
golden=$(dirname "${BASH_SOURCE[0]}")

# quick_place: memory, if there is enough of it. A disk's file system takes its time over ten thousand small files, the more
# so when as many have just been deleted.
quick_place() {
	if [ -w /dev/shm ] && [ "$(df --output=avail /dev/shm | tail -n 1)" -gt 1000000 ]; then
		echo /dev/shm
	else
		echo "${TMPDIR:-/tmp}"
	fi
}
recorded=$(mktemp -d -p "$(quick_place)")

# Goes away at the end, with what the caller has there already.
# shellcheck disable=SC2120 # its words are those of trap
forget() {
	eval "set -- $(trap -p EXIT)"
	# shellcheck disable=SC2064 # the name is known now
	trap "rm -rf '$recorded'; ${3-}" EXIT
}
# shellcheck disable=SC2119
forget

# host NAME
host() {
	[ -d "$recorded/$1" ] || "$golden/make-host" "$1" "$recorded/$1" || return 1
	echo "$recorded/$1"
}
