#!/bin/bash
# usage: help, errors, and that the man page knows every command and option.
# usage: usage.sh HOSTDEVCTL SOURCE-ROOT
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source_root=$2

status=0
output=$("$hostdevctl" 2>&1) || status=$?
exits 2 'no command'
says 'usage: hostdevctl COMMAND' 'no command'
status=0
output=$("$hostdevctl" --help) || status=$?
exits 0 '--help'
commands=$(sed -n 's/^  \([a-z-]*\) .*/\1/p' <<<"$output")
ok '--help lists twenty-three commands' test "$(wc -l <<<"$commands")" = 23
output=$("$hostdevctl" --version)
ok '--version' grep -qE '^hostdevctl [0-9]+\.[0-9]+' <<<"$output"
run frobnicate
exits 2 'an unknown command'
complains "no command 'frobnicate'" 'an unknown command'
status=0 error=$("$hostdevctl" --sysroot "$root" list 2>&1 >/dev/null) || status=$?
exits 2 'an option before the command'
complains 'options come after the command' 'an option before the command'
run $'evil\e[31m'
complains "evil\\x1b[31m" 'an unknown command that would colour the terminal'
run show
exits 2 'a missing argument'
complains 'usage: hostdevctl show [OPTION...] ADDRESS' 'a missing argument'
run show 01:00.0 02:00.0
exits 2 'one argument too many'
run list --frobnicate
exits 2 'an unknown option'

man=$source_root/docs/man/hostdevctl.8
for command in $commands; do
	output=$("$hostdevctl" "$command" --help)
	ok "man page has $command" grep -q "^\.It Cm $command\b" "$man"
	mapfile -t options < <(grep -oE -- '--[a-z-]+' <<<"$output" | grep -v '^--help' | sort -u)
	for option in "${options[@]}"; do
		ok "man page has $option" grep -qE -- "Fl -${option#--}\b" "$man"
	done
done
finish
