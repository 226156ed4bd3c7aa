/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * USB devices and serial ports, from a request to the node's owner and back, over the
 * fake host of hd-fake-host.h.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-node.h"
#include "hd-state.h"
#include "hd-test.h"

static HdFake *fake;
static HdState *state;
static GString *messages;

static void
keep_message(const HdEvent *event, gpointer data)
{
    g_string_append_printf(data, "%s\n", event->message);
}

static void
setup(void)
{
    HdConfig config = hd_config_default();
    fake = hd_fake_host_new();
    messages = g_string_new(NULL);
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", "dynamic_ownership = 0\n");
    state = hd_state_new(hd_fake_port(fake), &config);
    hd_state_set_log(state, keep_message, messages);
}

static void
teardown(void)
{
    hd_state_free(state);
    hd_fake_free(fake);
    g_string_free(messages, TRUE);
}

/* "0781:5567", "1/3" or "0781:5567 1/3" */
static HdWish *
add_usb(HdRequest *request, const char *text)
{
    HdWish *wish = hd_request_add(request, HD_WISH_USB);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word != NULL; word++) {
        bool is_id = strchr(*word, ':') != NULL;
        g_auto(GStrv) parts = g_strsplit_set(*word, ":/", 2);
        *(is_id ? &wish->usb.vendor : &wish->usb.bus) =
            (guint)g_ascii_strtoull(parts[0], NULL, is_id ? 16 : 10);
        *(is_id ? &wish->usb.product : &wish->usb.device) =
            (guint)g_ascii_strtoull(parts[1], NULL, is_id ? 16 : 10);
    }
    return wish;
}

static HdRequest *
new_request(const char *uuid, const char *usb, const char *tty)
{
    HdRequest *request = hd_fake_request(g_str_equal(uuid, VM_A) ? "one" : "two", uuid, NULL);
    if (usb != NULL)
        add_usb(request, usb);
    if (tty != NULL)
        hd_request_add(request, HD_WISH_TTY)->path = g_strdup(tty);
    return request;
}

/* NULL: it was prepared. */
static char *
prepare(const char *uuid, const char *usb, const char *tty)
{
    g_autoptr(HdRequest) request = new_request(uuid, usb, tty);
    g_autoptr(GError) error = NULL;
    if (hd_state_prepare(state, request, 0, &error))
        return NULL;
    return g_strdup(error->message);
}

static void
assert_prepared(const char *uuid, const char *usb, const char *tty)
{
    g_autofree char *problem = prepare(uuid, usb, tty);
    ck_assert_msg(problem == NULL, "%s", problem);
}

static void
assert_refused(const char *usb, const char *tty, const char *why)
{
    g_autofree char *before = hd_fake_dump(fake);
    g_autofree char *problem = prepare(VM_A, usb, tty);
    g_autofree char *after = hd_fake_dump(fake);
    ck_assert_msg(problem != NULL && strstr(problem, why) != NULL, "'%s', not '%s'", problem, why);
    ck_assert_str_eq(before, after);
}

static void
assert_node(const char *wanted)
{
    g_autofree char *dump = hd_fake_dump(fake);
    ck_assert_contains(dump, wanted);
}

static char *
plan(const char *usb, const char *tty)
{
    g_autoptr(HdRequest) request = new_request(VM_A, usb, tty);
    g_autoptr(HdPlan) result = NULL;
    ck_assert(hd_state_plan(state, request, &result, NULL));
    return hd_plan_describe(result);
}

START_TEST(usb_there_and_back)
{
    g_autofree char *text = plan("0781:5567", NULL);
    ck_assert_str_eq(text, "USB 001:003 (0781:5567): reserved, its driver left to QEMU\n"
                           "/dev/bus/usb/001/003 gets owner 64055:64055, mode 0660\n");
    assert_prepared(VM_A, "0781:5567", NULL);
    assert_node("/dev/bus/usb/001/003 64055:64055 0660\n");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_node("/dev/bus/usb/001/003 0:0 0664\n");
}
END_TEST

START_TEST(usb_by_place)
{
    assert_prepared(VM_A, "1/5", NULL);
    assert_node("/dev/bus/usb/001/005 64055:64055 0660\n");
    assert_prepared(VM_B, "0403:6001 1/4", NULL);
    assert_node("/dev/bus/usb/001/004 64055:64055 0660\n");
}
END_TEST

/* Where libvirt sets owners itself, the device is only claimed. */
START_TEST(usb_owned_by_libvirt)
{
    hd_fake_unset(fake, "etc/libvirt/qemu.conf");
    g_autofree char *text = plan("0781:5567", NULL);
    ck_assert_str_eq(text, "USB 001:003 (0781:5567): reserved, its driver left to QEMU\n");
    assert_prepared(VM_A, "0781:5567", NULL);
    assert_node("/dev/bus/usb/001/003 0:0 0664\n");
}
END_TEST

START_TEST(usb_refusals)
{
    assert_refused("1234:5678", NULL, "USB 1234:5678 is not plugged in; plug it in, see 'lsusb'");
    assert_refused("1/99", NULL, "USB 001:099 is not plugged in");
    assert_refused("0781:5567 1/2", NULL, "USB 001:002 (0781:5567) is not plugged in");
    assert_refused(
        "0403:6001", NULL,
        "USB 0403:6001 is there 2 times: 001:004 (port 1-3), 001:005 (port 1-4); say "
        "which one with <address bus='1' device='4'/> in its <source> (rule: ambiguous)");
    assert_refused("05e3:0610", NULL,
                   "USB 001:006 (05e3:0610 USB2.1 Hub) is a hub, which stays with the host");
    hd_fake_unset(fake, "sys/bus/usb");
    assert_refused("0781:5567", NULL, "is not plugged in");
}
END_TEST

START_TEST(usb_twice_in_one_vm)
{
    g_autoptr(HdRequest) request = new_request(VM_A, "0781:5567", NULL);
    g_autoptr(GError) error = NULL;
    add_usb(request, "1/3");
    ck_assert(!hd_state_prepare(state, request, 0, &error));
    ck_assert_contains(error->message, "USB 001:003 (0781:5567 Cruzer Blade) is listed twice");
}
END_TEST

static char *
plan_absent(HdUsbStartup startup)
{
    g_autoptr(HdRequest) request = new_request(VM_A, NULL, NULL);
    g_autoptr(HdPlan) result = NULL;
    add_usb(request, "1234:5678")->usb.startup = startup;
    ck_assert(hd_state_plan(state, request, &result, NULL));
    return hd_plan_describe(result);
}

START_TEST(usb_startup_policy)
{
    g_autofree char *optional = plan_absent(HD_USB_OPTIONAL);
    g_autofree char *requisite = plan_absent(HD_USB_REQUISITE);
    ck_assert_str_eq(optional, "note: USB 1234:5678 is not plugged in: the VM starts without it\n");
    ck_assert_contains(requisite, "note: USB 1234:5678 is not plugged in: libvirt refuses a boot");
}
END_TEST

START_TEST(usb_in_use)
{
    hd_fake_set_file(fake, "proc/self/mountinfo",
                     "20 1 8:0 / /media/stick rw - vfat /dev/sdu rw\n");
    assert_refused("0781:5567", NULL,
                   "USB 001:003 (0781:5567 Cruzer Blade) is in use by this host: /dev/sdu is "
                   "mounted on /media/stick; unmount /media/stick (rule: storage)");
    hd_fake_add_process(fake, 77, "pcscd", "pcscd", "/dev/bus/usb/001/005");
    assert_refused("1/5", NULL,
                   "/dev/bus/usb/001/005 is open in pcscd (pid 77); stop process 77 (rule: "
                   "process)");
    hd_fake_add_process(fake, 78, "minicom", "minicom", "/dev/ttyUSB0");
    assert_refused("1/4", NULL, "/dev/ttyUSB0 is open in minicom (pid 78)");
}
END_TEST

START_TEST(usb_policy_relaxes)
{
    g_autoptr(HdRequest) request = new_request(VM_A, "0781:5567", NULL);
    hd_fake_claim_block(fake, "dev/sdu");
    assert_refused("0781:5567", NULL, "/dev/sdu is kept by the kernel");
    ck_assert(hd_policy_set(&request->policy, "storage", "allow"));
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    ck_assert_contains(messages->str, "note: USB 001:003 (0781:5567 Cruzer Blade) is in use");
}
END_TEST

START_TEST(one_device_one_vm)
{
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    assert_prepared(VM_A, "0781:5567", "/dev/ttyS1");
    hd_fake_kill_process(fake, 77);
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", "/dev/bus/usb/001/003");
    g_autofree char *usb = prepare(VM_B, "1/3", NULL);
    g_autofree char *tty = prepare(VM_B, NULL, "/dev/ttyS1");
    ck_assert_ptr_nonnull(usb);
    ck_assert_contains(usb, "USB 001:003 (0781:5567 Cruzer Blade) is held by VM 'one'");
    ck_assert_contains(tty, "/dev/ttyS1 is held by VM 'one'; shut that VM down first (rule: held)");
    /* One that died without libvirt saying so makes room. */
    hd_fake_kill_process(fake, 77);
    assert_prepared(VM_B, "1/3", "/dev/ttyS1");
}
END_TEST

/* virsh detach-device --live tells no hook: that QEMU has it open no more is what tells. */
START_TEST(usb_let_go_live)
{
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    assert_prepared(VM_A, "0781:5567", NULL);
    hd_fake_add_process(fake, 78, "qemu", "qemu -uuid " VM_B " -x ", NULL);
    assert_prepared(VM_B, "1/3", NULL);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_node("/dev/bus/usb/001/003 64055:64055 0660\n");
    ck_assert(hd_state_release(state, VM_B, NULL));
    assert_node("/dev/bus/usb/001/003 0:0 0664\n");
}
END_TEST

/* Each by itself: what a wish means is not known when room is made for it. */
START_TEST(dead_vm_makes_room)
{
    assert_prepared(VM_A, "0781:5567", NULL);
    assert_prepared(VM_B, "0781:5567", NULL);
    assert_prepared(VM_A, NULL, "/dev/ttyS1");
    assert_prepared(VM_B, NULL, "/dev/ttyS1");
}
END_TEST

START_TEST(keyboards)
{
    /* Who listens to a keyboard, as logind does to all, does not keep it. */
    hd_fake_set_file(fake,
                     "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/input/event5/uevent",
                     "DEVNAME=input/event5\n");
    hd_fake_add_process(fake, 60, "systemd-logind", "systemd-logind", "/dev/input/event5");
    g_autofree char *one_of_two = plan("0627:0001", NULL);
    ck_assert_ptr_null(strstr(one_of_two, "refused:"));
    ck_assert_ptr_null(strstr(one_of_two, "note:"));
    hd_fake_set_file(fake, "proc/bus/input/devices",
                     "S: Sysfs=/devices/LNXPWRBN:00/input/input0\nB: EV=3\n\n"
                     "S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/0003:0627:0001."
                     "0001/input/input5\nB: EV=120013\n\n");
    g_autofree char *only = plan("0627:0001", NULL);
    g_autofree char *stick = plan("0781:5567", NULL);
    ck_assert_contains(only, "note: USB 001:002 (0627:0001 QEMU USB Keyboard) is the only keyboard "
                             "of this host");
    ck_assert_ptr_null(strstr(stick, "note:"));
    assert_prepared(VM_A, "0627:0001", NULL);
    ck_assert_contains(messages->str, "is the only keyboard of this host");
}
END_TEST

START_TEST(pulled_meanwhile)
{
    assert_prepared(VM_A, "0781:5567", NULL);
    hd_fake_remove_usb(fake, "1-2");
    ck_assert(hd_state_release(state, VM_A, NULL));
}
END_TEST

/* At the same place there is another device, or the same one with a new node. */
START_TEST(another_node_stays)
{
    const HdFakeUsb other = {
        .port = "1-2", .bus = 1, .device = 3, .vendor = 1, .product = 1, .name = "Other"};
    const HdNodeState rule_s = {true, 1000, 1000, 0600};
    HdPort *port = hd_fake_port(fake);
    assert_prepared(VM_A, "0781:5567", "/dev/ttyS1");
    hd_fake_remove_usb(fake, "1-2");
    hd_fake_add_usb(fake, &other);
    const HdNodeState ours = {true, 64055, 64055, 0660};
    ck_assert_int_eq(hd_port_set_node(port, "dev/bus/usb/001/003", &ours), 0);
    ck_assert_int_eq(hd_port_set_node(port, "dev/ttyS1", &rule_s), 0);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_node("/dev/bus/usb/001/003 64055:64055 0660\n");
    assert_node("/dev/ttyS1 1000:1000 0600\n");
}
END_TEST

START_TEST(tty_there_and_back)
{
    assert_prepared(VM_A, NULL, "/dev/serial/by-id/adapter");
    assert_node("/dev/ttyUSB0 64055:64055 0660\n");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_node("/dev/ttyUSB0 0:20 0660\n");
}
END_TEST

/* Two names of one port. */
START_TEST(tty_named_twice)
{
    g_autoptr(HdRequest) request = new_request(VM_A, NULL, "/dev/ttyUSB0");
    hd_request_add(request, HD_WISH_TTY)->path = g_strdup("/dev/serial/by-id/adapter");
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_A " -x ", NULL);
    g_autofree char *other = prepare(VM_B, NULL, "/dev/serial/by-id/adapter");
    ck_assert_contains(other, "/dev/serial/by-id/adapter is held by VM 'one'");
}
END_TEST

START_TEST(tty_refusals)
{
    assert_refused(NULL, "/dev/ttyUSB9", "/dev/ttyUSB9 is not on this host; plug the adapter in");
    assert_refused(NULL, "/dev/ttyS0",
                   "/dev/ttyS0 is in use by this host: /dev/ttyS0 is the kernel's console; boot "
                   "without console=ttyS0, or give another port (rule: process)");
    hd_fake_add_process(fake, 90, "agetty", "agetty ttyS1", "/dev/ttyS1");
    assert_refused(NULL, "/dev/ttyS1",
                   "/dev/ttyS1 is open in agetty (pid 90); stop process 90 (rule: process)");
}
END_TEST

/* Whatever a path leads to, nothing but a port gets an owner. */
START_TEST(tty_hostile)
{
    hd_fake_set_file(fake, "etc/shadow", "root\n");
    hd_fake_add_tty(fake, "console");
    hd_fake_set_link(fake, "dev/out", "/etc/shadow");
    hd_fake_set_link(fake, "dev/up", "../etc/shadow");
    hd_fake_set_link(fake, "dev/self", "self");
    hd_fake_set_link(fake, "dev/a", "/dev/b");
    hd_fake_set_link(fake, "dev/b", "/dev/ttyS1");
    static const char *const foreign[] = {"/dev/out",     "/dev/up",  "/dev/self",
                                          "/dev/console", "/dev/mem", "/dev/tty\nS1"};
    hd_fake_add_tty(fake, "mem");
    hd_fake_unset(fake, "sys/class/tty/mem");
    g_autofree char *before = hd_fake_dump(fake);
    for (gsize i = 0; i < G_N_ELEMENTS(foreign); i++) {
        assert_prepared(VM_A, NULL, foreign[i]);
        g_autofree char *after = hd_fake_dump(fake);
        ck_assert_str_eq(before, after);
        ck_assert(hd_state_release(state, VM_A, NULL));
    }
    assert_prepared(VM_A, NULL, "/dev/a");
    assert_node("/dev/ttyS1 64055:64055 0660\n");
}
END_TEST

/* Each goal's node, for whoever has to let QEMU at it. */
START_TEST(node_paths)
{
    g_autoptr(HdRequest) request = new_request(VM_A, "0781:5567", "/dev/serial/by-id/adapter");
    g_autoptr(HdPlan) result = NULL;
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    ck_assert(hd_pci_address_parse("0000:01:00.0", &wish->address));
    ck_assert(hd_state_plan(state, request, &result, NULL));
    GString *paths = g_string_new(NULL);
    for (guint i = 0; i < result->goals->len; i++) {
        g_autofree char *path =
            hd_node_path(hd_fake_port(fake), g_ptr_array_index(result->goals, i));
        g_string_append_printf(paths, "%s ", path);
    }
    ck_assert_str_eq(paths->str, "dev/bus/usb/001/003 dev/bus/usb/001/003 dev/ttyUSB0 dev/ttyUSB0 "
                                 "dev/vfio/1 dev/vfio/1 ");
    g_string_free(paths, TRUE);
}
END_TEST

START_TEST(goal_lines)
{
    static const char *const good[] = {
        "usb usb-001:003 usb=0781:5567",
        "tty ttyUSB0",
        "tty pts/3",
        "node usb-001:003 node=usb from=0:0:664 to=64055:64055:660 usb=0781:5567",
        "node ttyUSB0 node=tty from=0:20:660 to=64055:64055:660",
        "hugepages hugepages-2048kB owner=" VM_A " size=2048 nodes=3 count=40 max=0",
    };
    static const char *const bad[] = {
        "usb usb-001:003",
        "usb 001:003 usb=0781:5567",
        "usb usb-000:003 usb=0781:5567",
        "tty ../shadow",
        "tty /etc/shadow",
        "tty a/../../etc/shadow",
        "node ttyUSB0 node=usb from=0:0:664 to=1:1:660 usb=0781:5567",
        "node usb-001:003 node=tty from=0:0:664 to=1:1:660",
        "node ../x node=tty",
        "node ttyUSB0 node=group from=0:0:664 to=1:1:660",
        "hugepages hugepages-0kB owner=" VM_A " size=0 nodes=3 count=40 max=0",
        "hugepages hugepages-2048kB owner=../x size=2048 nodes=3 count=40 max=0",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(HdGoal) goal = NULL;
        ck_assert_msg(hd_goal_parse(good[i], &goal), "%s", good[i]);
        g_autofree char *line = hd_goal_format(goal);
        ck_assert_str_eq(line, good[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        HdGoal *goal = NULL;
        ck_assert_msg(!hd_goal_parse(bad[i], &goal), "%s", bad[i]);
    }
}
END_TEST

HD_TEST_MAIN("local", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, usb_there_and_back);
    tcase_add_test(tcase, usb_by_place);
    tcase_add_test(tcase, usb_owned_by_libvirt);
    tcase_add_test(tcase, usb_refusals);
    tcase_add_test(tcase, usb_twice_in_one_vm);
    tcase_add_test(tcase, usb_startup_policy);
    tcase_add_test(tcase, usb_in_use);
    tcase_add_test(tcase, usb_policy_relaxes);
    tcase_add_test(tcase, one_device_one_vm);
    tcase_add_test(tcase, usb_let_go_live);
    tcase_add_test(tcase, dead_vm_makes_room);
    tcase_add_test(tcase, keyboards);
    tcase_add_test(tcase, pulled_meanwhile);
    tcase_add_test(tcase, another_node_stays);
    tcase_add_test(tcase, tty_there_and_back);
    tcase_add_test(tcase, tty_named_twice);
    tcase_add_test(tcase, tty_refusals);
    tcase_add_test(tcase, tty_hostile);
    tcase_add_test(tcase, node_paths);
    tcase_add_test(tcase, goal_lines);
})
