/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A VM's QEMU as /proc shows it: whether it is there, whose it is, and what it has taken
 * of the huge pages it was promised.
 */
#include "hd-qemu-process.h"

#include <errno.h>
#include <string.h>

/* "... -name guest=web,debug-threads=on -S ...": a comma in the name is doubled. */
char *
hd_qemu_process_guest(const char *arguments)
{
    static const char option[] = " -name guest=";
    const char *start = strstr(arguments, option);
    if (start == NULL)
        return NULL;
    start += strlen(option);
    const char *next = strstr(start, " -");
    const char *stop = next != NULL ? next : start + strlen(start);
    GString *name = g_string_new(NULL);
    for (const char *cursor = start; cursor < stop; cursor++) {
        if (*cursor == ',' && *++cursor != ',')
            break;
        g_string_append_c(name, *cursor);
    }
    return g_strchomp(g_string_free(name, FALSE));
}

/* The arguments are separated by NULs; the port hands them over as spaces. */
bool
hd_qemu_process_has_uuid(const char *arguments, const char *uuid)
{
    g_autofree char *argument = g_strdup_printf(" -uuid %s ", uuid);
    return strstr(arguments, argument) != NULL;
}

/* It has ended meanwhile, or the host hides it from us, or it shows us more than any QEMU of
   libvirt's has. */
static bool
is_no_matter(int error)
{
    return error == ENOENT || error == ESRCH || error == EACCES || error == EPERM || error == EFBIG;
}

static int
is_qemu_of(HdPort *port, const char *pid, const char *uuid, bool *ret_is)
{
    g_autofree char *text = NULL;
    int error = hd_port_read(port, &text, "proc/%s/cmdline", pid);
    *ret_is = error == 0 && hd_qemu_process_has_uuid(text, uuid);
    return is_no_matter(error) ? 0 : error;
}

int
hd_qemu_process_find(HdPort *port, const char *uuid, char **ret_pid)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, "proc");
    bool is_found = false;
    const char *name = NULL;
    for (guint i = 0; error == 0 && !is_found && i < names->len; i++) {
        name = g_ptr_array_index(names, i);
        if (g_ascii_isdigit(*name))
            error = is_qemu_of(port, name, uuid, &is_found);
    }
    if (error == 0)
        *ret_pid = is_found ? g_strdup(name) : NULL;
    return error;
}

/* "7f... default file=/dev/hugepages/... huge dirty=32 N0=20 N1=12 kernelpagesize_kB=2048" */
static guint64
pages_of_line(const char *line, guint64 size_kb)
{
    g_autofree char *size = g_strdup_printf("kernelpagesize_kB=%" G_GUINT64_FORMAT, size_kb);
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    guint64 sum = 0;
    if (!g_strv_contains((const char *const *)words, "huge") ||
        !g_strv_contains((const char *const *)words, size))
        return 0;
    for (char **word = words; *word != NULL; word++) {
        const char *count = strchr(*word, '=');
        if (**word == 'N' && g_ascii_isdigit((*word)[1]) && count != NULL)
            sum += g_ascii_strtoull(count + 1, NULL, 10);
    }
    return sum;
}

guint64
hd_qemu_process_pages(HdPort *port, const char *pid, guint64 size_kb)
{
    g_autofree char *text = NULL;
    guint64 sum = 0;
    if (hd_port_read(port, &text, "proc/%s/numa_maps", pid) != 0)
        return 0;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        sum += pages_of_line(*line, size_kb);
    return sum;
}
