/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A line for the system's log without a wait: syslog(3) and GLib's writer block for as long
 * as a log that is stuck doesn't read, and libvirt would wait with them.
 */
#include "hd-log-socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

int
hd_log_socket_send(const char *path, const char *text, size_t length)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return ENAMETOOLONG;
    (void)strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int error = 0;
    if (sendto(fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address,
               sizeof address) < 0)
        error = errno;
    (void)close(fd);
    return error;
}

void
hd_log_socket_say(const char *path, int priority, const char *message)
{
    char line[2048];
    int length = snprintf(line, sizeof line, "<%d>hostdevctl[%ld]: %s", LOG_DAEMON | priority,
                          (long)getpid(), message);
    if (length > 0)
        (void)hd_log_socket_send(path, line, strnlen(line, sizeof line));
}
