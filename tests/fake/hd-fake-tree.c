/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fake's file system: names and links, as sysfs lays them out. Kept apart from
 * the rules of the kernel, which are in hd-fake.c.
 */
#include "hd-fake-tree.h"

#include <errno.h>
#include <string.h>

typedef enum { NODE_FILE, NODE_LINK, NODE_FOLDER } NodeKind;

typedef struct {
    NodeKind kind;
    char *text; /* content or target */
} Node;

struct HdFakeTree {
    GHashTable *nodes; /* path -> Node* */
};

static void
free_node(gpointer data)
{
    Node *node = data;
    g_free(node->text);
    g_free(node);
}

HdFakeTree *
hd_fake_tree_new(void)
{
    HdFakeTree *tree = g_new0(HdFakeTree, 1);
    tree->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_node);
    return tree;
}

void
hd_fake_tree_free(HdFakeTree *tree)
{
    g_hash_table_unref(tree->nodes);
    g_free(tree);
}

static void
set_node(HdFakeTree *tree, const char *path, NodeKind kind, const char *text)
{
    Node *node = g_new0(Node, 1);
    *node = (Node){kind, g_strdup(text)};
    g_hash_table_replace(tree->nodes, g_strdup(path), node);
    for (char *parent = g_path_get_dirname(path); parent != NULL;) {
        bool known = g_str_equal(parent, ".") || g_hash_table_contains(tree->nodes, parent);
        if (known) {
            g_free(parent);
            break;
        }
        Node *folder = g_new0(Node, 1);
        folder->kind = NODE_FOLDER;
        char *next = g_path_get_dirname(parent);
        g_hash_table_replace(tree->nodes, parent, folder);
        parent = next;
    }
}

void
hd_fake_tree_set_file(HdFakeTree *tree, const char *path, const char *text)
{
    set_node(tree, path, NODE_FILE, text);
}

void
hd_fake_tree_set_link(HdFakeTree *tree, const char *path, const char *target)
{
    set_node(tree, path, NODE_LINK, target);
}

void
hd_fake_tree_set_folder(HdFakeTree *tree, const char *path)
{
    set_node(tree, path, NODE_FOLDER, NULL);
}

void
hd_fake_tree_point(HdFakeTree *tree, const char *path, const char *target)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gsize common = 0;
    for (gsize i = 0; path[i] != '\0' && path[i] == target[i]; i++)
        if (path[i] == '/')
            common = i + 1;
    for (const char *at = strchr(path + common, '/'); at != NULL; at = strchr(at + 1, '/'))
        g_string_append(text, "../");
    g_string_append(text, target + common);
    hd_fake_tree_set_link(tree, path, text->str);
}

static gboolean
is_at_or_below(gpointer key, gpointer value, gpointer data)
{
    (void)value;
    const char *path = key, *top = data;
    gsize length = strlen(top);
    return strncmp(path, top, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

void
hd_fake_tree_unset(HdFakeTree *tree, const char *path)
{
    g_hash_table_foreach_remove(tree->nodes, is_at_or_below, (gpointer)path);
}

static Node *
find(HdFakeTree *tree, const char *path)
{
    return g_hash_table_lookup(tree->nodes, path);
}

/* A relative target, seen from the folder of @path. */
static char *
follow(const char *path, const char *target)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *joined = g_strdup_printf("/%s/%s", folder, target);
    g_autofree char *absolute = g_canonicalize_filename(joined, "/");
    return g_strdup(absolute + 1);
}

char *
hd_fake_tree_resolve(HdFakeTree *tree, const char *path, bool follow_last)
{
    g_autofree char *current = g_strdup(path);
    for (guint hops = 0; hops < 40; hops++) {
        g_autofree char *next = NULL;
        for (char *slash = strchr(current, '/');; slash = strchr(slash + 1, '/')) {
            if (slash == NULL && !follow_last)
                break;
            g_autofree char *prefix =
                slash != NULL ? g_strndup(current, (gsize)(slash - current)) : g_strdup(current);
            const Node *node = find(tree, prefix);
            if (node != NULL && node->kind == NODE_LINK) {
                g_autofree char *target = follow(prefix, node->text);
                next = g_strconcat(target, slash, NULL);
                break;
            }
            if (slash == NULL)
                break;
        }
        if (next == NULL)
            return find(tree, current) != NULL ? g_steal_pointer(&current) : NULL;
        g_free(current);
        current = g_steal_pointer(&next);
    }
    return NULL;
}

const char *
hd_fake_tree_content(HdFakeTree *tree, const char *path)
{
    g_autofree char *real = hd_fake_tree_resolve(tree, path, true);
    return real != NULL ? find(tree, real)->text : NULL;
}

int
hd_fake_tree_read(HdFakeTree *tree, const char *path, char **ret_text)
{
    g_autofree char *real = hd_fake_tree_resolve(tree, path, true);
    if (real == NULL)
        return ENOENT;
    const Node *node = find(tree, real);
    if (node->kind != NODE_FILE)
        return EISDIR;
    *ret_text = g_strdup(node->text);
    if (g_str_has_suffix(*ret_text, "\n"))
        (*ret_text)[strlen(*ret_text) - 1] = '\0';
    return 0;
}

int
hd_fake_tree_link(HdFakeTree *tree, const char *path, char **ret_target)
{
    g_autofree char *real = hd_fake_tree_resolve(tree, path, false);
    if (real == NULL)
        return ENOENT;
    const Node *node = find(tree, real);
    if (node->kind != NODE_LINK)
        return EINVAL;
    *ret_target = g_strdup(node->text);
    return 0;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
list(HdFakeTree *tree, const char *path, bool only_folders, GPtrArray **ret_names)
{
    g_autofree char *real = hd_fake_tree_resolve(tree, path, true);
    if (real == NULL)
        return ENOENT;
    if (find(tree, real)->kind != NODE_FOLDER)
        return ENOTDIR;
    gsize length = strlen(real);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, tree->nodes);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const char *name = key;
        if (strncmp(name, real, length) == 0 && name[length] == '/' &&
            strchr(name + length + 1, '/') == NULL &&
            (!only_folders || ((const Node *)value)->kind == NODE_FOLDER))
            g_ptr_array_add(names, g_strdup(name + length + 1));
    }
    g_ptr_array_sort(names, compare_names);
    *ret_names = names;
    return 0;
}

int
hd_fake_tree_list(HdFakeTree *tree, const char *path, GPtrArray **ret_names)
{
    return list(tree, path, false, ret_names);
}

int
hd_fake_tree_list_folders(HdFakeTree *tree, const char *path, GPtrArray **ret_names)
{
    return list(tree, path, true, ret_names);
}
