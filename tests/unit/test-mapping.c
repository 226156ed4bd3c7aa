/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mappings on the fake: who is of one, which card is a stranger, what a VM that arrives
 * gets; and mappings of Proxmox.
 */
#include <string.h>

#include "hd-error.h"
#include "hd-fake-host.h"
#include "hd-fingerprint.h"
#include "hd-mapping.h"
#include "hd-pve-mapping.h"
#include "hd-state.h"
#include "hd-test.h"

#define VF_0   "0000:07:10.0"
#define VF_1   "0000:07:10.2"
#define FILE_  "etc/hostdevctl/mappings.d/pool.conf"
#define PRINTS "var/lib/hostdevctl/fingerprints/pool"

static HdFake *fake;
static HdState *state;

static void
setup(void)
{
    HdConfig config = hd_config_default();
    fake = hd_fake_host_new();
    state = hd_state_new(hd_fake_port(fake), &config);
    hd_fake_set_file(fake, "proc/sys/kernel/hostname", "here\n");
}

static void
teardown(void)
{
    hd_state_free(state);
    hd_fake_free(fake);
}

static HdRequest *
new_request(const char *name, const char *uuid, const char *address, const char *mapping)
{
    HdRequest *request = hd_fake_request(name, uuid, address, NULL);
    ((HdWish *)g_ptr_array_index(request->wishes, 0))->mapping = g_strdup(mapping);
    return request;
}

/* Returns the message, NULL on success. */
static char *
prepare(const char *name, const char *uuid, const char *address)
{
    g_autoptr(HdRequest) request = new_request(name, uuid, address, "pool");
    g_autoptr(GError) error = NULL;
    return hd_state_prepare(state, request, 0, &error) ? NULL : g_strdup(error->message);
}

static void
assert_read(const char *text, const char *message)
{
    HdMapping *mapping = NULL;
    g_autoptr(GError) error = NULL;
    bool is_read = hd_mapping_parse("pool", text, "f", "here", &mapping, &error);
    ck_assert_msg(is_read == (message == NULL), "%s: %s", text,
                  error != NULL ? error->message : "");
    if (message != NULL)
        ck_assert_str_eq(error->message, message);
    hd_mapping_free(mapping);
}

START_TEST(files)
{
    assert_read("[mapping]\ndevices = 0000:41:00.0; 42:00.0, mtty\ndescription = two; and one\n",
                NULL);
    assert_read("[mapping]\nid = 8086:10CA; 8086:10cb\nclass = 02\nsubsystem = 8086:0001\n"
                "path = 0000:00/*\npf = 07:00.0\nnuma = 0; 1\n",
                NULL);
    assert_read("[host other]\ndevices = 01:00.0\n", NULL);
    assert_read("[mapping]\n", "f: [mapping] names no device");
    assert_read("[mapping]\ndescription = x\n", "f: [mapping] names no device");
    assert_read("[mapping]\ndevice = 1\n",
                "f: [mapping] device = 1 is not known: there are devices, id, class, subsystem, "
                "path, pf, numa and description");
    assert_read("[mapping]\ndevices = a/b\n", "f: [mapping] devices = a/b is not known: say PCI "
                                              "addresses, or names of mdev parents");
    assert_read(
        "[mapping]\nid = 8086\n",
        "f: [mapping] id = 8086 is not known: say vendor:device, such as 8086:10ca; * is any");
    assert_read("[mapping]\nclass = 020\n", "f: [mapping] class = 020 is not known: say two, four "
                                            "or six digits of the class, such as 0200");
    assert_read("[mapping]\npath = 0000:00/0[12]\n",
                "f: [mapping] path = 0000:00/0[12] is not known: say a path as 'hostdevctl map "
                "check' shows it; * stands for anything");
    assert_read("[mapping]\npf = x\n",
                "f: [mapping] pf = x is not known: say the PF's PCI address");
    /* Other hosts' sections are held to the same. */
    assert_read("[mapping]\nnuma = 0\n[host other]\nnuma = x\n",
                "f: [host other] numa = x is not known: say a NUMA node's number");
    assert_read("[pool]\n", "f: [pool] is not known: there are [mapping] and [host NAME]");
}
END_TEST

/* What is in a mapping, of the devices here, in its order. */
static char *
select_from(const char *text)
{
    HdMapping *mapping = NULL;
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)hd_device_free);
    const struct {
        const char *address, *path, *pf;
        guint16 device;
        guint32 class_code;
        int node;
    } rows[] = {
        {"0000:01:00.0", "0000:00/01.0/00.0", NULL, 0x10d3, 0x020000, 0},
        {"0000:02:00.0", "0000:00/02.0/00.0", NULL, 0x10d3, 0x020000, 1},
        {"0000:03:00.0", "0000:00/03.0/00.0", NULL, 0x10c9, 0x020000, 1},
        {"0000:03:10.0", "0000:00/03.0/10.0", "0000:03:00.0", 0x10ca, 0x020000, 1},
        {"0000:04:00.0", NULL, NULL, 0x0010, 0x010802, -1},
    };
    ck_assert(hd_mapping_parse("pool", text, "f", "here", &mapping, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const HdPciAddress address = hd_fake_address(rows[i].address);
        HdDevice *device = hd_device_new(&address);
        device->id = (HdDeviceId){0x8086, rows[i].device, 0x8086, 1, rows[i].class_code};
        device->port_path = g_strdup(rows[i].path);
        device->numa_node = rows[i].node;
        device->is_vf = rows[i].pf != NULL;
        if (device->is_vf)
            device->pf = hd_fake_address(rows[i].pf);
        g_ptr_array_add(devices, device);
    }
    g_autoptr(GPtrArray) selected = hd_mapping_select(mapping, devices);
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < selected->len; i++) {
        const HdDevice *device = g_ptr_array_index(selected, i);
        g_string_append_printf(list, "%s%02x.%x", i > 0 ? " " : "", device->address.bus,
                               device->address.slot);
    }
    hd_mapping_free(mapping);
    return g_string_free(list, FALSE);
}

START_TEST(selection)
{
    const char *const rows[][2] = {
        {"[mapping]\ndevices = 02:00.0; 01:00.0; 09:00.0\n", "02.0 01.0"},
        {"[mapping]\ndevices = 02:00.0; 01:00.0\nnuma = 0\n", "01.0"},
        {"[mapping]\nid = 8086:10d3; 8086:10ca\n", "01.0 02.0 03.10"},
        {"[mapping]\nclass = 01\n", "04.0"},
        {"[mapping]\nclass = 0200\nnuma = 1\n", "02.0 03.0 03.10"},
        {"[mapping]\npf = 03:00.0\n", "03.10"},
        {"[mapping]\npath = 0000:00/0?.0/00.0\n", "01.0 02.0 03.0"},
        {"[mapping]\nsubsystem = 8086:0002\n", ""},
        {"[mapping]\nnuma = 0\n[host here]\nnuma = 1\n", "02.0 03.0 03.10"},
        {"[host here]\nnuma = 1\n[mapping]\nnuma = 0\n", "02.0 03.0 03.10"},
        {"[mapping]\nnuma = 0\n[host there]\nnuma = 1\n", "01.0"},
        {"[host there]\nnuma = 1\n", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *selected = select_from(rows[i][0]);
        ck_assert_msg(g_str_equal(selected, rows[i][1]), "%s: '%s'", rows[i][0], selected);
    }
}
END_TEST

START_TEST(written_and_read)
{
    g_autoptr(HdMapping) mapping = hd_mapping_new("pool");
    ck_assert_ptr_null(hd_mapping_add(mapping, "devices", "01:00.0"));
    ck_assert_ptr_null(hd_mapping_add(mapping, "devices", "mtty"));
    ck_assert_ptr_null(hd_mapping_add(mapping, "id", "8086:10D3"));
    ck_assert_ptr_null(hd_mapping_add(mapping, "description", "cards"));
    g_autofree char *text = hd_mapping_format(mapping, "here");
    ck_assert_str_eq(text, "[host here]\ndescription = cards\ndevices = 0000:01:00.0; mtty\n"
                           "id = 8086:10d3\n");
    assert_read(text, NULL);
}
END_TEST

static HdFingerprint *
print_of(const char *line)
{
    g_autoptr(GPtrArray) prints = hd_fingerprints_parse(line);
    ck_assert_msg(prints->len == 1, "%s", line);
    return g_ptr_array_steal_index(prints, 0);
}

START_TEST(fingerprints)
{
#define ID "id=8086:10d3 subsystem=8086:0001 class=020000"
    const struct {
        const char *known, *now, *difference;
        bool is_it;
    } rows[] = {
        {"01:00.0 " ID " mac=a path=p group=1", "01:00.0 " ID " mac=a path=q group=2", NULL, true},
        {"01:00.0 " ID " mac=a path=p", "01:00.0 " ID " mac=b path=p", "it has the MAC b, not a",
         false},
        {"01:00.0 " ID " serial=s mac=a", "01:00.0 " ID " serial=s mac=b", NULL, true},
        {"01:00.0 " ID " serial=s", "01:00.0 " ID " serial=t", "it has the serial number t, not s",
         false},
        /* On vfio nothing shows the MAC: then the slot decides. */
        {"01:00.0 " ID " mac=a path=p", "01:00.0 " ID " path=p", NULL, false},
        {"01:00.0 " ID " path=p", "02:00.0 " ID " mac=a path=p", NULL, true},
        {"01:00.0 " ID " mac=a path=p", "01:00.0 " ID " path=q", "it is in the slot q, not p",
         false},
        {"01:00.0 " ID, "02:00.0 " ID, NULL, false},
        {"01:00.0 " ID " mac=a", "01:00.0 id=8086:10c9 subsystem=8086:0001 class=020000 mac=a",
         "it is 8086:10c9 (subsystem 8086:0001), not 8086:10d3 (8086:0001)", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(HdFingerprint) known = print_of(rows[i].known);
        g_autoptr(HdFingerprint) now = print_of(rows[i].now);
        g_autofree char *difference = hd_fingerprint_compare(known, now);
        ck_assert_msg(g_strcmp0(difference, rows[i].difference) == 0, "row %zu: %s", i, difference);
        ck_assert_int_eq(hd_fingerprint_is(known, now), rows[i].is_it);
    }
    g_autoptr(GPtrArray) bad = hd_fingerprints_parse("x\n01:00.0\n01:00.0 id=8086 class=1\n\n");
    ck_assert_uint_eq(bad->len, 0);
}
END_TEST

START_TEST(only_what_is_of_it)
{
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    ck_assert_ptr_null(prepare("a", VM_A, VF_0));
    g_autofree char *alien = prepare("b", VM_B, "0000:01:00.0");
    ck_assert_str_eq(alien, "0000:01:00.0 is not one of mapping 'pool' on this host; give the VM "
                            "one with 'hostdevctl map assign', or see 'hostdevctl map list' (rule: "
                            "mapping); " VF_1 " of the same mapping is free: 'hostdevctl map "
                            "assign' gives it to the VM");
    hd_fake_set_file(fake, FILE_, "[host elsewhere]\npf = 07:00.0\n");
    g_autofree char *elsewhere = prepare("b", VM_B, VF_1);
    ck_assert_contains(elsewhere, VF_1 " is to be one of mapping 'pool', which this host does not "
                                       "have; add it with 'hostdevctl map add'");
}
END_TEST

START_TEST(a_pool_runs_dry)
{
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    ck_assert_ptr_null(prepare("a", VM_A, VF_0));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    g_autofree char *other = prepare("b", VM_B, VF_0);
    ck_assert_contains(other, VF_0 " is held by VM 'a'");
    ck_assert_contains(other, VF_1 " of the same mapping is free");
    ck_assert_ptr_null(prepare("b", VM_B, VF_1));
    hd_fake_add_process(fake, 101, "qemu", "qemu -uuid " VM_B " -x", NULL);
    g_autofree char *none = prepare("c", "cccccccc-0000-4000-8000-000000000003", VF_0);
    ck_assert_contains(none, "mapping 'pool' has no free device on this host: " VF_0
                             " is held by VM 'a', " VF_1 " is held by VM 'b'");
}
END_TEST

/* First use keeps how a card looks; another one at its address is told before it is bound. */
START_TEST(strangers)
{
    const HdFakeDevice other = {.address = "0000:09:00.0",
                                .vendor = 0x8086,
                                .device = 0x10d3,
                                .class_code = 0x020000,
                                .group = 9,
                                .native = "e1000e",
                                .driver = "e1000e"};
    hd_fake_set_file(fake, FILE_, "[mapping]\ndevices = 09:00.0\n");
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:09:00.0/net/eth9/address", "02::09\n");
    hd_fake_set_link(fake, "sys/class/net/eth9", "../../devices/pci0000:00/0000:09:00.0/net/eth9");
    ck_assert_ptr_null(prepare("a", VM_A, "0000:09:00.0"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    g_autofree char *kept = NULL;
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &kept, PRINTS), 0);
    ck_assert_contains(kept, "0000:09:00.0 id=8086:10d3");
    ck_assert_contains(kept, "mac=02::09");
    ck_assert_ptr_null(prepare("a", VM_A, "0000:09:00.0"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:09:00.0/net/eth9/address", "02::99\n");
    g_autofree char *changed = prepare("a", VM_A, "0000:09:00.0");
    ck_assert_contains(changed, "0000:09:00.0 is not the card that mapping 'pool' knows: it has "
                                "the MAC 02::99, not 02::09; that card is not found on this host");
    /* Nothing shows the MAC now; what is known stays known. */
    hd_fake_unset(fake, "sys/devices/pci0000:00/0000:09:00.0/net");
    ck_assert_ptr_null(prepare("a", VM_A, "0000:09:00.0"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:09:00.0/net/eth9/address", "02::99\n");
    g_autofree char *still = prepare("a", VM_A, "0000:09:00.0");
    ck_assert_contains(still, "it has the MAC 02::99, not 02::09");
    /* It has moved to another slot. */
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:0a:00.0/net/eth10/address", "02::09\n");
    hd_fake_set_link(fake, "sys/class/net/eth10",
                     "../../devices/pci0000:00/0000:0a:00.0/net/eth10");
    g_autofree char *moved = prepare("a", VM_A, "0000:09:00.0");
    ck_assert_contains(moved, "that card is at 0000:0a:00.0 now");
    hd_fake_remove_device(fake, "0000:09:00.0");
    g_autofree char *gone = prepare("a", VM_A, "0000:09:00.0");
    ck_assert_contains(gone, "0000:09:00.0 is not on this host: that card is at 0000:0a:00.0 now");
    hd_fake_add_device(fake, &other);
}
END_TEST

static char *
arrive(const char *name, const char *uuid, const char *address, GError **error)
{
    g_autoptr(HdRequest) request = new_request(name, uuid, address, "pool");
    g_autoptr(GArray) moves = NULL;
    if (!hd_state_arrive(state, request, 0, &moves, error))
        return NULL;
    const HdWish *wish = g_ptr_array_index(request->wishes, 0);
    return g_strdup_printf("%s %u", hd_pci_address_text(&wish->address).text, moves->len);
}

/* Two VMs that arrive at once don't get the same, though neither has been prepared yet. */
START_TEST(arrivals_are_reserved)
{
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    hd_fake_add_process(fake, 5, "libvirtd", "libvirtd", NULL);
    g_autofree char *first = arrive("a", VM_A, "0000:01:00.0", NULL);
    ck_assert_str_eq(first, VF_0 " 1");
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    g_autofree char *second = arrive("b", VM_B, VF_0, NULL);
    ck_assert_str_eq(second, VF_1 " 1");
    hd_fake_kill_process(fake, 100);
    /* The first one never came: nobody waits for it any more. */
    g_autofree char *taken = prepare("c", "cccccccc-0000-4000-8000-000000000003", VF_0);
    ck_assert_ptr_null(taken);
}
END_TEST

START_TEST(an_own_free_device_is_kept)
{
    g_autoptr(GError) error = NULL;
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    g_autofree char *kept = arrive("a", VM_A, VF_1, NULL);
    ck_assert_str_eq(kept, VF_1 " 0");
    /* Its prepare takes the reservation's place. */
    ck_assert_ptr_null(prepare("a", VM_A, VF_1));
    ck_assert(hd_state_release(state, VM_A, NULL));
    hd_fake_unset(fake, FILE_);
    ck_assert_ptr_null(arrive("a", VM_A, VF_1, &error));
    ck_assert_str_eq(error->message, "this host has no mapping 'pool' ('hostdevctl map add')");
}
END_TEST

/* Two wishes of one VM get two devices; what it has by address alone nobody of it gets twice. */
START_TEST(two_wishes)
{
    hd_fake_set_file(fake, FILE_, "[mapping]\ndevices = 09:00.0; 0a:00.0; 0b:00.0\n");
    g_autoptr(HdRequest) request =
        hd_fake_request("a", VM_A, "0000:01:00.0", "0000:02:00.0", "0000:0a:00.0", NULL);
    g_autoptr(GArray) moves = NULL;
    for (guint i = 0; i < 2; i++)
        ((HdWish *)g_ptr_array_index(request->wishes, i))->mapping = g_strdup("pool");
    ck_assert(hd_state_relocate(state, request, &moves, NULL));
    ck_assert_uint_eq(moves->len, 2);
    const char *const wanted[] = {"0000:09:00.0", "0000:0b:00.0", "0000:0a:00.0"};
    for (guint i = 0; i < 3; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        ck_assert_str_eq(hd_pci_address_text(&wish->address).text, wanted[i]);
    }
}
END_TEST

START_TEST(two_wishes_for_one_device)
{
    g_autoptr(HdRequest) request = hd_fake_request("a", VM_A, "0000:01:00.0", "0000:02:00.0", NULL);
    g_autoptr(GArray) moves = NULL;
    g_autoptr(GError) error = NULL;
    hd_fake_set_file(fake, FILE_, "[mapping]\ndevices = 09:00.0\n");
    for (guint i = 0; i < 2; i++)
        ((HdWish *)g_ptr_array_index(request->wishes, i))->mapping = g_strdup("pool");
    ck_assert(!hd_state_relocate(state, request, &moves, &error));
    ck_assert_str_eq(error->message, "mapping 'pool' has no free device on this host: "
                                     "0000:09:00.0 goes to another device of this VM");
}
END_TEST

/* A VM that died keeps no device of the pool from one that arrives. */
START_TEST(dead_vms_make_room_for_arrivals)
{
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    ck_assert_ptr_null(prepare("a", VM_A, VF_0));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    ck_assert_ptr_null(prepare("b", VM_B, VF_1));
    g_autofree char *third = arrive("c", "cccccccc-0000-4000-8000-000000000003", VF_0, NULL);
    ck_assert_str_eq(third, VF_1 " 1");
}
END_TEST

/* libvirt asks before it looks whether the VM is there: what it has is not taken. */
START_TEST(a_vm_that_is_here_does_not_arrive)
{
    g_autoptr(HdRequest) request = new_request("a", VM_A, VF_0, "pool");
    g_autoptr(GError) error = NULL;
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    hd_fake_add_process(fake, 50, "libvirtd", "libvirtd", NULL);
    ck_assert(hd_state_prepare(state, request, 50, NULL));
    ck_assert_ptr_null(arrive("a", VM_A, VF_0, &error));
    ck_assert_str_eq(error->message, "this VM is running here and holds its devices already");
    g_autofree char *binding = hd_fake_binding(fake, VF_0);
    ck_assert_str_eq(binding, "vfio-pci vfio-pci");
}
END_TEST

/* From the arrival on, and through every step of its prepare, the device is the VM's. */
START_TEST(no_gap_between_arrival_and_prepare)
{
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        g_autoptr(GPtrArray) claims = NULL;
        const HdPciAddress vf = hd_fake_address(VF_0);
        teardown();
        setup();
        hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
        g_autofree char *arrived = arrive("a", VM_A, VF_0, NULL);
        ck_assert_str_eq(arrived, VF_0 " 0");
        hd_fake_revive(fake);
        hd_fake_die_at(fake, step, true);
        g_free(prepare("a", VM_A, VF_0));
        has_step = hd_fake_is_dead(fake);
        hd_fake_revive(fake);
        ck_assert(hd_state_read_claims(state, &claims, NULL));
        ck_assert_msg(hd_claims_find_vm(claims, &vf, NULL) != NULL, "unclaimed at step %u", step);
    }
}
END_TEST

/* The same mapping for a function and for an mdev's parent, in either order. */
START_TEST(one_mapping_for_both)
{
    hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/gpus.conf",
                     "[mapping]\ndevices = 41:00.0; 42:00.0\n");
    g_autoptr(HdRequest) request = new_request("a", VM_A, "0000:41:00.0", "gpus");
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    g_autoptr(GError) error = NULL;
    ck_assert(hd_uuid_parse("11111111-0000-4000-8000-000000000001", &wish->uuid));
    wish->mdev = hd_mdev_spec_new(&wish->uuid, "nvidia-36", NULL);
    wish->mapping = g_strdup("gpus");
    bool prepared = hd_state_prepare(state, request, 0, &error);
    ck_assert_msg(prepared, "%s", error != NULL ? error->message : "");
}
END_TEST

/* Two functions of one group, one by a mapping: the VM lists both, whatever the policy. */
START_TEST(companions_of_an_arrival)
{
    HdConfig config = hd_config_default();
    g_autoptr(HdRequest) request = hd_fake_request("a", VM_A, "0000:02:00.0", "0000:02:00.1", NULL);
    g_autoptr(GArray) moves = NULL;
    ck_assert(hd_policy_set(&config.policy, "companions", "refuse"));
    hd_state_free(state);
    state = hd_state_new(hd_fake_port(fake), &config);
    hd_fake_set_file(fake, FILE_, "[mapping]\ndevices = 02:00.0\n");
    ((HdWish *)g_ptr_array_index(request->wishes, 0))->mapping = g_strdup("pool");
    ck_assert(hd_state_arrive(state, request, 0, &moves, NULL));
    ck_assert_uint_eq(moves->len, 0);
    ck_assert(hd_state_prepare(state, request, 0, NULL));
}
END_TEST

/* `map assign` of a running VM: its own QEMU does not make its device another's. */
START_TEST(a_running_vm_keeps_its_own)
{
    g_autoptr(HdRequest) request = new_request("a", VM_A, VF_0, "pool");
    g_autoptr(GArray) moves = NULL;
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", "/dev/vfio/70");
    ck_assert(hd_state_relocate(state, request, &moves, NULL));
    ck_assert_uint_eq(moves->len, 0);
}
END_TEST

/* A reservation is of no use to a start that is refused. */
START_TEST(a_refused_start_reserves_nothing)
{
    hd_fake_set_file(fake, FILE_, "[mapping]\npf = 07:00.0\n");
    g_free(arrive("a", VM_A, VF_0, NULL));
    ck_assert(hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
    hd_fake_set_file(fake, FILE_, "[mapping]\ndevices = 09:00.0\n");
    g_autofree char *problem = prepare("a", VM_A, VF_0);
    ck_assert_ptr_nonnull(problem);
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
}
END_TEST

START_TEST(from_proxmox)
{
    g_autoptr(GPtrArray) mappings = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(hd_pve_mappings_convert(
        "# made by hand\n"
        "gpu\n\tdescription A card\n"
        "\tmap id=10de:2237,iommugroup=3,node=one,path=0000:41:00.0,subsystem-id=10de:0001\n"
        "\tmap id=10DE:2238,node=two,path=0000:02:00.0;0000:02:00.1\n"
        "\tmap id=10de:2237,node=one,path=0000:42:00\n\n"
        "nic\n  map node=one,path=01:00.0,id=8086:10d3\n  mdev 1\n",
        "f", &mappings, &error));
    ck_assert_uint_eq(mappings->len, 2);
    const HdImportedMapping *gpu = g_ptr_array_index(mappings, 0);
    ck_assert_str_eq(gpu->text,
                     "[host one]\ndescription = A card\ndevices = 0000:41:00.0; 0000:42:00.0\n"
                     "id = 10de:2237\nsubsystem = 10de:0001\n\n"
                     "[host two]\ndescription = A card\ndevices = 0000:02:00.0\nid = 10de:2238\n");
    ck_assert_uint_eq(gpu->notes->len, 2);
    const HdImportedMapping *nic = g_ptr_array_index(mappings, 1);
    ck_assert_str_eq(nic->text, "[host one]\ndevices = 0000:01:00.0\nid = 8086:10d3\n");
    ck_assert_uint_eq(nic->notes->len, 1);
    ck_assert_str_eq(g_ptr_array_index(nic->notes, 0),
                     "nic: mdev is for <mdev mapping=> in the VM's metadata here");
    assert_read(gpu->text, NULL);
    const char *const bad[][2] = {
        {"../x\n", "f: line 1: '../x' is no mapping's name"},
        {"\tmap node=a\n", "f: line 1: 'map' belongs to no mapping"},
        {"a\n\tmap node=a,path=x\n", "f: line 2: 'node=a,path=x' lacks node, path or id"},
        {"a\n\tmap node=a,id=1:2,path=01:00.0\n",
         "f: line 2: '1:2' say vendor:device, such as 8086:10ca; * is any"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GPtrArray) none = NULL;
        g_autoptr(GError) problem = NULL;
        ck_assert(!hd_pve_mappings_convert(bad[i][0], "f", &none, &problem));
        ck_assert_str_eq(problem->message, bad[i][1]);
    }
}
END_TEST

HD_TEST_MAIN("mapping", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, files);
    tcase_add_test(tcase, selection);
    tcase_add_test(tcase, written_and_read);
    tcase_add_test(tcase, fingerprints);
    tcase_add_test(tcase, only_what_is_of_it);
    tcase_add_test(tcase, a_pool_runs_dry);
    tcase_add_test(tcase, strangers);
    tcase_add_test(tcase, arrivals_are_reserved);
    tcase_add_test(tcase, an_own_free_device_is_kept);
    tcase_add_test(tcase, two_wishes_for_one_device);
    tcase_add_test(tcase, two_wishes);
    tcase_add_test(tcase, dead_vms_make_room_for_arrivals);
    tcase_add_test(tcase, a_vm_that_is_here_does_not_arrive);
    tcase_add_test(tcase, no_gap_between_arrival_and_prepare);
    tcase_add_test(tcase, one_mapping_for_both);
    tcase_add_test(tcase, companions_of_an_arrival);
    tcase_add_test(tcase, a_running_vm_keeps_its_own);
    tcase_add_test(tcase, a_refused_start_reserves_nothing);
    tcase_add_test(tcase, from_proxmox);
})
