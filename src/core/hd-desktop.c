/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host's own picture: which card shows its console, which units would have to be stopped for
 * a card to be free, which modules keep it in use.
 */
#include "hd-desktop.h"

#include <string.h>

/* More than any configuration has room for. */
#define MAX_UNITS_TEXT 1024

static void
free_framebuffer(gpointer data)
{
    HdFramebuffer *framebuffer = data;
    g_free(framebuffer->name);
    g_free(framebuffer->platform);
    g_free(framebuffer->driver);
    g_free(framebuffer);
}

static void
free_function(gpointer data)
{
    HdDesktopFunction *function = data;
    g_free(function->driver);
    g_free(function);
}

HdDesktop *
hd_desktop_new(void)
{
    HdDesktop *desktop = g_new0(HdDesktop, 1);
    desktop->framebuffers = g_ptr_array_new_with_free_func(free_framebuffer);
    desktop->units = g_ptr_array_new_with_free_func(g_free);
    desktop->unit_aliases = g_ptr_array_new_with_free_func(g_free);
    desktop->unit_names = g_ptr_array_new_with_free_func(g_free);
    desktop->modules = g_ptr_array_new_with_free_func(g_free);
    desktop->functions = g_ptr_array_new_with_free_func(free_function);
    return desktop;
}

void
hd_desktop_free(HdDesktop *desktop)
{
    if (desktop == NULL)
        return;
    g_ptr_array_unref(desktop->framebuffers);
    g_ptr_array_unref(desktop->units);
    g_ptr_array_unref(desktop->unit_aliases);
    g_ptr_array_unref(desktop->unit_names);
    g_ptr_array_unref(desktop->modules);
    g_ptr_array_unref(desktop->functions);
    g_free(desktop);
}

HdFramebuffer *
hd_desktop_add_framebuffer(HdDesktop *desktop, const char *name)
{
    HdFramebuffer *framebuffer = g_new0(HdFramebuffer, 1);
    framebuffer->name = g_strdup(name);
    g_ptr_array_add(desktop->framebuffers, framebuffer);
    return framebuffer;
}

void
hd_desktop_add_function(HdDesktop *desktop, const HdPciAddress *address, const char *driver)
{
    HdDesktopFunction *function = g_new0(HdDesktopFunction, 1);
    *function = (HdDesktopFunction){*address, g_strdup(driver)};
    g_ptr_array_add(desktop->functions, function);
}

bool
hd_unit_is_name(const char *name)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@:_.-";
    gsize length = strlen(name);
    return length <= 56 && *name != '-' && *name != '.' && strspn(name, letters) == length &&
           g_str_has_suffix(name, ".service");
}

bool
hd_units_parse(const char *text, GPtrArray **ret_units)
{
    g_autoptr(GPtrArray) units = g_ptr_array_new_with_free_func(g_free);
    if (strlen(text) > MAX_UNITS_TEXT)
        return false;
    g_auto(GStrv) names = g_strsplit_set(text, " \t", -1);
    for (char **name = names; *name != NULL; name++) {
        if (**name == '\0')
            continue;
        /* Whoever starts the VM must outlive its start. */
        if (!hd_unit_is_name(*name) || g_str_has_prefix(*name, "libvirt") ||
            g_str_has_prefix(*name, "virt"))
            return false;
        if (!g_ptr_array_find_with_equal_func(units, *name, g_str_equal, NULL))
            g_ptr_array_add(units, g_strdup(*name));
    }
    *ret_units = g_steal_pointer(&units);
    return true;
}

char *
hd_units_text(const GPtrArray *units)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < units->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(units, i));
    return g_string_free(text, FALSE);
}
