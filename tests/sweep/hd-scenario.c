/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The scenarios of the sweep: what VMs ask for, on which host.
 */
#include "hd-scenario.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const HdScenario hd_scenarios[] = {
    {.name = "one NIC", .addresses = {"0000:01:00.0"}},
    {.name = "one NIC, and back", .addresses = {"0000:01:00.0"}, .and_release = true},
    {.name = "group of two, one asked for", .addresses = {"0000:02:00.1"}, .and_release = true},
    {.name = "group of two, both asked for",
     .addresses = {"0000:02:00.0", "0000:02:00.1"},
     .and_release = true},
    {.name = "NVMe", .addresses = {"0000:03:00.0"}, .and_release = true},
    {.name = "foreign override, no driver", .addresses = {"0000:04:00.0"}, .and_release = true},
    {.name = "no driver", .addresses = {"0000:05:00.0"}, .and_release = true},
    {.name = "behind a bridge", .addresses = {"0000:06:00.0"}, .and_release = true},
    {.name = "pinned by its own override", .addresses = {"0000:20:00.0"}, .and_release = true},
    {.name = "nodes owned by QEMU",
     .addresses = {"0000:01:00.0", "0000:02:00.0"},
     .own_nodes = true,
     .and_release = true},
    {.name = "eight at once",
     .addresses = {"0000:09:00.0", "0000:0a:00.0", "0000:0b:00.0", "0000:0c:00.0", "0000:0d:00.0",
                   "0000:0e:00.0", "0000:0f:00.0", "0000:10:00.0"},
     .and_release = true},
    {.name = "second of two fails",
     .addresses = {"0000:01:00.0", "0000:03:00.0"},
     .bad_probe = "0000:03:00.0"},
    {.name = "companion fails",
     .addresses = {"0000:02:00.0"},
     .own_nodes = true,
     .bad_probe = "0000:02:00.1"},
    {.name = "mixed",
     .addresses = {"0000:01:00.0", "0000:02:00.0", "0000:04:00.0", "0000:05:00.0"},
     .own_nodes = true,
     .and_release = true},
    {.name = "one mdev", .and_release = true, .mdevs = {"mtty-2"}},
    {.name = "mdevs with attributes",
     .and_release = true,
     .mdevs = {"mtty-1+attr", "nvidia-39@0000:41:00.0", "nvidia-36+attr"}},
    {.name = "mdevs and functions",
     .addresses = {"0000:01:00.0", "0000:02:00.0"},
     .own_nodes = true,
     .and_release = true,
     .mdevs = {"mtty-2+attr", "nvidia-36"}},
    {.name = "mdev that is there",
     .own_nodes = false,
     .and_release = true,
     .mdevs = {"mtty-1"},
     .there = "mtty-1"},
    {.name = "mdev after a lost race",
     .and_release = true,
     .mdevs = {"nvidia-36"},
     .drained = "0000:41:00.0"},
    {.name = "mdevs, and a function that fails",
     .addresses = {"0000:03:00.0"},
     .bad_probe = "0000:03:00.0",
     .mdevs = {"mtty-1", "mtty-1+attr"}},
    {.name = "VF without wishes", .addresses = {"0000:07:10.0"}, .and_release = true},
    {.name = "VFs with settings",
     .addresses = {"0000:07:10.0", "0000:07:10.2"},
     .and_release = true,
     .vf = "vlan=42,qos=3,spoofchk=off,trust=on,max_rate=100"},
    {.name = "VF with a MAC",
     .addresses = {"0000:07:10.2"},
     .own_nodes = true,
     .and_release = true,
     .vf = "mac=52:54:00:00:00:07"},
    {.name = "VF, and a function that fails",
     .addresses = {"0000:07:10.0", "0000:03:00.0"},
     .bad_probe = "0000:03:00.0",
     .vf = "vlan=42"},
    {.name = "two vGPUs",
     .and_release = true,
     .vgpus = {"0000:43:00.4=558", "0000:43:00.5=NVIDIA L40-2B"}},
    {.name = "vGPU, mdev and function",
     .addresses = {"0000:01:00.0"},
     .own_nodes = true,
     .and_release = true,
     .mdevs = {"mtty-2"},
     .vgpus = {"0000:43:00.4=NVIDIA L40-1B"}},
    {.name = "USB stick", .own_nodes = true, .and_release = true, .usb = "0781:5567"},
    {.name = "USB, port and function",
     .addresses = {"0000:01:00.0"},
     .own_nodes = true,
     .and_release = true,
     .usb = "0627:0001",
     .tty = "/dev/serial/by-id/adapter"},
    {.name = "huge pages", .and_release = true, .pages = {"2048=40"}},
    {.name = "huge pages after compaction", .and_release = true, .pages = {"2048=150"}},
    {.name = "huge pages of two nodes, some there",
     .and_release = true,
     .pages = {"2048=30@0", "2048=80@1"},
     .there_pages = 20},
    {.name = "more huge pages than there can be", .is_refused = true, .pages = {"2048=500"}},
    {.name = "huge pages, and a function that fails",
     .addresses = {"0000:03:00.0"},
     .bad_probe = "0000:03:00.0",
     .pages = {"2048=40"}},
    {.name = "by a mapping",
     .addresses = {"0000:07:10.0"},
     .and_release = true,
     .mapping = "pf = 07:00.0"},
    {.name = "arrival by migration",
     .addresses = {"0000:07:10.2"},
     .and_release = true,
     .mapping = "pf = 07:00.0",
     .arrives = true},
    {.name = "card of the desktop",
     .addresses = {"0000:01:00.0", "0000:01:00.1"},
     .is_desk = true,
     .and_release = true,
     .rebar = "0:8G"},
    {.name = "card with the console's last screen",
     .addresses = {"0000:01:00.0"},
     .is_desk = true,
     .has_one_screen = true,
     .own_nodes = true,
     .and_release = true},
    {.name = "both NVIDIA cards, and their modules",
     .addresses = {"0000:03:00.0", "0000:04:00.0"},
     .is_desk = true,
     .and_release = true},
    {.name = "card of the desktop, and a function that fails",
     .addresses = {"0000:01:00.0", "0000:05:00.0"},
     .is_desk = true,
     .bad_probe = "0000:05:00.0"},
    {.name = "second start, the first one died",
     .addresses = {"0000:02:00.0", "0000:03:00.0"},
     .and_release = true,
     .mdevs = {"mtty-1"},
     .is_second = true},
    {.name = "devices of a VM that has died",
     .addresses = {"0000:02:00.0", "0000:07:10.0"},
     .own_nodes = true,
     .and_release = true,
     .vgpus = {"0000:43:00.4=558"},
     .is_successor = true},
    {.name = "reconcile",
     .addresses = {"0000:01:00.0", "0000:02:00.1", "0000:05:00.0"},
     .own_nodes = true,
     .mdevs = {"nvidia-36+attr"},
     .pages = {"2048=40"},
     .is_successor = true,
     .verb = &hd_scenario_reconcile},
    {.name = "detach and reattach", .and_release = true, .verb = &hd_scenario_detach},
    {.name = "detach", .verb = &hd_scenario_detach},
    {.name = "mdev made and removed", .and_release = true, .verb = &hd_scenario_mdev},
    {.name = "vGPU type by hand", .and_release = true, .verb = &hd_scenario_vgpu},
    {.name = "VFs made and taken away", .and_release = true, .verb = &hd_scenario_vfs},
    {.name = "VF settings by hand", .and_release = true, .verb = &hd_scenario_settings},
    {.name = "interface, said again", .and_release = true, .verb = &hd_scenario_interface},
};

static const char *const uuids[] = {
    "11111111-0000-4000-8000-000000000001",
    "22222222-0000-4000-8000-000000000002",
    "33333333-0000-4000-8000-000000000003",
};

const guint hd_scenario_count = G_N_ELEMENTS(hd_scenarios);

static HdFake *
new_desk(const HdScenario *scenario)
{
    const HdFakeUnit unit = {.name = "lightdm.service",
                             .pid = 812,
                             .comm = "Xorg",
                             .open = "/dev/dri/card0",
                             .lingers_ms = 700};
    HdFake *fake = hd_fake_desk_new();
    hd_fake_add_unit(fake, &unit);
    hd_fake_set_file(fake, "etc/hostdevctl/hostdevctl.conf",
                     "[gpu]\nstop-units = lightdm.service\n");
    if (scenario->has_one_screen)
        hd_fake_remove_device(fake, "0000:02:00.0");
    return fake;
}

HdFake *
hd_scenario_host(const HdScenario *scenario)
{
    HdFake *fake = scenario->is_desk ? new_desk(scenario) : hd_fake_host_new();
    if (scenario->own_nodes)
        hd_fake_set_file(fake, "etc/libvirt/qemu.conf", "dynamic_ownership = 0\n");
    if (scenario->bad_probe != NULL)
        hd_fake_fail_probe(fake, scenario->bad_probe, EIO);
    if (scenario->drained != NULL)
        hd_fake_drain_mdev(fake, scenario->drained, "nvidia-36", 2);
    if (scenario->there != NULL)
        ck_assert_int_eq(hd_port_write(hd_fake_port(fake), uuids[0],
                                       "sys/class/mdev_bus/mtty/mdev_supported_types/%s/create",
                                       scenario->there),
                         0);
    if (scenario->there_pages > 0) {
        g_autofree char *count = g_strdup_printf("%u", scenario->there_pages);
        ck_assert_int_eq(hd_port_write(hd_fake_port(fake), count,
                                       "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"),
                         0);
    }
    if (scenario->mapping != NULL) {
        g_autofree char *text = g_strdup_printf("[mapping]\n%s\n", scenario->mapping);
        hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/pool.conf", text);
        hd_fake_set_file(fake, "proc/sys/kernel/hostname", "here\n");
    }
    hd_fake_revive(fake);
    return fake;
}

static void
add_address(HdRequest *request, const char *address)
{
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    ck_assert(hd_pci_address_parse(address, &wish->address));
}

/* "mtty-1+attr", "nvidia-39@0000:41:00.0" */
static void
add_mdev(HdRequest *request, const char *text, const char *uuid)
{
    g_auto(GStrv) parts = g_strsplit_set(text, "+@", 2);
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    ck_assert(hd_uuid_parse(uuid, &wish->uuid));
    wish->mdev =
        hd_mdev_spec_new(&wish->uuid, parts[0], strchr(text, '@') != NULL ? parts[1] : NULL);
    if (strchr(text, '+') != NULL)
        ck_assert(hd_mdev_attributes_add(wish->mdev->attributes, "power/control", "on"));
}

/* "0000:43:00.4=558" */
static void
add_vgpu(HdRequest *request, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    add_address(request, parts[0]);
    HdWish *wish = g_ptr_array_index(request->wishes, request->wishes->len - 1);
    wish->vgpu_type = g_strdup(parts[1]);
}

/* "2048=40@1" */
static void
add_pages(HdRequest *request, const char *text)
{
    g_auto(GStrv) parts = g_strsplit_set(text, "=@", 3);
    HdPagesNeed need = {g_ascii_strtoull(parts[0], NULL, 10), 0, 0};
    need.kb = need.size_kb * g_ascii_strtoull(parts[1], NULL, 10);
    if (parts[2] != NULL)
        need.nodes = G_GUINT64_CONSTANT(1) << g_ascii_strtoull(parts[2], NULL, 10);
    g_array_append_val(request->pages, need);
    request->allocates = HD_ASK_YES;
}

static void
add_local(HdRequest *request, const HdScenario *scenario)
{
    if (scenario->usb != NULL) {
        HdWish *wish = hd_request_add(request, HD_WISH_USB);
        wish->usb.vendor = (guint)g_ascii_strtoull(scenario->usb, NULL, 16);
        wish->usb.product = (guint)g_ascii_strtoull(scenario->usb + strlen("0000:"), NULL, 16);
    }
    if (scenario->tty != NULL)
        hd_request_add(request, HD_WISH_TTY)->path = g_strdup(scenario->tty);
    for (guint i = 0; i < G_N_ELEMENTS(scenario->pages) && scenario->pages[i]; i++)
        add_pages(request, scenario->pages[i]);
}

HdRequest *
hd_scenario_request(const HdScenario *scenario, const char *uuid)
{
    HdRequest *request = hd_fake_request("vm", uuid, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(scenario->addresses) && scenario->addresses[i]; i++) {
        add_address(request, scenario->addresses[i]);
        HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (scenario->vf != NULL && g_str_has_prefix(scenario->addresses[i], "0000:07:1"))
            ck_assert(hd_vf_settings_parse(scenario->vf, &wish->vf));
        if (scenario->rebar != NULL && i == 0)
            ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "rebar", scenario->rebar));
        wish->mapping = scenario->mapping != NULL ? g_strdup("pool") : NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(scenario->mdevs) && scenario->mdevs[i]; i++)
        add_mdev(request, scenario->mdevs[i], uuids[i]);
    for (guint i = 0; i < G_N_ELEMENTS(scenario->vgpus) && scenario->vgpus[i]; i++)
        add_vgpu(request, scenario->vgpus[i]);
    add_local(request, scenario);
    return request;
}

static void
assert_mdev(HdFake *fake, const char *text, const char *uuid)
{
    g_auto(GStrv) parts = g_strsplit_set(text, "+@", 2);
    g_autofree char *type = NULL;
    g_autofree char *control = NULL;
    ck_assert_int_eq(
        hd_port_link_name(hd_fake_port(fake), &type, "sys/bus/mdev/devices/%s/mdev_type", uuid), 0);
    ck_assert_str_eq(type, parts[0]);
    ck_assert_int_eq(
        hd_port_read(hd_fake_port(fake), &control, "sys/bus/mdev/devices/%s/power/control", uuid),
        0);
    ck_assert_str_eq(control, strchr(text, '+') != NULL ? "on" : "auto");
}

static void
assert_vgpu(HdFake *fake, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    g_autofree char *type = NULL;
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &type,
                                  "sys/bus/pci/devices/%s/nvidia/current_vgpu_type", parts[0]),
                     0);
    ck_assert_str_eq(type, g_str_equal(parts[1], "NVIDIA L40-2B") ? "560" : "558");
}

static void
assert_vf(HdFake *fake, const char *address, const char *text)
{
    HdVfSettings wanted, is;
    ck_assert(hd_vf_settings_parse(text, &wanted));
    ck_assert_int_eq(
        hd_port_vf_get(hd_fake_port(fake), "eth7", g_str_has_suffix(address, "2"), &is), 0);
    ck_assert(hd_vf_settings_is_reached(&is, &wanted));
}

static void
assert_local(const HdScenario *scenario, HdFake *fake)
{
    g_autofree char *dump = hd_fake_dump(fake);
    if (scenario->usb != NULL)
        ck_assert_msg(strstr(dump, g_str_equal(scenario->usb, "0781:5567")
                                       ? "/dev/bus/usb/001/003 64055:64055 0660\n"
                                       : "/dev/bus/usb/001/002 64055:64055 0660\n") != NULL,
                      "%s", dump);
    if (scenario->tty != NULL)
        ck_assert_msg(strstr(dump, "/dev/ttyUSB0 64055:64055 0660\n") != NULL, "%s", dump);
    for (guint i = 0; i < G_N_ELEMENTS(scenario->pages) && scenario->pages[i]; i++) {
        g_auto(GStrv) parts = g_strsplit_set(scenario->pages[i], "=@", 3);
        int node = parts[2] != NULL ? atoi(parts[2]) : -1;
        ck_assert_uint_ge(hd_fake_pages_idle(fake, 2048, node), (guint)atoi(parts[1]));
    }
}

void
hd_scenario_assert_whole(const HdScenario *scenario, HdFake *fake)
{
    for (guint i = 0; i < G_N_ELEMENTS(scenario->addresses) && scenario->addresses[i]; i++) {
        g_autofree char *binding = hd_fake_binding(fake, scenario->addresses[i]);
        ck_assert_str_eq(binding, "vfio-pci vfio-pci");
        if (scenario->vf != NULL && g_str_has_prefix(scenario->addresses[i], "0000:07:1"))
            assert_vf(fake, scenario->addresses[i], scenario->vf);
    }
    for (guint i = 0; i < G_N_ELEMENTS(scenario->mdevs) && scenario->mdevs[i]; i++)
        assert_mdev(fake, scenario->mdevs[i], uuids[i]);
    for (guint i = 0; i < G_N_ELEMENTS(scenario->vgpus) && scenario->vgpus[i]; i++)
        assert_vgpu(fake, scenario->vgpus[i]);
    assert_local(scenario, fake);
}
