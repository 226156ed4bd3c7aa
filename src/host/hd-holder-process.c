/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which process has the device open? An unbind would wait for it for ever. Compared
 * is the path that the process opened, which also tells QEMUs with a /dev of their own.
 */
#include "hd-holder-process.h"

#include <errno.h>
#include <string.h>

#include "hd-qemu-process.h"
#include "hd-text.h"
#include "hd-unit.h"

#define SETTLE_MS 3000

static void
free_users(gpointer users)
{
    g_ptr_array_unref(users);
}

/* node path -> GPtrArray of lists of holders: all functions of an IOMMU group share its node. */
static GHashTable *
index_nodes(const GPtrArray *trees, const GPtrArray *lists)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_users);
    for (guint i = 0; i < trees->len; i++) {
        const HdSysfsTree *tree = g_ptr_array_index(trees, i);
        for (guint j = 0; j < tree->nodes->len; j++) {
            g_autofree char *node =
                g_strdup_printf("/dev/%s", (char *)g_ptr_array_index(tree->nodes, j));
            GPtrArray *users = g_hash_table_lookup(index, node);
            if (users == NULL) {
                users = g_ptr_array_new();
                g_hash_table_insert(index, g_steal_pointer(&node), users);
            }
            g_ptr_array_add(users, g_ptr_array_index(lists, i));
        }
    }
    return index;
}

/* udev opens each new node for a moment to see what is on it; it is no user. */
static bool
is_udev(const char *name)
{
    return g_str_equal(name, "(udev-worker)") || g_str_equal(name, "systemd-udevd") ||
           g_str_equal(name, "udevd");
}

/* A VM's own process doesn't end with any desktop, and killing it is no way to end a VM. */
static HdHolder *
new_vm_holder(HdPort *port, const char *pid, const char *node, const char *shown)
{
    g_autofree char *arguments = NULL;
    int error = hd_port_read(port, &arguments, "proc/%s/cmdline", pid);
    g_autofree char *guest = error == 0 ? hd_qemu_process_guest(arguments) : NULL;
    g_autofree char *name = guest != NULL ? hd_text_printable(guest, 64) : NULL;
    HdHolder *holder =
        name != NULL
            ? hd_holder_new(HD_RULE_PROCESS,
                            g_strdup_printf("%s is open in VM '%s' (pid %s)", node, name, pid),
                            g_strdup("shut that VM down first"))
            : hd_holder_new(HD_RULE_PROCESS,
                            g_strdup_printf("%s is open in %s (pid %s)", node, shown, pid),
                            g_strdup_printf("stop process %s", pid));
    holder->is_vm = true;
    return holder;
}

static HdHolder *
new_holder(HdPort *port, const char *pid, const char *node, const char *shown)
{
    g_auto(HdUnitOwner) owner = {0};
    hd_unit_find_owner(port, pid, &owner);
    HdHolder *holder = hd_holder_new(HD_RULE_PROCESS,
                                     g_strdup_printf("%s is open in %s (pid %s%s%s)", node, shown,
                                                     pid, owner.words != NULL ? ", " : "",
                                                     owner.words != NULL ? owner.words : ""),
                                     owner.unit != NULL ? g_strdup_printf("stop %s", owner.unit)
                                                        : g_strdup_printf("stop process %s", pid));
    holder->is_seated = owner.is_seated;
    holder->unit = g_steal_pointer(&owner.unit);
    return holder;
}

static void
add_holder(HdPort *port, GPtrArray *holders, const char *pid, const char *node)
{
    g_autofree char *name = NULL;
    int error = hd_port_read(port, &name, "proc/%s/comm", pid);
    bool has_ended = error == ENOENT || error == ESRCH;
    if (has_ended || (name != NULL && is_udev(name)))
        return;
    g_autofree char *shown = hd_text_printable(name != NULL ? name : "a process", 32);
    g_ptr_array_add(holders, g_str_has_prefix(node, "/dev/vfio/")
                                 ? new_vm_holder(port, pid, node, shown)
                                 : new_holder(port, pid, node, shown));
}

static void
scan_process(HdPort *port, const char *pid, GHashTable *index)
{
    g_autoptr(GPtrArray) descriptors = NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    if (hd_port_list(port, &descriptors, "proc/%s/fd", pid) != 0)
        return;
    for (guint i = 0; i < descriptors->len; i++) {
        g_autofree char *target = NULL;
        if (hd_port_link(port, &target, "proc/%s/fd/%s", pid,
                         (char *)g_ptr_array_index(descriptors, i)) != 0 ||
            !g_str_has_prefix(target, "/dev/"))
            continue;
        const GPtrArray *users = g_hash_table_lookup(index, target);
        for (guint j = 0; users != NULL && j < users->len; j++) {
            GPtrArray *holders = g_ptr_array_index(users, j);
            if (g_hash_table_add(seen, holders))
                add_holder(port, holders, pid, target);
        }
    }
}

/* Nobody can be named, so somebody is assumed. */
static void
refuse_all(const GPtrArray *trees, const GPtrArray *lists, int error)
{
    for (guint i = 0; i < trees->len; i++) {
        const HdSysfsTree *tree = g_ptr_array_index(trees, i);
        GPtrArray *holders = g_ptr_array_index(lists, i);
        if (tree->nodes->len > 0)
            g_ptr_array_add(
                holders,
                hd_holder_new(HD_RULE_PROCESS,
                              g_strdup_printf("whether a process has it open can't be told (%s)",
                                              g_strerror(error)),
                              g_strdup("mount /proc")));
    }
}

static gint
compare_pids(gconstpointer a, gconstpointer b)
{
    guint64 first = g_ascii_strtoull(*(char *const *)a, NULL, 10);
    guint64 second = g_ascii_strtoull(*(char *const *)b, NULL, 10);
    return first < second ? -1 : first > second;
}

void
hd_holder_process_find(HdPort *port, const GPtrArray *trees, const GPtrArray *lists)
{
    g_autoptr(GHashTable) index = index_nodes(trees, lists);
    g_autoptr(GPtrArray) names = NULL;
    if (g_hash_table_size(index) == 0)
        return;
    /* A disk that has just come back is being looked at by udev's programs; they are no users. */
    hd_port_settle(port, SETTLE_MS);
    int error = hd_port_list(port, &names, "proc");
    if (error != 0) {
        refuse_all(trees, lists, error);
        return;
    }
    /* The oldest first, who is most likely the one that opened it. */
    g_ptr_array_sort(names, compare_pids);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (g_ascii_isdigit(*name))
            scan_process(port, name, index);
    }
}
