/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A path of a VM's XML -> a node. The path is from outside and its owner may be changed
 * on the strength of it, so it must not lead out of /dev, nor to a node that is no port.
 */
#include "hd-tty-probe.h"

#include <errno.h>
#include <string.h>

#include "hd-sysfs-tree.h"

#define MAX_HOPS  16
#define MAX_STEPS 64

/* The way that is still to go, in steps; the next one is the last of the array. */
static bool
push_steps(GPtrArray *steps, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (guint i = g_strv_length(parts); i > 0; i--) {
        if (*parts[i - 1] != '\0' && !g_str_equal(parts[i - 1], "."))
            g_ptr_array_add(steps, g_strdup(parts[i - 1]));
    }
    return steps->len <= MAX_STEPS;
}

/* One link on the way: @at, relative to /dev, is where it stands. */
static bool
follow(GPtrArray *steps, GString *at, const char *target)
{
    if (*target != '/')
        return push_steps(steps, target);
    if (!g_str_has_prefix(target, "/dev/"))
        return false;
    g_string_truncate(at, 0);
    return push_steps(steps, target + strlen("/dev/"));
}

/* False: it would leave /dev. */
static bool
go_up(GString *at)
{
    const char *slash = strrchr(at->str, '/');
    if (at->len == 0)
        return false;
    g_string_truncate(at, slash != NULL ? (gsize)(slash - at->str) : 0);
    return true;
}

/* Returns: (transfer full) (nullable): the node below /dev that @path leads to, whether it is there
   or not; NULL: it leads elsewhere, or nowhere. */
static char *
resolve(HdPort *port, const char *path)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) at = g_string_new(NULL);
    guint hops = 0;
    if (!g_str_has_prefix(path, "/dev/") || !push_steps(steps, path + strlen("/dev/")))
        return NULL;
    while (steps->len > 0) {
        g_autofree char *step = g_ptr_array_steal_index(steps, steps->len - 1);
        g_autofree char *target = NULL;
        if (g_str_equal(step, "..")) {
            if (!go_up(at))
                return NULL;
            continue;
        }
        g_autofree char *next = g_strdup_printf("%s%s%s", at->str, at->len > 0 ? "/" : "", step);
        if (hd_port_link(port, &target, "dev/%s", next) != 0)
            g_string_assign(at, next);
        else if (++hops > MAX_HOPS || !follow(steps, at, target))
            return NULL;
    }
    return g_strdup(at->str);
}

/* The terminal of whoever looks at it, and those of the machine itself, are no ports. */
static bool
is_port(HdPort *port, const char *node)
{
    static const char *const own[] = {"tty", "console", "ptmx"};
    for (gsize i = 0; i < G_N_ELEMENTS(own); i++) {
        if (g_str_equal(node, own[i]))
            return false;
    }
    if (g_str_has_prefix(node, "pts/"))
        return !g_str_equal(node, "pts/ptmx");
    return strchr(node, '/') == NULL && (hd_port_exists(port, "sys/class/tty/%s", node) ||
                                         hd_port_exists(port, "sys/class/ppdev/%s", node) ||
                                         hd_port_exists(port, "sys/class/printer/%s", node));
}

static bool
classify(HdPort *port, HdTty *tty, GError **ret_error)
{
    g_autofree char *node = resolve(port, tty->path);
    tty->kind = HD_TTY_FOREIGN;
    if (node == NULL || !hd_tty_is_name(node))
        return true;
    g_autofree char *path = g_strconcat("dev/", node, NULL);
    int error = hd_port_get_node(port, path, &tty->state);
    /* ENXIO: no character device; ENOTDIR: a node on the way to it. */
    if (error == ENXIO)
        return true;
    if (error != 0 && error != ENOTDIR)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "look at /%s", path);
    tty->kind = error != 0 || !tty->state.present ? HD_TTY_ABSENT
                : is_port(port, node)             ? HD_TTY_PORT
                                                  : HD_TTY_FOREIGN;
    if (tty->kind == HD_TTY_PORT)
        tty->node = g_steal_pointer(&node);
    return true;
}

/* The kernel writes its messages there, and nobody has it open for that. */
static void
find_console(HdPort *port, HdTty *tty)
{
    g_autofree char *active = NULL;
    if (hd_port_read(port, &active, "sys/class/tty/console/active") != 0)
        return;
    g_auto(GStrv) names = g_strsplit(active, " ", -1);
    if (g_strv_contains((const char *const *)names, tty->node))
        g_ptr_array_add(
            tty->holders,
            hd_holder_new(
                HD_RULE_PROCESS, g_strdup_printf("/dev/%s is the kernel's console", tty->node),
                g_strdup_printf("boot without console=%s, or give another port", tty->node)));
}

bool
hd_tty_probe_request(HdPort *port, const HdRequest *request, HdHost *host, GPtrArray *trees,
                     GPtrArray *lists, GError **ret_error)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->kind != HD_WISH_TTY)
            continue;
        HdTty *tty = hd_tty_new(wish->path);
        g_ptr_array_add(hd_host_ttys(host), tty);
        if (!classify(port, tty, ret_error))
            return false;
        if (tty->kind != HD_TTY_PORT)
            continue;
        find_console(port, tty);
        HdSysfsTree *tree = hd_sysfs_tree_new();
        g_ptr_array_add(tree->nodes, g_strdup(tty->node));
        g_ptr_array_add(trees, tree);
        g_ptr_array_add(lists, tty->holders);
    }
    return true;
}
