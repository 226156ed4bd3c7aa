# 55-guide-desktop: docs/gpu.md, typed.
# topology: desktop
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan $(($(guide_commands ../gpu) + 2))
need_hook
cd /run/lab
mkdir -p /run/systemd/system /etc/hostdevctl/conf.d
cat >/run/systemd/system/lab-dm.service <<'UNIT'
[Service]
Type=exec
ExecStart=/bin/bash -c 'exec 3<>/dev/dri/card0 4<>/dev/snd/controlC0; exec sleep infinity'
UNIT
ln -s /run/systemd/system/lab-dm.service /etc/systemd/system/display-manager.service
systemctl daemon-reload
ok "the display manager runs" systemctl start lab-dm
wait_until 20 holders_of /dev/dri/card0
before=$(snapshot)
vm_define box
guide_follow ../gpu
is "$(snapshot)" "$before" "the host is as before"
systemctl stop lab-dm
rm -f /run/systemd/system/lab-dm.service /etc/systemd/system/display-manager.service
