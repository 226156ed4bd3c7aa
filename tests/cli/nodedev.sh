#!/bin/bash
# nodedev without libvirt: names, XML, definitions, and what is refused.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
u1=11111111-0000-4000-8000-000000000001
name=mdev_${u1//-/_}_mtty
mkdir -p "$root/run" "$root/sys/class/mdev_bus" "$root/sys/devices/virtual/mtty/mtty/mdev_supported_types"
ln -s ../../devices/virtual/mtty/mtty "$root/sys/class/mdev_bus/mtty"
put sys/devices/virtual/mtty/mtty/mdev_supported_types/mtty-1/device_api vfio-pci
put sys/devices/virtual/mtty/mtty/mdev_supported_types/mtty-1/available_instances 3

run nodedev list --cap pci
exits 0 'list'
ok 'list: in order' test "$output" = "$(printf 'pci_0000_%s\n' 00_1c_0 01_00_0 02_00_0 02_00_1 03_00_0)"
run nodedev list --cap mdev_types
ok 'list --cap mdev_types' test "$output" = mtty_mtty
run nodedev dumpxml 01:00.0
silent 'dumpxml'
ok 'dumpxml: is XML' xmllint --noout - <<<"$output"
says '<name>pci_0000_01_00_0</name>' 'dumpxml'
says "<iommuGroup number='1'>" 'dumpxml'
run nodedev dumpxml mtty_mtty
says '<availableInstances>3</availableInstances>' 'dumpxml of a parent'
run nodedev dumpxml pci_0000_44_00_0
exits 1 'dumpxml of nothing'
complains "there is no node device 'pci_0000_44_00_0'" 'dumpxml of nothing'

put mdev.xml "<device><parent>mtty_mtty</parent><capability type='mdev'><type id='mtty-1'/><uuid>$u1</uuid><attr name='a' value='1'/></capability></device>"
run nodedev define "$root/mdev.xml"
exits 0 'define'
ok 'define: prints the name' test "$output" = "$name"
ok "define: mdevctl's file" grep -q '"a": "1"' "$root/etc/mdevctl.d/mtty/$u1"
run nodedev define "$root/mdev.xml"
exits 3 'define again'
run nodedev list --inactive
ok 'list --inactive' test "$output" = "$name"
run nodedev dumpxml "$u1" --inactive
says "<attr name='a' value='1'/>" 'dumpxml --inactive'
run nodedev undefine "$name"
exits 0 'undefine'
ok 'undefine: the file is gone' test ! -e "$root/etc/mdevctl.d/mtty/$u1"
run nodedev start "$name"
exits 1 'start of what is not defined'
put mdev.xml "<device><parent>../x</parent><capability type='mdev'><type id='mtty-1'/></capability></device>"
run nodedev define "$root/mdev.xml"
exits 1 'define of rubbish'
complains "node device XML, line 1: <parent> is '../x', which is no node device's name" 'define of rubbish'
run nodedev detach "$name"
exits 2 'detach of an mdev'
run nodedev start 01:00.0
exits 2 'start of a function'
run nodedev list 01:00.0
exits 2 'list with a name'
run nodedev dumpxml
exits 2 'dumpxml without a name'
run nodedev dance 01:00.0
exits 2 'an unknown verb'
run nodedev list --cap net
exits 2 'an unknown capability'

run plan nosuch.xml --connect test:///default
exits 1 'a file that is not there'
complains "'nosuch.xml' is no file here, and as a VM's name: " 'a file that is not there'

# What asks libvirt is a module of its own; here its file is damaged.
mkdir "$root/installed"
cp "$hostdevctl" "$root/installed"
put installed/hostdevctl-virt.so ''
hostdevctl=$root/installed/$(basename "$hostdevctl")
run plan web --connect test:///default
exits 1 'libvirt without its module'
complains 'the installation is not whole: ' 'libvirt without its module'
complains 'install hostdevctl again' 'libvirt without its module'
run nodedev list --cap pci
exits 0 'what needs no libvirt'
finish
