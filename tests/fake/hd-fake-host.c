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
                             .driver = "igb"};
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

static void
add_pfs(HdFake *fake)
{
    const HdFakeDevice nvme = {.address = "0000:17:00.0",
                               .vendor = 0x1b36,
                               .device = 0x0010,
                               .class_code = 0x010802,
                               .group = 17,
                               .native = "nvme",
                               .driver = "nvme"};
    const HdFakePf network = {.address = "0000:07:00.0",
                              .interface = "eth7",
                              .total = 7,
                              .count = 2,
                              .vf_device = 0x10ca,
                              .vf_native = "igbvf",
                              .first_group = 70};
    const HdFakePf storage = {.address = "0000:17:00.0",
                              .total = 4,
                              .vf_device = 0x0010,
                              .first_group = 170,
                              .keeps_vfs = true};
    hd_fake_add_device(fake, &nvme);
    hd_fake_make_pf(fake, &network);
    hd_fake_make_pf(fake, &storage);
}

static void
add_gpu(HdFake *fake, const char *address, guint16 model, int group)
{
    const HdFakeDevice gpu = {.address = address,
                              .vendor = 0x10de,
                              .device = model,
                              .class_code = 0x030200,
                              .group = group,
                              .native = "nvidia",
                              .driver = "nvidia"};
    hd_fake_add_device(fake, &gpu);
}

static void
add_mdev_parents(HdFake *fake)
{
    const HdFakeMdevType mtty[] = {
        {.id = "mtty-1", .name = "Single port serial", .device_api = "vfio-pci", .weight = 1},
        {.id = "mtty-2", .name = "Dual port serial", .device_api = "vfio-pci", .weight = 2},
    };
    const HdFakeMdevType grid[] = {
        {.id = "nvidia-36",
         .name = "GRID V100-1Q",
         .description = "num_heads=4, frl_config=60, framebuffer=1024M, max_instance=2",
         .device_api = "vfio-pci",
         .weight = 1},
        {.id = "nvidia-39",
         .name = "GRID V100-2Q",
         .description = "num_heads=4, frl_config=60, framebuffer=2048M, max_instance=1",
         .device_api = "vfio-pci",
         .weight = 2},
    };
    const char *const gpus[] = {"0000:41:00.0", "0000:42:00.0"};
    hd_fake_add_mdev_parent(fake, "mtty", -1, mtty, G_N_ELEMENTS(mtty), 4);
    for (int i = 0; i < 2; i++) {
        add_gpu(fake, gpus[i], 0x1db1, 41 + i);
        hd_fake_add_mdev_parent(fake, gpus[i], 0, grid, G_N_ELEMENTS(grid), 2);
    }
}

static void
add_vgpus(HdFake *fake)
{
    const char *const types[] = {"558:NVIDIA L40-1B:2", "560:NVIDIA L40-2B:1", NULL};
    const char *const vfs[] = {"0000:43:00.4", "0000:43:00.5"};
    for (int i = 0; i < 2; i++) {
        add_gpu(fake, vfs[i], 0x26b5, 44 + i);
        hd_fake_add_vgpu(fake, vfs[i], types, "0000:43:00.0");
    }
}

static void
add_usbs(HdFake *fake)
{
    const HdFakeUsb usbs[] = {
        {.port = "1-1",
         .bus = 1,
         .device = 2,
         .vendor = 0x0627,
         .product = 1,
         .name = "QEMU USB Keyboard",
         .is_keyboard = true},
        {.port = "1-2",
         .bus = 1,
         .device = 3,
         .vendor = 0x0781,
         .product = 0x5567,
         .name = "Cruzer Blade",
         .disk = "sdu"},
        {.port = "1-3",
         .bus = 1,
         .device = 4,
         .vendor = 0x0403,
         .product = 0x6001,
         .name = "FT232R",
         .tty = "ttyUSB0"},
        {.port = "1-4",
         .bus = 1,
         .device = 5,
         .vendor = 0x0403,
         .product = 0x6001,
         .name = "FT232R",
         .tty = "ttyUSB1"},
        {.port = "1-5",
         .bus = 1,
         .device = 6,
         .vendor = 0x05e3,
         .product = 0x0610,
         .name = "USB2.1 Hub",
         .is_hub = true},
    };
    hd_fake_set_file(fake, "proc/bus/input/devices",
                     "I: Bus=0019\nS: Sysfs=/devices/LNXSYSTM:00/LNXPWRBN:00/input/input0\n"
                     "H: Handlers=kbd event2\nB: EV=3\n\n"
                     "I: Bus=0011\nS: Sysfs=/devices/platform/i8042/serio0/input/input1\n"
                     "H: Handlers=sysrq kbd event1 leds\nB: EV=120013\n\n");
    for (gsize i = 0; i < G_N_ELEMENTS(usbs); i++)
        hd_fake_add_usb(fake, &usbs[i]);
    hd_fake_add_tty(fake, "ttyS0");
    hd_fake_add_tty(fake, "ttyS1");
    hd_fake_set_file(fake, "sys/class/tty/console/active", "tty0 ttyS0\n");
    hd_fake_set_link(fake, "dev/serial/by-id/adapter", "../../ttyUSB0");
    hd_fake_set_file(fake, "proc/self/mountinfo", "20 1 8:1 / / rw - ext4 /dev/sdz1 rw\n");
    hd_fake_set_file(fake, "proc/swaps", "Filename Type Size Used Priority\n");
}

static void
add_hugepages(HdFake *fake)
{
    hd_fake_set_file(
        fake, "proc/meminfo",
        "MemTotal: 8000000 kB\nMemAvailable: 6000000 kB\nHugepagesize:       2048 kB\n");
    hd_fake_add_pages(fake, 2048, 2);
    hd_fake_add_pages(fake, 1048576, 2);
    for (guint node = 0; node < 2; node++)
        hd_fake_set_memory(fake, node, G_GUINT64_CONSTANT(64) * 2048,
                           G_GUINT64_CONSTANT(32) * 2048);
}

HdFake *
hd_fake_host_new(void)
{
    HdFake *fake = hd_fake_new();
    const char *const drivers[] = {"e1000e", "nvme", "igb", "igbvf", "pcieport", "nvidia"};
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
    add_pfs(fake);
    add_mdev_parents(fake);
    add_vgpus(fake);
    add_usbs(fake);
    add_hugepages(fake);
    return fake;
}

HdRequest *
hd_fake_request(const char *name, const char *uuid, ...)
{
    const HdUuid parsed = hd_fake_uuid(uuid);
    HdRequest *request = hd_request_new(name, &parsed);
    va_list args;
    va_start(args, uuid);
    for (const char *address = va_arg(args, const char *); address != NULL;
         address = va_arg(args, const char *)) {
        HdWish *wish = hd_request_add(request, HD_WISH_PCI);
        wish->managed = true;
        wish->address = hd_fake_address(address);
    }
    va_end(args);
    return request;
}

HdPciAddress
hd_fake_address(const char *text)
{
    HdPciAddress address;
    g_assert_true(hd_pci_address_parse(text, &address));
    return address;
}

HdUuid
hd_fake_uuid(const char *text)
{
    HdUuid uuid = {""};
    g_assert_true(hd_uuid_parse(text, &uuid));
    return uuid;
}
