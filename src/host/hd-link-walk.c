/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Paths without links, found the way that the kernel would go.
 */
#include "hd-link-walk.h"

#include <string.h>

#define MOST_LINKS 40 /* as the kernel */

struct HdLinkWalk {
    HdPort *port;
    HdLinkFound found;
    gpointer data;
    GHashTable *links; /* path -> its target, or "" where it is no link */
};

HdLinkWalk *
hd_link_walk_new(HdPort *port, HdLinkFound found, gpointer data)
{
    HdLinkWalk *walk = g_new0(HdLinkWalk, 1);
    walk->port = port;
    walk->found = found;
    walk->data = data;
    walk->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return walk;
}

void
hd_link_walk_free(HdLinkWalk *walk)
{
    if (walk == NULL)
        return;
    g_hash_table_unref(walk->links);
    g_free(walk);
}

const char *
hd_link_walk_target(HdLinkWalk *walk, const char *path)
{
    const char *known = g_hash_table_lookup(walk->links, path);
    if (known == NULL) {
        char *target = NULL;
        if (hd_port_link(walk->port, &target, "%s", path) != 0)
            target = g_strdup("");
        g_hash_table_insert(walk->links, g_strdup(path), target);
        known = target;
        if (*target != '\0')
            walk->found(path, target, walk->data);
    }
    return *known != '\0' ? known : NULL;
}

/* Puts the parts of @path before those that are still to be walked. */
static void
push_parts(GQueue *ahead, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (guint i = g_strv_length(parts); i > 0; i--) {
        if (*parts[i - 1] != '\0' && !g_str_equal(parts[i - 1], "."))
            g_queue_push_head(ahead, g_strdup(parts[i - 1]));
    }
}

static void
step(GString *walked, const char *part)
{
    if (g_str_equal(part, "..")) {
        char *slash = strrchr(walked->str, '/');
        g_string_truncate(walked, slash != NULL ? (gsize)(slash - walked->str) : 0);
    } else {
        g_string_append_printf(walked, "%s%s", walked->len > 0 ? "/" : "", part);
    }
}

char *
hd_link_walk_resolve(HdLinkWalk *walk, const char *path, bool follow)
{
    GQueue ahead = G_QUEUE_INIT;
    GString *walked = g_string_new(NULL);
    guint links = 0;
    push_parts(&ahead, path);
    while (!g_queue_is_empty(&ahead)) {
        g_autofree char *part = g_queue_pop_head(&ahead);
        gsize before = walked->len;
        step(walked, part);
        bool is_last = g_queue_is_empty(&ahead);
        const char *target = (is_last && !follow) || walked->len == 0 || links > MOST_LINKS
                                 ? NULL
                                 : hd_link_walk_target(walk, walked->str);
        if (target == NULL)
            continue;
        links++;
        g_string_truncate(walked, *target == '/' ? 0 : before);
        push_parts(&ahead, target);
    }
    return g_string_free(walked, FALSE);
}
