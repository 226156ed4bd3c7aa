/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The child that reads XML: what it can't do, and that whatever becomes of it is one
 * line of the hook's and changes nothing. The parser here is one that has been taken over.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-apart.h"
#include "hd-cage.h"
#include "hd-fake-host.h"
#include "hd-hook.h"
#include "hd-test.h"
#include "hd-xml-apart.h"
#include "hd-xml-late.h"

static bool
run(bool (*work)(gpointer data, GString *reply, GError **ret_error), guint deadline_ms,
    GString **ret_reply, GError **ret_error)
{
    const HdApart apart = {NULL, work, NULL, "the XML", deadline_ms};
    return hd_apart_run(&apart, ret_reply, ret_error);
}

static void
assert_failure(bool (*work)(gpointer data, GString *reply, GError **ret_error), guint deadline_ms,
               const char *part)
{
    g_autoptr(GError) error = NULL;
    GString *reply = NULL;
    ck_assert(!run(work, deadline_ms, &reply, &error));
    ck_assert_ptr_null(reply);
    ck_assert(hd_error_is(error, HD_ERROR_INPUT));
    ck_assert_contains(error->message, part);
    ck_assert_ptr_null(strchr(error->message, '\n'));
}

static bool
answer(gpointer data, GString *reply, GError **ret_error)
{
    g_string_append(reply, "all is well\n");
    return true;
}

static bool
answer_much(gpointer data, GString *reply, GError **ret_error)
{
    g_string_set_size(reply, 8 << 20);
    memset(reply->str, 'x', reply->len);
    return true;
}

START_TEST(answers)
{
    GString *reply = NULL;
    ck_assert(run(answer, 10000, &reply, NULL));
    ck_assert_str_eq(reply->str, "all is well\n");
    g_string_free(reply, TRUE);
    ck_assert(run(answer_much, 10000, &reply, NULL));
    ck_assert_uint_eq(reply->len, 8 << 20);
    g_string_free(reply, TRUE);
}
END_TEST

static bool
complain(gpointer data, GString *reply, GError **ret_error)
{
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "line 3:\n\033[31mred");
}

START_TEST(complaints_are_one_line)
{
    assert_failure(complain, 10000, "line 3:\\x0a\\x1b[31mred");
}
END_TEST

static void
wait_for_ever(void)
{
    int never = 0;
    for (;;)
        (void)syscall(SYS_futex, &never, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static bool
hang(gpointer data, GString *reply, GError **ret_error)
{
    wait_for_ever();
    return true;
}

static bool
spin(gpointer data, GString *reply, GError **ret_error)
{
    for (volatile guint count = 0;; count++)
        continue;
    return true;
}

static bool
crash(gpointer data, GString *reply, GError **ret_error)
{
    G_BREAKPOINT(); /* as GLib ends; sanitizers leave that signal alone */
    return true;
}

static bool
swallow(gpointer data, GString *reply, GError **ret_error)
{
    return mmap(NULL, (gsize)1 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
               MAP_FAILED ||
           hd_error_set(ret_error, HD_ERROR_INPUT, "no memory");
}

static bool
leave(gpointer data, GString *reply, GError **ret_error)
{
    _exit(0);
}

static bool
close_up(gpointer data, GString *reply, GError **ret_error)
{
    (void)close(HD_CAGE_FD);
    wait_for_ever();
    return true;
}

static bool
babble(gpointer data, GString *reply, GError **ret_error)
{
    static const char words[] = "<domain/> and more than that";
    (void)!write(HD_CAGE_FD, words, sizeof words);
    _exit(0);
}

/* What is right comes after what isn't. */
static bool
babble_first(gpointer data, GString *reply, GError **ret_error)
{
    (void)!write(HD_CAGE_FD, "x", 1);
    g_string_append(reply, "all is well\n");
    return true;
}

static bool
say_nul(gpointer data, GString *reply, GError **ret_error)
{
    g_string_append_len(reply, "vm\0", 3);
    return true;
}

static const struct {
    bool (*work)(gpointer data, GString *reply, GError **ret_error);
    guint deadline_ms;
    const char *says;
} ends[] = {
    {crash, 10000, "the XML can't be read: its reader was ended by signal "},
    {hang, 100, "the XML can't be read: its reader did not answer within 100 ms"},
    {spin, 120000, "the XML can't be read: its reader was ended by signal 24"},
    {close_up, 10000, "the XML can't be read: its reader gave no whole answer"},
    {swallow, 10000, "no memory"},
    {leave, 10000, "the XML can't be read: its reader gave no whole answer"},
    {babble, 10000, "the XML can't be read: its reader gave no whole answer"},
    {babble_first, 10000, "the XML can't be read: its reader gave no whole answer"},
    {say_nul, 10000, "the XML can't be read: its reader gave no whole answer"},
};

START_TEST(bad_ends)
{
    assert_failure(ends[_i].work, ends[_i].deadline_ms, ends[_i].says);
}
END_TEST

static gint *is_caged; /* shared with the child */

static bool
hang_visibly(gpointer data, GString *reply, GError **ret_error)
{
    g_atomic_int_set(is_caged, 1);
    return hang(data, reply, ret_error);
}

/* Whoever waits for the child is killed, as by the kernel for want of memory: it goes, too. */
START_TEST(ends_with_its_parent)
{
    int status = 0;
    GString *reply = NULL;
    is_caged =
        mmap(NULL, sizeof *is_caged, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(is_caged, MAP_FAILED);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid_t waiter = fork();
    if (waiter == 0) {
        (void)run(hang_visibly, 120000, &reply, NULL);
        _exit(0);
    }
    while (g_atomic_int_get(is_caged) == 0)
        (void)sched_yield();
    ck_assert_int_eq(kill(waiter, SIGKILL), 0);
    ck_assert_int_eq(waitpid(waiter, &status, 0), waiter);
    ck_assert_int_gt(waitpid(-1, &status, 0), 0);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

/* Each would be a way out. What has succeeded is the answer. */
static bool
try_all(gpointer data, GString *reply, GError **ret_error)
{
    int pair[2];
    struct rlimit more = {64, 64};
    const struct {
        const char *name;
        bool is_done;
    } tries[] = {
        {"read a file", open("/etc/passwd", O_RDONLY) >= 0},
        {"write a file", open("/tmp/hostdevctl-caged", O_WRONLY | O_CREAT, 0600) >= 0},
        {"look at itself", open("/proc/self/status", O_RDONLY) >= 0},
        {"make a socket", socket(AF_INET, SOCK_STREAM, 0) >= 0},
        {"make a pipe", pipe(pair) == 0},
        {"double the way out", dup(HD_CAGE_FD) >= 0},
        {"start a process", syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0) > 0},
        {"signal its parent", getuid() == 0 && kill(getppid(), 0) == 0},
        {"be root", setresuid(0, 0, 0) == 0 && getuid() == 0},
        {"raise its limits", setrlimit(RLIMIT_NOFILE, &more) == 0},
        {"remove a file", unlink("/etc/hostname") == 0},
        {"use what its parent has open", fcntl(HD_CAGE_FD + 1, F_GETFD) >= 0},
        {"read its parent's stdin", read(STDIN_FILENO, pair, 1) > 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(tries); i++) {
        if (tries[i].is_done)
            g_string_append_printf(reply, "%s\n", tries[i].name);
    }
    return true;
}

/* The limits and the user hold them on any kernel, of a process that was root. */
START_TEST(the_cage_is_closed)
{
    GString *reply = NULL;
    int open_file = open("/dev/null", O_RDWR); /* without O_CLOEXEC */
    ck_assert_int_ge(open_file, 0);
    ck_assert(run(try_all, 10000, &reply, NULL));
    ck_assert_str_eq(reply->str, "");
    g_string_free(reply, TRUE);
    (void)close(open_file);
}
END_TEST

/* Only seccomp holds these. */
static bool
try_calls(gpointer data, GString *reply, GError **ret_error)
{
    char *const argv[] = {(char *)"true", NULL};
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *data_page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code != MAP_FAILED)
        g_string_append(reply, "map code\n");
    if (data_page == MAP_FAILED || mprotect(data_page, 4096, PROT_READ | PROT_EXEC) == 0)
        g_string_append(reply, "make code\n");
    if (execve("/bin/true", argv, NULL) == 0 || errno != ENOSYS)
        g_string_append(reply, "execute\n");
    if (getppid() >= 0)
        g_string_append(reply, "ask anything\n");
    return true;
}

START_TEST(the_filter_is_there)
{
    g_autoptr(GError) error = NULL;
    GString *reply = NULL;
    const guint32 action = SECCOMP_RET_ERRNO;
    bool has_seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
    if (!run(try_calls, 10000, &reply, &error))
        ck_assert_msg(!has_seccomp, "%s", error->message); /* /bin/true gave no answer */
    else
        ck_assert_str_eq(reply->str, has_seccomp ? "" : reply->str);
    if (reply != NULL)
        g_string_free(reply, TRUE);
}
END_TEST

/* The parser of the hook in this program. One that hangs is above: the hook's would take 30 s. */
static enum {
    CRASH,
    LEAVE,
    NO_NAME,
    TWICE,
    OTHER_NAME,
    OTHER_UUID,
    ABSENT,
    FOREIGN_MOVE
} taken_over;

static bool
parse_badly(const char *bytes, gsize length, HdRequest **ret_request, GError **ret_error)
{
    const HdUuid uuid = hd_fake_uuid(taken_over == OTHER_UUID ? VM_B : VM_A);
    const char *const names[] = {[NO_NAME] = "web\nvm", [OTHER_NAME] = "db", [FOREIGN_MOVE] = NULL};
    const HdPciAddress nic = {0, 1, 0, 0};
    if (taken_over == CRASH)
        (void)crash(NULL, NULL, NULL);
    if (taken_over == LEAVE)
        _exit(0);
    *ret_request = hd_request_new(names[taken_over] != NULL ? names[taken_over] : "web", &uuid);
    for (guint i = 0; i < (taken_over == TWICE ? 2 : 1); i++)
        hd_request_add(*ret_request, HD_WISH_PCI)->address = nic;
    return true;
}

static bool
find_badly(const HdXmlRewriting *what, GString *changes, GError **ret_error)
{
    g_string_append(changes, "change at=14 length=3 text=qemu-evil\n");
    return true;
}

static const HdXmlLate bad_reader = {.parse = parse_badly, .find_changes = find_badly};

const HdXmlLate *
hd_xml_late_find(GError **ret_error)
{
    if (taken_over != ABSENT)
        return &bad_reader;
    (void)hd_error_set(ret_error, HD_ERROR_STATE, "the installation is not whole");
    return NULL;
}

static const char *const hook_says[] = {
    [CRASH] = "the XML can't be read: its reader was ended by signal ",
    [LEAVE] = "the XML can't be read: its reader gave no whole answer",
    [NO_NAME] = "the XML can't be read: its reader gave an answer that makes no sense",
    [TWICE] = "the XML can't be read: its reader gave an answer that makes no sense",
    [OTHER_NAME] = "the XML is not that of VM 'web'",
    [OTHER_UUID] = "the XML is not that of VM 'web'",
    [ABSENT] = "the installation is not whole",
};

START_TEST(the_hook_says_so_and_changes_nothing)
{
    HdFake *fake = hd_fake_host_new();
    GString *output = NULL;
    g_autofree char *message = NULL;
    const char *xml = "<domain type='kvm'><name>web</name><uuid>" VM_A
                      "</uuid><devices><hostdev/></devices></domain>";
    char *argv[] = {(char *)"/etc/libvirt/hooks/qemu",
                    (char *)"web",
                    (char *)"prepare",
                    (char *)"begin",
                    (char *)"-",
                    NULL};
    const HdHookStdin input = {(char *)xml, strlen(xml), 0};
    const HdHookCall one = {5, argv, &input, 0, NULL, NULL, NULL};
    taken_over = _i;
    ck_assert_int_eq(hd_hook_run(hd_fake_port(fake), &one, &output, &message), 1);
    ck_assert_contains(message, hook_says[_i]);
    ck_assert_ptr_null(strchr(message, '\n'));
    ck_assert_ptr_null(output);
    ck_assert_uint_eq(hd_fake_mutations(fake), 0);
    hd_fake_free(fake);
}
END_TEST

START_TEST(no_change_but_a_move)
{
    const HdMove move = {{0, 1, 0, 0}, {0, 2, 0, 0}};
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(HdMove));
    g_autoptr(GError) error = NULL;
    GString *text = NULL;
    g_array_append_val(moves, move);
    taken_over = FOREIGN_MOVE;
    const char *xml = "<domain type='kvm'/>";
    ck_assert(!hd_xml_apart_rewrite(xml, strlen(xml), NULL, moves, &text, &error));
    ck_assert_ptr_null(text);
    ck_assert_contains(error->message, "makes no sense");
}
END_TEST

HD_TEST_MAIN("apart", tcase_add_test(tcase, answers);
             tcase_add_test(tcase, complaints_are_one_line);
             tcase_add_loop_test(tcase, bad_ends, 0, G_N_ELEMENTS(ends));
             tcase_add_test(tcase, ends_with_its_parent); tcase_add_test(tcase, the_cage_is_closed);
             tcase_add_test(tcase, the_filter_is_there);
             tcase_add_loop_test(tcase, the_hook_says_so_and_changes_nothing, 0,
                                 G_N_ELEMENTS(hook_says));
             tcase_add_test(tcase, no_change_but_a_move))
