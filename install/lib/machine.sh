# machine.sh: what demo and test need of a Debian machine. Sourced, not run.
# Everything is installed from Debian's own archive; nothing outside it and the build folder is changed.
# shellcheck shell=bash disable=SC2034 # they want the lists

build_packages=(gcc meson ninja-build pkg-config libglib2.0-dev libxml2-dev libpci-dev libvirt-dev
	libjansson-dev libnl-3-dev libsystemd-dev libyaml-dev check python3 python3-jsonschema pciutils ruby systemd-journal-remote libxml2-utils help2man)
lab_packages=(mmdebstrap e2fsprogs xz-utils)
analysis_packages=(clang clang-format clang-tidy cppcheck shellcheck mandoc zsh fish)
bench_packages=(strace valgrind libc6-dbg pciutils)
coverage_packages=(gcovr)
package_packages=(build-essential dpkg-dev debhelper fakeroot lintian rpm rpmlint)

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

# as_root COMMAND...: directly, or by sudo.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# need PACKAGE...: installs those that are missing, quietly.
need() {
	local missing=() package
	for package in "$@"; do
		dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' ||
			missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	local log
	log=$(mktemp)
	if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		return 1
	fi
	rm -f "$log"
}

# build FOLDER [MESON-OPTION...]: configures (once) and builds.
build() {
	local folder=$1
	shift
	say "building in $folder"
	[ -f "$folder/build.ninja" ] || meson setup "$folder" --prefix=/usr --sysconfdir=/etc "$@" >"$folder.log" 2>&1 ||
		{ tail -n 20 "$folder.log" >&2; return 1; }
	ninja -C "$folder" >"$folder.log" 2>&1 || { tail -n 40 "$folder.log" >&2; return 1; }
}

# payload FOLDER TREE: what the lab gets: the installed product and the conformance program.
payload() {
	rm -rf "$2"
	DESTDIR=$(realpath -m "$2") meson install -C "$1" --no-rebuild >/dev/null
	"$1/install/hook-place" --root "$2" >/dev/null
	# The lab's root has no libyaml, which OpenNebula's probe needs.
	install -D -m 0644 -t "$2/usr/lib/$(gcc -print-multiarch)" "$(ldconfig -p | awk '/libyaml-0\.so\.2 / { print $NF; exit }')"
	rm -rf "${2:?}/var" # its notes are for an uninstallation
	install -D -m 0755 "$1/tests/conformance/conformance" "$2/usr/lib/hostdevctl-lab/conformance"
	install -m 0755 "$1"/tests/bench/bench-{empty,stopwatch,writes} tests/bench/peers/* "$2/usr/lib/hostdevctl-lab/"
	install -m 0755 "$1"/tests/lab/load/lab-{hammer,hold} "$2/usr/lib/hostdevctl-lab/"
	install -m 0755 tests/conformance/expected-for "$2/usr/lib/hostdevctl-lab/expected-for"
	install -m 0644 tests/conformance/expected*.txt "$2/usr/lib/hostdevctl-lab/"
}

# package_payload DEB TREE: what the lab gets that is to install the package by itself.
package_payload() {
	rm -rf "$2"
	install -D -m 0644 "$1" "$2/usr/lib/hostdevctl-lab/hostdevctl.deb"
}
