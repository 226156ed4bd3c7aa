/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call of the hook, from argv and XML to exit status and sysfs, on the fake.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hd-fake-host.h"
#include "hd-hook-args.h"
#include "hd-hook.h"
#include "hd-test.h"

#define DOMAIN(DEVICES)                                                                            \
    "<domain type='kvm' id='3'><name>web</name><uuid>" VM_A "</uuid><devices>" DEVICES             \
    "</devices></domain>"
#define NIC(MANAGED)                                                                               \
    "<hostdev mode='subsystem' type='pci' managed='" MANAGED "'><source><address "                 \
    "domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source></hostdev>"

static HdFake *fake;
static GString *logged;
static GString *output; /* (nullable): what the last call printed on stdout */

static void
setup(void)
{
    fake = hd_fake_host_new();
    logged = g_string_new(NULL);
}

static void
teardown(void)
{
    hd_fake_free(fake);
    g_string_free(logged, TRUE);
    if (output != NULL)
        g_string_free(output, TRUE);
    output = NULL;
}

static void
log_line(const HdEvent *event, gpointer data)
{
    (void)data;
    g_string_append_printf(logged, "%s\n", event->message);
}

static int
call_as(const char *name, const char *operation, const char *sub, const char *xml,
        char **ret_message)
{
    char *argv[] = {(char *)"/etc/libvirt/hooks/qemu",
                    (char *)name,
                    (char *)operation,
                    (char *)sub,
                    (char *)"-",
                    NULL};
    const HdHookStdin input = {(char *)xml, strlen(xml), 0};
    const HdHookCall one = {5, argv, &input, 0, log_line, NULL, NULL};
    return hd_hook_run(hd_fake_port(fake), &one, &output, ret_message);
}

static int
call(const char *operation, const char *sub, const char *xml, char **ret_message)
{
    return call_as("web", operation, sub, xml, ret_message);
}

static void
assert_binding(const char *wanted)
{
    g_autofree char *binding = hd_fake_binding(fake, "0000:01:00.0");
    ck_assert_str_eq(binding, wanted);
}

static const char *const managed_domains[] = {DOMAIN(NIC("yes")), DOMAIN(NIC("no"))};

START_TEST(takes_and_gives_back)
{
    g_autofree char *message = NULL;
    ck_assert_int_eq(call("prepare", "begin", managed_domains[_i], &message), 0);
    ck_assert_ptr_null(message);
    assert_binding("vfio-pci vfio-pci");
    ck_assert_int_eq(call("release", "end", managed_domains[_i], &message), 0);
    ck_assert_ptr_null(message);
    assert_binding("e1000e -");
    ck_assert_contains(logged->str, "prepared 1 device goals for 'web'");
    ck_assert_contains(logged->str, "gave back what 'web' held");
}
END_TEST

static const char *const ignored[][2] = {
    {"start", "begin"},
    {"started", "begin"},
    {"stopped", "end"},
    {"reconnect", "begin"},
    {"attach", "begin"},
    {"migrate", "begin"},
    {"restore", "begin"},
    {"dance", "begin"},
    {"prepare", "end"},
    {"release", "begin"},
    {"", ""},
};

START_TEST(other_operations_do_nothing)
{
    g_autofree char *message = NULL;
    ck_assert_int_eq(call(ignored[_i][0], ignored[_i][1], DOMAIN(NIC("yes")), &message), 0);
    ck_assert_ptr_null(message);
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
    assert_binding("e1000e -");
}
END_TEST

/* Its owner has taken the device out; nobody else would give it back while the VM runs. */
START_TEST(a_start_without_what_is_left)
{
    g_autofree char *message = NULL;
    const char *const others[] = {DOMAIN(""), DOMAIN("<hostdev type='scsi'/>")};
    ck_assert_int_eq(call("prepare", "begin", managed_domains[0], &message), 0);
    ck_assert_int_eq(call("prepare", "begin", others[_i], &message), 0);
    assert_binding("e1000e -");
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
}
END_TEST

/* What is running is not pulled from under it, libvirt's contract to the contrary. */
START_TEST(a_start_beside_itself)
{
    g_autofree char *message = NULL;
    ck_assert_int_eq(call("prepare", "begin", managed_domains[0], &message), 0);
    hd_fake_add_process(fake, 100, "qemu", "qemu -name guest=web -uuid " VM_A " -x", NULL);
    ck_assert_int_eq(call("prepare", "begin", DOMAIN(""), &message), 0);
    assert_binding("vfio-pci vfio-pci");
}
END_TEST

/* Those words are in many a VM's XML that has nothing of the host's. */
START_TEST(a_broken_configuration_stops_nobody_else)
{
    static const char *const operations[] = {"prepare", "start", "migrate", "restore", "release"};
    g_autofree char *message = NULL;
    hd_fake_set_file(fake, "etc/hostdevctl/hostdevctl.conf", "nonsense\n");
    ck_assert_int_eq(
        call(operations[_i], _i == 4 ? "end" : "begin", DOMAIN("<hostdev type='scsi'/>"), &message),
        0);
    ck_assert_ptr_null(message);
}
END_TEST

START_TEST(a_configuration_that_broke_meanwhile)
{
    g_autofree char *message = NULL;
    ck_assert_int_eq(call("prepare", "begin", managed_domains[0], &message), 0);
    hd_fake_set_file(fake, "etc/hostdevctl/hostdevctl.conf", "nonsense\n");
    ck_assert_int_eq(call("start", "begin", managed_domains[0], &message), 0);
    ck_assert_ptr_null(message);
}
END_TEST

#define OF_POOL                                                                                    \
    "<domain type='kvm'><name>web</name><uuid>" VM_A "</uuid><metadata><h:devices xmlns:h='urn:"   \
    "hostdevctl:domain:1'><h:pci address='0000:01:00.0' mapping='pool'/></h:devices></metadata>"   \
    "<devices>" NIC("yes") "</devices></domain>"

/* What is printed takes the XML's place, so nothing is unless something has changed. */
START_TEST(arrivals)
{
    g_autofree char *message = NULL;
    const char *const operation = _i == 0 ? "migrate" : "restore";
    hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/pool.conf",
                     "[mapping]\ndevices = 01:00.0; 09:00.0\n");
    ck_assert_int_eq(call(operation, "begin", OF_POOL, &message), 0);
    ck_assert_ptr_null(output);
    ck_assert(hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
    ck_assert_int_eq(call("release", "end", OF_POOL, &message), 0);
    hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/pool.conf", "[mapping]\ndevices = 09:00.0\n");
    ck_assert_int_eq(call(operation, "begin", OF_POOL, &message), 0);
    ck_assert_ptr_nonnull(output);
    ck_assert_contains(output->str, "<h:pci address='0000:09:00.0' mapping='pool'/>");
    ck_assert_contains(output->str, "bus='0x09' slot='0x00' function='0x0'/></source>");
    ck_assert_int_eq(call("prepare", "begin", output->str, &message), 0);
    assert_binding("e1000e -");
    g_autofree char *binding = hd_fake_binding(fake, "0000:09:00.0");
    ck_assert_str_eq(binding, "vfio-pci vfio-pci");
}
END_TEST

/* XML in which the address can't be replaced: nothing is printed, and nothing kept. */
START_TEST(arrivals_that_cannot_be_written)
{
    g_autofree char *message = NULL;
    g_auto(GStrv) parts = g_strsplit(OF_POOL, "bus='0x01'", 2);
    g_autofree char *xml = g_strjoinv("bus='0x0&#49;'", parts);
    hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/pool.conf", "[mapping]\ndevices = 09:00.0\n");
    ck_assert_int_eq(call("migrate", "begin", xml, &message), 1);
    ck_assert_str_eq(message, "the domain XML is written in a way in which addresses can't be "
                              "replaced");
    ck_assert_ptr_null(output);
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
}
END_TEST

/* A refused 'restore' would look like a success: prepare says it instead. */
START_TEST(arrivals_without_a_device)
{
    g_autofree char *message = NULL;
    hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/pool.conf", "[mapping]\ndevices = 30:00.0\n");
    ck_assert_int_eq(call("restore", "begin", OF_POOL, &message), 0);
    ck_assert_ptr_null(output);
    ck_assert_int_eq(call("prepare", "begin", OF_POOL, &message), 1);
    ck_assert_contains(message, "mapping 'pool' has no device on this host");
    g_free(g_steal_pointer(&message));
    ck_assert_int_eq(call("migrate", "begin", OF_POOL, &message), 1);
    ck_assert_str_eq(message, "mapping 'pool' has no device on this host");
    ck_assert_ptr_null(output);
}
END_TEST

START_TEST(no_devices_no_touch)
{
    g_autofree char *message = NULL;
    const char *xml = DOMAIN("<disk type='file'/>");
    /* Whatever is touched after this fails. */
    hd_fake_die_at(fake, 1, false);
    ck_assert_int_eq(call("prepare", "begin", xml, &message), 0);
    ck_assert_int_eq(call("release", "end", xml, &message), 0);
    ck_assert(!hd_fake_is_dead(fake));
}
END_TEST

START_TEST(release_survives_anything)
{
    static const char *const inputs[] = {"", "garbage", "<domain>", "<!DOCTYPE x>",
                                         "<domain><name>web</name></domain>"};
    for (gsize i = 0; i < G_N_ELEMENTS(inputs); i++) {
        g_autofree char *message = NULL;
        ck_assert_int_eq(call("prepare", "begin", DOMAIN(NIC("yes")), &message), 0);
        assert_binding("vfio-pci vfio-pci");
        /* Found by the name in argv. */
        ck_assert_int_eq(call("release", "end", inputs[i], &message), 0);
        ck_assert_ptr_null(message);
        assert_binding("e1000e -");
    }
}
END_TEST

/* A VM's owner chooses its name and writes its metadata; libvirt takes almost any name. */
START_TEST(nobody_gives_back_what_anothers_is)
{
    const char *const names[] = {VM_A, "evil", "WEB", "web ", "", ("vm/" VM_A), "*"};
    const char *const texts[] = {"",
                                 "<domain>",
                                 "<domain/>",
                                 "hostdev <uuid>" VM_A "</uuid>",
                                 DOMAIN(NIC("yes")),
                                 "<domain><name>evil</name><uuid>" VM_B
                                 "</uuid><metadata><x><uuid>" VM_A
                                 "</uuid></x></metadata></domain>"};
    g_autofree char *message = NULL;
    ck_assert_int_eq(call("prepare", "begin", DOMAIN(NIC("yes")), &message), 0);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(texts); j++) {
            ck_assert_int_eq(call_as(names[i], "release", "end", texts[j], &message), 0);
            assert_binding("vfio-pci vfio-pci");
        }
    }
    ck_assert_int_eq(call("release", "end", "<domain>", &message), 0);
    assert_binding("e1000e -");
}
END_TEST

START_TEST(the_xml_is_that_of_the_call)
{
    g_autofree char *message = NULL;
    ck_assert_int_eq(call_as("db", "prepare", "begin", DOMAIN(NIC("yes")), &message), 1);
    ck_assert_str_eq(message, "the XML is not that of VM 'db'");
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
}
END_TEST

START_TEST(release_does_not_need_configuration)
{
    g_autofree char *message = NULL;
    ck_assert_int_eq(call("prepare", "begin", DOMAIN(NIC("yes")), &message), 0);
    hd_fake_set_file(fake, "etc/hostdevctl/hostdevctl.conf", "[broken\n");
    ck_assert_int_eq(call("release", "end", DOMAIN(NIC("yes")), &message), 0);
    assert_binding("e1000e -");
    ck_assert_int_eq(call("prepare", "begin", DOMAIN(NIC("yes")), &message), 1);
    ck_assert_contains(message, "/etc/hostdevctl/hostdevctl.conf");
}
END_TEST

START_TEST(bad_input_is_one_line_and_changes_nothing)
{
    static const char *const inputs[][2] = {
        {"", "can't be read"},
        {"<domain><devices><hostdev/>", "can't be read"},
        {"<network/>hostdev", "can't be read"},
        {"<network a='hostdev'/>", "no <domain>"},
        {"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain>&a;<hostdev/></domain>",
         "DOCTYPE"},
        {"<domain><name>a</name><devices><hostdev/></devices></domain>", "no valid uuid"},
        {DOMAIN("<hostdev mode='subsystem' type='pci'/>"), "no <source>"},
        {DOMAIN("<hostdev type='pci'><source><address bus='../1' slot='0' function='0'/></source>"
                "</hostdev>"),
         "no number"},
        {DOMAIN("<hostdev type='pci'><source><address bus='256' slot='0' function='0'/></source>"
                "</hostdev>"),
         "no PCI address"},
        {DOMAIN(NIC("yes") NIC("no")), "listed twice"},
        {DOMAIN(NIC("perhaps")), "neither yes nor no"},
    };
    g_autofree char *message = NULL;
    ck_assert_int_eq(call("prepare", "begin", inputs[_i][0], &message), _i == 0 ? 0 : 1);
    if (_i == 0)
        return; /* empty: nothing that could ask for a device */
    ck_assert_contains(message, inputs[_i][1]);
    ck_assert_ptr_null(strchr(message, '\n'));
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
}
END_TEST

START_TEST(stdin_that_is_closed)
{
    g_autofree char *message = NULL;
    char *argv[] = {(char *)"qemu", (char *)"web", (char *)"prepare", (char *)"begin", NULL};
    const HdHookStdin input = hd_hook_stdin_read(999);
    const HdHookCall one = {4, argv, &input, 0, NULL, NULL, NULL};
    ck_assert_int_eq(hd_hook_run(hd_fake_port(fake), &one, NULL, &message), 1);
    free(input.bytes);
    ck_assert_contains(message, "the domain XML");
}
END_TEST

START_TEST(what_fails_is_heard_but_where_it_harms)
{
    static const struct {
        const char *word, *sub;
        int status;
    } calls[] = {{"prepare", "begin", 1},   {"start", "begin", 1},  {"migrate", "begin", 1},
                 {"restore", "begin", 0},   {"release", "end", 0},  {"stopped", "end", 0},
                 {"reconnect", "begin", 0}, {"started", "begin", 1}};
    char *argv[] = {(char *)"qemu", (char *)"web", NULL, NULL, (char *)"-", NULL};
    for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
        argv[2] = (char *)calls[i].word;
        argv[3] = (char *)calls[i].sub;
        const HdHookArgs args = hd_hook_args_parse(5, argv);
        ck_assert_int_eq(hd_hook_args_failure(&args), calls[i].status);
    }
}
END_TEST

START_TEST(names_are_no_options)
{
    char *argv[] = {(char *)"qemu",  (char *)"--help", (char *)"prepare",
                    (char *)"begin", (char *)"-",      NULL};
    HdHookArgs args = hd_hook_args_parse(5, argv);
    ck_assert_int_eq(args.operation, HD_HOOK_PREPARE);
    ck_assert_str_eq(args.name, "--help");
    ck_assert_int_eq(hd_hook_args_parse(1, argv).operation, HD_HOOK_IGNORE);
}
END_TEST

#define HUGE_VM(METADATA)                                                                          \
    "<domain type='kvm' id='3'><name>web</name><uuid>" VM_A "</uuid>" METADATA                     \
    "<memory unit='MiB'>64</memory><memoryBacking><hugepages><page size='2048'/></hugepages>"      \
    "</memoryBacking></domain>"

/* Alone, pages are ours only where the owner of the host says so; then as any device. */
START_TEST(hugepages_alone)
{
    g_autofree char *message = NULL;
    ck_assert_int_eq(call("prepare", "begin", HUGE_VM(""), &message), 0);
    ck_assert_int_eq(call("prepare", "begin", "<domain>no VM, but hugepages</domain>", &message),
                     0);
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
    hd_fake_set_file(fake, "etc/hostdevctl/conf.d/a.conf", "[hugepages]\nallocate = yes\n");
    ck_assert_int_eq(call("prepare", "begin", HUGE_VM(""), &message), 0);
    ck_assert_uint_eq(hd_fake_pages_idle(fake, 2048, -1), 32);
    ck_assert_int_eq(call("release", "end", HUGE_VM(""), &message), 0);
    ck_assert_uint_eq(hd_fake_pages_nr(fake, 2048, -1), 0);
    hd_fake_set_file(fake, "etc/hostdevctl/conf.d/a.conf", "[hugepages]\nalocate = yes\n");
    ck_assert_int_eq(call("prepare", "begin", HUGE_VM(""), &message), 1);
    ck_assert_contains(message, "/etc/hostdevctl/conf.d/a.conf: [hugepages] alocate = yes");
}
END_TEST

START_TEST(hugepages_by_metadata)
{
    g_autofree char *message = NULL;
    static const char wishes[] = HUGE_VM("<metadata><hd:devices xmlns:hd='urn:hostdevctl:domain:1' "
                                         "hugepages='allocate'/></metadata>");
    ck_assert_int_eq(call("prepare", "begin", wishes, &message), 0);
    ck_assert_uint_eq(hd_fake_pages_idle(fake, 2048, -1), 32);
    ck_assert_int_eq(call("release", "end", wishes, &message), 0);
    ck_assert_uint_eq(hd_fake_pages_nr(fake, 2048, -1), 0);
}
END_TEST

START_TEST(serial_port)
{
    g_autofree char *message = NULL;
    static const char *const both[] = {"/dev/ttyS1", "/dev/ttyS0"};
    for (int i = 0; i < 2; i++) {
        g_autofree char *xml =
            g_strdup_printf(DOMAIN("<serial type='dev'><source path='%s'/></serial>"), both[i]);
        ck_assert_int_eq(call("prepare", "begin", xml, &message), i);
        ck_assert_int_eq(hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A), !i);
        ck_assert_int_eq(call("release", "end", xml, NULL), 0);
    }
    ck_assert_contains(message, "/dev/ttyS0 is the kernel's console");
}
END_TEST

HD_TEST_MAIN("hook", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_loop_test(tcase, takes_and_gives_back, 0, 2);
             tcase_add_loop_test(tcase, a_start_without_what_is_left, 0, 2);
             tcase_add_test(tcase, a_start_beside_itself);
             tcase_add_loop_test(tcase, a_broken_configuration_stops_nobody_else, 0, 5);
             tcase_add_test(tcase, a_configuration_that_broke_meanwhile);
             tcase_add_loop_test(tcase, other_operations_do_nothing, 0, G_N_ELEMENTS(ignored));
             tcase_add_loop_test(tcase, arrivals, 0, 2);
             tcase_add_test(tcase, arrivals_without_a_device);
             tcase_add_test(tcase, arrivals_that_cannot_be_written);
             tcase_add_test(tcase, no_devices_no_touch);
             tcase_add_test(tcase, release_survives_anything);
             tcase_add_test(tcase, nobody_gives_back_what_anothers_is);
             tcase_add_test(tcase, the_xml_is_that_of_the_call);
             tcase_add_test(tcase, release_does_not_need_configuration);
             tcase_add_loop_test(tcase, bad_input_is_one_line_and_changes_nothing, 0, 11);
             tcase_add_test(tcase, hugepages_alone); tcase_add_test(tcase, hugepages_by_metadata);
             tcase_add_test(tcase, serial_port); tcase_add_test(tcase, stdin_that_is_closed);
             tcase_add_test(tcase, what_fails_is_heard_but_where_it_harms);
             tcase_add_test(tcase, names_are_no_options))
