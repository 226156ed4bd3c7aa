# 56-rom: a card's ROM is dumped to the last byte, the attribute is left as it was, and what is said of ROMs is true of real ones.
# topology: rom
# shellcheck shell=bash source=tests/lab/lib.sh
. /lab/lib.sh
plan 43
need_hook
before=$(snapshot)
cd /run/lab
rom=$(sysfs_of 01:00.0)/rom
qemus=/usr/share/qemu/efi-e1000e.rom # the same as the QEMU outside has

# ---- the kernel's attribute: what hd-rom-reader and the tests' fake rest on ---------------------------------------------

fails "a ROM can't be read unless it is enabled" cat "$rom"
like "$output" "Invalid argument" "and that is EINVAL"
printf 0 >"$rom"
ok "\"0\" without a newline enables it" cat "$rom"
printf '0\n' >"$rom"
fails "\"0\" with one disables it" cat "$rom"
echo 1 >"$rom"
cat "$rom" >by-hand.rom
printf '0\n' >"$rom"
ok "by hand one gets what QEMU's file has" cmp -n "$(stat -c %s by-hand.rom)" by-hand.rom "$qemus"

# ---- dump ----------------------------------------------------------------------------------------------------------------

ok "dump" hostdevctl rom dump 01:00.0 --output card.rom
like "$output" "is run by driver e1000e: some cards hang" "says that the card is in use"
ok "the same bytes as by hand" cmp card.rom by-hand.rom
ok "more than the 8 KiB that two answers of the kernel have" test "$(stat -c %s card.rom)" -gt 8192
is "$(stat -c '%a %U' card.rom)" "644 root" "a file that QEMU may read"
fails "the attribute is disabled again" cat "$rom"
fails "a file is not replaced" hostdevctl rom dump 01:00.0 --output card.rom
like "$output" "card.rom is there already" "and that is said"
hostdevctl rom dump 01:00.0 >piped.rom 2>/dev/null
ok "through a pipe, too" cmp piped.rom by-hand.rom
echo 1 >"$rom"
ok "dump of an attribute that somebody else has enabled" hostdevctl rom dump 01:00.0 --output card.rom --force
ok "leaves it enabled" cat "$rom"
printf '0\n' >"$rom"
fails "a card without a ROM" hostdevctl rom dump 02:00.0 --output none.rom
like "$output" "0000:02:00.0 has no ROM that could be read" "is said to have none"
ok "and no file is made" test ! -e none.rom

# ---- check ---------------------------------------------------------------------------------------------------------------

ok "check of the card" hostdevctl rom check 01:00.0
diag "$output"
like "$output" "has a UEFI image \(x64.*\): works with OVMF" "it has a UEFI image"
like "$output" "x86 BIOS, [0-9]+ bytes, for 8086:10d3" "and a BIOS"
like "$output" "ok +checksum" "with a right checksum"
ok "check of the file against the card" hostdevctl rom check card.rom 01:00.0
fails "against another card" hostdevctl rom check card.rom 00:04.0
like "$output" "an image is for 8086:10d3, and 0000:00:04.0 is 1234:1111" "it is not for that"
is "$(hostdevctl rom check card.rom --json | jq -r '[.whole, .shadow, (.images | length > 1)] | @csv')" "true,false,true" "as JSON"
{ printf NVGI && head -c 1020 /dev/zero && cat card.rom; } >nvidia.rom
fails "a file with NVIDIA's header" hostdevctl rom check nvidia.rom
ok "can be trimmed" hostdevctl rom trim nvidia.rom --output trimmed.rom
ok "to what it was" cmp trimmed.rom card.rom

# ---- the card with the boot screen ---------------------------------------------------------------------------------------

fails "check of the card with the boot screen" hostdevctl rom check 00:04.0
diag "$output"
like "$output" "problem +shadow +0000:00:04.0 showed the boot screen" "its ROM is said to be shadowed"
like "$output" "make another card the boot display" "with the remedy"
like "$(hostdevctl show 00:04.0)" "ROM: +128 KiB at 0xc0000.*shadow" "show says so, too"
ok "the vendor's file is another matter" hostdevctl rom check /usr/share/seabios/vgabios-stdvga.bin 00:04.0

# ---- without a driver, switched off --------------------------------------------------------------------------------------

echo 0000:01:00.0 >"$(sysfs_of 01:00.0)/driver/unbind"
setpci -s 01:00.0 COMMAND=0:2
is "$(<"$(sysfs_of 01:00.0)/enable") $((0x$(setpci -s 01:00.0 COMMAND) & 2))" "0 0" "a card without a driver is off"
echo 1 >"$rom"
fails "by hand its ROM can't be read" cat "$rom"
printf '0\n' >"$rom"
ok "its ROM is read all the same" hostdevctl rom dump 01:00.0 --output off.rom
ok "to the last byte" cmp off.rom by-hand.rom
is "$(<"$(sysfs_of 01:00.0)/enable")" 0 "and it is off again"
echo 0000:01:00.0 >/sys/bus/pci/drivers/e1000e/bind

# ---- a VM's card ---------------------------------------------------------------------------------------------------------

vm_define gamer --xml "<hostdev mode='subsystem' type='pci' managed='yes'><source>$(pci_address_xml 01:00.0)</source><rom file='/usr/share/qemu/card.rom'/></hostdev>"
install -m 0644 card.rom /usr/share/qemu/card.rom
ok "a VM starts with the file" vm_start gamer
try hostdevctl rom dump 01:00.0 --output vm.rom
is "$status $output" "3 hostdevctl: 0000:01:00.0 is held by VM 'gamer': reading its ROM now could hang it; shut that VM down first" "a VM's card is not read"
vm_destroy gamer
vm_remove gamer
rm /usr/share/qemu/card.rom
is "$(snapshot)" "$before" "the host is as before"
