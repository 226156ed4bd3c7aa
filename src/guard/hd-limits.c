/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a limit on memory is counted from: RLIMIT_AS counts all that is mapped, also what
 * was there before our first line.
 */
#include "hd-limits.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

uint64_t
hd_limits_mapped(void)
{
    char text[64] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t count = read(fd, text, sizeof text - 1);
    (void)close(fd);
    return count > 0 ? strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}
