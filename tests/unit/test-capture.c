/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A captured machine as text: it says what was there, byte for byte, and comes from
 * anybody when it is read.
 */
#include <string.h>

#include "hd-capture.h"
#include "hd-test.h"

#define HEAD "hostdevctl-capture 1\n"

static void
add(HdCapture *capture, const char *path, HdCaptureKind kind, const char *bytes)
{
    hd_capture_add(capture, path, kind, bytes, bytes != NULL ? strlen(bytes) : 0);
}

static void
assert_is(const HdCapture *capture, const char *path, HdCaptureKind kind, const char *bytes)
{
    const HdCaptureEntry *entry = hd_capture_find(capture, path);
    ck_assert_msg(entry != NULL, "%s is not there", path);
    ck_assert_msg(entry->kind == kind, "%s is of kind %d", path, entry->kind);
    ck_assert_str_eq(entry->bytes->str, bytes);
    ck_assert_uint_eq(entry->bytes->len, strlen(bytes));
}

START_TEST(said_and_read)
{
    static const char wanted[] = HEAD "in\t.\n"
                                      "file\tversion\t6.1\n"
                                      "in\tdev/vfio\n"
                                      "node\t12\t0660\n"
                                      "in\tsys\n"
                                      "folder\tdevices\n"
                                      "in\tsys/devices\n"
                                      "link\tdriver\t../bus\n"
                                      "also\tmsi_bus\n"
                                      "file\tvendor\t0x8086\\n\n"
                                      "end\n";
    g_autoptr(HdCapture) capture = hd_capture_new();
    g_autoptr(HdCapture) again = NULL;
    g_autoptr(GError) error = NULL;
    add(capture, "sys/devices/vendor", HD_CAPTURE_FILE, "0x8086\n");
    add(capture, "sys/devices/msi_bus", HD_CAPTURE_PRESENT, NULL);
    add(capture, "sys/devices/driver", HD_CAPTURE_LINK, "../bus");
    add(capture, "sys/devices", HD_CAPTURE_FOLDER, NULL);
    add(capture, "dev/vfio/12", HD_CAPTURE_NODE, "0660");
    add(capture, "version", HD_CAPTURE_FILE, "6.1");
    g_autofree char *text = hd_capture_format(capture);
    ck_assert_str_eq(text, wanted);
    ck_assert(hd_capture_is_one(text) && !hd_capture_is_one("hostdevctl-capture 2\n"));
    ck_assert_msg(hd_capture_parse(text, &again, &error), "%s", error ? error->message : "");
    assert_is(again, "version", HD_CAPTURE_FILE, "6.1");
    assert_is(again, "sys/devices/vendor", HD_CAPTURE_FILE, "0x8086\n");
    g_autofree char *same = hd_capture_format(again);
    ck_assert_str_eq(same, wanted);
    g_autoptr(GPtrArray) paths = hd_capture_paths(again);
    ck_assert_uint_eq(paths->len, 6);
    ck_assert_str_eq(g_ptr_array_index(paths, 0), "dev/vfio/12");
    ck_assert_str_eq(g_ptr_array_index(paths, 5), "version");
}
END_TEST

START_TEST(last_that_is_known)
{
    g_autoptr(HdCapture) capture = hd_capture_new();
    add(capture, "a", HD_CAPTURE_PRESENT, NULL);
    add(capture, "a", HD_CAPTURE_FILE, "1");
    add(capture, "a", HD_CAPTURE_PRESENT, NULL);
    assert_is(capture, "a", HD_CAPTURE_FILE, "1");
    add(capture, "a", HD_CAPTURE_FILE, "2");
    assert_is(capture, "a", HD_CAPTURE_FILE, "2");
    hd_capture_add(capture, "a", HD_CAPTURE_LINK, NULL, 0);
    assert_is(capture, "a", HD_CAPTURE_LINK, "");
    hd_capture_remove(capture, "a");
    ck_assert_ptr_null(hd_capture_find(capture, "a"));
    /* Only a link has a target. */
    add(capture, "etc/b", HD_CAPTURE_FILE, "/usr");
    assert_is(capture, "etc/b", HD_CAPTURE_FILE, "/usr");
}
END_TEST

/* path, where the link leads on the machine, where it leads in the capture */
static const char *const links[][3] = {
    {"etc/a/b", "/usr/x", "../../usr/x"},
    {"top", "/usr/x", "usr/x"},
    {"etc/a", "/", "../"},
    {"etc/a", "../usr", "../usr"},
    {"etc/a", "", ""},
    {"proc/7/cwd", "/srv", "../../srv"},
    {"proc/7/fd/3", "/dev/vfio/1", "/dev/vfio/1"},
    {"srv/7/fd/3", "/dev/vfio/1", "../../../dev/vfio/1"},
};

START_TEST(links_stay_inside)
{
    g_autoptr(HdCapture) capture = hd_capture_new();
    add(capture, links[_i][0], HD_CAPTURE_LINK, links[_i][1]);
    assert_is(capture, links[_i][0], HD_CAPTURE_LINK, links[_i][2]);
}
END_TEST

#define BYTES(text) text, sizeof text - 1

/* bytes of a file, how they are written */
static const struct {
    const char *bytes;
    gsize length;
    const char *text;
} escapes[] = {
    {BYTES("a b~"), "a b~"},
    {BYTES("\\n\n"), "\\\\n\\n"},
    {BYTES("\t\x1f\x7f"), "\\x09\\x1f\\x7f"},
    {BYTES("a\0b"), "a\\x00b"},
    {BYTES("\xc3\xa9"), "\xc3\xa9"},
    {BYTES("\xc3\xa9\xff"), "\\xc3\\xa9\\xff"},
};

START_TEST(any_byte)
{
    g_autoptr(HdCapture) capture = hd_capture_new();
    g_autoptr(HdCapture) again = NULL;
    hd_capture_add(capture, "f", HD_CAPTURE_FILE, escapes[_i].bytes, escapes[_i].length);
    g_autofree char *wanted = g_strdup_printf(HEAD "in\t.\nfile\tf\t%s\nend\n", escapes[_i].text);
    g_autofree char *text = hd_capture_format(capture);
    ck_assert_str_eq(text, wanted);
    ck_assert(hd_capture_parse(text, &again, NULL));
    const GString *bytes = hd_capture_find(again, "f")->bytes;
    ck_assert_uint_eq(bytes->len, escapes[_i].length);
    ck_assert_mem_eq(bytes->str, escapes[_i].bytes, bytes->len);
}
END_TEST

static const char *const good[] = {
    "",
    "in\ta\nlink\tx\t..\n",
    "in\ta/b\nlink\tx\t../../c\n",
    "in\ta/b\nlink\tx\t../..\n",
    "in\t.\nlink\tx\tc/d\n",
    "in\tproc/1/fd\nlink\t3\t/dev/null\n",
    "in\tproc/1/fd\nlink\t3\tsocket:[1]\n",
    "in\ta\nfolder\tb\nin\ta/b\nfolder\tc\n",
    "in\ta\nalso\tb\nin\ta/b\nfile\tc\t\n",
    "in\ta\nfile\tb\t\nin\ta/c\nfile\td\t\\x4A\\x4b\n",
};

START_TEST(understood)
{
    g_autoptr(HdCapture) capture = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strconcat(HEAD, good[_i], "end\n", NULL);
    ck_assert_msg(hd_capture_parse(text, &capture, &error), "%s", error ? error->message : "");
    ck_assert_ptr_nonnull(capture);
}
END_TEST

#define LINE(n) "line " #n " of the capture is not understood"
#define ENDLESS "the capture is not complete: its end is missing"
#define DETOUR  "the capture has a path through a link: "

/* what is behind the heading, and what is said of it */
static const char *const bad[][2] = {
    {"", ENDLESS},
    {"in\ta\n", ENDLESS},
    {"in\ta\nfile\tb", ENDLESS},
    {"in\ta\nend of it\nend\n", LINE(3)},
    {"in\ta\n\nend\n", LINE(3)},
    {"folder\ta\nend\n", LINE(2)},
    {"in\nend\n", LINE(2)},
    {"in\ta\tb\nend\n", LINE(2)},
    {"in\t\nend\n", LINE(2)},
    {"in\t/etc\nend\n", LINE(2)},
    {"in\ta//b\nend\n", LINE(2)},
    {"in\ta/./b\nend\n", LINE(2)},
    {"in\ta/../b\nend\n", LINE(2)},
    {"in\ta\\x00b\nend\n", LINE(2)},
    {"in\ta\\q\nend\n", LINE(2)},
    {"in\ta\nkind\tb\nend\n", LINE(3)},
    {"in\ta\nfile\tb\nend\n", LINE(3)},
    {"in\ta\nfolder\tb\tc\nend\n", LINE(3)},
    {"in\ta\nalso\nend\n", LINE(3)},
    {"in\ta\nalso\t\nend\n", LINE(3)},
    {"in\ta\nalso\t.\nend\n", LINE(3)},
    {"in\ta\nalso\t..\nend\n", LINE(3)},
    {"in\ta\nalso\tb\\x2fc\nend\n", LINE(3)},
    {"in\ta\nalso\tb/c\nend\n", LINE(3)},
    {"in\ta\nalso\tb\\x00\nend\n", LINE(3)},
    {"in\ta\nalso\tb\\\nend\n", LINE(3)},
    {"in\ta\nfile\tb\t\\x4\nend\n", LINE(3)},
    {"in\ta\nfile\tb\t\\xg4\nend\n", LINE(3)},
    {"in\ta\nfile\tb\t\\x4g\nend\n", LINE(3)},
    {"in\ta\nfile\tb\t\\y44\nend\n", LINE(3)},
    {"in\ta\nlink\tx\t\nend\n", LINE(3)},
    {"in\ta\nlink\tx\tb\\x00\nend\n", LINE(3)},
    {"in\ta\nlink\tx\tb/../c\nend\n", LINE(3)},
    {"in\ta\nlink\tx\t../.\nend\n", LINE(3)},
    {"in\ta\nlink\tx\t../../b\nend\n", LINE(3)},
    {"in\t.\nlink\tx\t..\nend\n", LINE(3)},
    {"in\t.\nlink\tx\t../b\nend\n", LINE(3)},
    {"in\ta\nlink\tb\tc\nin\ta/b\nalso\td\nend\n", DETOUR "a/b/d"},
    {"in\ta/b\nnode\tc\t0600\nin\ta/b/c/d\nalso\te\nend\n", DETOUR "a/b/c/d/e"},
    {"in\t.\nfile\ta\t\nin\ta\nalso\tb\nend\n", DETOUR "a/b"},
};

START_TEST(refused)
{
    g_autoptr(HdCapture) capture = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strconcat(HEAD, bad[_i][0], NULL);
    ck_assert_msg(!hd_capture_parse(text, &capture, &error), "%s", text);
    ck_assert(hd_error_is(error, HD_ERROR_INPUT));
    ck_assert_str_eq(error->message, bad[_i][1]);
    ck_assert_ptr_null(capture);
}
END_TEST

/* What is behind the end doesn't count; what is no capture says so. */
START_TEST(end_and_beginning)
{
    g_autoptr(HdCapture) capture = NULL;
    g_autoptr(HdCapture) none = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(hd_capture_parse(HEAD "in\ta\nalso\tb\nend\nin\t/etc\n", &capture, NULL));
    ck_assert_ptr_nonnull(hd_capture_find(capture, "a/b"));
    ck_assert(!hd_capture_parse("in\ta\nend\n", &none, &error));
    ck_assert_str_eq(error->message, "it is not a capture of hostdevctl's");
}
END_TEST

HD_TEST_MAIN("capture", tcase_add_test(tcase, said_and_read);
             tcase_add_test(tcase, last_that_is_known);
             tcase_add_loop_test(tcase, links_stay_inside, 0, G_N_ELEMENTS(links));
             tcase_add_loop_test(tcase, any_byte, 0, G_N_ELEMENTS(escapes));
             tcase_add_loop_test(tcase, understood, 0, G_N_ELEMENTS(good));
             tcase_add_loop_test(tcase, refused, 0, G_N_ELEMENTS(bad));
             tcase_add_test(tcase, end_and_beginning))
