/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file that a person asked for: half of one must not be mistaken for it, and one that was
 * there is not lost unasked.
 */
#include "hd-out-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-text.h"

static int
write_all(int fd, const char *bytes, gsize size)
{
    while (size > 0) {
        ssize_t count = write(fd, bytes, size);
        if (count < 0 && errno != EINTR)
            return errno;
        bytes += MAX(count, 0);
        size -= (gsize)MAX(count, 0);
    }
    return fchmod(fd, 0644) != 0 || fsync(fd) != 0 ? errno : 0;
}

/* Not every file system can refuse to replace in the same step. */
static int
put_in_place(const char *from, const char *to, bool may_replace)
{
    struct stat status;
    const bool is_there = lstat(to, &status) == 0;
    if (is_there && (!may_replace || !S_ISREG(status.st_mode)))
        return EEXIST;
    if (may_replace)
        return rename(from, to) == 0 ? 0 : errno;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL)
        return errno;
    return rename(from, to) == 0 ? 0 : errno;
}

bool
hd_out_file(const char *path, const void *bytes, gsize size, bool may_replace, GError **ret_error)
{
    g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
    g_autofree char *shown = hd_text_printable(path, 256);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return hd_error_set_errno(ret_error, HD_ERROR_INPUT, errno, "write %s", shown);
    int error = write_all(fd, bytes, size);
    (void)close(fd);
    if (error == 0)
        error = put_in_place(temporary, path, may_replace);
    if (error != 0)
        (void)unlink(temporary);
    if (error == EEXIST)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s is there already%s", shown,
                            may_replace ? ", and is no plain file" : "; --force replaces it");
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_INPUT, error, "write %s", shown);
}
