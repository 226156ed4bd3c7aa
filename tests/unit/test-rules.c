/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The odd corners of decisions, facts in, plan or sentence out: functions of no mapping, VFs that
 * can't be told anything, hosts without huge pages, desktops that show nothing, and who counts as
 * an owner.
 */
#include <string.h>

#include "hd-facts.h"
#include "hd-test.h"

#define NIC  "0000:01:00.0"
#define CARD "0000:65:00.0"

static HdDevice *
add(const char *address, int group, const char *driver, guint class_code)
{
    const HdPciAddress parsed = hd_fake_address(address);
    HdDevice *device = hd_device_new(&parsed);
    device->id = (HdDeviceId){0x8086, 0x10d3, 0x8086, 0, class_code};
    device->iommu_group = group;
    device->binding.driver = g_strdup(driver);
    device->vfio_driver = g_strdup("vfio-pci");
    hd_host_add(host, device);
    hd_host_set_iommu(host, true);
    return device;
}

static HdDevice *
add_nic(void)
{
    return add(NIC, 1, "e1000e", 0x020000);
}

static HdWish *
wish_for(const char *address)
{
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    wish->address = hd_fake_address(address);
    wish->managed = true;
    return wish;
}

/* Returns: (transfer full): what is planned, in words. */
static char *
plan(void)
{
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    return hd_plan_describe(plan);
}

static void
assert_plan(const char *wanted)
{
    g_autofree char *text = plan();
    ck_assert_str_eq(text, wanted);
}

static void
own_nodes(bool has_iommufd)
{
    const HdNodeOwner owner = {true, 64055, 104};
    const HdNodeState iommu = {has_iommufd, 0, 0, 0600};
    hd_host_set_node_owner(host, &owner);
    hd_host_set_iommu_node(host, &iommu);
}

/* ---- groups ---- */

START_TEST(companion_that_may_stay)
{
    static const char *const drivers[] = {"pci-stub", "pcieport", "vfio-pci"};
    add("0000:02:00.0", 2, "e1000e", 0x020000);
    add("0000:02:00.1", 2, drivers[_i], 0x020000);
    wish_for("0000:02:00.0");
    assert_plan("0000:02:00.0: e1000e -> vfio-pci\n"
                "0000:02:00.1: reserved, left as it is (same IOMMU group)\n");
}
END_TEST

START_TEST(companion_with_vfs)
{
    add("0000:02:00.0", 2, "e1000e", 0x020000);
    add("0000:02:00.1", 2, "igb", 0x020000)->vf_count = 2;
    wish_for("0000:02:00.0");
    assert_plan("0000:02:00.0: e1000e -> vfio-pci\n"
                "refused: 0000:02:00.0 shares IOMMU group 2 with 0000:02:00.1, which is in use by "
                "this host: it has virtual functions; remove them first with 'hostdevctl vf "
                "clear' (rule: group)\n");
}
END_TEST

START_TEST(group_has_one_node)
{
    add("0000:02:00.0", 2, "e1000e", 0x020000);
    add("0000:02:00.1", 2, "e1000e", 0x020000);
    wish_for("0000:02:00.0");
    wish_for("0000:02:00.1");
    own_nodes(false);
    assert_plan("0000:02:00.0: e1000e -> vfio-pci\n"
                "0000:02:00.1: e1000e -> vfio-pci\n"
                "0000:02:00.0: its /dev/vfio group node gets owner 64055:104, mode 0660\n");
}
END_TEST

/* ---- mappings ---- */

static void
add_mapping(const char *text)
{
    HdMapping *mapping = NULL;
    ck_assert(hd_mapping_parse("nics", text, "f", "here", &mapping, NULL));
    hd_host_add_mapping(host, mapping);
}

START_TEST(function_of_a_mapping)
{
    static const char *const texts[] = {"[mapping]\ndevices = 01:00.0\n",
                                        "[mapping]\ndevices = 02:00.0\n",
                                        "[host elsewhere]\ndevices = 01:00.0\n", NULL};
    static const char *const wanted[] = {
        NIC ": e1000e -> vfio-pci\n",
        "refused: " NIC " is not one of mapping 'nics' on this host; give the VM one with "
        "'hostdevctl map assign', or see 'hostdevctl map list' (rule: mapping)\n",
        "refused: " NIC " is to be one of mapping 'nics', which this host does not have; add it "
        "with 'hostdevctl map add' (rule: missing)\n",
        "refused: " NIC " is to be one of mapping 'nics', which this host does not have; add it "
        "with 'hostdevctl map add' (rule: missing)\n"};
    add_nic();
    wish_for(NIC)->mapping = g_strdup("nics");
    if (texts[_i] != NULL)
        add_mapping(texts[_i]);
    assert_plan(wanted[_i]);
}
END_TEST

/* ---- VFs ---- */

static HdVfNet *
add_net(HdDevice *device, const char *interface)
{
    device->is_vf = true;
    device->pf = hd_fake_address("0000:07:00.0");
    device->vf_net = g_new0(HdVfNet, 1);
    device->vf_net->interface = g_strdup(interface);
    return device->vf_net;
}

START_TEST(settings_that_nothing_can_be_told)
{
    HdDevice *device = add_nic();
    HdWish *wish = wish_for(NIC);
    ck_assert_ptr_null(hd_vf_settings_set(&wish->vf, "vlan", "7"));
    if (_i > 0)
        add_net(device, NULL);
    assert_plan(_i == 0 ? "refused: " NIC " can't be given VF settings: it is no virtual function; "
                          "correct <vf> in the VM's metadata, or give the PF its network driver "
                          "(rule: type)\n"
                        : "refused: " NIC " can't be given VF settings: its PF has no network "
                          "interface on this host; correct <vf> in the VM's metadata, or give the "
                          "PF its network driver (rule: type)\n");
}
END_TEST

/* What its PF reports is kept in mind even if nothing is asked for; what it doesn't report can't
 * be. */
START_TEST(settings_that_are_kept_in_mind)
{
    HdVfNet *net = add_net(add_nic(), "eth7");
    wish_for(NIC);
    if (_i == 1)
        ck_assert_ptr_null(hd_vf_settings_set(&net->settings, "vlan", "7"));
    assert_plan(_i == 0 ? NIC ": e1000e -> vfio-pci\n"
                        : NIC ": e1000e -> vfio-pci\n" NIC
                              ": its VF settings are kept in mind, for afterwards\n");
}
END_TEST

START_TEST(settings_of_a_silent_driver)
{
    add_net(add_nic(), "eth7");
    ck_assert_ptr_null(hd_vf_settings_set(&wish_for(NIC)->vf, "vlan", "7"));
    g_autofree char *text = plan();
    ck_assert_contains(text, NIC ": VF settings vlan=7");
}
END_TEST

/* libvirt configures the VF of an <interface> by its PF's interface. */
START_TEST(interface_that_is_down)
{
    HdVfNet *net = add_net(add_nic(), _i == 2 ? NULL : "eth7");
    net->is_interface_up = _i == 1;
    wish_for(NIC)->kind = HD_WISH_INTERFACE;
    assert_plan(_i == 0 ? NIC ": reserved, its driver left to libvirt\nnote: " NIC
                              ": its PF's interface eth7 is down, so libvirt will refuse it as an "
                              "<interface>: 'ip link set eth7 up'\n"
                        : NIC ": reserved, its driver left to libvirt\n");
}
END_TEST

/* ---- USB ---- */

static HdUsbDevice *
add_usb(guint number, bool is_keyboard)
{
    const HdUsbPlace place = {1, number, 0x0627, number};
    HdUsbDevice *device = hd_usb_device_new(&place);
    device->is_keyboard = is_keyboard;
    g_ptr_array_add(hd_host_usbs(host), device);
    return device;
}

static void
wish_for_usb(guint number)
{
    hd_request_add(request, HD_WISH_USB)->usb = (HdUsbWish){.bus = 1, .device = number};
}

/* Of several keyboards, and other devices, the one that goes is named. */
START_TEST(last_keyboard)
{
    add_usb(2, false);
    add_usb(3, true);
    add_usb(4, true);
    wish_for_usb(2);
    wish_for_usb(4);
    hd_host_set_keyboards_left(host, _i == 0 ? 0 : 1);
    assert_plan(_i == 0 ? "USB 001:002 (0627:0002): reserved, its driver left to QEMU\n"
                          "USB 001:004 (0627:0004): reserved, its driver left to QEMU\n"
                          "note: USB 001:004 (0627:0004) is the only keyboard of this host, which "
                          "has none until the VM stops\n"
                        : "USB 001:002 (0627:0002): reserved, its driver left to QEMU\n"
                          "USB 001:004 (0627:0004): reserved, its driver left to QEMU\n");
}
END_TEST

/* QEMU opens it by its own node: iommufd is nothing to it, and a node that isn't there needs no
 * owner. */
START_TEST(usb_has_no_part_in_vfio)
{
    add_usb(2, false)->node = (HdNodeState){_i == 1, 0, 0, 0664};
    wish_for_usb(2);
    own_nodes(true);
    assert_plan(_i == 0 ? "USB 001:002 (0627:0002): reserved, its driver left to QEMU\n"
                        : "USB 001:002 (0627:0002): reserved, its driver left to QEMU\n"
                          "/dev/bus/usb/001/002 gets owner 64055:104, mode 0660\n");
}
END_TEST

static HdClaim *
add_claim(const char *key, const char *name, HdGoal *goal)
{
    HdClaim *claim = hd_claim_new(key, name, true);
    g_ptr_array_add(claim->goals, goal);
    g_ptr_array_add(claims, claim);
    return claim;
}

/* Detached from a running VM: its QEMU has it open no more, whatever else uses it. */
START_TEST(usb_that_was_let_go)
{
    HdUsbDevice *device = add_usb(2, false);
    const HdUsbPlace place = device->place;
    HdClaim *claim = add_claim(VM_B, "web", hd_goal_new_usb(HD_GOAL_USB, &place));
    claim->is_settled = _i != 2;
    g_ptr_array_add(device->holders, hd_holder_new(_i == 1 ? HD_RULE_PROCESS : HD_RULE_STORAGE,
                                                   g_strdup("somebody"), g_strdup("stop it")));
    wish_for_usb(2);
    assert_plan(_i == 0
                    ? "refused: USB 001:002 (0627:0002) is in use by this host: somebody; stop it "
                      "(rule: storage)\n"
                    : "refused: USB 001:002 (0627:0002) is held by VM 'web'; shut that VM down "
                      "first (rule: held)\n");
}
END_TEST

/* By number, by place, or by both: a wish means what fits all that it says. */
START_TEST(usb_by_what_is_said)
{
    static const HdUsbWish wishes[] = {
        {.vendor = 0x0627, .product = 2},
        {.vendor = 0x0627, .product = 9},
        {.vendor = 0x0628, .product = 2},
        {.bus = 1, .device = 2},
        {.bus = 1, .device = 9},
        {.bus = 2, .device = 2},
        {.bus = 1, .device = 2, .vendor = 0x0627, .product = 9},
    };
    add_usb(2, false);
    hd_request_add(request, HD_WISH_USB)->usb = wishes[_i];
    g_autofree char *text = plan();
    ck_assert_contains(text, _i == 0 || _i == 3 ? "USB 001:002 (0627:0002): reserved"
                                                : "is not plugged in");
}
END_TEST

/* ---- huge pages ---- */

static void
need_pages(guint64 size_kb, guint64 kb)
{
    HdPagesNeed need = {size_kb, 0, kb};
    g_array_append_val(request->pages, need);
}

START_TEST(kernel_without_huge_pages)
{
    hd_host_pages(host)->is_asked = true;
    hd_host_pages(host)->default_kb = _i == 0 ? 0 : 2048;
    need_pages(0, 2048);
    assert_plan(_i == 0 ? "refused: hugepages can't be had: this host has none; see "
                          "/sys/kernel/mm/hugepages, and correct <memoryBacking> of the VM (rule: "
                          "missing)\n"
                        : "refused: hugepages of 2 MiB can't be had: this host has no such size; "
                          "see /sys/kernel/mm/hugepages, and correct <memoryBacking> of the VM "
                          "(rule: missing)\n");
}
END_TEST

/* Two of the VM's cells on the same node want from the same pool. */
START_TEST(needs_of_one_kind_are_one)
{
    const guint64 sizes[] = {2048, 1048576};
    HdPagesFacts *facts = hd_host_pages(host);
    facts->is_asked = true;
    facts->sizes = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_array_append_vals(facts->sizes, sizes, 2);
    need_pages(2048, 4096);
    need_pages(1048576, 1048576);
    need_pages(2048, 3000);
    g_autofree char *text = plan();
    ck_assert_contains(text, "4 huge pages of 2 MiB");
    ck_assert_contains(text, "1 huge pages of 1 GiB");
}
END_TEST

/* ---- graphics cards and settings ---- */

static HdDesktop *
add_desktop(void)
{
    HdDesktop *desktop = hd_desktop_new();
    hd_host_set_desktop(host, desktop);
    return desktop;
}

/* In text mode it matters only which card shows it. */
START_TEST(text_mode_of_another_card)
{
    HdDesktop *desktop = add_desktop();
    HdDevice *card = add(CARD, 65, "amdgpu", 0x030000);
    card->reset_method = g_strdup("flr");
    add("0000:66:00.0", 66, "amdgpu", 0x030000);
    wish_for(CARD);
    desktop->is_text_mode = true;
    desktop->has_boot_display = _i > 0;
    desktop->boot_display = hd_fake_address(_i == 1 ? "0000:66:00.0" : CARD);
    g_autofree char *text = plan();
    ck_assert_contains(text, CARD ": amdgpu -> vfio-pci");
    ck_assert((strstr(text, "(rule: console)") != NULL) == (_i == 2));
    ck_assert_ptr_null(strstr(text, "0000:66:00.0"));
}
END_TEST

/* A card that is on vfio already, or stays where it is, needs no module unloaded; else the last
   card of the driver does. */
START_TEST(modules_of_the_driver)
{
    HdDesktop *desktop = add_desktop();
    const HdPciAddress other = hd_fake_address("0000:66:00.0");
    HdDevice *card = add(CARD, 65, _i == 0 ? "vfio-pci" : "nvidia", 0x030000);
    card->reset_method = g_strdup("flr");
    g_ptr_array_add(desktop->modules, g_strdup("nvidia_drm"));
    if (_i == 2)
        hd_desktop_add_function(desktop, &other, "nouveau");
    if (_i == 3)
        hd_desktop_add_function(desktop, &other, "nvidia");
    wish_for(CARD)->driver = g_strdup(_i == 4 ? "nvidia" : NULL);
    if (_i == 4)
        *request->uuid.text = '\0';
    g_autofree char *text = plan();
    static const char *const wanted[] = {NULL, "module nvidia_drm: unloaded",
                                         "module nvidia_drm: unloaded", "module nvidia_drm: stays",
                                         NULL};
    if (wanted[_i] != NULL)
        ck_assert_contains(text, wanted[_i]);
    else
        ck_assert_ptr_null(strstr(text, "module"));
}
END_TEST

/* Whoever may write a VM's XML may not have the host's drivers take cards. */
START_TEST(drivers_that_a_vm_may_name)
{
    static const char *const drivers[] = {
        "amdgpu",      "vfio-pci", "mlx5_vfio_pci", "pci-stub", "nvgrace-gpu-vfio-pci",
        "own_variant", "pci_vfio", "amdgpu",        "vfio_pci", "vfio-pci-igb"};
    static const bool is_fine[] = {false, true, true, true, true, true, false, true, true, true};
    HdDevice *card = add(CARD, 65, "vfio-pci", 0x020000);
    g_free(card->vfio_driver);
    card->vfio_driver = g_strdup("own_variant");
    wish_for(CARD)->driver = g_strdup(drivers[_i]);
    if (_i == 7) /* a person's detach */
        *request->uuid.text = '\0';
    g_autofree char *refusal = g_strdup_printf(
        "can't be given by '%s', which is no driver of VFIO; leave the driver out, or name one "
        "like vfio-pci (rule: type)",
        drivers[_i]);
    g_autofree char *text = plan();
    ck_assert_int_eq(strstr(text, refusal) == NULL, is_fine[_i]);
    ck_assert_int_eq(strstr(text, "refused") == NULL, is_fine[_i]);
}
END_TEST

/* Of the units that the host lets starts stop, those are stopped that the VM leaves among them. */
START_TEST(units_that_a_process_would_need)
{
    HdDesktop *desktop = add_desktop();
    HdDevice *card = add(CARD, 65, "amdgpu", 0x030000);
    card->reset_method = g_strdup("flr");
    HdHolder *holder =
        hd_holder_new(HD_RULE_PROCESS, g_strdup("/dev/dri/card0 is open"), g_strdup("stop it"));
    holder->unit = g_strdup("lightdm.service");
    g_ptr_array_add(card->holders, holder);
    g_ptr_array_add(desktop->units, g_strdup("lightdm.service"));
    g_ptr_array_add(desktop->unit_aliases, g_strdup("display-manager.service"));
    g_ptr_array_add(desktop->unit_names, g_strdup("lightdm.service"));
    wish_for(CARD);
    static const char *const said[] = {NULL, "lightdm.service", "display-manager.service",
                                       "gdm.service", "../x"};
    request->stop_units = g_strdup(said[_i]);
    g_autofree char *text = plan();
    const bool stops = _i < 3;
    ck_assert_msg((strstr(text, "lightdm.service: stopped") != NULL) == stops, "%s", text);
    ck_assert_msg((strstr(text, "refused: " CARD) != NULL) == !stops, "%s", text);
}
END_TEST

/* Units that a host lets starts stop are those that use its cards; they are stopped for nothing
 * else. */
START_TEST(units_that_have_something_else)
{
    HdDesktop *desktop = add_desktop();
    HdDevice *nic = add_nic();
    HdHolder *holder =
        hd_holder_new(HD_RULE_PROCESS, g_strdup("/dev/vfio/1 is open"), g_strdup("stop it"));
    holder->unit = g_strdup("lightdm.service");
    g_ptr_array_add(nic->holders, holder);
    g_ptr_array_add(desktop->units, g_strdup("lightdm.service"));
    g_ptr_array_add(desktop->unit_aliases, g_strdup("lightdm.service"));
    g_ptr_array_add(desktop->unit_names, g_strdup("lightdm.service"));
    wish_for(NIC);
    assert_plan("refused: " NIC " is in use by this host: /dev/vfio/1 is open; stop it (rule: "
                "process)\n");
}
END_TEST

/* A part of a card is no card: the functions beside it stay. */
START_TEST(vf_of_a_card)
{
    HdDevice *card = add(CARD, 65, "amdgpu", 0x030000);
    card->is_vf = _i == 1;
    add("0000:65:00.1", 66, "snd_hda_intel", 0x040300);
    wish_for(CARD);
    assert_plan(_i == 0 ? CARD ": amdgpu -> vfio-pci\n"
                               "0000:65:00.1: snd_hda_intel -> vfio-pci (same card)\n"
                        : CARD ": amdgpu -> vfio-pci\n");
}
END_TEST

START_TEST(settings_that_the_function_lacks)
{
    static const char *const wishes[][2] = {{"reset", "flr"}, {"d3cold", "off"}, {"power", "on"}};
    static const char *const names[] = {"reset_method", "d3cold_allowed", "power/control"};
    HdDevice *device = add_nic();
    HdWish *wish = wish_for(NIC);
    const bool is_empty = _i >= 3;
    if (is_empty) {
        device->reset_method = g_strdup("");
        device->d3cold = g_strdup("");
        device->power = g_strdup("");
    }
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, wishes[_i % 3][0], wishes[_i % 3][1]));
    g_autofree char *text = plan();
    g_autofree char *wanted = g_strdup_printf(
        NIC " has no %s that could be set; take that wish out of the VM's metadata (rule: type)",
        names[_i % 3]);
    ck_assert_contains(text, wanted);
}
END_TEST

START_TEST(bar_that_has_its_size)
{
    HdDevice *device = add_nic();
    HdWish *wish = wish_for(NIC);
    device->bars.mb[0] = 256;
    device->bar_sizes[0] = 256 | 512;
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "rebar", _i == 0 ? "0:256M" : "0:512M"));
    assert_plan(_i == 0 ? NIC ": e1000e -> vfio-pci\n"
                        : NIC ": e1000e -> vfio-pci, BAR sizes 0:512M\n");
}
END_TEST

HD_TEST_MAIN("rules", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, companion_that_may_stay, 0, 3);
    tcase_add_test(tcase, companion_with_vfs);
    tcase_add_test(tcase, group_has_one_node);
    tcase_add_loop_test(tcase, function_of_a_mapping, 0, 4);
    tcase_add_loop_test(tcase, settings_that_nothing_can_be_told, 0, 2);
    tcase_add_loop_test(tcase, settings_that_are_kept_in_mind, 0, 2);
    tcase_add_test(tcase, settings_of_a_silent_driver);
    tcase_add_loop_test(tcase, interface_that_is_down, 0, 3);
    tcase_add_loop_test(tcase, last_keyboard, 0, 2);
    tcase_add_loop_test(tcase, usb_has_no_part_in_vfio, 0, 2);
    tcase_add_loop_test(tcase, usb_that_was_let_go, 0, 3);
    tcase_add_loop_test(tcase, usb_by_what_is_said, 0, 7);
    tcase_add_loop_test(tcase, kernel_without_huge_pages, 0, 2);
    tcase_add_test(tcase, needs_of_one_kind_are_one);
    tcase_add_loop_test(tcase, text_mode_of_another_card, 0, 3);
    tcase_add_loop_test(tcase, modules_of_the_driver, 0, 5);
    tcase_add_loop_test(tcase, drivers_that_a_vm_may_name, 0, 10);
    tcase_add_loop_test(tcase, units_that_a_process_would_need, 0, 5);
    tcase_add_test(tcase, units_that_have_something_else);
    tcase_add_loop_test(tcase, vf_of_a_card, 0, 2);
    tcase_add_loop_test(tcase, settings_that_the_function_lacks, 0, 6);
    tcase_add_loop_test(tcase, bar_that_has_its_size, 0, 2);
})
