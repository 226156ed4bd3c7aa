#!/bin/bash
# completions: those of bash, zsh and fish know each command, verb and option that --help knows, and bash's and fish's, where
# there is a fish, offer what they should.
# usage: completions.sh HOSTDEVCTL BASH-FILE ZSH-FILE FISH-FILE
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
bash_file=$(realpath "$2") zsh_file=$(realpath "$3") fish_file=$(realpath "$4")

# section SHELL COMMAND: what a file says of a command.
section() {
	case $1 in
	bash) sed -n "/^\t$2)\$/,/;;/p" "$bash_file" ;;
	zsh) sed -n "/^    $2) _arguments/,/;;/p" "$zsh_file" ;;
	fish) grep -e "__hostdevctl_is $2['; ]" "$fish_file" ;;
	esac
}
has() { grep -qE -- "$2" <<<"$1"; }
while read -r command; do
	help=$("$hostdevctl" "$command" --help)
	mapfile -t options < <(grep -oE '^  (-[a-z], )?--[a-z0-9-]+' <<<"$help" | grep -oE -- '--[a-z0-9-]+')
	for shell in bash zsh fish; do
		text=$(section "$shell" "$command")
		missing=''
		for option in "${options[@]}"; do
			case $shell in fish) word="-l ${option#--} " ;; *) word="$option([^a-z0-9-]|\$)" ;; esac
			has "$text" "$word" || missing+=" $option"
		done
		for verb in $(sed -n "s/^  $command \(VERB\|WHAT\) .*: //p" <<<"$("$hostdevctl" --help)" | tr -d ,); do
			has "$text" "[ '(]${verb}[ ')]" || missing+=" $verb"
		done
		ok "$shell knows all of $command, ${#options[@]} options:$missing" test -n "$text" -a -z "$missing"
	done
done < <("$hostdevctl" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p')

# bash for real: what its completion machinery sets, for a line up to the cursor.
# shellcheck source=/dev/null
. "$bash_file"
# shellcheck disable=SC2317
virsh() { printf 'web\nmail\n'; }
# shellcheck disable=SC2317
ls() { case $1 in /sys/bus/pci/devices) printf '0000:01:00.0\n0000:02:00.0\n' ;; *) command ls "$@" ;; esac; }
mkdir "$root/folder" && touch "$root/folder/vm.xml" && cd "$root/folder"
set +e # as in a person's shell
offers() { # offers LINE WORDS
	local COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:' COMPREPLY=()
	"$(complete -p hostdevctl | sed 's/.*-F \([^ ]*\).*/\1/')"
	ok "bash: '$1' becomes '$2'" test "${COMPREPLY[*]}" = "$2"
}
offers 'hostdevctl re' 'release reconcile reattach'
offers 'hostdevctl plan w' 'web'
offers 'hostdevctl plan ' 'web mail vm.xml -h --help --sysroot --connect --json'
offers 'hostdevctl show 0000:0' '01:00.0 02:00.0'
offers 'hostdevctl show 0000:02:' '00.0'
offers 'hostdevctl detach 0000:02:00.0 0' '0000:01:00.0 0000:02:00.0'
offers 'hostdevctl mdev ty' 'types'
offers 'hostdevctl mdev create ty' ''
offers 'hostdevctl list --sl' '--slot'
offers 'hostdevctl list --slot=0000:01' '01:00.0'
offers 'hostdevctl list --slot 0000:01' '01:00.0'
offers 'hostdevctl xml hostdev --managed ' 'yes no'
offers 'hostdevctl list --name ' ''
offers 'hostdevctl --ver' '--version'

ok "bash reads its file" bash -n "$bash_file"
if command -v zsh >/dev/null; then
	ok "zsh reads its file" zsh -n "$zsh_file"
	# What is said to its completion system.
	told=$(zsh -fc 'words=(hostdevctl mdev "") CURRENT=3
		_arguments() { print -rl -- "$@"; }; . "$1"' zsh "$zsh_file")
	ok "zsh is told of verbs" grep -qF '1:what:(types list create remove define undefine)' <<<"$told"
	ok "and of values" grep -qF -- '*--parent=[PCI address or name of the parent device]:parent:_hostdevctl_parent' <<<"$told"
fi
if command -v fish >/dev/null; then
	fish_offers() { # fish_offers LINE WORDS
		local got
		got=$(HOME=$root fish --no-config -c "function virsh; echo web; end; source '$fish_file'; complete -C '$1'" | cut -f1 | paste -sd' ')
		ok "fish: '$1' becomes '$2'" test "$got" = "$2"
	}
	fish_offers 'hostdevctl re' 'reattach reconcile release'
	fish_offers 'hostdevctl release w' 'web'
	fish_offers 'hostdevctl mdev cr' 'create'
	fish_offers 'hostdevctl mdev list --de' '--defined'
	fish_offers 'hostdevctl mdev list --slo' ''
	fish_offers 'hostdevctl xml hostdev --managed ' 'no yes'
fi
finish
