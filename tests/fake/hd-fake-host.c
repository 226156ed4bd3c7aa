/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The standard host and requests of the tests, so that a test says what it is about
 * and not how a host looks.
 */
#include "hd-fake-host.h"

static void
add(HdFake *fake, const char *address, int group, const char *driver)
{
    const HdFakeDevice device = {.address = address,
                                 .vendor = 0x8086,
                                 .device = 0x10d3,
                                 .class_code = 0x020000,
                                 .group = group,
                                 .native = "e1000e",
                                 .driver = driver};
    hd_fake_add_device(fake, &device);
}

static void
add_special(HdFake *fake)
{
    const HdFakeDevice nvme = {.address = "0000:03:00.0",
                               .vendor = 0x1b36,
                               .device = 0x0010,
                               .class_code = 0x010802,
                               .group = 3,
                               .native = "nvme",
                               .driver = "nvme"};
    const HdFakeDevice foreign = {.address = "0000:04:00.0",
                                  .vendor = 0x8086,
                                  .device = 0x10d3,
                                  .class_code = 0x020000,
                                  .group = 4,
                                  .native = "e1000e",
                                  .override = "foreign"};
    const HdFakeDevice port = {.address = "0000:00:1c.0",
                               .vendor = 0x1b36,
                               .device = 0x000c,
                               .class_code = 0x060400,
                               .group = 6,
                               .native = "pcieport",
                               .driver = "pcieport"};
    const HdFakeDevice pf = {.address = "0000:07:00.0",
                             .vendor = 0x8086,
                             .device = 0x10c9,
                             .class_code = 0x020000,
                             .group = 7,
                             .native = "igb",
                             .driver = "igb",
                             .vf_count = 2,
                             .vf_total = 7};
    const HdFakeDevice pinned = {.address = "0000:20:00.0",
                                 .vendor = 0x8086,
                                 .device = 0x10d3,
                                 .class_code = 0x020000,
                                 .group = 20,
                                 .native = "e1000e",
                                 .driver = "e1000e",
                                 .override = "e1000e"};
    hd_fake_add_device(fake, &nvme);
    hd_fake_add_device(fake, &foreign);
    hd_fake_add_device(fake, &port);
    hd_fake_add_device(fake, &pf);
    hd_fake_add_device(fake, &pinned);
}

HdFake *
hd_fake_host_new(void)
{
    HdFake *fake = hd_fake_new();
    const char *const drivers[] = {"e1000e", "nvme", "igb", "pcieport"};
    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++)
        hd_fake_add_driver(fake, drivers[i], true);
    add(fake, "0000:01:00.0", 1, "e1000e");
    add(fake, "0000:02:00.0", 2, "e1000e");
    add(fake, "0000:02:00.1", 2, "e1000e");
    add(fake, "0000:05:00.0", 5, NULL);
    add(fake, "0000:06:00.0", 6, "e1000e");
    add(fake, "0000:08:00.0", -1, "e1000e");
    for (guint bus = 9; bus <= 16; bus++) {
        g_autofree char *address = g_strdup_printf("0000:%02x:00.0", bus);
        add(fake, address, (int)bus, "e1000e");
    }
    add_special(fake);
    return fake;
}

HdRequest *
hd_fake_request(const char *name, const char *uuid, ...)
{
    HdUuid parsed = {""};
    g_assert_true(hd_uuid_parse(uuid, &parsed));
    HdRequest *request = hd_request_new(name, &parsed);
    va_list args;
    va_start(args, uuid);
    for (const char *address = va_arg(args, const char *); address != NULL;
         address = va_arg(args, const char *)) {
        HdWish *wish = hd_request_add(request, HD_WISH_PCI);
        wish->managed = true;
        g_assert_true(hd_pci_address_parse(address, &wish->address));
    }
    va_end(args);
    return request;
}
