/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A set-up as a value: whole files before and after, so that it can be shown, carried
 * out and taken back by the same means.
 */
#include "hd-setup.h"

#include <errno.h>
#include <string.h>

static void
free_edit(gpointer data)
{
    HdFileEdit *edit = data;
    g_free(edit->path);
    g_free(edit->before);
    g_free(edit->after);
    g_free(edit);
}

HdSetup *
hd_setup_new(void)
{
    HdSetup *setup = g_new0(HdSetup, 1);
    setup->edits = g_ptr_array_new_with_free_func(free_edit);
    setup->steps = g_ptr_array_new_with_free_func(g_free);
    setup->reboots = g_ptr_array_new_with_free_func(g_free);
    setup->notes = g_ptr_array_new_with_free_func(g_free);
    return setup;
}

void
hd_setup_free(HdSetup *setup)
{
    if (setup == NULL)
        return;
    g_ptr_array_unref(setup->edits);
    g_ptr_array_unref(setup->steps);
    g_ptr_array_unref(setup->reboots);
    g_ptr_array_unref(setup->notes);
    g_free(setup);
}

bool
hd_setup_load(HdPort *port, const char *path, char **ret_text, GError **ret_error)
{
    g_autoptr(GString) bytes = NULL;
    int error = hd_port_load(port, &bytes, "%s", path);
    if (error != 0 && error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read /%s", path);
    if (error == 0 && strlen(bytes->str) != bytes->len)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "/%s is no text file", path);
    *ret_text = error == 0 ? g_strndup(bytes->str, bytes->len) : NULL;
    return true;
}

void
hd_setup_edit(HdSetup *setup, const char *path, const char *before, const char *after)
{
    if (g_strcmp0(before, after) == 0)
        return;
    HdFileEdit *edit = g_new0(HdFileEdit, 1);
    *edit = (HdFileEdit){g_strdup(path), g_strdup(before), g_strdup(after)};
    g_ptr_array_add(setup->edits, edit);
}

const HdFileEdit *
hd_setup_find(const HdSetup *setup, const char *path)
{
    for (guint i = 0; i < setup->edits->len; i++) {
        const HdFileEdit *edit = g_ptr_array_index(setup->edits, i);
        if (g_str_equal(edit->path, path))
            return edit;
    }
    return NULL;
}

static void
add_once(GPtrArray *list, const char *text)
{
    if (!g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
        g_ptr_array_add(list, g_strdup(text));
}

void
hd_setup_add_step(HdSetup *setup, const char *step)
{
    add_once(setup->steps, step);
}

void
hd_setup_add_reboot(HdSetup *setup, const char *reason)
{
    add_once(setup->reboots, reason);
}

void
hd_setup_add_note(HdSetup *setup, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *note = g_strdup_vprintf(format, args);
    va_end(args);
    add_once(setup->notes, note);
}
