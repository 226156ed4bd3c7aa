/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which descriptors a process has: the standard three always, and of its parent's none
 * that it isn't meant to have.
 */
#include "hd-descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Without /proc nobody tells which there are. */
#define MANY 65536

bool
hd_descriptors_fill_standard(void)
{
    /* What takes the place of one of the three is to stay there for programs, too. */
    int null = open("/dev/null", O_RDWR);
    if (null >= 0 && null <= STDERR_FILENO)
        null = fcntl(null, F_DUPFD, STDERR_FILENO + 1);
    if (null < 0)
        return false;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && dup2(null, fd) < 0)
            return false;
    }
    return close(null) == 0;
}

bool
hd_descriptors_silence(int first, int last)
{
    int null = open("/dev/null", O_RDWR);
    bool is_silent = null >= 0;
    for (int fd = first; is_silent && fd <= last; fd++)
        is_silent = dup2(null, fd) >= 0;
    if (null > STDERR_FILENO)
        (void)close(null);
    return is_silent;
}

static void
close_listed(DIR *folder, unsigned int first, unsigned int last)
{
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char *end = NULL;
        const unsigned long fd = strtoul(entry->d_name, &end, 10);
        if (end != entry->d_name && fd >= first && fd <= last && (int)fd != dirfd(folder))
            (void)close((int)fd);
    }
}

void
hd_descriptors_close(unsigned int first, unsigned int last)
{
    if (first > last || close_range(first, last, 0) == 0)
        return;
    DIR *folder = opendir("/proc/self/fd");
    if (folder != NULL)
        close_listed(folder, first, last);
    for (unsigned int fd = first; folder == NULL && fd <= last && fd < MANY; fd++)
        (void)close((int)fd);
    if (folder != NULL)
        (void)closedir(folder);
}
