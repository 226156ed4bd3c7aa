/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The user's scripts around the hook: real files and processes below a temporary folder,
 * while the devices are the fake's.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-fake-host.h"
#include "hd-hook.h"
#include "hd-test.h"

#define DOMAIN                                                                                     \
    "<domain type='kvm' id='3'><name>web</name><uuid>" VM_A "</uuid><devices><hostdev "            \
    "mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x01' "       \
    "slot='0x00' function='0x0'/></source></hostdev></devices></domain>"
#define MAIN_HOOK "/etc/libvirt/hooks/qemu"

static HdFake *fake;
static GString *logged;
static char *root;    /* in place of "/" */
static char *diary;   /* what the scripts have written */
static char *message; /* (nullable): of the last call */

static void
setup(void)
{
    fake = hd_fake_host_new();
    logged = g_string_new(NULL);
    root = g_dir_make_tmp("hostdevctl-replay.XXXXXX", NULL);
    ck_assert_ptr_nonnull(root);
    diary = g_build_filename(root, "diary", NULL);
}

static void
teardown(void)
{
    const char *const argv[] = {"rm", "-rf", root, NULL};
    ck_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                           NULL, NULL));
    hd_fake_free(fake);
    g_string_free(logged, TRUE);
    g_free(root);
    g_free(diary);
    g_clear_pointer(&message, g_free);
}

static void
log_line(const HdEvent *event, gpointer data)
{
    (void)data;
    g_string_append_printf(logged, "%s\n", event->message);
}

static char *
place(const char *path)
{
    return g_build_filename(root, "etc/libvirt/hooks/qemu.d", path, NULL);
}

/* @body may use $diary. */
static void
script_with_mode(const char *path, const char *body, mode_t mode)
{
    g_autofree char *file = place(path);
    g_autofree char *folder = g_path_get_dirname(file);
    g_autofree char *text = g_strdup_printf("#!/bin/sh\ndiary=%s\n%s\n", diary, body);
    ck_assert_int_eq(g_mkdir_with_parents(folder, 0755), 0);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    ck_assert_int_eq(chmod(file, mode), 0);
}

static void
script(const char *path, const char *body)
{
    script_with_mode(path, body, 0755);
}

static char *
written(void)
{
    char *text = NULL;
    return g_file_get_contents(diary, &text, NULL, NULL) ? text : g_strdup("");
}

static int
call_as(const char *hook, const char *vm, const char *operation, const char *sub, const char *xml)
{
    static char path[] = "PATH=/usr/bin:/bin", own[] = "TMPDIR=/their/own";
    static char *environment[] = {path, own, NULL};
    const HdHookOrigin origin = {environment,
                                 022,
                                 {{1 << 20, RLIM_INFINITY},
                                  {RLIM_INFINITY, RLIM_INFINITY},
                                  {128, 128},
                                  {1 << 21, RLIM_INFINITY}}};
    char *argv[] = {(char *)hook, (char *)vm,       (char *)operation,
                    (char *)sub,  (char *)"reason", NULL};
    g_autofree char *input = g_build_filename(root, "input", NULL);
    GString *output = NULL;
    ck_assert(g_file_set_contents(input, xml, -1, NULL));
    int fd = open(input, O_RDONLY);
    ck_assert_int_ge(fd, 0);
    g_clear_pointer(&message, g_free);
    g_autoptr(HdReplay) theirs = hd_replay_find(root, 5, argv);
    const HdHookStdin read = hd_hook_stdin_read(fd);
    const HdHookCall one = {5, argv, &read, 0, log_line, theirs, &origin};
    int status = hd_hook_run(hd_fake_port(fake), &one, &output, &message);
    ck_assert_ptr_null(output);
    free(read.bytes);
    ck_assert_int_eq(close(fd), 0);
    return status;
}

static int
call(const char *operation, const char *sub)
{
    return call_as(MAIN_HOOK, "web", operation, sub, DOMAIN);
}

static void
assert_written(const char *wanted)
{
    g_autofree char *text = written();
    ck_assert_str_eq(text, wanted);
}

static void
assert_binding(const char *wanted)
{
    g_autofree char *binding = hd_fake_binding(fake, "0000:01:00.0");
    ck_assert_str_eq(binding, wanted);
}

START_TEST(runs_all_in_byte_order)
{
    script("web/prepare/begin/b.sh", "echo b >>$diary");
    script("web/prepare/begin/B.sh", "echo B >>$diary");
    script("web/prepare/begin/.hidden", "echo hidden >>$diary");
    script_with_mode("web/prepare/begin/a.off", "echo off >>$diary", 0644);
    script("web/prepare/begin/folder/inner", "echo inner >>$diary");
    script("web/prepare/end/other", "echo other >>$diary");
    script("mail/prepare/begin/other", "echo other >>$diary");
    script("direct", "echo libvirt runs this >>$diary");
    ck_assert_int_eq(call("prepare", "begin"), 0);
    assert_written("hidden\nB\nb\n");
    assert_binding("vfio-pci vfio-pci");
}
END_TEST

/* For as long as a script runs, and for libvirt's time after it, nobody takes the VM for dead. */
START_TEST(vm_is_kept_while_a_script_runs)
{
    g_autofree char *journal = NULL;
    g_autofree char *during = g_strdup_printf(" helper=%d ", (int)getpid());
    script("web/start/begin/a", "echo a >>$diary");
    hd_fake_add_process(fake, (guint)getpid(), "qemu", "hook", NULL);
    ck_assert_int_eq(call("prepare", "begin"), 0);
    ck_assert_int_eq(call("start", "begin"), 0);
    assert_written("a\n");
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &journal, "run/hostdevctl/vm/" VM_A), 0);
    const char *last = g_strrstr(journal, "commit ");
    ck_assert_ptr_nonnull(strstr(journal, during));
    ck_assert_ptr_nonnull(strstr(last, " helper=0 "));
    /* One without devices has no journal, and gets none. */
    ck_assert_int_eq(call_as(MAIN_HOOK, "web", "start", "begin", "<domain/>"), 0);
    assert_written("a\na\n");
}
END_TEST

/* What a script of the dispatcher's could rely on. */
START_TEST(finds_what_libvirt_gave)
{
    g_autofree char *wanted = g_strdup_printf("web prepare begin reason\n%s\n/\n/their/own\n0022\n"
                                              "SigIgn: 0000000000000000\ncore 2048\n",
                                              DOMAIN);
    script("web/prepare/begin/a", "{ echo \"$@\"; cat; echo; pwd; echo $TMPDIR; umask\n"
                                  "echo $(grep SigIgn: /proc/self/status)\n"
                                  "echo core $(ulimit -Sc); } >>$diary\n"
                                  "echo noise; echo noise >&2; [ ! -e /proc/$$/fd/77 ]");
    ck_assert_int_eq(chdir("/"), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    int leak = dup2(STDERR_FILENO, 77);
    ck_assert_int_eq(leak, 77);
    ck_assert_int_eq(call("prepare", "begin"), 0);
    ck_assert_int_eq(close(leak), 0);
    ck_assert_ptr_null(message);
    assert_written(wanted);
}
END_TEST

START_TEST(a_failure_refuses_before_anything_is_bound)
{
    g_autofree char *wanted =
        g_strdup_printf("%s/etc/libvirt/hooks/qemu.d/web/prepare/begin/1 failed with exit status "
                        "3; it said:\nno huge pages\nat \\x1b[31m all",
                        root);
    script("web/prepare/begin/1",
           "echo no huge pages >&2; printf 'at \\033[31m all\\n' >&2; exit 3");
    script("web/prepare/begin/2", "echo second >>$diary");
    ck_assert_int_eq(call("prepare", "begin"), 1);
    ck_assert_str_eq(message, wanted);
    ck_assert_contains(logged->str, "refused prepare of 'web': ");
    ck_assert_contains(logged->str, "said: no huge pages at");
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
    assert_written("");
}
END_TEST

START_TEST(a_signal_is_a_failure)
{
    script("web/prepare/begin/1", "kill -KILL $$");
    ck_assert_int_eq(call("prepare", "begin"), 1);
    ck_assert_contains(message, "/web/prepare/begin/1 was ended by signal 9");
    ck_assert_ptr_null(strstr(message, "it said"));
}
END_TEST

START_TEST(release_gives_back_whatever_they_do)
{
    ck_assert_int_eq(call("prepare", "begin"), 0);
    script("web/release/end/1", "echo one >>$diary; echo oh >&2; exit 1");
    script("web/release/end/2", "echo two >>$diary");
    ck_assert_int_eq(call("release", "end"), 0);
    assert_binding("e1000e -");
    assert_written("one\n");
    ck_assert_ptr_null(message);
    ck_assert_contains(logged->str, "incomplete release of 'web': ");
    ck_assert_contains(logged->str, "/release/end/1 failed with exit status 1; it said: oh");
    ck_assert_int_eq(call_as(MAIN_HOOK, "web", "release", "end", ""), 0);
    assert_written("one\none\n");
}
END_TEST

static const struct {
    const char *operation, *sub;
    int status;
} others[] = {
    {"start", "begin", 1},   {"started", "begin", 1},   {"stopped", "end", 0},
    {"migrate", "begin", 1}, {"reconnect", "begin", 0}, {"restore", "begin", 1},
    {"attach", "begin", 1},  {"dance", "end", 1},
};

START_TEST(other_operations)
{
    g_autofree char *path = g_strdup_printf("web/%s/%s/x", others[_i].operation, others[_i].sub);
    script(path, "echo ran >>$diary; echo '<domain/>'");
    ck_assert_int_eq(call(others[_i].operation, others[_i].sub), 0);
    script(path, "exit 1");
    ck_assert_int_eq(call(others[_i].operation, others[_i].sub), others[_i].status);
    ck_assert_int_eq(message != NULL, others[_i].status);
    assert_written("ran\n");
}
END_TEST

static const char *const not_replayed[][3] = {
    {"/etc/libvirt/hooks/qemu.d/50-hostdevctl", "web", "prepare"},
    {"/etc/libvirt/hooks/qemu.d/qemu", "web", "prepare"},
    {"/etc/libvirt/hooks/qemu.d/web/prepare/begin/qemu", "web", "prepare"},
    {"qemu", "web", "prepare"},
    {MAIN_HOOK, ".web", "prepare"},
    {MAIN_HOOK, ".", "prepare"},
    {MAIN_HOOK, "..", "prepare"},
    {MAIN_HOOK, "x/../web", "prepare"},
    {MAIN_HOOK, "", "prepare"},
    {MAIN_HOOK, "web", "../web/prepare"},
    {MAIN_HOOK, "web", ""},
};

START_TEST(never_twice_and_never_elsewhere)
{
    const char *const *one = not_replayed[_i];
    script("web/prepare/begin/x", "echo ran >>$diary");
    script(".web/prepare/begin/x", "echo ran >>$diary");
    script("prepare/begin/x", "echo ran >>$diary");
    script("../prepare/begin/x", "echo ran >>$diary");
    script("begin/x", "echo ran >>$diary");
    script("web/begin", "echo ran >>$diary");
    (void)call_as(one[0], one[1], one[2], "begin", "<domain/>");
    assert_written("");
}
END_TEST

#define TO_AN_OPEN_FOLDER                                                                          \
    "mkdir -m 0777 open && mv web/prepare/begin/x open && "                                        \
    "ln -s ../../../open/x web/prepare/begin/x"

static const char *const insecure[] = {
    "chmod g+w web/prepare/begin/x",
    "chmod o+w web/prepare/begin",
    "chmod 0777 web",
    "chmod g+w .",
    "chmod g+w ..",
    TO_AN_OPEN_FOLDER,
    "chown 1 web/prepare/begin/x",
    "chown -h 1 web/prepare",
};

START_TEST(what_others_may_change_is_not_run)
{
    g_autofree char *folder = place("");
    g_autofree char *line = g_strdup_printf("cd %s && %s", folder, insecure[_i]);
    const char *const argv[] = {"sh", "-c", line, NULL};
    if (strstr(line, "chown") != NULL && geteuid() != 0)
        return;
    script("web/prepare/begin/x", "echo ran >>$diary");
    int status = -1;
    ck_assert(g_spawn_sync("/", (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                           &status, NULL));
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(call("prepare", "begin"), 1);
    ck_assert_contains(message, "/web/prepare/begin");
    ck_assert_contains(message, " is not run: others than root may change it");
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
    ck_assert_int_eq(call("release", "end"), 0);
    assert_written("");
}
END_TEST

START_TEST(links_are_followed)
{
    g_autofree char *target = place("templates/nic.sh");
    g_autofree char *web = place("web"), *absolute = place("base/prepare/begin/absolute");
    g_autofree char *broken = place("base/prepare/begin/broken");
    script("templates/nic.sh", "echo $0 | sed 's,.*/qemu.d/,,' >>$diary");
    script("base/prepare/begin/own", "echo own >>$diary");
    ck_assert_int_eq(symlink("base", web), 0);
    ck_assert_int_eq(symlink(target, absolute), 0);
    ck_assert_int_eq(symlink("nowhere", broken), 0);
    ck_assert_int_eq(call("prepare", "begin"), 0);
    assert_written("web/prepare/begin/absolute\nown\n");
}
END_TEST

START_TEST(a_circle_of_links)
{
    g_autofree char *path = place("web/prepare/begin");
    script("web/prepare/x", "");
    ck_assert_int_eq(symlink("begin", path), 0);
    ck_assert_int_eq(call("prepare", "begin"), 0);
    assert_binding("vfio-pci vfio-pci");
}
END_TEST

START_TEST(one_script_in_place_of_the_folder)
{
    script("web/prepare/begin", "echo one >>$diary");
    ck_assert_int_eq(call("prepare", "begin"), 0);
    assert_written("one\n");
}
END_TEST

START_TEST(a_script_without_interpreter)
{
    g_autofree char *path = place("web/prepare/begin/x");
    g_autofree char *text = g_strdup_printf("echo $4 >>%s\n", diary);
    script("web/prepare/begin/x", "");
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    ck_assert_int_eq(chmod(path, 0755), 0);
    ck_assert_int_eq(call("prepare", "begin"), 0);
    assert_written("reason\n");
}
END_TEST

START_TEST(an_interpreter_that_is_not_there)
{
    g_autofree char *path = place("web/prepare/begin/x");
    script("web/prepare/begin/x", "");
    ck_assert(g_file_set_contents(path, "#!/no/such/shell\n", -1, NULL));
    ck_assert_int_eq(chmod(path, 0755), 0);
    ck_assert_int_eq(call("prepare", "begin"), 1);
    ck_assert_contains(message, "failed with exit status 126; it said:\nNo such file");
}
END_TEST

/* It holds our pipe, writes into it without end, and lives until the test lets it go. */
START_TEST(the_background_is_not_waited_for)
{
    g_autofree char *fifo = g_build_filename(root, "fifo", NULL);
    g_autofree char *body = g_strdup_printf("{ read -r line <%s; echo end >>$diary; } &\n"
                                            "yes still here >&2 &\necho begun >>$diary",
                                            fifo);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    script("web/prepare/begin/x", body);
    ck_assert_int_eq(call("prepare", "begin"), 0);
    assert_written("begun\n");
    int fd = open(fifo, O_WRONLY);
    ck_assert_int_eq(write(fd, "go\n", 3), 3);
    ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(much_is_said_and_not_read)
{
    g_autoptr(GString) xml = g_string_new(DOMAIN);
    for (int i = 0; i < 40000; i++)
        g_string_append(xml, "<!-- a long one -->");
    script("web/prepare/begin/1", "yes line | head -n 100000 >&2; echo the end >&2; exit 1");
    ck_assert_int_eq(call_as(MAIN_HOOK, "web", "prepare", "begin", xml->str), 1);
    ck_assert(g_str_has_suffix(message, "\nline\nthe end"));
    ck_assert_uint_lt(strlen(message), 5000);
    script("web/prepare/begin/1", "wc -c >>$diary");
    g_autofree char *wanted = g_strdup_printf("%zu\n", xml->len);
    ck_assert_int_eq(call_as(MAIN_HOOK, "web", "prepare", "begin", xml->str), 0);
    assert_written(wanted);
}
END_TEST

HD_TEST_MAIN("replay", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, runs_all_in_byte_order);
             tcase_add_test(tcase, vm_is_kept_while_a_script_runs);
             tcase_add_test(tcase, finds_what_libvirt_gave);
             tcase_add_test(tcase, a_failure_refuses_before_anything_is_bound);
             tcase_add_test(tcase, a_signal_is_a_failure);
             tcase_add_test(tcase, release_gives_back_whatever_they_do);
             tcase_add_loop_test(tcase, other_operations, 0, G_N_ELEMENTS(others));
             tcase_add_loop_test(tcase, never_twice_and_never_elsewhere, 0,
                                 G_N_ELEMENTS(not_replayed));
             tcase_add_loop_test(tcase, what_others_may_change_is_not_run, 0,
                                 G_N_ELEMENTS(insecure));
             tcase_add_test(tcase, links_are_followed); tcase_add_test(tcase, a_circle_of_links);
             tcase_add_test(tcase, one_script_in_place_of_the_folder);
             tcase_add_test(tcase, a_script_without_interpreter);
             tcase_add_test(tcase, an_interpreter_that_is_not_there);
             tcase_add_test(tcase, the_background_is_not_waited_for);
             tcase_add_test(tcase, much_is_said_and_not_read))
