/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptors of a process of ours: the standard three are there whatever its parent did, and
 * others are closed by range, with close_range() and without.
 */
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-descriptors.h"
#include "hd-test.h"

static bool
is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* In a child: 0: all that was asked is so. */
static int
fill(guint closed)
{
    char text[64];
    for (int fd = 0; fd <= 2; fd++) {
        if ((closed >> fd & 1) != 0)
            (void)close(fd);
    }
    if (!hd_descriptors_fill_standard())
        return 1;
    for (int fd = 0; fd <= 2; fd++) {
        g_autofree char *self = g_strdup_printf("/proc/self/fd/%d", fd);
        const ssize_t length = readlink(self, text, sizeof text);
        const bool is_null = length == 9 && strncmp(text, "/dev/null", 9) == 0;
        if (fcntl(fd, F_GETFD) != 0 || ((closed >> fd & 1) != 0 && !is_null))
            return 2 + fd;
    }
    /* Nothing is left open: the next is the third. */
    return dup(0) == 3 ? 0 : 5;
}

START_TEST(standard_three)
{
    int status = 0;
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        hd_descriptors_close(3, ~0U);
        _exit(fill((guint)_i));
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(by_range)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max; /* of some hosts: a thousand million */
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int fd = 200; fd < 210; fd++)
        ck_assert_int_eq(dup2(0, fd), fd);
    hd_descriptors_close(203, 206);
    for (int fd = 200; fd < 210; fd++)
        ck_assert_int_eq(is_open(fd), fd < 203 || fd > 206);
    hd_descriptors_close(208, 207);
    ck_assert(is_open(207) && is_open(208));
    hd_descriptors_close(200, ~0U);
    for (int fd = 200; fd < 210; fd++)
        ck_assert(!is_open(fd));
    ck_assert(is_open(0));
}
END_TEST

HD_TEST_MAIN("descriptors", tcase_add_loop_test(tcase, standard_three, 0, 8);
             tcase_add_test(tcase, by_range))
