# 05-conformance-desktop: as 03-conformance, about the host's own picture.
# topology: desktop
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 3

tables=/usr/lib/hostdevctl-lab
mkdir -p /run/systemd/system
printf '[Service]\nType=exec\nExecStart=/bin/sleep infinity\n' >/run/systemd/system/lab-runs.service
printf '[Service]\nType=exec\nExecStart=/nosuch\n' >/run/systemd/system/lab-broken.service
systemctl daemon-reload
# The console comes to the first framebuffer in the kernel's own time.
ok "the console is on a framebuffer" wait_until 60 grep -q 1 /sys/class/vtconsole/vtcon1/bind
"$tables/conformance" desktop 0000:00:01.0 0000:01:00.0 bochs-drm bochs lab-runs.service lab-broken.service >/run/lab/answers
"$tables/expected-for" "$(uname -r)" "$tables/expected-desktop.txt" >/run/lab/expected
ok "about the host's picture, the kernel answers as expected-desktop.txt says, line by line" diff /run/lab/expected /run/lab/answers
ok "that are 120 answers or more" test "$(wc -l </run/lab/answers)" -ge 120
diag "$(uname -r): $(wc -l </run/lab/answers) answers compared"
rm /run/systemd/system/lab-{runs,broken}.service
systemctl daemon-reload
