/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the port asks of the rest of the system, as tests have told the fake to answer.
 */
#include "hd-fake-services.h"

#include <errno.h>

#include "hd-fake-mdev.h"
#include "hd-fake-private.h"

/* What hd_fake_add_process() has opened. */
static bool
has_process(HdPort *port, const char *path)
{
    g_autoptr(GPtrArray) pids = NULL;
    bool is_open = false;
    (void)hd_port_list(port, &pids, "proc");
    for (guint i = 0; pids != NULL && i < pids->len && !is_open; i++) {
        g_autofree char *target = NULL;
        is_open =
            hd_port_link(port, &target, "proc/%s/fd/5", (char *)g_ptr_array_index(pids, i)) == 0 &&
            *target == '/' && g_str_equal(target + 1, path);
    }
    return is_open;
}

int
hd_fake_node_is_open(HdPort *port, const char *path, bool *ret_open)
{
    *ret_open = hd_fake_mdev_node_is_held(hd_fake_of(port), path) ||
                g_hash_table_contains(hd_fake_of(port)->open_nodes, path) ||
                has_process(port, path);
    return hd_fake_of(port)->is_dead ? EIO : 0;
}

int
hd_fake_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed)
{
    *ret_claimed = g_hash_table_contains(hd_fake_of(port)->claimed_blocks, path);
    return 0;
}

int
hd_fake_net_addresses(HdPort *port, const char *interface, GPtrArray **ret_addresses)
{
    const char *address = g_hash_table_lookup(hd_fake_of(port)->net_addresses, interface);
    *ret_addresses = g_ptr_array_new_with_free_func(g_free);
    if (address != NULL)
        g_ptr_array_add(*ret_addresses, g_strdup(address));
    return 0;
}

int
hd_fake_find_owner(HdPort *port, const char *user, const char *group, guint *ret_uid,
                   guint *ret_gid)
{
    (void)port;
    if (!g_str_equal(user, "libvirt-qemu") || !g_str_equal(group, "libvirt-qemu"))
        return ENOENT;
    *ret_uid = 64055;
    *ret_gid = 64055;
    return 0;
}

void
hd_fake_settle(HdPort *port, guint deadline_ms)
{
    (void)port;
    (void)deadline_ms;
}

void
hd_fake_pause(HdPort *port, guint ms)
{
    HdFake *fake = hd_fake_of(port);
    fake->paused_ms += ms;
    if (fake->let_go_uuid == NULL || fake->paused_ms < fake->let_go_ms)
        return;
    g_autofree char *uuid = g_steal_pointer(&fake->let_go_uuid);
    hd_fake_let_go_mdev(fake, uuid);
}

int
hd_fake_save(HdPort *port, const char *path, const char *text)
{
    HdFake *fake = hd_fake_of(port);
    int error = hd_fake_before_mutation(fake);
    if (error != 0)
        return error;
    hd_fake_tree_set_file(fake->tree, path, text);
    return hd_fake_after_mutation(fake, 0);
}

int
hd_fake_discard(HdPort *port, const char *path)
{
    HdFake *fake = hd_fake_of(port);
    int error = hd_fake_before_mutation(fake);
    if (error != 0)
        return error;
    if (hd_fake_tree_content(fake->tree, path) == NULL)
        return hd_fake_after_mutation(fake, ENOENT);
    hd_fake_tree_unset(fake->tree, path);
    return hd_fake_after_mutation(fake, 0);
}
