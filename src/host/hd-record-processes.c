/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * To find who has a device, all processes are looked at; what else runs on a machine is
 * nobody's business.
 */
#include "hd-record-processes.h"

#include <string.h>

#define PROC "proc/"

/* "proc/12/fd/3" -> "12"; NULL: of no process. */
static char *
pid_of(const char *path)
{
    if (!g_str_has_prefix(path, PROC) || !g_ascii_isdigit(path[strlen(PROC)]))
        return NULL;
    return g_strndup(path + strlen(PROC), strcspn(path + strlen(PROC), "/"));
}

static bool
is_daemon(const HdCaptureEntry *entry)
{
    static const char *const daemons[] = {"libvirtd\n", "virtqemud\n", "virtnodedevd\n", NULL};
    return g_strv_contains(daemons, entry->bytes->str);
}

/* What is read of every process says nothing of why. */
static bool
is_reason(const char *path, const HdCaptureEntry *entry)
{
    if (g_str_has_suffix(path, "/comm"))
        return is_daemon(entry);
    return !g_str_has_suffix(path, "/cmdline") && !g_str_has_suffix(path, "/fd");
}

void
hd_record_processes_drop(HdCapture *capture)
{
    g_autoptr(GPtrArray) paths = hd_capture_paths(capture);
    g_autoptr(GHashTable) kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        char *pid = pid_of(path);
        if (pid != NULL && is_reason(path, hd_capture_find(capture, path)))
            g_hash_table_add(kept, pid);
        else
            g_free(pid);
    }
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        g_autofree char *pid = pid_of(path);
        if (pid != NULL && !g_hash_table_contains(kept, pid))
            hd_capture_remove(capture, path);
    }
}
