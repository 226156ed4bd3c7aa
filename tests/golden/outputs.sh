#!/bin/bash
# outputs: what people and programs read of the recorded hosts, to the last character; see `cases`. When something was to
# change, `update` writes the new texts, and a person looks at the difference.
# shellcheck disable=SC2317 # what ok() and each_case call
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/golden/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/golden/cases.sh
. "$golden/cases.sh"

# compare HOST FILE ARGUMENT...
compare() {
	local tree
	tree=$(tree_of "$1")
	produce "$tree" "${@:2}" >"$root/got" </dev/null
	ok "$1: ${*:3} ($2)" diff -u --label expected --label got "$golden/expected/$1/$2" "$root/got"
	echo "$1/$2" >>"$root/asked"
}
each_case compare
ok "nothing is expected that nobody asks for" diff <(sort "$root/asked") <(cd "$golden/expected" && find . -type f -printf '%P\n' | sort)
# What a screen shows fits on it: `screen` has ended with 9 where it doesn't.
ok "no line is longer than its screen" sh -c "! grep -rl '^exit status 9' '$golden/expected'"
finish
