#!/bin/bash
# guide: all that docs/inventory.md shows is what the program prints, and it leaves out no column, no word of AVAILABLE.
# shellcheck disable=SC2317 # what ok() calls
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/golden/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/golden/cases.sh
. "$golden/cases.sh"
docs=$2/docs

# fits WANTED GOT: the same lines; "..." stands for any number of them
fits() {
	local wanted got at=0 any=no line
	mapfile -t wanted <"$1"
	mapfile -t got <"$2"
	for line in "${wanted[@]}"; do
		if [ "$line" = ... ]; then
			any=yes
			continue
		fi
		while [ "$any" = yes ] && [ "$at" -lt ${#got[@]} ] && [ "${got[at]}" != "$line" ]; do at=$((at + 1)); done
		[ "${got[at]-no such line}" = "$line" ] || { diff -u "$1" "$2"; return 1; }
		at=$((at + 1)) any=no
	done
	[ "$any" = yes ] || [ "$at" = ${#got[@]} ] || { diff -u "$1" "$2"; return 1; }
}
# A block begins with ```console HOST [WIDTH of the terminal], and in it "$ hostdevctl ARGUMENT...".
shown=0
while IFS= read -r line; do
	case $line in
	'```console '*) read -r -a block <<<"$line" ;;
	'$ hostdevctl '*)
		read -r -a command <<<"$line"
		file=block.txt
		[ ${#block[@]} -lt 3 ] || file=screen-${block[2]}-block.txt
		produce "$(tree_of "${block[1]}")" "$file" "${command[@]:2}" >"$root/got" </dev/null
		: >"$root/wanted"
		while IFS= read -r line && [ "$line" != '```' ]; do printf '%s\n' "$line"; done >>"$root/wanted"
		ok "${block[1]}: ${command[*]:1}" fits "$root/wanted" "$root/got"
		shown=$((shown + 1))
		;;
	esac
done <"$docs/inventory.md"
ok "there are examples" test "$shown" -ge 9

# Words
words() {
	local name
	for name in $("$golden/make-host" --list); do "$hostdevctl" list -o available --sysroot "$(host "$name")" | tail -n +2; done | sort -u
}
has() { grep -qF "$2" "$docs/$1"; }
for word in $(words); do
	[ "$word" != yes ] || continue
	ok "AVAILABLE $word is explained" has inventory.md "| [\`$word\`](errors.md#$word) |"
done
while read -r word; do
	ok "errors.md has $word" grep -qx "## $word" "$docs/errors.md"
done < <(grep -oE 'errors\.md#[a-z]+' "$docs/inventory.md" | cut -d'#' -f2 | sort -u)
for key in $("$hostdevctl" list -o no-such-column --sysroot "$(host noiommu)" 2>&1 | sed 's/.*there are //' | tr -d ,); do
	ok "column $key is explained" grep -qE "^\| [A-Z, -]+ \| [^|]*\`$key\`" "$docs/inventory.md"
done

# The picture
drawn() { grep -oE '>[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]<|>VM [^<]*<|>IOMMU group [0-9]+<' "$docs/img/desktop.svg" | tr -d '<>' | sort -u; }
dot() {
	local words
	read -r -a words < <(grep -oE 'hostdevctl list --dot -d [^`]*' "$docs/inventory.md")
	"$hostdevctl" "${words[@]:1}" --sysroot "$(host desktop)" | grep -oE '[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]|VM [^"\\]*|IOMMU group [0-9]+' | sort -u
}
ok "the picture is of what --dot prints" diff <(drawn) <(dot)
finish
