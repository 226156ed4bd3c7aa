/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the hook's front lets go: never a call that the hook itself would act on.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "hd-hook-idle.h"
#include "hd-test.h"
#include "hd-xml-mention.h"

#define HOOK "/etc/libvirt/hooks/qemu"
#define VM_A "11111111-aaaa-4aaa-8aaa-111111111111"
#define VM_B "22222222-bbbb-4bbb-8bbb-222222222222"
#define DOMAIN(INSIDE)                                                                             \
    "<domain type='kvm'><name>web</name><uuid>" VM_A "</uuid>" INSIDE "</domain>\n"

static char *root;

static void
setup(void)
{
    root = g_dir_make_tmp("hostdevctl-front.XXXXXX", NULL);
    ck_assert_ptr_nonnull(root);
}

static void
teardown(void)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", root);
    ck_assert_int_eq(system(command), 0);
    g_clear_pointer(&root, g_free);
}

static void
add_file(const char *path)
{
    g_autofree char *file = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(file);
    ck_assert_int_eq(g_mkdir_with_parents(folder, 0700), 0);
    ck_assert(g_file_set_contents(file, "", 0, NULL));
}

static bool
lets_go(const char *hook, const char *operation, const char *sub, const char *xml, int error)
{
    char *argv[] = {(char *)hook, (char *)"web", (char *)operation, (char *)sub, (char *)"-", NULL};
    const HdHookStdin input = {(char *)xml, strlen(xml), error};
    return hd_hook_idle_by_call(root, 5, argv) || hd_hook_idle_by_xml(root, 5, argv, &input);
}

static const struct {
    const char *operation, *sub, *xml;
    bool is_let_go;
} calls[] = {
    {"prepare", "begin", DOMAIN(""), true},
    {"prepare", "begin", DOMAIN("<hostdev/>"), false},
    {"prepare", "begin", DOMAIN("<disk type='nvme'/>"), false},
    {"prepare", "begin", DOMAIN("<serial type='dev'/>"), false},
    {"prepare", "begin", DOMAIN("<host&#100;ev/>"), false},
    {"prepare", "begin", DOMAIN("<hugepages/>"), false},
    {"prepare", "begin", "", false},
    {"start", "begin", DOMAIN("<hugepages/>"), true},
    {"start", "begin", DOMAIN("<hostdev/>"), false},
    {"migrate", "begin", DOMAIN(""), true},
    {"migrate", "begin", DOMAIN("<hostdev/>"), false},
    {"restore", "begin", DOMAIN("<hostdev/>"), false},
    {"release", "end", DOMAIN("<hostdev/>"), true},
    {"release", "end", "", false},
    {"release", "end", "garbage", false},
    {"release", "end", "<domain><name>web</name></domain>", false},
    {"release", "end", "<domain><uuid>" VM_A "</uuid>", false},
    {"started", "begin", DOMAIN("<hostdev/>"), true},
    {"stopped", "end", DOMAIN("<hostdev/>"), true},
    {"dance", "begin", DOMAIN("<hostdev/>"), true},
};

START_TEST(nothing_to_do)
{
    ck_assert_int_eq(lets_go(HOOK, calls[_i].operation, calls[_i].sub, calls[_i].xml, 0),
                     calls[_i].is_let_go);
}
END_TEST

/* What the hook can't read it has to be asked about: it knows what to say. */
START_TEST(unreadable_input)
{
    static const int errors[] = {EBADF, ETIMEDOUT, EFBIG};
    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
        ck_assert(!lets_go(HOOK, "prepare", "begin", DOMAIN(""), errors[i]));
        ck_assert(!lets_go(HOOK, "release", "end", DOMAIN(""), errors[i]));
        ck_assert(lets_go(HOOK, "stopped", "end", DOMAIN(""), errors[i]));
    }
}
END_TEST

START_TEST(a_journal)
{
    add_file("run/hostdevctl/vm/" VM_A);
    ck_assert(!lets_go(HOOK, "release", "end", DOMAIN(""), 0));
    g_autofree char *upper = g_ascii_strup(VM_A, -1);
    g_autofree char *shouted = g_strdup_printf("<domain><uuid>%s</uuid></domain>", upper);
    ck_assert(!lets_go(HOOK, "release", "end", shouted, 0));
    ck_assert(!lets_go(HOOK, "release", "end",
                       "<domain><uuid>" VM_B "</uuid><uuid>" VM_A "</uuid></domain>", 0));
    ck_assert(lets_go(HOOK, "release", "end", "<domain><uuid>" VM_B "</uuid>    </domain>", 0));
    /* Of an earlier start, perhaps with a device that the XML has no more. */
    ck_assert(!lets_go(HOOK, "prepare", "begin", DOMAIN(""), 0));
    ck_assert(lets_go(HOOK, "prepare", "begin", "<domain><uuid>" VM_B "</uuid>    </domain>", 0));
}
END_TEST

/* More than anybody writes: left to the parser. */
START_TEST(many_uuids)
{
    g_autoptr(GString) xml = g_string_new("<domain>");
    for (int i = 0; i < 65; i++)
        g_string_append(xml, "<uuid>" VM_B "</uuid>");
    g_string_append(xml, "</domain>");
    ck_assert(!lets_go(HOOK, "release", "end", xml->str, 0));
}
END_TEST

START_TEST(scripts_of_the_user)
{
    static const char *const words[][2] = {
        {"prepare", "begin"}, {"release", "end"}, {"stopped", "end"}, {"dance", "begin"}};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *path =
            g_strdup_printf("etc/libvirt/hooks/qemu.d/web/%s/%s", words[i][0], words[i][1]);
        ck_assert(lets_go(HOOK, words[i][0], words[i][1], DOMAIN(""), 0));
        add_file(path);
        ck_assert(!lets_go(HOOK, words[i][0], words[i][1], DOMAIN(""), 0));
        ck_assert(lets_go("/etc/libvirt/hooks/qemu.d/50", words[i][0], words[i][1], DOMAIN(""), 0));
    }
}
END_TEST

/* Not by anything libvirt does; a person may call it so. */
START_TEST(strange_calls)
{
    g_autofree char *name = g_strnfill(5000, 'x');
    char *no_name[] = {NULL};
    char *long_name[] = {(char *)HOOK, name, (char *)"stopped", (char *)"end", NULL};
    ck_assert(hd_hook_idle_by_call(root, 0, no_name));
    ck_assert(!hd_hook_idle_by_call(root, 4, long_name));
}
END_TEST

START_TEST(uuids_of_a_text)
{
    static const char text[] = "<uuid>short</uuid><!--<uuid>" VM_B "</uuid>--><uuid>" VM_A
                               "x</uuid><uuid>" VM_A "</uuid><uuid>11111111";
    char uuid[HD_XML_UUID_SIZE];
    size_t cursor = 0;
    ck_assert(hd_xml_scan_next_uuid(text, sizeof text - 1, &cursor, uuid));
    ck_assert_str_eq(uuid, VM_B);
    ck_assert(hd_xml_scan_next_uuid(text, sizeof text - 1, &cursor, uuid));
    ck_assert_str_eq(uuid, VM_A);
    ck_assert(!hd_xml_scan_next_uuid(text, sizeof text - 1, &cursor, uuid));
    ck_assert(!hd_xml_scan_next_uuid(text, sizeof text - 1, &cursor, uuid));
}
END_TEST

/* Longer than one read, and than what a pipe holds. */
START_TEST(stdin_to_its_end)
{
    g_autofree char *path = g_build_filename(root, "input", NULL);
    g_autofree char *text = g_strnfill(HD_XML_MAX_BYTES + 1, 'x');
    for (gsize length = HD_XML_MAX_BYTES - 1; length <= HD_XML_MAX_BYTES + 1; length++) {
        ck_assert(g_file_set_contents(path, text, (gssize)length, NULL));
        int fd = open(path, O_RDONLY);
        ck_assert_int_ge(fd, 0);
        const HdHookStdin input = hd_hook_stdin_read(fd);
        ck_assert_int_eq(input.error, length > HD_XML_MAX_BYTES ? EFBIG : 0);
        ck_assert_uint_eq(input.length, length);
        free(input.bytes);
        ck_assert_int_eq(close(fd), 0);
    }
    const HdHookStdin closed = hd_hook_stdin_read(999);
    ck_assert_int_eq(closed.error, EBADF);
    free(closed.bytes);
}
END_TEST

HD_TEST_MAIN("hook-front", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_loop_test(tcase, nothing_to_do, 0, G_N_ELEMENTS(calls));
             tcase_add_test(tcase, unreadable_input); tcase_add_test(tcase, a_journal);
             tcase_add_test(tcase, many_uuids); tcase_add_test(tcase, scripts_of_the_user);
             tcase_add_test(tcase, strange_calls); tcase_add_test(tcase, uuids_of_a_text);
             tcase_add_test(tcase, stdin_to_its_end))
