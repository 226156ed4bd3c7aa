# 03-conformance: does the fake kernel of the unit tests answer as this real one does?
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 11

conformance=/usr/lib/hostdevctl-lab
"$conformance/conformance" 0000:01:00.0 0000:02:00.0 0000:00:10.0 e1000e nvme >/run/lab/answers
ok "the kernel answers as expected.txt says, line by line" diff "$conformance/expected.txt" /run/lab/answers
ok "that are a hundred answers" test "$(wc -l </run/lab/answers)" -ge 100

ok "the kernel's sample of mdevs is there" mdev_modules
"$conformance/conformance" mdev >/run/lab/fake-answers
"$conformance/conformance" mdev mtty mtty-2 mtty-1 >/run/lab/answers
ok "about mdevs the kernel answers as the fake does, line by line" diff /run/lab/fake-answers /run/lab/answers
ok "that are a hundred answers too" test "$(wc -l </run/lab/answers)" -ge 100
mdev_modules_end

"$conformance/conformance" pages >/run/lab/fake-answers
"$conformance/conformance" pages here >/run/lab/answers
ok "about huge pages the kernel answers as the fake does, line by line" diff /run/lab/fake-answers /run/lab/answers
ok "that are fifty answers, or nearly" test "$(wc -l </run/lab/answers)" -ge 45

# A VF's driver hears of its MAC only from a PF that is up. The table leaves the PF as at boot: with a new interface, down.
pf=$(netdev_of 10:00.0)
ip link set "$pf" up
ok "the card with VFs has a link" wait_until 20 grep -q 1 "/sys/class/net/$pf/carrier"
"$conformance/conformance" sriov >/run/lab/fake-answers
"$conformance/conformance" sriov 0000:10:00.0 "$pf" >/run/lab/answers
"$conformance/conformance" sriov 0000:11:00.0 >>/run/lab/answers
ok "about SR-IOV the kernel answers as the fake does, line by line" diff /run/lab/fake-answers /run/lab/answers
ok "that are four hundred answers" test "$(wc -l </run/lab/answers)" -ge 400
is "$(cat "/sys/class/net/$(netdev_of 10:00.0)/flags")" 0x1002 "the card's interface is down, as it was"
