/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A workstation, for what giving its graphics cards away means.
 */
#include "hd-fake-desk.h"

static void
add(HdFake *fake, const char *address, guint16 vendor, guint16 device, guint32 class_code,
    int group, const char *driver)
{
    const HdFakeDevice facts = {.address = address,
                                .vendor = vendor,
                                .device = device,
                                .class_code = class_code,
                                .group = group,
                                .native = driver,
                                .driver = driver};
    hd_fake_add_device(fake, &facts);
}

/* The node goes and comes with the driver in the kernel; here a process alone makes it matter. */
static void
add_audio(HdFake *fake, const char *address, int group, guint number)
{
    g_autofree char *path = g_strdup_printf(
        "sys/devices/pci0000:00/%s/sound/card%u/controlC%u/uevent", address, number, number);
    g_autofree char *text = g_strdup_printf("DEVNAME=snd/controlC%u\n", number);
    add(fake, address, 0x1002, 0xab38, 0x040300, group, "snd_hda_intel");
    hd_fake_set_file(fake, path, text);
}

HdFake *
hd_fake_desk_new(void)
{
    HdFake *fake = hd_fake_new();
    const char *const drivers[] = {"amdgpu",     "snd_hda_intel",  "nvidia", "nvidia_uvm",
                                   "nvidia_drm", "nvidia_modeset", "e1000e"};
    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++)
        hd_fake_add_driver(fake, drivers[i], true);
    add(fake, "0000:01:00.0", 0x1002, 0x73bf, 0x030000, 1, "amdgpu");
    add_audio(fake, "0000:01:00.1", 1, 0);
    add(fake, "0000:02:00.0", 0x1002, 0x73bf, 0x030000, 2, "amdgpu");
    add_audio(fake, "0000:02:00.1", 3, 1);
    add(fake, "0000:03:00.0", 0x10de, 0x2684, 0x030000, 4, "nvidia");
    add(fake, "0000:04:00.0", 0x10de, 0x2684, 0x030000, 5, "nvidia");
    add(fake, "0000:05:00.0", 0x8086, 0x10d3, 0x020000, 6, "e1000e");
    hd_fake_make_card(fake, "0000:01:00.0", 0, true);
    hd_fake_make_card(fake, "0000:02:00.0", 1, false);
    hd_fake_make_nvidia(fake, "0000:03:00.0", 0);
    hd_fake_make_nvidia(fake, "0000:04:00.0", 1);
    hd_fake_set_bar(fake, "0000:01:00.0", 0, 256, 1 << 8 | 1 << 9 | 1 << 13);
    return fake;
}
