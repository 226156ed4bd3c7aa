/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines for a log that reads, for one that doesn't, and for none.
 */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "hd-log-socket.h"
#include "hd-test.h"

static char *folder, *path;
static int listener;

static void
setup(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    folder = g_dir_make_tmp("hostdevctl-log-XXXXXX", NULL);
    path = g_build_filename(folder, "log", NULL);
    (void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
}

static void
teardown(void)
{
    (void)close(listener);
    (void)unlink(path);
    (void)rmdir(folder);
    g_free(path);
    g_free(folder);
}

START_TEST(is_read)
{
    char line[256] = "";
    g_autofree char *wanted = g_strdup_printf("<27>hostdevctl[%d]: all is well", (int)getpid());
    hd_log_socket_say(path, LOG_ERR, "all is well");
    ck_assert_int_gt(recv(listener, line, sizeof line - 1, MSG_DONTWAIT), 0);
    ck_assert_str_eq(line, wanted);
}
END_TEST

/* journald is stopped, or its disk is: this returns, where syslog() would not. */
START_TEST(is_not_read)
{
    int error = 0;
    for (guint i = 0; error == 0 && i < 100000; i++)
        error = hd_log_socket_send(path, "x", 1);
    ck_assert_int_eq(error, EAGAIN);
    hd_log_socket_say(path, LOG_INFO, "nobody hears this");
}
END_TEST

START_TEST(is_not_there)
{
    g_autofree char *other = g_build_filename(folder, "none", NULL);
    char far[200];
    memset(far, 'x', sizeof far - 1);
    far[sizeof far - 1] = '\0';
    ck_assert_int_eq(hd_log_socket_send(other, "x", 1), ENOENT);
    ck_assert_int_eq(hd_log_socket_send(far, "x", 1), ENAMETOOLONG);
    hd_log_socket_say(other, LOG_INFO, "nor this");
}
END_TEST

HD_TEST_MAIN("log-socket", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, is_read); tcase_add_test(tcase, is_not_read);
             tcase_add_test(tcase, is_not_there))
