# cases.sh: how each of `cases` is run, for the test that compares and for `update`. Sourced, after lib.sh; needs $hostdevctl.
# shellcheck shell=bash disable=SC2154 # lib.sh has set them
export TZ=UTC TERM=xterm LC_ALL=C.UTF-8
unset NO_COLOR COLUMNS

# tree_of HOST[+VARIANT]: the root of that machine's tree.
tree_of() {
	local base
	base=$(host "${1%+*}") || return 1
	[[ $1 == *+* ]] || { echo "$base"; return; }
	[ -d "$recorded/$1" ] || { cp -a "$base" "$recorded/$1" && "$golden/variant" "${1#*+}" "$recorded/$1"; } || return 1
	echo "$recorded/$1"
}

# produce TREE FILE ARGUMENT...: what the program says, errors too, and its exit status if that isn't 0.
produce() {
	local tree=$1 file=$2 width said status=0
	shift 2
	width=${file#*-}
	case $file in
	screen-*) NO_COLOR=1 "$golden/screen" "${width%%-*}" "$hostdevctl" "$@" --sysroot "$tree" ;;
	colours-*) "$golden/screen" "${width%%-*}" "$hostdevctl" "$@" --sysroot "$tree" ;;
	*.json)
		said=$("$hostdevctl" "$@" --json --sysroot "$tree" 2>&1) || status=$?
		"$golden/compact" <<<"$said"
		;;
	*) "$hostdevctl" "$@" --sysroot "$tree" 2>&1 ;;
	esac || status=$?
	[ "$status" = 0 ] || echo "exit status $status"
}

# each_case COMMAND: COMMAND HOST FILE ARGUMENT... for each of `cases`.
each_case() {
	local words
	while read -r -a words; do
		[[ ${words[0]:-#} == \#* ]] || "$1" "${words[@]}"
	done <"$golden/cases"
}
