#!/bin/bash
# hook-place: where the hook goes, what is kept, and that --remove leaves all as it was.
# usage: hook-place.sh HOOK-PLACE
# shellcheck source=tests/cli/lib.sh disable=SC2016
. "$(dirname "$0")/../cli/lib.sh"
place=$1
rm -rf "${root:?}"/*
hooks=$root/etc/libvirt/hooks
program=$(sed -n 's/^program=//p' "$place")

# look: all there is, with mode, owner, link and content.
look() { (cd "$root" && find . ! -name '.out' ! -name '.err' -printf '%p %M %u:%g %l\n' | sort && find . -type f ! -name '.out' ! -name '.err' -exec md5sum {} + | sort -k2); }
# place ARGUMENT...: leaves $output, $error and $status.
place() {
	status=0
	output=$("$place" --root "$root" "$@" 2>"$root/.err") || status=$?
	error=$(<"$root/.err")
}
is() {
	ok "$3" test "$1" = "$2"
	[ "$1" = "$2" ] || diff <(echo "$2") <(echo "$1") | sed 's/^/# /'
}
# fresh: a host with libvirt, and the program.
fresh() {
	rm -rf "${root:?}"/*
	mkdir -p "$hooks" "$root/${program%/*}" "$root/var/lib"
	printf '\177ELF version 1 urn:hostdevctl:domain:1\n' >"$root$program"
	chmod 755 "$root$program"
}
libvirt() { # libvirt VERSION
	mkdir -p "$root/usr/sbin"
	printf '#!/bin/sh\necho "libvirtd (libvirt) %s"\n' "$1" >"$root/usr/sbin/libvirtd"
	chmod 755 "$root/usr/sbin/libvirtd"
}
# As PassthroughPOST's VFIO-Tools and the guides after it have them.
dispatcher() {
	cat >"$hooks/qemu" <<'HOOK'
#!/bin/bash
GUEST_NAME="$1"
HOOK_NAME="$2"
STATE_NAME="$3"
BASEDIR="$(dirname $0)"
HOOKPATH="$BASEDIR/qemu.d/$GUEST_NAME/$HOOK_NAME/$STATE_NAME"
set -e
if [ -f "$HOOKPATH" ]; then
eval \""$HOOKPATH"\" "$@"
elif [ -d "$HOOKPATH" ]; then
while read file; do
  eval \""$file"\" "$@"
done <<< "$(find -L "$HOOKPATH" -maxdepth 1 -type f -executable -print;)"
fi
HOOK
	chmod 0744 "$hooks/qemu"
	[ "$(id -u)" != 0 ] || chown 0:4 "$hooks/qemu"
	mkdir -p "$hooks/qemu.d/win/prepare/begin"
	echo 'echo hello' >"$hooks/qemu.d/win/prepare/begin/start.sh"
}
# kept_whole DESCRIPTION: twice placed, once removed, all is as $before says.
kept_whole() {
	place "${@:2}"
	says 'nothing was done' "$1, again"
	place --remove
	exits 0 "$1, removed"
	is "$(look)" "$before" "$1, removed: all is as before"
	place --remove
	says 'nothing was done' "$1, removed again"
}

fresh
before=$(look)
place
exits 0 'no hook'
says "etc/libvirt/hooks/qemu is ours; libvirt's daemon must be told: systemctl reload libvirtd" 'no hook'
is "$(readlink "$hooks/qemu")" "$program" 'no hook: ours is linked'
kept_whole 'no hook'

rmdir "$hooks" "$root/etc/libvirt"
before=$(look)
place
is "$(stat -c %a "$hooks")" 755 'no folder: it is made'
kept_whole 'no folder'

fresh
before=$(look)
place --copy
ok 'a copy' cmp "$hooks/qemu" "$root$program"
is "$(stat -c '%A' "$hooks/qemu")" -rwxr-xr-x 'a copy that can be run'
sed -i s/1/2/ "$root$program"
place --copy
ok 'a copy is brought up to date' cmp "$hooks/qemu" "$root$program"
place
is "$(readlink "$hooks/qemu")" "$program" 'a copy becomes a link'
place --copy
sed -i s/2/1/ "$root$program"
place --remove
is "$(look)" "$before" 'a copy, removed: all is as before'

fresh
printf '#!/bin/sh\nlogger "$1" urn:hostdevctl:domain:1\n' >"$hooks/qemu"
chmod 0750 "$hooks/qemu"
[ "$(id -u)" != 0 ] || chown 0:4 "$hooks/qemu"
before=$(look)
hook=$(stat -c '%i %a %u:%g' "$hooks/qemu")
place
exits 0 "another's hook"
says "/qemu is kept, ours is /etc/libvirt/hooks/qemu.d/50-hostdevctl; libvirt's daemon" "another's hook"
silent "another's hook"
is "$(stat -c '%i %a %u:%g' "$hooks/qemu")" "$hook" "another's hook is not touched"
is "$(readlink "$hooks/qemu.d/50-hostdevctl") $(stat -c %a "$hooks/qemu.d")" "$program 755" 'ours stands beside it'
kept_whole "another's hook"
place --take-over
exits 1 "another's hook is not taken over"
complains 'is not the dispatcher' "another's hook is not taken over"
is "$(look)" "$before" "another's hook is not taken over: nothing has changed"
echo mine >"$hooks/50" && mkdir "$hooks/qemu.d" && mv "$hooks/50" "$hooks/qemu.d/50-hostdevctl"
place
exits 1 'a file of our name'
is "$(cat "$hooks/qemu.d/50-hostdevctl")" mine 'a file of our name is left alone'
rm "$hooks/qemu.d/50-hostdevctl"
libvirt 6.4.0
place
complains 'this libvirt, 6.4, runs nothing in qemu.d' 'an old libvirt'
libvirt 10.0.0
place
silent 'a new libvirt'
rm "$hooks/qemu"
place
ok "another's hook has gone: ours becomes the main one" test -h "$hooks/qemu"
ok 'and stands there once' test ! -h "$hooks/qemu.d/50-hostdevctl"

fresh
mkdir -m 0700 "$hooks/qemu.d"
echo '#!/bin/sh' >"$hooks/qemu.d/10-mine"
before=$(look)
place
is "$(readlink "$hooks/qemu")" "$program" 'scripts in qemu.d alone: ours is the main hook'
kept_whole 'scripts in qemu.d alone'

fresh
dispatcher
before=$(look)
place
says 'is kept, ours is' 'the dispatcher, unasked'
complains 'is the dispatcher for scripts in qemu.d/VM' 'the dispatcher, unasked'
kept_whole 'the dispatcher, unasked'
place
place --take-over
exits 0 'the dispatcher'
says 'what was there is kept as /etc/libvirt/hooks/qemu.before-hostdevctl' 'the dispatcher'
silent 'the dispatcher'
is "$(readlink "$hooks/qemu")" "$program" 'the dispatcher: ours is in its place'
ok 'the dispatcher: it is not run twice' test ! -h "$hooks/qemu.d/50-hostdevctl"
place
says 'nothing was done' 'the dispatcher, placed by a later version'
kept_whole 'the dispatcher' --take-over

place --take-over
mv "$hooks/qemu.before-hostdevctl" "$hooks/keep"
ln "$hooks/keep" "$hooks/qemu.before-hostdevctl"
mv -f "$hooks/keep" "$hooks/qemu" # as when it is killed halfway
rm -f "$hooks/keep"
place --take-over
exits 0 'a take-over that was cut short'
place --remove
is "$(look)" "$before" 'a take-over that was cut short, removed: all is as before'

chmod g+w "$hooks/qemu.d/win/prepare"
place --take-over
complains 'others than root may change /etc/libvirt/hooks/qemu.d/win/prepare: VMs' 'a tree that others may change'
chmod g-w "$hooks/qemu.d/win/prepare"
rm "$hooks/qemu"
dispatcher
place
says 'is kept, ours is' 'a dispatcher that has come back'
place --remove
complains 'qemu.before-hostdevctl is left' 'a dispatcher that has come back'
is "$(look | grep -v before-hostdevctl)" "$before" 'a dispatcher that has come back: it stays'

fresh
dispatcher
sed -i 's,qemu.d/$GUEST_NAME.*,other",; s,^set -e,# qemu.d/$GUEST_NAME/$HOOK_NAME/$STATE_NAME,' "$hooks/qemu"
place --take-over
exits 1 'a comment makes no dispatcher'
rm "$hooks/qemu"
dispatcher
sed -i 's,"$BASEDIR/qemu.d/.*,${BASEDIR}/qemu.d/"${GUEST_NAME}"/"$HOOK_NAME"/$STATE_NAME,' "$hooks/qemu"
place --take-over
exits 0 'a dispatcher with other quotes'

fresh
rm "$root$program"
place
exits 1 'without the program'
complains 'there is no /' 'without the program'
place --frobnicate
exits 2 'an unknown option'
finish
