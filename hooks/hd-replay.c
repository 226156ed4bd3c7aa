/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stands in for the dispatcher that we have replaced as /etc/libvirt/hooks/qemu: its
 * users' trees go on being run, and by us alone.
 */
#include "hd-replay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-script.h"
#include "hd-text.h"
#include "hd-trusted-path.h"

#define MAIN_HOOK HD_HOOK_DIR "/qemu"

struct HdReplay {
    char *path;             /* the folder or the one script */
    char *const *arguments; /* of the call */
};

/* Words of libvirt's, also those of the future; never a way out of the tree. */
static bool
is_word(const char *text)
{
    return text[0] != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz-") == strlen(text);
}

static bool
is_vm_name(const char *text)
{
    return text[0] != '\0' && text[0] != '.' && strchr(text, '/') == NULL;
}

HdReplay *
hd_replay_find(const char *root, int argc, char *const *argv)
{
    if (argc < 4 || strcmp(argv[0], MAIN_HOOK) != 0 || !is_vm_name(argv[1]) || !is_word(argv[2]) ||
        !is_word(argv[3]))
        return NULL;
    g_autofree char *path =
        g_build_filename(root, HD_HOOK_DIR, "qemu.d", argv[1], argv[2], argv[3], NULL);
    if (access(path, F_OK) != 0)
        return NULL;
    HdReplay *replay = g_new0(HdReplay, 1);
    replay->path = g_steal_pointer(&path);
    replay->arguments = argv + 1;
    return replay;
}

void
hd_replay_free(HdReplay *replay)
{
    if (replay == NULL)
        return;
    g_free(replay->path);
    g_free(replay);
}

static bool
set_error(const char *path, int error, GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(path, 512);
    if (error == EPERM)
        return hd_error_set(ret_error, HD_ERROR_CONFIG,
                            "%s is not run: others than root may change it, or a folder on the way "
                            "to it; chown root and chmod go-w",
                            shown);
    return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "open %s", shown);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in the folder that is open as @fd. Returns 0 or errno. */
static int
list_names(int fd, GPtrArray *names)
{
    int readable = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = readable >= 0 ? fdopendir(readable) : NULL;
    if (folder == NULL)
        return errno;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    }
    (void)closedir(folder);
    g_ptr_array_sort(names, compare_names);
    return 0;
}

/* Whether the dispatcher would run it: find -L -type f -executable. */
static bool
is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0;
}

static bool
run_one(const HdReplay *replay, const char *path, const GString *xml, const HdHookOrigin *origin,
        GError **ret_error)
{
    const HdScript script = {path, replay->arguments, xml, origin};
    int fd = -1;
    if (!is_program(path))
        return true;
    int error = hd_trusted_path_open(path, &fd, NULL);
    if (error != 0)
        return set_error(path, error, ret_error);
    (void)close(fd);
    return hd_script_run(&script, ret_error);
}

bool
hd_replay_run(const HdReplay *replay, const GString *xml, const HdHookOrigin *origin,
              GError **ret_error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    struct stat status = {0};
    int fd = -1;
    int error = hd_trusted_path_open(replay->path, &fd, &status);
    if (error != 0)
        return set_error(replay->path, error, ret_error);
    const bool is_folder = S_ISDIR(status.st_mode);
    if (is_folder)
        error = list_names(fd, names);
    (void)close(fd);
    if (error != 0)
        return set_error(replay->path, error, ret_error);
    if (!is_folder)
        return run_one(replay, replay->path, xml, origin, ret_error);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(replay->path, g_ptr_array_index(names, i), NULL);
        if (!run_one(replay, path, xml, origin, ret_error))
            return false;
    }
    return true;
}
