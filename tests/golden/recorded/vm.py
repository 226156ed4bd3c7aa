# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running VMs as libvirt keeps them on disk: a listing has to know who holds a device
also where no hook of ours was there at the start."""
import re

HEAD = """<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
  virsh edit {name}
or other application using the libvirt API.
-->

<domstatus state='{state}' reason='booted' pid='{pid}'>
  <monitor path='/var/lib/libvirt/qemu/domain-{id}-{name}/monitor.sock' type='unix'/>
  <namespaces>
    <mount/>
  </namespaces>
  <vcpus>
    <vcpu id='0' pid='{vcpu}'/>
  </vcpus>
  <qemuCaps>
    <flag name='hda-duplex'/>
    <flag name='vfio-pci.display'/>
  </qemuCaps>
  <devices>
{aliases}  </devices>
  <numad nodeset='0' cpuset='0'/>
  <libDir path='/var/lib/libvirt/qemu/domain-{id}-{name}'/>
  <channelTargetDir path='/var/lib/libvirt/qemu/channel/target/domain-{id}-{name}'/>
  <chardevStdioLogd/>
  <allowReboot value='yes'/>
  <nodename index='2'/>
  <fdset index='0'/>
  <blockjobs active='no'/>
  <agentTimeout>-2</agentTimeout>
  <domain type='kvm' id='{id}'>
    <name>{name}</name>
    <uuid>{uuid}</uuid>
    <memory unit='KiB'>4194304</memory>
    <currentMemory unit='KiB'>4194304</currentMemory>
    <vcpu placement='static'>1</vcpu>
    <resource>
      <partition>/machine</partition>
    </resource>
    <os>
      <type arch='{arch}' machine='{machine}'>hvm</type>
      <boot dev='hd'/>
    </os>
    <clock offset='utc'/>
    <on_poweroff>destroy</on_poweroff>
    <on_reboot>restart</on_reboot>
    <on_crash>destroy</on_crash>
    <devices>
      <emulator>/usr/bin/qemu-system-{arch}</emulator>
      <disk type='file' device='disk'>
        <driver name='qemu' type='qcow2'/>
        <source file='/var/lib/libvirt/images/{name}.qcow2' index='1'/>
        <backingStore/>
        <target dev='vda' bus='virtio'/>
        <alias name='virtio-disk0'/>
        <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
      </disk>
{devices}      <memballoon model='virtio'>
        <alias name='balloon0'/>
      </memballoon>
    </devices>
    <seclabel type='dynamic' model='dac' relabel='yes'>
      <label>+64055:+993</label>
      <imagelabel>+64055:+993</imagelabel>
    </seclabel>
  </domain>
</domstatus>"""


def address(function):
    parts = re.split(r"[:.]", function)
    return f"domain='0x{parts[0]}' bus='0x{parts[1]}' slot='0x{parts[2]}' function='0x{parts[3]}'"


def hostdev(function, number, managed):
    states = "          <origstates>\n            <unbind/>\n            <reprobe/>\n          </origstates>\n"
    return (f"      <hostdev mode='subsystem' type='pci' managed='{managed}'>\n        <driver name='vfio'/>\n        <source>\n"
            f"          <address {address(function)}/>\n{states if managed == 'yes' else ''}        </source>\n"
            f"        <alias name='hostdev{number}'/>\n"
            f"        <address type='pci' domain='0x0000' bus='0x{number + 5:02x}' slot='0x00' function='0x0'/>\n      </hostdev>\n")


def interface(function, mac, vlan, number):
    tag = f"        <vlan>\n          <tag id='{vlan}'/>\n        </vlan>\n" if vlan else ""
    return (f"      <interface type='hostdev' managed='yes'>\n        <mac address='{mac}'/>\n        <driver name='vfio'/>\n"
            f"        <source>\n          <address type='pci' {address(function)}/>\n        </source>\n{tag}"
            f"        <alias name='hostdev{number}'/>\n"
            f"        <address type='pci' domain='0x0000' bus='0x{number + 5:02x}' slot='0x00' function='0x0'/>\n      </interface>\n")


def mediated(uuid, number):
    return ("      <hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci' display='off'>\n        <source>\n"
            f"          <address uuid='{uuid}'/>\n        </source>\n        <alias name='hostdev{number}'/>\n"
            f"        <address type='pci' domain='0x0000' bus='0x{number + 5:02x}' slot='0x00' function='0x0'/>\n      </hostdev>\n")


def devices_of(vm):
    """The XML of the VM's devices in the order of its items."""
    found = []
    for number, item in enumerate(vm.items):
        if item.word == "pci":
            found.append(hostdev(item.words[0], number, item.keys.get("managed", "yes")))
        elif item.word == "nic":
            found.append(interface(item.words[0], item.words[1], item.keys.get("vlan"), number))
        elif item.word == "mdev":
            found.append(mediated(item.words[0], number))
    return found


def groups_of(host, vm):
    """Group nodes that its QEMU has open."""
    found = []
    mdevs = {i.words[0]: int(i.words[2]) for f in host.functions for i in f.all("mdev")}
    for item in vm.items:
        if item.word == "mdev":
            found.append(mdevs[item.words[0]])
        else:
            found.append(host.find(item.words[0]).group)
    return sorted({group for group in found if group is not None})


def write_process(tree, host, vm):
    """proc/PID of QEMU: its name and what it has open."""
    home, arch = f"proc/{vm.pid}", "aarch64" if host.say("cpu").startswith("arm") else "x86_64"
    tree.put(f"{home}/comm", f"qemu-system-{arch[:3]}")
    tree.raw(f"{home}/cmdline", f"/usr/bin/qemu-system-{arch}\0-name\0guest={vm.name},debug-threads=on\0-uuid\0{vm.uuid}\0".encode())
    tree.put(f"{home}/stat", f"{vm.pid} (qemu-system-{arch[:3]}) S 1 " + "0 " * 17 + "4000 0 0")
    tree.put(f"{home}/status", f"Name:\tqemu-system-{arch[:3]}\nPid:\t{vm.pid}\nUid:\t64055\t64055\t64055\t64055")
    groups = groups_of(host, vm)
    targets = ["/dev/null", "/dev/kvm", "anon_inode:kvm-vm"] + (["/dev/vfio/vfio"] if groups else [])
    targets += [f"/dev/vfio/{group}" for group in groups] + ["anon_inode:[vfio-device]"] * len(groups)
    for number, target in enumerate(targets):
        tree.point(f"{home}/fd/{number}", target)


def write_all(tree, host):
    is_arm = host.say("cpu").startswith("arm")
    for number, vm in enumerate(host.vms, 1):
        devices = devices_of(vm)
        tree.put(f"run/libvirt/qemu/{vm.name}.xml", HEAD.format(
            name=vm.name, pid=vm.pid, id=number, uuid=vm.uuid, vcpu=vm.pid + 7, state=vm.keys.get("state", "running"),
            arch="aarch64" if is_arm else "x86_64", machine=vm.keys.get("machine", "virt-8.2" if is_arm else "pc-q35-8.2"),
            aliases="".join(f"    <device alias='hostdev{n}'/>\n" for n in range(len(devices))) + "    <device alias='balloon0'/>\n",
            devices="".join(devices)))
        tree.put(f"run/libvirt/qemu/{vm.name}.pid", vm.pid)
        write_process(tree, host, vm)
