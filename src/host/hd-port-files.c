/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whole files. Whoever reads one of those in /etc sees the old text or the new one,
 * whatever happens in between.
 */
#include "hd-port-files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MAX_READ (8u << 20)

/* Attributes are short; what fills the first chunk may be as long as modules.alias. */
#define FIRST_CHUNK 4096
#define NEXT_CHUNK  (256u << 10)

/* Reads into room that is taken back where it was not needed. Returns what read() does. */
static ssize_t
read_chunk(int fd, GString *text, gsize room)
{
    const gsize before = text->len;
    g_string_set_size(text, before + room);
    ssize_t count = read(fd, text->str + before, room);
    int error = errno;
    g_string_truncate(text, before + (count > 0 ? (gsize)count : 0));
    errno = error;
    return count;
}

/* @is_attribute: it comes whole with one read, unless that is full. A ROM, which sysfs gives a page
   at a time, is none. */
static int
read_all(int fd, bool is_attribute, GString *text)
{
    gsize room = FIRST_CHUNK;
    ssize_t count;
    while ((count = read_chunk(fd, text, room)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        if (text->len > MAX_READ)
            return EFBIG;
        if (is_attribute && (gsize)count < room)
            break;
        room = (gsize)count == room ? NEXT_CHUNK : room;
    }
    return 0;
}

int
hd_port_files_load(int root, const char *path, HdPortTrust trust, GString **ret_bytes)
{
    int fd = -1;
    int error = hd_port_open_read(root, path, trust, &fd);
    if (error != 0)
        return error;
    g_autoptr(GString) bytes = g_string_sized_new(FIRST_CHUNK);
    error = read_all(fd, trust == HD_PORT_ATTRIBUTE, bytes);
    (void)close(fd);
    if (error == 0)
        *ret_bytes = g_steal_pointer(&bytes);
    return error;
}

int
hd_port_files_write(int root, const char *path, bool is_machine, const char *text)
{
    int fd = -1;
    int error = hd_port_open_write(root, path, is_machine, &fd);
    if (error != 0)
        return error;
    /* One write is one store: a loop over a short count would store the tail as a second value. */
    ssize_t count = write(fd, text, strlen(text));
    error = count < 0 ? errno : (gsize)count != strlen(text) ? EIO : 0;
    (void)close(fd);
    return error;
}

int
hd_port_files_get(int root, const char *path, HdFileState *ret_state)
{
    struct stat status;
    if (fstatat(root, path, &status, 0) != 0)
        return errno;
    *ret_state =
        (HdFileState){S_ISDIR(status.st_mode), status.st_uid, status.st_gid, status.st_mode & 07777,
                      status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000};
    return 0;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* File systems that don't tell the type in the folder are asked for each. */
static bool
is_folder(int fd, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* Returns 0 or an errno value: half a folder is not taken for the whole. */
static int
list_entries(DIR *folder, bool only_folders, GPtrArray *names)
{
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            (!only_folders || is_folder(dirfd(folder), entry)))
            g_ptr_array_add(names, g_strdup(entry->d_name));
        errno = 0;
    }
    return errno;
}

int
hd_port_files_list(int root, const char *path, bool only_folders, GPtrArray **ret_names)
{
    int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL)
        return errno;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    int error = list_entries(folder, only_folders, names);
    (void)closedir(folder);
    if (error != 0)
        return error;
    g_ptr_array_sort(names, compare_names);
    *ret_names = g_steal_pointer(&names);
    return 0;
}

void
hd_port_files_make_text(GString *text)
{
    char *nul = memchr(text->str, '\0', text->len);
    while (nul != NULL) {
        *nul = ' ';
        nul = memchr(nul, '\0', text->len - (gsize)(nul - text->str));
    }
    if (text->len > 0 && text->str[text->len - 1] == '\n')
        g_string_truncate(text, text->len - 1);
}

/* A window over the file. It begins with the newline before its first line; where that line is the
   rest of one that was longer than the window, there is none. */
typedef struct {
    char bytes[65536];
    gsize length;
} Window;

/* Takes the whole lines that @start, a newline and the prefix, begins; what is left of the window,
   the line that its end has cut, moves to its beginning. */
static void
take_lines(Window *window, const char *start, GString *kept)
{
    const gsize start_length = strlen(start);
    const char *from = window->bytes, *end = window->bytes + window->length;
    const char *cut = memrchr(from, '\n', window->length);
    while ((from = memmem(from, (gsize)(end - from), start, start_length)) != NULL && from < cut) {
        const char *newline = memchr(from + 1, '\n', (gsize)(end - from - 1));
        g_string_append_len(kept, from + 1, newline - from);
        from = newline;
    }
    gsize left = cut != NULL ? (gsize)(end - cut) : 0;
    window->length = left < sizeof window->bytes ? left : 0;
    memmove(window->bytes, cut != NULL ? cut : window->bytes, window->length);
}

static int
read_lines(int fd, const char *prefix, GString *kept)
{
    Window window = {.bytes = "\n", .length = 1};
    g_autofree char *start = g_strconcat("\n", prefix, NULL);
    ssize_t count;
    while ((count = read(fd, window.bytes + window.length, sizeof window.bytes - window.length)) !=
           0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        window.length += (gsize)count;
        take_lines(&window, start, kept);
    }
    return 0;
}

int
hd_port_files_read_lines(int root, const char *path, HdPortTrust trust, const char *prefix,
                         char **ret_text)
{
    int fd = -1;
    int error = hd_port_open_read(root, path, trust, &fd);
    if (error != 0)
        return error;
    GString *kept = g_string_new(NULL);
    error = read_lines(fd, prefix, kept);
    (void)close(fd);
    char *text = g_string_free(kept, FALSE);
    if (error == 0)
        *ret_text = text;
    else
        g_free(text);
    return error;
}

static int
open_below(int parent, const char *name, bool create, int *ret_fd)
{
    if (create && mkdirat(parent, name, 0755) != 0 && errno != EEXIST)
        return errno;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    *ret_fd = fd;
    return 0;
}

/* The last component of @path, within it. */
static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Opens the folder of @path. */
static int
open_parent(int root, const char *path, bool create, int *ret_fd)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    int folder = fcntl(root, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (folder < 0)
        return errno;
    for (char **part = parts; part[1] != NULL; part++) {
        int next = -1;
        int error = open_below(folder, *part, create, &next);
        (void)close(folder);
        if (error != 0)
            return error;
        folder = next;
    }
    *ret_fd = folder;
    return 0;
}

#define LABEL "security.selinux"

/* What the file that is replaced was to others, the new one is too. @old: -1: there is none. */
static int
take_over(int old, int fd)
{
    struct stat status = {.st_mode = 0644};
    char label[256];
    if (old >= 0 && fstat(old, &status) != 0)
        return errno;
    if (old >= 0 && fchown(fd, status.st_uid, status.st_gid) != 0)
        return errno;
    /* The umask of a root process may keep readers out. */
    if (fchmod(fd, status.st_mode & 07777) != 0)
        return errno;
    ssize_t length = old >= 0 ? fgetxattr(old, LABEL, label, sizeof label) : -1;
    if (length > 0 && fsetxattr(fd, LABEL, label, (size_t)length, 0) != 0 && errno != ENOTSUP)
        return errno;
    return 0;
}

static int
write_new(int folder, const char *name, int old, const char *text)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int error = take_over(old, fd);
    ssize_t count = error == 0 ? write(fd, text, strlen(text)) : 0;
    if (error == 0 && count < 0)
        error = errno;
    else if (error == 0 && (gsize)count != strlen(text))
        error = ENOSPC;
    if (error == 0 && fsync(fd) != 0)
        error = errno;
    (void)close(fd);
    return error;
}

/* Opens the file that is to be replaced; *ret_fd is -1 where there is none. */
static int
open_old(int folder, const char *name, int *ret_fd)
{
    *ret_fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (*ret_fd >= 0 || errno == ENOENT)
        return 0;
    return errno;
}

static int
replace(int folder, const char *name, const char *text)
{
    g_autofree char *temporary = g_strdup_printf(".%s.hostdevctl.%d", name, (int)getpid());
    int old = -1;
    int error = open_old(folder, name, &old);
    if (error != 0)
        return error;
    error = write_new(folder, temporary, old, text);
    if (old >= 0)
        (void)close(old);
    if (error == 0 && renameat(folder, temporary, folder, name) != 0)
        error = errno;
    if (error != 0)
        (void)unlinkat(folder, temporary, 0);
    else if (fsync(folder) != 0)
        error = errno;
    return error;
}

int
hd_port_files_save(int root, const char *path, const char *text)
{
    int folder = -1;
    int error = open_parent(root, path, true, &folder);
    if (error != 0)
        return error;
    error = replace(folder, last_name(path), text);
    (void)close(folder);
    return error;
}

int
hd_port_files_discard(int root, const char *path)
{
    int folder = -1;
    int error = open_parent(root, path, false, &folder);
    if (error != 0)
        return error;
    if (unlinkat(folder, last_name(path), 0) != 0 || fsync(folder) != 0)
        error = errno;
    (void)close(folder);
    return error;
}
