/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The port over a folder that an enemy has made: whatever its links say, nothing outside of
 * it is read, looked at or changed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-port-real.h"
#include "hd-port-within.h"
#include "hd-test.h"

static char *base; /* has "secret" and "shadow", which are this machine's, and the folder "root" */
static HdPort *port;

static char *
full(const char *path)
{
    return g_build_filename(base, path, NULL);
}

static void
put(const char *path, const char *text)
{
    g_autofree char *place = full(path);
    g_autofree char *folder = g_path_get_dirname(place);
    ck_assert_int_eq(g_mkdir_with_parents(folder, 0700), 0);
    ck_assert(g_file_set_contents(place, text, -1, NULL));
}

static void
put_link(const char *path, const char *target)
{
    g_autofree char *place = full(path);
    g_autofree char *folder = g_path_get_dirname(place);
    ck_assert_int_eq(g_mkdir_with_parents(folder, 0700), 0);
    ck_assert_int_eq(symlink(target, place), 0);
}

static void
setup(void)
{
    base = g_dir_make_tmp("hostdevctl-confined-XXXXXX", NULL);
    g_autofree char *root = full("root");
    g_autofree char *secret = full("secret");
    put("secret/file", "secret");
    put("root/sys/inside", "inside");
    put("root/run/.keep", "");
    /* As a capture may have them: what a process has open, and links to that. */
    put_link("root/proc/1/fd/3", secret);
    put_link("root/sys/chain", "../proc/1/fd/3");
    put_link("root/sys/top", "..");
    put_link("root/sys/second", "top/proc/1/fd/3");
    put_link("root/sys/up", "../../secret");
    port = hd_port_real_new(root, NULL);
    ck_assert_ptr_nonnull(port);
}

static void
teardown(void)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", base);
    hd_port_real_free(port);
    ck_assert_int_eq(system(command), 0);
    g_free(base);
}

static const char *const ways_out[] = {"proc/1/fd/3", "sys/chain", "sys/second", "sys/up"};

START_TEST(no_link_leads_out)
{
    const char *out = ways_out[_i];
    HdFileState state;
    g_autoptr(GPtrArray) names = NULL;
    g_autoptr(GString) bytes = NULL;
    g_autofree char *text = NULL;
    bool is_claimed = false;
    ck_assert_int_eq(hd_port_read(port, &text, "%s/file", out), ENOENT);
    ck_assert_int_eq(hd_port_load(port, &bytes, "%s/file", out), ENOENT);
    ck_assert_int_eq(hd_port_read_lines(port, "s", &text, "%s/file", out), ENOENT);
    ck_assert_int_eq(hd_port_list(port, &names, "%s", out), ENOENT);
    ck_assert_int_eq(hd_port_list_folders(port, &names, "%s", out), ENOENT);
    ck_assert_int_eq(hd_port_get_file(port, &state, "%s", out), ENOENT);
    ck_assert_int_eq(hd_port_link(port, &text, "%s/file", out), ENOENT);
    ck_assert_int_eq(hd_port_block_is_claimed(port, out, &is_claimed), ENOENT);
    ck_assert_int_eq(hd_port_write(port, "x", "%s/file", out), ENOENT);
    ck_assert(!hd_port_exists(port, "%s", out) && !hd_port_exists(port, "%s/file", out));
    hd_port_focus(port, out);
    ck_assert_int_eq(hd_port_read(port, &text, "%s/file", out), ENOENT);
    ck_assert_ptr_null(text);
}
END_TEST

/* The same with a file at the link's end. */
START_TEST(no_file_outside_is_read)
{
    const char *out = ways_out[_i];
    g_autofree char *link = full("root/proc/1/fd/3");
    g_autofree char *up = full("root/sys/up");
    g_autofree char *file = full("secret/file");
    g_autofree char *text = NULL;
    g_autofree char *found = NULL;
    g_autofree char *root = full("root");
    ck_assert(unlink(link) == 0 && unlink(up) == 0);
    put_link("root/proc/1/fd/3", file);
    put_link("root/sys/up", "../../secret/file");
    ck_assert_int_eq(hd_port_read(port, &text, "%s", out), ENOENT);
    ck_assert(!hd_port_exists(port, "%s", out));
    found = hd_port_within_find(root, out);
    ck_assert_ptr_null(found);
}
END_TEST

START_TEST(links_inside_are_followed)
{
    g_autofree char *text = NULL, *other = NULL, *target = NULL, *found = NULL;
    g_autofree char *root = full("root");
    g_autofree char *inside = full("root/sys/inside");
    put_link("root/sys/absolute", "/sys/inside");
    put_link("root/deep/in/here", "../../../../../sys/./absolute");
    ck_assert_int_eq(hd_port_read(port, &text, "deep/in/here"), 0);
    ck_assert_str_eq(text, "inside");
    ck_assert_int_eq(hd_port_read(port, &other, "sys/top/sys/top/sys/inside"), 0);
    ck_assert_str_eq(other, "inside");
    ck_assert_int_eq(hd_port_link(port, &target, "sys/top/sys/absolute"), 0);
    ck_assert_str_eq(target, "/sys/inside");
    found = hd_port_within_find(root, "deep/in/here");
    ck_assert_str_eq(found, inside);
    put_link("root/ring", "ring");
    ck_assert(!hd_port_exists(port, "ring"));
    ck_assert_int_eq(hd_port_read(port, &text, "ring"), ELOOP);
    ck_assert_int_eq(hd_port_link(port, &text, "sys/inside"), EINVAL);
    ck_assert_int_eq(hd_port_read(port, &text, "sys/inside/more"), ENOTDIR);
}
END_TEST

/* Who opens a pipe for reading lets its writer in. */
START_TEST(only_files_are_read)
{
    g_autofree char *pipe = full("root/sys/pipe");
    g_autofree char *rom = full("root/sys/rom");
    g_autofree char *text = NULL;
    ck_assert(mkfifo(pipe, 0600) == 0 && mkfifo(rom, 0600) == 0);
    ck_assert_int_eq(hd_port_read(port, &text, "sys/pipe"), EMEDIUMTYPE);
    ck_assert_int_eq(hd_port_read(port, &text, "sys/rom"), EMEDIUMTYPE);
    ck_assert_int_eq(hd_port_read_lines(port, "x", &text, "sys/pipe"), EMEDIUMTYPE);
    ck_assert_int_eq(hd_port_read(port, &text, "sys"), EISDIR);
}
END_TEST

START_TEST(owners_are_that_machine_s)
{
    guint uid = 0, gid = 0;
    put("secret/passwd", "spy:x:77:77::/:/bin/sh\n");
    put("secret/group", "spy:x:77:\n");
    put_link("root/etc", "proc/1/fd/3");
    ck_assert_int_eq(hd_port_find_owner(port, "spy", "spy", &uid, &gid), ENOENT);
}
END_TEST

START_TEST(state_is_not_elsewhere)
{
    g_autofree char *run = full("root/run");
    g_autofree char *made = full("secret/hostdevctl");
    HdLock *lock = NULL;
    g_autofree char *moved = full("root/moved");
    ck_assert_int_eq(rename(run, moved), 0);
    put_link("root/run", "proc/1/fd/3");
    ck_assert_int_eq(hd_port_append(port, "run/hostdevctl/vm/a", "x"), ELOOP);
    ck_assert_int_eq(hd_port_lock(port, "run/hostdevctl/vm/a", true, 0, &lock), ELOOP);
    ck_assert_int_eq(hd_port_remove(port, "run/hostdevctl/vm/a"), ELOOP);
    ck_assert(!g_file_test(made, G_FILE_TEST_EXISTS));
}
END_TEST

HD_TEST_MAIN("port-confined", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_loop_test(tcase, no_link_leads_out, 0, G_N_ELEMENTS(ways_out));
             tcase_add_loop_test(tcase, no_file_outside_is_read, 0, G_N_ELEMENTS(ways_out));
             tcase_add_test(tcase, links_inside_are_followed);
             tcase_add_test(tcase, only_files_are_read);
             tcase_add_test(tcase, owners_are_that_machine_s);
             tcase_add_test(tcase, state_is_not_elsewhere))
