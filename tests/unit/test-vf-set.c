/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files of VF counts, and the settings of VFs: which PF is meant, what each VF is told, and each
 * mistake by its name.
 */
#include <string.h>

#include "hd-test.h"
#include "hd-vf-set.h"

#define PF "[pf]\naddress = 07:00.0\ncount = 4\n"

/* What VFs 0, 1 and 4 are told. */
static const char *const good[][4] = {
    {PF, "", "", ""},
    {PF "[vf]\ntrust = on\n", "trust=on", "trust=on", "trust=on"},
    {PF "[vf 1]\ntrust = on\n", "", "trust=on", ""},
    {PF "[vf]\nvlan = 5\nqos = 3\n[vf 1]\nvlan = 6\n", "vlan=5,qos=3", "vlan=6,qos=0,proto=802.1Q",
     "vlan=5,qos=3"},
    {PF "[vf]\ntrust = on\nspoofchk = off\n[vf 1]\ntrust = no\n[vf 3]\n", "spoofchk=off,trust=on",
     "spoofchk=off,trust=off", "spoofchk=off,trust=on"},
    {PF "[vf 0]\nmac = 52:54:00:00:00:01\n", "mac=52:54:00:00:00:01", "", ""},
    {PF "[vf]\nmin_rate = 0\nmax_rate = 2147483647\nlink_state = disable\n",
     "min_rate=0,max_rate=2147483647,link_state=disable",
     "min_rate=0,max_rate=2147483647,link_state=disable",
     "min_rate=0,max_rate=2147483647,link_state=disable"},
    {PF "[vf]\nvlan = 4094\nproto = 802.1AD\n", "vlan=4094,proto=802.1ad",
     "vlan=4094,proto=802.1ad", "vlan=4094,proto=802.1ad"},
};

START_TEST(settings)
{
    static const guint vfs[] = {0, 1, 4};
    g_autoptr(HdVfSet) set = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(hd_vf_set_parse(good[_i][0], "f", &set, &error), "%s",
                  error != NULL ? error->message : "");
    ck_assert_uint_eq(set->count, 4);
    for (guint i = 0; i < G_N_ELEMENTS(vfs); i++) {
        const HdVfSettings told = hd_vf_set_settings(set, vfs[i]);
        g_autofree char *text = hd_vf_settings_format(&told);
        ck_assert_str_eq(text, good[_i][i + 1]);
    }
}
END_TEST

#define NEEDS "f: [pf] needs count, and address or another key that says which PF"

static const char *const bad[][2] = {
    {"", NEEDS},
    {"[pf]\naddress = 07:00.0\n", NEEDS},
    {"[pf]\ncount = 1\n", NEEDS},
    {"[pf]\ncount = x\n", "f: [pf] count = x is not known: say a number of VFs"},
    {"[pf]\ncount = -1\n", "f: [pf] count = -1 is not known: say a number of VFs"},
    {"[pf]\naddress = 07:00\n", "f: [pf] address = 07:00 is not known: that can't be one"},
    {"[pf]\nserial =\n", "f: [pf] serial =  is not known: that can't be one"},
    {"[pf]\ndriver_on_host = on\n", "f: [pf] driver_on_host = on is not known: say yes or no"},
    {"[pf]\nslot = 1\n",
     "f: [pf] slot = 1 is not known: there are count, driver_on_host, address, driver, id, mac, "
     "interface, port and serial"},
    {PF "[vfs]\n", "f: [vfs] is not known: there are [pf], [vf] and [vf N]"},
    {PF "[vf x]\n", "f: [vf x] is not known: there are [pf], [vf] and [vf N]"},
    {PF "[vf -1]\n", "f: [vf -1] is not known: there are [pf], [vf] and [vf N]"},
    {PF "[vf 4]\n", "f: [vf 4] is not one of 4 VFs (0 to 3)"},
    {"[pf]\nid = 1:2\ncount = 0\n[vf 0]\n", "f: [vf 0] is not one of 0 VFs (0 to 0)"},
    {PF "[vf]\ntrust = maybe\n", "f: [vf] trust = maybe is not known: say on or off"},
    {PF "[vf 1]\nvlan = 4095\n", "f: [vf 1] vlan = 4095 is not known: say 0 (none) to 4094"},
    {PF "[vf]\nqos = 8\n", "f: [vf] qos = 8 is not known: say 0 to 7"},
    {PF "[vf]\nproto = 802\n", "f: [vf] proto = 802 is not known: say 802.1Q or 802.1ad"},
    {PF "[vf]\nspoofchk = 1\n", "f: [vf] spoofchk = 1 is not known: say on or off"},
    {PF "[vf]\nmin_rate = 2147483648\n",
     "f: [vf] min_rate = 2147483648 is not known: say Mbit/s, 0 for none"},
    {PF "[vf]\nmax_rate = x\n", "f: [vf] max_rate = x is not known: say Mbit/s, 0 for none"},
    {PF "[vf]\nlink_state = up\n",
     "f: [vf] link_state = up is not known: say auto, enable or disable"},
    {PF "[vf]\nspeed = 1\n",
     "f: [vf] speed = 1 is not known: there are mac, vlan, qos, proto, spoofchk, trust, "
     "min_rate, max_rate and link_state"},
    {PF "[vf]\nmac = 52:54:00:00:00:01\n",
     "f: [vf] mac would be that of all VFs: say it in [vf N]"},
    {PF "[vf 0]\nmac = 53:54:00:00:00:01\n",
     "f: [vf 0] mac = 53:54:00:00:00:01 is not known: say a unicast MAC address"},
    {PF "[vf 0]\nmac = 5g:54:00:00:00:01\n",
     "f: [vf 0] mac = 5g:54:00:00:00:01 is not known: say a unicast MAC address"},
    {PF "[vf 0]\nmac = g4:54:00:00:00:01\n",
     "f: [vf 0] mac = g4:54:00:00:00:01 is not known: say a unicast MAC address"},
    {PF "[vf 0]\nmac = 52:54-00:00:00:01\n",
     "f: [vf 0] mac = 52:54-00:00:00:01 is not known: say a unicast MAC address"},
    {PF "[vf]\nqos = 3\n", "f: [vf] is not whole: qos and proto are a VLAN's: name it too"},
    {PF "[vf]\nvlan = 0\nqos = 3\n",
     "f: [vf] is not whole: qos and proto are a VLAN's: name it too"},
    {PF "[vf 2]\nproto = 802.1ad\n",
     "f: [vf 2] is not whole: qos and proto are a VLAN's: name it too"},
};

START_TEST(mistakes)
{
    g_autoptr(HdVfSet) set = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!hd_vf_set_parse(bad[_i][0], "f", &set, &error), "%s", bad[_i][0]);
    ck_assert_str_eq(error->message, bad[_i][1]);
    ck_assert_ptr_null(set);
}
END_TEST

/* Keys of [pf], and whether they mean the card below. */
static const struct {
    const char *keys;
    bool is_it;
} matches[] = {
    {"address = 07:00.0", true},
    {"address = 07:00.1", false},
    {"driver = ice", true},
    {"driver = ixgbe", false},
    {"id = 8086:159B", true},
    {"id = 8086:159c", false},
    {"mac = 52:54:00:AA:00:01", true},
    {"mac = 52:54:00:aa:00:02", false},
    {"interface = eth0", true},
    {"interface = ETH0", false},
    {"port = p0", true},
    {"port = p1", false},
    {"serial = 00-11", true},
    {"serial = 00-12", false},
    {"id = 8086:159b\nport = p1", false},
    {"id = 8086:159c\nport = p0", false},
    {"address = 07:00.1\naddress = 07:00.0", true},
};

START_TEST(means)
{
    HdPciAddress address;
    ck_assert(hd_pci_address_parse("0000:07:00.0", &address));
    g_autoptr(HdDevice) device = hd_device_new(&address);
    device->id = (HdDeviceId){0x8086, 0x159b, 0, 0, 0x020000};
    device->binding.driver = g_strdup("ice");
    static char mac[] = "52:54:00:aa:00:01", interface[] = "eth0", port[] = "p0",
                serial[] = "00-11";
    const HdCard card = {
        .device = device, .mac = mac, .interface = interface, .port = port, .serial = serial};
    g_autoptr(HdVfSet) set = NULL;
    g_autofree char *text = g_strdup_printf("[pf]\ncount = 1\n%s\n", matches[_i].keys);
    ck_assert(hd_vf_set_parse(text, "f", &set, NULL));
    ck_assert_int_eq(hd_vf_set_matches(set, &card), matches[_i].is_it);
    ck_assert(!set->with_driver);
}
END_TEST

START_TEST(kept)
{
    HdPciAddress address;
    g_autoptr(HdVfSet) set = NULL;
    ck_assert(hd_pci_address_parse("0000:07:00.0", &address));
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    ck_assert(hd_vf_set_edit(NULL, "f", &address, 3, true, &first, NULL));
    ck_assert(hd_vf_set_parse(first, "f", &set, NULL));
    ck_assert(set->with_driver && set->count == 3 && !hd_vf_set_has_settings(set));
    ck_assert(hd_vf_set_edit(first, "f", &address, 0, false, &second, NULL));
    ck_assert_contains(second, "[pf]\naddress=0000:07:00.0\ncount=0\ndriver_on_host=no\n");
}
END_TEST

/* What the owner has added is the owner's. */
START_TEST(kept_with_settings)
{
    static const char text[] = "# mine\n[pf]\nmac=02:00:00:00:00:01\ncount=8\n\n[vf]\n"
                               "spoofchk=on\n\n[vf 7]\nvlan=12\n";
    HdPciAddress address;
    g_autoptr(HdVfSet) set = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *more = NULL;
    g_autofree char *less = NULL;
    ck_assert(hd_pci_address_parse("0000:07:00.0", &address));
    ck_assert(hd_vf_set_edit(text, "f", &address, 16, false, &more, NULL));
    ck_assert_contains(more, "# mine\n");
    ck_assert_contains(more, "[pf]\nmac=02:00:00:00:00:01\ncount=16\n");
    ck_assert_contains(more, "[vf]\nspoofchk=on\n\n[vf 7]\nvlan=12\n");
    ck_assert(hd_vf_set_parse(more, "f", &set, NULL));
    ck_assert(hd_vf_set_has_settings(set));
    ck_assert(!hd_vf_set_edit(text, "f", &address, 7, false, &less, &error));
    ck_assert_str_eq(error->message, "f: [vf 7] is not one of 7 VFs (0 to 6)");
}
END_TEST

/* What there is, what is wanted, and whether anything is to be done. */
static const struct {
    const char *now, *target;
    bool is_reached;
} reached[] = {
    {"", "", true},
    {"", "trust=on", false},
    {"trust=on", "", true},
    {"trust=on", "trust=on", true},
    {"trust=on", "trust=off", false},
    {"trust=on,vlan=5", "vlan=6,trust=on", false},
    {"mac=52:54:00:00:00:01,link_state=auto", "link_state=auto,mac=52:54:00:00:00:02", false},
    /* What drivers say may be more than a person may. */
    {"vlan=4095,qos=9,min_rate=4294967295", "vlan=4095,qos=9,min_rate=4294967295", true},
};

START_TEST(is_reached)
{
    HdVfSettings now, target;
    ck_assert(reached[_i].now[0] == '\0' || hd_vf_settings_parse(reached[_i].now, &now));
    ck_assert(reached[_i].target[0] == '\0' || hd_vf_settings_parse(reached[_i].target, &target));
    if (reached[_i].now[0] == '\0')
        now = (HdVfSettings){0};
    if (reached[_i].target[0] == '\0')
        target = (HdVfSettings){0};
    ck_assert_int_eq(hd_vf_settings_is_reached(&now, &target), reached[_i].is_reached);
}
END_TEST

HD_TEST_MAIN("vf-set", tcase_add_loop_test(tcase, settings, 0, G_N_ELEMENTS(good));
             tcase_add_loop_test(tcase, mistakes, 0, G_N_ELEMENTS(bad));
             tcase_add_loop_test(tcase, means, 0, G_N_ELEMENTS(matches));
             tcase_add_test(tcase, kept_with_settings); tcase_add_test(tcase, kept);
             tcase_add_loop_test(tcase, is_reached, 0, G_N_ELEMENTS(reached)))
