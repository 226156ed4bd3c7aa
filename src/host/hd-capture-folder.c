/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A captured machine laid out on disk, so that the same code reads it as any other root.
 */
#include "hd-capture-folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_OPEN 16

/* No path of a capture has a link on its way (hd_capture_parse() sees to it), so that none leads
   out of @root. */
static int
make_entry(const char *root, const char *path, const HdCaptureEntry *entry)
{
    g_autofree char *place = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(place);
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return errno;
    if (entry->kind == HD_CAPTURE_LINK)
        return symlink(entry->bytes->str, place) == 0 ? 0 : errno;
    if (entry->kind == HD_CAPTURE_FOLDER)
        return g_mkdir_with_parents(place, 0700) == 0 ? 0 : errno;
    int fd = open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    /* What is only known to be there may have turned out to be a folder by what is in it. */
    if (fd < 0)
        return entry->kind == HD_CAPTURE_PRESENT && (errno == EEXIST || errno == EISDIR) ? 0
                                                                                         : errno;
    if (entry->kind == HD_CAPTURE_NODE) {
        int mode = (int)g_ascii_strtoull(entry->bytes->str, NULL, 8) & 0777;
        int result = fchmod(fd, (mode_t)mode) == 0 ? 0 : errno;
        return close(fd) == 0 ? result : errno;
    }
    ssize_t count = write(fd, entry->bytes->str, entry->bytes->len);
    int error = count < 0 ? errno : (gsize)count == entry->bytes->len ? 0 : ENOSPC;
    return close(fd) == 0 || error != 0 ? error : errno;
}

/* A folder after what is in it: what is only present is made last, and so never in the way. */
static int
make_entries(const HdCapture *capture, const char *root, bool only_present)
{
    g_autoptr(GPtrArray) paths = hd_capture_paths(capture);
    int error = 0;
    for (guint i = 0; error == 0 && i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        const HdCaptureEntry *entry = hd_capture_find(capture, path);
        if ((entry->kind == HD_CAPTURE_PRESENT) == only_present)
            error = make_entry(root, path, entry);
    }
    return error;
}

static int
lay_out(const HdCapture *capture, const char *below, char **ret_folder)
{
    char *folder = g_build_filename(below, "hostdevctl-XXXXXX", NULL);
    if (g_mkdtemp(folder) == NULL) {
        int error = errno;
        g_free(folder);
        return error;
    }
    int error = make_entries(capture, folder, false);
    if (error == 0)
        error = make_entries(capture, folder, true);
    if (error != 0)
        hd_capture_folder_remove(folder);
    else
        *ret_folder = folder;
    return error;
}

/* Memory first, unless TMPDIR says otherwise: a disk's file system takes its time over ten thousand
   small files. */
bool
hd_capture_folder_new(const HdCapture *capture, char **ret_folder, GError **ret_error)
{
    if (g_getenv("TMPDIR") == NULL && lay_out(capture, "/dev/shm", ret_folder) == 0)
        return true;
    int error = lay_out(capture, g_get_tmp_dir(), ret_folder);
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_INPUT, error,
                                            "lay the capture out in %s", g_get_tmp_dir());
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    (void)remove(path);
    return 0;
}

void
hd_capture_folder_remove(char *folder)
{
    if (folder == NULL)
        return;
    (void)nftw(folder, remove_one, MOST_OPEN, FTW_DEPTH | FTW_PHYS);
    g_free(folder);
}
