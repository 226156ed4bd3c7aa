/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * VFs on the fake: how many there are, what their PF is told, what is put back, who is
 * refused; and the values behind it.
 */
#include <errno.h>
#include <string.h>

#include "hd-error.h"
#include "hd-fake-host.h"
#include "hd-goal.h"
#include "hd-sriov.h"
#include "hd-state.h"
#include "hd-test.h"
#include "hd-vf-net.h"
#include "hd-vf-set.h"

#define PF   "0000:07:00.0"
#define VF_0 "0000:07:10.0"
#define VF_1 "0000:07:10.2"

static HdFake *fake;
static HdState *state;
static char *before;

static void
setup(void)
{
    HdConfig config = hd_config_default();
    fake = hd_fake_host_new();
    state = hd_state_new(hd_fake_port(fake), &config);
    before = hd_fake_dump(fake);
}

static void
teardown(void)
{
    g_free(before);
    hd_state_free(state);
    hd_fake_free(fake);
}

static void
assert_as_before(void)
{
    g_autofree char *now = hd_fake_dump(fake);
    ck_assert_str_eq(now, before);
}

static HdVfSettings
settings_of(const char *text)
{
    HdVfSettings settings;
    ck_assert_msg(hd_vf_settings_parse(text, &settings), "%s", text);
    return settings;
}

static char *
vf_now(guint index)
{
    HdVfSettings settings;
    ck_assert_int_eq(hd_port_vf_get(hd_fake_port(fake), "eth7", index, &settings), 0);
    return hd_vf_settings_format(&settings);
}

static void
assert_vf(guint index, const char *part)
{
    g_autofree char *now = vf_now(index);
    ck_assert_msg(strstr(now, part) != NULL, "%s is not in %s", part, now);
}

static void
assert_count(const char *pf, guint count, bool autoprobe)
{
    const HdPciAddress address = hd_fake_address(pf);
    HdSriov sriov;
    ck_assert(hd_sriov_probe(hd_fake_port(fake), &address, &sriov, NULL));
    ck_assert_uint_eq(sriov.count, count);
    ck_assert_int_eq(sriov.autoprobe, autoprobe);
}

/* Returns the message, NULL on success. */
static char *
set_count(const char *pf, guint count)
{
    const HdPciAddress address = hd_fake_address(pf);
    g_autoptr(GError) error = NULL;
    return hd_state_vf_set(state, &address, count, &error) ? NULL : g_strdup(error->message);
}

static char *
prepare(const char *uuid, HdWishKind kind, const char *address, const char *settings)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", uuid, NULL);
    g_autoptr(GError) error = NULL;
    HdWish *wish = hd_request_add(request, kind);
    wish->address = hd_fake_address(address);
    wish->managed = true;
    wish->vf = settings_of(settings);
    return hd_state_prepare(state, request, 0, &error) ? NULL : g_strdup(error->message);
}

START_TEST(settings_as_text)
{
    const char *const good[] = {
        "mac=52:54:00:00:00:01",
        "vlan=4094,qos=7,proto=802.1ad",
        "spoofchk=off,trust=on,min_rate=0,max_rate=100,link_state=disable",
    };
    const char *const bad[] = {
        "mac=53:54:00:00:00:01", "vlan=4095",     "qos=8", "proto=x", "trust=1",
        "max_rate=-1",           "link_state=up", "x=1",   "vlan="};
    /* A driver may report what nobody may ask for. */
    const char *const reported[] = {"mac=ff:ff:ff:ff:ff:ff,vlan=4095,qos=9",
                                    "min_rate=4294967295,max_rate=4294967295"};
    for (gsize i = 0; i < G_N_ELEMENTS(reported); i++) {
        const HdVfSettings settings = settings_of(reported[i]);
        g_autofree char *text = hd_vf_settings_format(&settings);
        ck_assert_str_eq(text, reported[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        const HdVfSettings settings = settings_of(good[i]);
        g_autofree char *text = hd_vf_settings_format(&settings);
        ck_assert_str_eq(text, good[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        HdVfSettings settings = {.known = 77};
        g_auto(GStrv) parts = g_strsplit(bad[i], "=", 2);
        ck_assert_msg(hd_vf_settings_set(&settings, parts[0], parts[1]) != NULL, "%s", bad[i]);
        ck_assert_uint_eq(settings.known, 77);
    }
}
END_TEST

/* What the kernel takes only together is written together; a new VLAN has no old VLAN's qos. */
START_TEST(target_of_a_wish)
{
    const struct {
        const char *now, *wish, *target;
    } rows[] = {
        {"vlan=5,qos=3,proto=802.1ad", "vlan=6", "vlan=6,qos=0,proto=802.1Q"},
        {"vlan=5,qos=3,proto=802.1Q", "trust=on", "trust=on"},
        {"min_rate=10,max_rate=100", "max_rate=200", "min_rate=10,max_rate=200"},
        {"mac=52:54:00:00:00:01,spoofchk=on", "spoofchk=off", "spoofchk=off"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const HdVfSettings now = settings_of(rows[i].now), wish = settings_of(rows[i].wish);
        const HdVfSettings target = hd_vf_settings_target(&now, &wish);
        g_autofree char *text = hd_vf_settings_format(&target);
        ck_assert_str_eq(text, rows[i].target);
    }
}
END_TEST

START_TEST(goals_as_lines)
{
    const char *const lines[] = {
        "vf 0000:07:10.0 pf=0000:07:00.0 index=3 from=vlan%3D0%2Ctrust%3Doff to=vlan%3D7",
        "vf 0000:07:10.0 pf=0000:07:00.0 index=0 from=trust%3Doff after-libvirt=1",
        "mac 0000:07:10.0 pf=0000:07:00.0 index=3 from=trust%3Doff mac=52:54:00:00:00:01",
        "sriov 0000:07:00.0 id=8086:10c9:0000:0000:020000 from=2 to=7 autoprobe=1",
    };
    const char *const bad[] = {
        "vf 0000:07:10.0 pf=0000:07:00.0 index=3",
        "vf 0000:07:10.0 index=3 from=vlan%3D0",
        "vf 0000:07:10.0 pf=0000:07:00.0 index=3 from=vlan%3Dx",
        "mac 0000:07:10.0 pf=0000:07:00.0 index=3 from=vlan%3D0 mac=x",
        "sriov 0000:07:00.0 id=8086:10c9:0000:0000:020000 from=2 to=7 autoprobe=2",
        "sriov 0000:07:00.0 id=8086:10c9:0000:0000:020000 from=2 to=7",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(HdGoal) goal = NULL;
        ck_assert_msg(hd_goal_parse(lines[i], &goal), "%s", lines[i]);
        g_autofree char *line = hd_goal_format(goal);
        ck_assert_str_eq(line, lines[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(HdGoal) goal = NULL;
        ck_assert_msg(!hd_goal_parse(bad[i], &goal), "%s", bad[i]);
    }
}
END_TEST

START_TEST(there_and_back)
{
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "mac=52:54:00:00:00:07,vlan=5,trust=on"));
    assert_vf(0, "mac=52:54:00:00:00:07,vlan=5,qos=0,proto=802.1Q,spoofchk=on,trust=on");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* Without any wish, too: a manager sets VFs of running VMs, a trusted guest its own MAC. */
START_TEST(what_others_set_is_put_back)
{
    const HdVfSettings other = settings_of("mac=52:54:00:00:00:09,vlan=9,qos=1,proto=802.1Q");
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "trust=on"));
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &other, HD_VF_MAC), 0);
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &other, HD_VF_VLAN), 0);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* A driver that answers "in reset" is asked again; for ever, it is not. */
START_TEST(a_vf_in_reset_is_waited_for)
{
    hd_fake_vf_busy_times(fake, VF_0, 3);
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
    assert_vf(0, "vlan=5");
    ck_assert_uint_gt(hd_fake_paused_ms(fake), 0);
    ck_assert(hd_state_release(state, VM_A, NULL));
    hd_fake_vf_busy_times(fake, VF_0, 150);
    g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5");
    ck_assert_str_eq(problem, VF_0 ": set vlan=5 (VF 0 of eth7): Resource temporarily unavailable");
    hd_fake_vf_busy_times(fake, VF_0, 0);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* What the kernel answers in the place of the fake's answers, and how often; 0: always. */
static struct {
    const HdPortOps *good;
    HdPortOps ops;
    int error;
    guint times;
} answers;

static void
answer_with(int error, guint times)
{
    HdPort *port = hd_fake_port(fake);
    if (answers.good == NULL)
        answers.good = port->ops;
    answers.ops = *answers.good;
    answers.error = error;
    answers.times = times;
    port->ops = &answers.ops;
}

static int
tell_too_few(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings)
{
    int error = answers.good->vf_get(port, interface, index, ret_settings);
    return error != 0 || index == 0 ? error : answers.error;
}

/* What is not told could not be put back. */
START_TEST(more_vfs_than_the_kernel_can_tell_of)
{
    answer_with(EOVERFLOW, 0);
    answers.ops.vf_get = tell_too_few;
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
    g_autofree char *problem = prepare(VM_B, HD_WISH_PCI, VF_1, "vlan=5");
    ck_assert_str_eq(problem,
                     "eth7 has more VFs than the kernel can tell of, and VF 1 is not among "
                     "those it tells: its settings could not be put back; make fewer VFs");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

START_TEST(what_the_driver_cannot_do_stops_the_start)
{
    g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, VF_1, "trust=on,link_state=enable");
    ck_assert_str_eq(problem,
                     VF_1 ": set link_state=enable (VF 1 of eth7): Operation not supported");
    assert_as_before();
}
END_TEST

/* libvirt writes MAC and VLAN of an <interface> after our prepare: "start" says ours again. */
static const char *const neighbours[] = {"pf0vf0", "vf0", "pf0sf0", "c1pf0", "pf0hpf"};
static const char *const ports[] = {"p0", "p0s1", "l1p0", "n0", "1"};

/* A PF in switchdev mode has interfaces that stand for others, by names that sort before its own.
 */
START_TEST(a_representor_is_not_the_pf)
{
    static const char folder[] = "sys/devices/pci0000:00/" PF "/net";
    const HdPciAddress pf = hd_fake_address(PF);
    g_autofree char *own = g_strconcat(folder, "/eth7/phys_port_name", NULL);
    g_autofree char *other = g_strconcat(folder, "/en3f0r/phys_port_name", NULL);
    hd_fake_set_file(fake, own, ports[_i]);
    for (gsize i = 0; i < G_N_ELEMENTS(neighbours); i++) {
        hd_fake_set_file(fake, other, neighbours[i]);
        g_autofree char *interface = hd_vf_net_interface(hd_fake_port(fake), &pf);
        ck_assert_str_eq(interface, "eth7");
    }
}
END_TEST

START_TEST(an_interface_is_told_again)
{
    const HdVfSettings libvirt_s = settings_of("mac=52:54:00:00:00:03,vlan=43,qos=0,proto=802.1Q");
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_INTERFACE, VF_0, "vlan=43,qos=5,trust=on"));
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &libvirt_s, HD_VF_MAC), 0);
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &libvirt_s, HD_VF_VLAN), 0);
    ck_assert(hd_state_confirm(state, VM_A, NULL));
    assert_vf(0, "mac=52:54:00:00:00:03,vlan=43,qos=5");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
    ck_assert(hd_state_confirm(state, VM_A, NULL));
}
END_TEST

START_TEST(wishes_that_fit_no_device)
{
    g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, "0000:01:00.0", "vlan=5");
    ck_assert_msg(strstr(problem, "can't be given VF settings: it is no virtual function"), "%s",
                  problem);
    assert_as_before();
}
END_TEST

START_TEST(counts)
{
    ck_assert_ptr_null(set_count(PF, 5));
    assert_count(PF, 5, true);
    g_autofree char *binding = hd_fake_binding(fake, "0000:07:11.0");
    ck_assert_str_eq(binding, "- -");
    ck_assert_ptr_null(set_count(PF, 5));
    ck_assert_ptr_null(set_count(PF, 0));
    assert_count(PF, 0, true);
    g_autofree char *problem = set_count(PF, 8);
    ck_assert_str_eq(problem, PF " can have 7 VFs at most, not 8");
    g_autofree char *none = set_count("0000:01:00.0", 1);
    ck_assert_str_eq(none, "0000:01:00.0: it can't have virtual functions (no sriov_totalvfs)");
}
END_TEST

/* The owner's choice of automatic probing is kept. */
START_TEST(autoprobe_is_put_back)
{
    ck_assert_int_eq(hd_port_write(hd_fake_port(fake), "0",
                                   "sys/bus/pci/devices/" PF "/sriov_drivers_autoprobe"),
                     0);
    ck_assert_ptr_null(set_count(PF, 3));
    assert_count(PF, 3, false);
}
END_TEST

START_TEST(too_few_are_none)
{
    hd_fake_limit_vfs(fake, PF, 4);
    g_autofree char *problem = set_count(PF, 6);
    ck_assert_str_eq(problem, PF ": its driver made 4 of the 6 VFs that were asked for; see the "
                                 "kernel's log");
    assert_count(PF, 2, true);
}
END_TEST

START_TEST(vfs_in_use_stay)
{
    const HdPciAddress vf = hd_fake_address(VF_1);
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_1, "trust=on"));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    g_autofree char *held = set_count(PF, 0);
    ck_assert_str_eq(held,
                     PF " keeps its VFs: " VF_1 " is held by VM 'vm'; shut that VM down first");
    assert_count(PF, 2, true);
    hd_fake_kill_process(fake, 100);
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(hd_state_detach(state, &vf, NULL, NULL));
    g_autofree char *lent = set_count(PF, 5);
    ck_assert_str_eq(lent, PF " keeps its VFs: " VF_1 " is held by 'detach-" VF_1
                              "'; see 'hostdevctl status'");
    ck_assert(hd_state_reattach(state, &vf, NULL));
    hd_fake_set_net_address(fake, "eth7v0", "192.0.2.1");
    g_autofree char *used = set_count(PF, 5);
    ck_assert_msg(g_str_has_prefix(used, PF " keeps its VFs: " VF_0 " is in use by this host: "
                                            "network interface eth7v0 has the address 192.0.2.1"),
                  "%s", used);
    assert_as_before();
}
END_TEST

/* A VM that died without a release keeps nothing. */
START_TEST(a_dead_vm_s_vf_is_free)
{
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_1, "trust=on"));
    ck_assert_ptr_null(set_count(PF, 0));
    assert_count(PF, 0, true);
    ck_assert(hd_state_release(state, VM_A, NULL));
}
END_TEST

static bool
may_be_taken(const char *address, char **ret_message)
{
    const HdPciAddress function = hd_fake_address(address);
    g_autoptr(GError) error = NULL;
    bool taken = hd_state_detach(state, &function, NULL, &error);
    *ret_message = error != NULL ? g_strdup(error->message) : NULL;
    return taken;
}

START_TEST(a_pf_stays_with_its_vfs)
{
    HdConfig config = hd_config_default();
    config.policy.stance[HD_RULE_SRIOV] = HD_STANCE_ALLOW;
    const HdPciAddress pf = hd_fake_address(PF);
    g_autofree char *message = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_1, "trust=on"));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    hd_state_free(state);
    state = hd_state_new(hd_fake_port(fake), &config);
    ck_assert(!may_be_taken(PF, &message));
    ck_assert_msg(strstr(message, PF " is the PF of " VF_1 ", which is held by VM 'vm'"), "%s",
                  message);
    ck_assert(!hd_state_check_free(state, &pf, &error));
    ck_assert_str_eq(error->message,
                     VF_1 ", a VF of " PF " is held by VM 'vm'; shut that VM down first");
    hd_fake_kill_process(fake, 100);
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(hd_state_check_free(state, &pf, NULL));
}
END_TEST

/* On a new host, a change of the number of VFs that dies at its mutating call @step. Returns
   whether it had so many. */
static bool
kill_count_at(guint step, bool after)
{
    teardown();
    setup();
    hd_fake_die_at(fake, step, after);
    g_free(set_count(PF, 5));
    bool has_step = hd_fake_is_dead(fake);
    hd_fake_revive(fake);
    return has_step;
}

/* What a killed change of the number leaves is either the old set or the new one. */
START_TEST(crash_at_every_step)
{
    bool has_step = true;
    guint crashes = 0;
    for (guint step = 1; has_step; step++) {
        for (int after = 0; after <= 1; after++) {
            g_autoptr(GPtrArray) reports = NULL;
            has_step = kill_count_at(step, after);
            ck_assert(hd_state_reconcile(state, &reports, NULL));
            HdSriov sriov;
            const HdPciAddress pf = hd_fake_address(PF);
            ck_assert(hd_sriov_probe(hd_fake_port(fake), &pf, &sriov, NULL));
            ck_assert_msg(sriov.count == 2 || sriov.count == 5, "step %u: %u VFs", step,
                          sriov.count);
            ck_assert(sriov.autoprobe);
            g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, VF_1, "vlan=5");
            ck_assert_msg(problem == NULL, "step %u: %s", step, problem);
            crashes += has_step;
        }
    }
    ck_assert_uint_gt(crashes, 10);
}
END_TEST

/* Nobody gets a VF of a PF whose number is being changed. */
START_TEST(no_start_meanwhile)
{
    hd_fake_block(fake, VF_0);
    g_autofree char *late = set_count(PF, 5);
    ck_assert_msg(strstr(late, PF ": the kernel has not let go of it"), "%s", late);
    g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, VF_1, "vlan=5");
    ck_assert_msg(strstr(problem, "the number of VFs of " PF " is being changed"), "%s", problem);
}
END_TEST

START_TEST(settings_by_hand)
{
    const HdPciAddress vf = hd_fake_address(VF_0), nic = hd_fake_address("0000:01:00.0");
    const HdVfSettings wish = settings_of("mac=52:54:00:00:00:07,vlan=3");
    const HdVfSettings bad = settings_of("vlan=4,link_state=enable");
    g_autoptr(GError) error = NULL;
    ck_assert(hd_state_vf_net(state, &vf, &wish, NULL));
    assert_vf(0, "mac=52:54:00:00:00:07,vlan=3");
    ck_assert(!hd_state_vf_net(state, &vf, &bad, NULL));
    assert_vf(0, "mac=52:54:00:00:00:07,vlan=3");
    ck_assert(!hd_state_vf_net(state, &nic, &wish, &error));
    ck_assert_str_eq(error->message, "0000:01:00.0 is no virtual function");
}
END_TEST

static const char set_text[] = "[pf]\nmac = 02:00:00:00:07:00\ncount = 3\ndriver_on_host = yes\n"
                               "[vf]\nspoofchk = off\n[vf 1]\nmac = 52:54:00:00:00:11\nvlan=8\n";

START_TEST(sets_are_applied)
{
    g_autoptr(HdVfSet) set = NULL;
    HdPciAddress pf;
    bool is_found = false;
    ck_assert(hd_vf_set_parse(set_text, "f", &set, NULL));
    ck_assert(hd_state_vf_find(state, set, &pf, &is_found, NULL) && is_found);
    ck_assert_str_eq(hd_pci_address_text(&pf).text, PF);
    for (int i = 0; i < 2; i++) {
        ck_assert(hd_state_vf_apply(state, set, &pf, NULL));
        assert_count(PF, 3, true);
        assert_vf(0, "spoofchk=off");
        assert_vf(1, "mac=52:54:00:00:00:11,vlan=8,qos=0,proto=802.1Q,spoofchk=off");
        g_autofree char *binding = hd_fake_binding(fake, VF_1);
        ck_assert_str_eq(binding, "igbvf -");
        g_autofree char *mac = NULL;
        ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &mac, "sys/class/net/eth7v1/address"), 0);
        ck_assert_str_eq(mac, "52:54:00:00:00:11");
    }
}
END_TEST

START_TEST(sets_name_one_pf)
{
    const struct {
        const char *text, *message;
    } rows[] = {
        {"[pf]\ncount = 1\n", "f: [pf] needs count, and address or another key that says which PF"},
        {"[pf]\naddress = 07:00.0\n",
         "f: [pf] needs count, and address or another key that says which PF"},
        {"[pf]\naddress = x\ncount = 1\n", "f: [pf] address = x is not known: that can't be one"},
        {"[pf]\naddress = 07:00.0\ncount = many\n",
         "f: [pf] count = many is not known: say a number of VFs"},
        {"[pf]\naddress = 07:00.0\ncount = 1\ndriver_on_host = maybe\n",
         "f: [pf] driver_on_host = maybe is not known: say yes or no"},
        {"[pf]\naddress = 07:00.0\ncount = 1\n[vf 1]\nvlan = 1\n",
         "f: [vf 1] is not one of 1 VFs (0 to 0)"},
        {"[pf]\naddress = 07:00.0\ncount = 1\n[vf]\nmac = 52:54:00:00:00:01\n",
         "f: [vf] mac would be that of all VFs: say it in [vf N]"},
        {"[pf]\naddress = 07:00.0\ncount = 1\n[vf 0]\nqos = 1\n",
         "f: [vf 0] is not whole: qos and proto are a VLAN's: name it too"},
        {"[pf]\naddress = 07:00.0\ncount = 1\n[x]\n",
         "f: [x] is not known: there are [pf], [vf] and [vf N]"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(HdVfSet) set = NULL;
        g_autoptr(GError) error = NULL;
        ck_assert(!hd_vf_set_parse(rows[i].text, "f", &set, &error));
        ck_assert_str_eq(error->message, rows[i].message);
    }
    const char *const keys[] = {"driver = igb", "id = 8086:10C9", "interface = eth7",
                                "address = pci_0000_07_00_0"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *text = g_strdup_printf("[pf]\ncount = 1\n%s\n", keys[i]);
        g_autoptr(HdVfSet) set = NULL;
        HdPciAddress pf;
        bool is_found = false;
        /* The last one is a node device's name: a set says addresses in full. */
        bool is_set = hd_vf_set_parse(text, "f", &set, NULL);
        ck_assert_int_eq(is_set, i < 3);
        ck_assert(!is_set || (hd_state_vf_find(state, set, &pf, &is_found, NULL) && is_found));
    }
}
END_TEST

/* ConnectX-3 reports VLAN 4095 for "as the VF likes". */
START_TEST(what_no_one_may_ask_for_is_recorded)
{
    HdVfSettings odd = settings_of("vlan=4095,qos=0,proto=802.1Q");
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, VF_0, "0000:01:00.0", NULL);
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &odd, HD_VF_VLAN), 0);
    g_free(before);
    before = hd_fake_dump(fake);
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    g_autofree char *problem = prepare(VM_B, HD_WISH_PCI, "0000:01:00.0", "");
    ck_assert_contains(problem, "0000:01:00.0 is held by VM 'vm'");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* libvirt clears a VLAN that was there before our prepare, too. */
START_TEST(an_interface_is_told_again_what_it_had)
{
    const HdVfSettings had = settings_of("vlan=43,qos=0,proto=802.1Q");
    const HdVfSettings cleared = settings_of("vlan=0,qos=0,proto=802.1Q");
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &had, HD_VF_VLAN), 0);
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_INTERFACE, VF_0, "vlan=43"));
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &cleared, HD_VF_VLAN), 0);
    ck_assert(hd_state_confirm(state, VM_A, NULL));
    assert_vf(0, "vlan=43");
}
END_TEST

/* All or nothing on a running VM's VF, and nothing of it is left to be undone later. */
START_TEST(settings_by_hand_of_a_vm_s_vf)
{
    const HdPciAddress vf = hd_fake_address(VF_0);
    const HdVfSettings bad = settings_of("vlan=30,link_state=enable");
    const HdVfSettings good = settings_of("vlan=31");
    g_autoptr(GPtrArray) reports = NULL;
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=20,mac=52:54:00:00:00:07"));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    ck_assert(!hd_state_vf_net(state, &vf, &bad, NULL));
    assert_vf(0, "vlan=20");
    ck_assert(hd_state_vf_net(state, &vf, &good, NULL));
    assert_vf(0, "vlan=31");
    hd_fake_kill_process(fake, 100);
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_as_before();
}
END_TEST

/* A `vf net` that dies at its mutating call @step. Returns whether it had so many. */
static bool
kill_settings_at(guint step)
{
    const HdPciAddress vf = hd_fake_address(VF_0);
    const HdVfSettings wish = settings_of("vlan=30,trust=on");
    hd_fake_revive(fake);
    hd_fake_die_at(fake, step, step % 2);
    (void)hd_state_vf_net(state, &vf, &wish, NULL);
    bool has_step = hd_fake_is_dead(fake);
    hd_fake_revive(fake);
    return has_step;
}

/* Killed at any step, and then a VM starts: at its end the host is as it was before `vf net`, or as
   that has made it. */
START_TEST(killed_settings_do_not_come_back)
{
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        g_autoptr(GPtrArray) reports = NULL;
        teardown();
        setup();
        has_step = kill_settings_at(step);
        ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
        hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
        ck_assert(hd_state_reconcile(state, &reports, NULL));
        assert_vf(0, "vlan=5");
        hd_fake_kill_process(fake, 100);
        ck_assert(hd_state_release(state, VM_A, NULL));
        g_autofree char *now = vf_now(0);
        ck_assert_msg(strstr(now, "vlan=0,") != NULL || strstr(now, "vlan=30,") != NULL, "%u: %s",
                      step, now);
    }
}
END_TEST

/* Killed while a VM has the VF, and the VM ends: what it had is not put back later. */
START_TEST(killed_settings_do_not_outlive_the_vm)
{
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        g_autoptr(GPtrArray) reports = NULL;
        teardown();
        setup();
        ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5,trust=off"));
        hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
        has_step = kill_settings_at(step);
        hd_fake_kill_process(fake, 100);
        ck_assert(hd_state_release(state, VM_A, NULL));
        ck_assert(hd_state_reconcile(state, &reports, NULL));
        assert_as_before();
    }
}
END_TEST

START_TEST(a_pf_in_use_gets_no_vfs)
{
    ck_assert_ptr_null(set_count(PF, 0));
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_INTERFACE, PF, ""));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    g_autofree char *problem = set_count(PF, 2);
    ck_assert_str_eq(problem, PF " keeps its VFs: " PF " is held by VM 'vm'; shut that VM down "
                                 "first");
}
END_TEST

/* The second of two equal changes takes up what a killed first one has left. */
START_TEST(the_same_change_again_after_a_crash)
{
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        g_autoptr(GPtrArray) reports = NULL;
        teardown();
        setup();
        hd_fake_die_at(fake, step, true);
        g_free(set_count(PF, 5));
        has_step = hd_fake_is_dead(fake);
        hd_fake_revive(fake);
        ck_assert_ptr_null(set_count(PF, 5));
        ck_assert(hd_state_reconcile(state, &reports, NULL));
        assert_count(PF, 5, true);
    }
}
END_TEST

START_TEST(a_vf_with_a_planned_mdev_stays)
{
    const HdFakeMdevType type = {.id = "x-1", .device_api = "vfio-pci", .weight = 1};
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, NULL);
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    hd_fake_add_mdev_parent(fake, VF_0, -1, &type, 1, 4);
    ck_assert(hd_uuid_parse("11111111-0000-4000-8000-000000000001", &wish->uuid));
    wish->mdev = hd_mdev_spec_new(&wish->uuid, "x-1", VF_0);
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    ck_assert_int_eq(
        hd_port_write(hd_fake_port(fake), "1", "sys/bus/mdev/devices/%s/remove", wish->uuid.text),
        0);
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    g_autofree char *problem = set_count(PF, 0);
    ck_assert_contains(problem, VF_0 " is held by VM 'vm'");
}
END_TEST

/* Until the VF's own interface has its MAC again, its next VM waits for that. */
START_TEST(a_mac_to_be_put_back_is_a_claim)
{
    guint seen = 0;
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        teardown();
        setup();
        ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
        hd_fake_revive(fake);
        hd_fake_die_at(fake, step, true);
        (void)hd_state_release(state, VM_A, NULL);
        has_step = hd_fake_is_dead(fake);
        hd_fake_revive(fake);
        ck_assert_ptr_null(prepare(VM_B, HD_WISH_PCI, VF_0, "vlan=6"));
        ck_assert(hd_state_release(state, VM_B, NULL));
        assert_as_before();
        seen++;
    }
    ck_assert_uint_gt(seen, 5);
}
END_TEST

START_TEST(a_driver_that_only_nods)
{
    hd_fake_vf_ignore(fake, HD_VF_VLAN);
    g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5");
    ck_assert_str_eq(problem, VF_0 ": the PF's driver accepted vlan=5, but has 0");
    assert_as_before();
}
END_TEST

/* "None" can't be said to some drivers: then the address that libvirt uses for it. */
START_TEST(no_mac_where_none_is_refused)
{
    const HdPciAddress vf = hd_fake_address(VF_0);
    const HdVfSettings none = settings_of("mac=00:00:00:00:00:00");
    ck_assert(hd_state_vf_net(state, &vf, &none, NULL));
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "mac=52:54:00:00:00:07"));
    hd_fake_vf_refuse_no_mac(fake);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_vf(0, "mac=02:00:00:00:00:00");
}
END_TEST

/* VFs were made anew meanwhile, and the number belongs to another. */
START_TEST(another_vf_of_that_number_is_left_alone)
{
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
    hd_fake_set_link(fake, "sys/devices/pci0000:00/" PF "/virtfn0", "../" VF_1);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_vf(0, "vlan=5");
}
END_TEST

/* The owner has set a MAC that the VF's own interface does not have yet: afterwards it is so again,
   though the PF refuses that to a VF that isn't trusted. */
START_TEST(own_mac_against_the_pf_s)
{
    const HdVfSettings admin = settings_of("mac=52:54:00:00:00:09");
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &admin, HD_VF_MAC), 0);
    g_free(before);
    before = hd_fake_dump(fake);
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* In the place of igbvf's errno, and before it. */
static int
refuse_as_iavf(HdPort *port, const char *interface, const HdMac *mac)
{
    if (answers.times > 0) {
        answers.times--;
        return answers.error;
    }
    int error = answers.good->net_set_mac(port, interface, mac);
    return error == EADDRNOTAVAIL ? EACCES : error;
}

static const int passing[] = {EAGAIN, EBUSY, ENODEV};

/* iavf since Linux 5.17: its own words for no, and for a PF that has not answered in time. */
START_TEST(own_mac_as_iavf_has_it)
{
    const HdVfSettings admin = settings_of("mac=52:54:00:00:00:09");
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &admin, HD_VF_MAC), 0);
    g_free(before);
    before = hd_fake_dump(fake);
    answer_with(passing[_i], 2);
    answers.ops.net_set_mac = refuse_as_iavf;
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert_uint_eq(answers.times, 0);
    assert_as_before();
}
END_TEST

/* The interface can't get its MAC before the VF is back: that waits, too. */
START_TEST(a_stuck_vf_gets_its_mac_later)
{
    const HdVfSettings admin = settings_of("mac=52:54:00:00:00:09");
    g_autoptr(GPtrArray) reports = NULL;
    ck_assert_int_eq(hd_port_vf_set(hd_fake_port(fake), "eth7", 0, &admin, HD_VF_MAC), 0);
    g_free(before);
    before = hd_fake_dump(fake);
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
    hd_fake_block(fake, VF_0);
    ck_assert(!hd_state_release(state, VM_A, NULL));
    hd_fake_let_go(fake, VF_0);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_as_before();
}
END_TEST

/* The next start finds it: nobody else comes along. */
START_TEST(a_killed_change_is_ended_by_a_start)
{
    guint repaired = 0;
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        has_step = kill_count_at(step, true);
        repaired += hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/vfs-" PF);
        g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, VF_1, "vlan=5");
        ck_assert_msg(problem == NULL, "step %u: %s", step, problem);
    }
    ck_assert_uint_gt(repaired, 5);
}
END_TEST

/* igb and ixgbe take no rate without a link, not even none: no reason to keep the VF for ever. */
START_TEST(a_rate_without_a_link)
{
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "max_rate=100,vlan=5"));
    hd_fake_set_file(fake, "sys/devices/pci0000:00/" PF "/net/eth7/carrier", "0\n");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_vf(0, "vlan=0");
    assert_vf(0, "max_rate=100");
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
    g_autofree char *problem = prepare(VM_A, HD_WISH_PCI, VF_0, "max_rate=200");
    ck_assert_str_eq(problem, VF_0 ": set max_rate=200 (VF 0 of eth7): Invalid argument");
    hd_fake_set_file(fake, "sys/devices/pci0000:00/" PF "/net/eth7/carrier", "1\n");
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "max_rate=200"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_vf(0, "max_rate=100");
}
END_TEST

START_TEST(sets_leave_a_vm_s_vf_alone)
{
    g_autoptr(HdVfSet) set = NULL;
    const HdPciAddress pf = hd_fake_address(PF);
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_0, "vlan=5"));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    ck_assert(
        hd_vf_set_parse("[pf]\naddress = 07:00.0\ncount = 2\n[vf]\nvlan = 8\n", "f", &set, NULL));
    ck_assert(hd_state_vf_apply(state, set, &pf, NULL));
    assert_vf(0, "vlan=5");
    assert_vf(1, "vlan=8");
}
END_TEST

START_TEST(a_pf_does_not_go_along)
{
    const HdFakeDevice neighbour = {.address = "0000:07:00.1",
                                    .vendor = 0x8086,
                                    .device = 0x10d3,
                                    .class_code = 0x020000,
                                    .group = 7,
                                    .native = "e1000e",
                                    .driver = "e1000e"};
    HdConfig config = hd_config_default();
    config.policy.stance[HD_RULE_GROUP] = HD_STANCE_ALLOW;
    hd_fake_add_device(fake, &neighbour);
    hd_state_free(state);
    state = hd_state_new(hd_fake_port(fake), &config);
    ck_assert_ptr_null(prepare(VM_A, HD_WISH_PCI, VF_1, ""));
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    g_autofree char *problem = prepare(VM_B, HD_WISH_PCI, "0000:07:00.1", "");
    ck_assert_contains(problem, "0000:07:00.1 shares its IOMMU group with " PF
                                ", which is the PF of " VF_1 ", which is held by VM 'vm'");
}
END_TEST

HD_TEST_MAIN("vf", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, settings_as_text);
    tcase_add_test(tcase, target_of_a_wish);
    tcase_add_test(tcase, goals_as_lines);
    tcase_add_test(tcase, there_and_back);
    tcase_add_test(tcase, what_others_set_is_put_back);
    tcase_add_test(tcase, a_vf_in_reset_is_waited_for);
    tcase_add_test(tcase, more_vfs_than_the_kernel_can_tell_of);
    tcase_add_test(tcase, what_the_driver_cannot_do_stops_the_start);
    tcase_add_loop_test(tcase, a_representor_is_not_the_pf, 0, G_N_ELEMENTS(ports));
    tcase_add_test(tcase, an_interface_is_told_again);
    tcase_add_test(tcase, wishes_that_fit_no_device);
    tcase_add_test(tcase, what_no_one_may_ask_for_is_recorded);
    tcase_add_test(tcase, an_interface_is_told_again_what_it_had);
    tcase_add_test(tcase, settings_by_hand_of_a_vm_s_vf);
    tcase_add_test(tcase, killed_settings_do_not_come_back);
    tcase_add_test(tcase, killed_settings_do_not_outlive_the_vm);
    tcase_add_test(tcase, a_pf_in_use_gets_no_vfs);
    tcase_add_test(tcase, the_same_change_again_after_a_crash);
    tcase_add_test(tcase, a_vf_with_a_planned_mdev_stays);
    tcase_add_test(tcase, a_mac_to_be_put_back_is_a_claim);
    tcase_add_test(tcase, a_driver_that_only_nods);
    tcase_add_test(tcase, no_mac_where_none_is_refused);
    tcase_add_test(tcase, another_vf_of_that_number_is_left_alone);
    tcase_add_test(tcase, own_mac_against_the_pf_s);
    tcase_add_loop_test(tcase, own_mac_as_iavf_has_it, 0, G_N_ELEMENTS(passing));
    tcase_add_test(tcase, a_stuck_vf_gets_its_mac_later);
    tcase_add_test(tcase, a_killed_change_is_ended_by_a_start);
    tcase_add_test(tcase, a_rate_without_a_link);
    tcase_add_test(tcase, sets_leave_a_vm_s_vf_alone);
    tcase_add_test(tcase, a_pf_does_not_go_along);
    tcase_add_test(tcase, counts);
    tcase_add_test(tcase, autoprobe_is_put_back);
    tcase_add_test(tcase, too_few_are_none);
    tcase_add_test(tcase, vfs_in_use_stay);
    tcase_add_test(tcase, a_dead_vm_s_vf_is_free);
    tcase_add_test(tcase, a_pf_stays_with_its_vfs);
    tcase_add_test(tcase, crash_at_every_step);
    tcase_add_test(tcase, no_start_meanwhile);
    tcase_add_test(tcase, settings_by_hand);
    tcase_add_test(tcase, sets_are_applied);
    tcase_add_test(tcase, sets_name_one_pf);
})
