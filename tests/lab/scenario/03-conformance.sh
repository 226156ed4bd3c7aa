# 03-conformance: does the fake kernel of the unit tests answer as this real one does?
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 13

# The files of answers say where kernels differ, and why.
tables=/usr/lib/hostdevctl-lab
answers() { "$tables/expected-for" "$(uname -r)" "$tables/$1"; }
total=0
# alike TABLE AT-LEAST WHAT: /run/lab/answers are those of the file, and so many.
alike() {
	answers "$1" >/run/lab/expected
	ok "$3, the kernel answers as $1 says, line by line" diff /run/lab/expected /run/lab/answers
	ok "that are $2 answers or more" test "$(wc -l </run/lab/answers)" -ge "$2"
	total=$((total + $(wc -l </run/lab/answers)))
}

"$tables/conformance" 0000:01:00.0 0000:02:00.0 0000:00:10.0 e1000e nvme >/run/lab/answers
alike expected.txt 100 "About functions and drivers"

"$tables/conformance" settings 0000:01:00.0 e1000e >/run/lab/answers
alike expected-settings.txt 110 "about a function's settings"

ok "the kernel's sample of mdevs is there" mdev_modules
"$tables/conformance" mdev mtty mtty-2 mtty-1 >/run/lab/answers
alike expected-mdev.txt 100 "about mdevs"
mdev_modules_end

"$tables/conformance" pages here >/run/lab/answers
alike expected-pages.txt 45 "about huge pages"

# A VF's driver hears of its MAC only from a PF that is up. The table leaves the PF as at boot: with a new interface, down.
pf=$(netdev_of 10:00.0)
ip link set "$pf" up
ok "the card with VFs has a link" wait_until 20 grep -q 1 "/sys/class/net/$pf/carrier"
"$tables/conformance" sriov 0000:10:00.0 "$pf" >/run/lab/answers
"$tables/conformance" sriov 0000:11:00.0 >>/run/lab/answers
alike expected-sriov.txt 400 "about SR-IOV"
is "$(cat "/sys/class/net/$(netdev_of 10:00.0)/flags")" 0x1002 "the card's interface is down, as it was"
diag "$(uname -r): $total answers compared"
