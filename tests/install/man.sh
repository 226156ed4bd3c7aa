#!/bin/bash
# man: there is a page for each command, with all its options, and mandoc finds no fault in any page.
# usage: man.sh HOSTDEVCTL SOURCE-ROOT PAGE...
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
source_root=$2
pages=("${@:3}")

for command in $("$hostdevctl" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	file=$(printf '%s\n' "${pages[@]}" | grep "/hostdevctl-$command\.8\$" || true)
	ok "there is a page of $command" test -s "$file"
	text=$(mandoc -T ascii "$file" 2>/dev/null | col -bx || true)
	ok "$command: its name is right" grep -q "^       hostdevctl-$command - [a-z]" <<<"$text"
	ok "$command: so is its synopsis" grep -q "^       hostdevctl $command \[OPTION\.\.\.\]" <<<"$text"
	missing=''
	for option in $("$hostdevctl" "$command" --help | grep -oE '^  (-[a-z], )?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | grep -v -e --help); do
		grep -qE -- "$option\b" <<<"$text" || missing+=" $option"
	done
	ok "$command: it has all options:$missing" test -z "$missing"
done
for page in "${pages[@]}" "$source_root"/docs/man/*.[58]; do
	ok "mandoc likes ${page##*/}" test -z "$(mandoc -T lint -W warning "$page")"
done
finish
