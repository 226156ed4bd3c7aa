# 03-conformance: does the fake kernel of the unit tests answer as this real one does?
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 2

conformance=/usr/lib/hostdevctl-lab
"$conformance/conformance" 0000:01:00.0 0000:02:00.0 0000:00:10.0 e1000e nvme >/run/lab/answers
ok "the kernel answers as expected.txt says, line by line" diff "$conformance/expected.txt" /run/lab/answers
ok "that are a hundred answers" test "$(wc -l </run/lab/answers)" -ge 100
