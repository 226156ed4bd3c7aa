/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts for readiness. Nothing is run for them, so that they can be read of a captured
 * machine, too.
 */
#include "hd-readiness-probe.h"

#include <string.h>

#include "hd-qemu-acl.h"

#define DEVICES "sys/bus/pci/devices"

/* libvirt's cache of what each QEMU can: one file each, formatted by libvirt. */
#define NOTES       "var/cache/libvirt/qemu/capabilities"
#define NOTED_AS    "  <version>"
#define NOTED_MAJOR 1000000
#define NOTED_MINOR 1000

/* Debian has it in /boot, Fedora with the modules. Not set: there is only a comment. */
static HdAnswer
read_config(HdPort *port, const char *release, const char *option)
{
    g_autofree char *prefix = g_strconcat(option, "=", NULL);
    g_autofree char *line = NULL;
    if (hd_port_read_lines(port, prefix, &line, "boot/config-%s", release) != 0 &&
        hd_port_read_lines(port, prefix, &line, "lib/modules/%s/config", release) != 0)
        return HD_ANSWER_UNKNOWN;
    return *line != '\0' ? HD_ANSWER_YES : HD_ANSWER_NO;
}

/* The newest one. "  <version>10000002</version>" is 10.0.2. */
static guint
read_qemu(HdPort *port)
{
    g_autoptr(GPtrArray) names = NULL;
    guint newest = 0;
    if (hd_port_list(port, &names, NOTES) != 0)
        return 0;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *line = NULL;
        if (hd_port_read_lines(port, NOTED_AS, &line, NOTES "/%s",
                               (const char *)g_ptr_array_index(names, i)) != 0 ||
            *line == '\0')
            continue;
        const guint64 version = g_ascii_strtoull(line + strlen(NOTED_AS), NULL, 10);
        const guint64 known = version / NOTED_MAJOR * 1000 + version % NOTED_MAJOR / NOTED_MINOR;
        newest = MAX(newest, (guint)MIN(known, 999999));
    }
    return newest;
}

/* The class device is there without CONFIG_VFIO_DEVICE_CDEV, too, but then has no number. */
static bool
has_cdev(HdPort *port, const char *name)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, DEVICES "/%s/vfio-dev", name) != 0)
        return false;
    for (guint i = 0; i < names->len; i++) {
        const char *cdev = g_ptr_array_index(names, i);
        if (hd_port_exists(port, DEVICES "/%s/vfio-dev/%s/dev", name, cdev) ||
            hd_port_exists(port, "dev/vfio/devices/%s", cdev))
            return true;
    }
    return false;
}

HdReadinessFacts
hd_readiness_probe_host(HdPort *port)
{
    g_autofree char *release = NULL;
    HdReadinessFacts facts = {
        .libvirt = hd_qemu_acl_libvirt(port),
        .qemu = read_qemu(port),
        .has_iommu_node = hd_port_exists(port, "dev/iommu"),
    };
    if (hd_port_read(port, &release, "proc/sys/kernel/osrelease") != 0)
        return facts;
    facts.kernel = hd_readiness_version(release);
    facts.config_iommufd = read_config(port, release, "CONFIG_IOMMUFD");
    facts.config_cdev = read_config(port, release, "CONFIG_VFIO_DEVICE_CDEV");
    return facts;
}

void
hd_readiness_probe_device(HdPort *port, const HdDevice *device, HdReadinessFacts *facts)
{
    facts->has_cdev = has_cdev(port, hd_pci_address_text(&device->address).text);
    facts->is_bound_to_vfio = hd_device_is_on_vfio(device);
    facts->bound = device->binding.driver;
    facts->chosen = device->vfio_driver;
    facts->id = &device->id;
    facts->is_vf = device->is_vf;
}

HdReadinessFacts
hd_readiness_probe(HdPort *port, const HdDevice *device)
{
    HdReadinessFacts facts = hd_readiness_probe_host(port);
    hd_readiness_probe_device(port, device, &facts);
    return facts;
}
