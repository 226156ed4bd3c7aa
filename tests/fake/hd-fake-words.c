/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words in which tests speak of the fake: devices, drivers, processes, and what a
 * user would see.
 */
#include "hd-fake-private.h"

#include <string.h>

void
hd_fake_add_driver(HdFake *fake, const char *name, bool loaded)
{
    g_hash_table_replace(fake->drivers, g_strdup(name), GINT_TO_POINTER(loaded));
    if (loaded)
        hd_fake_show_driver(fake, name);
}

void
hd_fake_unload_driver(HdFake *fake, const char *name)
{
    g_autofree char *folder = g_strdup_printf("sys/bus/pci/drivers/%s", name);
    g_hash_table_replace(fake->drivers, g_strdup(name), GINT_TO_POINTER(0));
    hd_fake_tree_unset(fake->tree, folder);
}

static void
show_facts(HdFake *fake, const HdFakeDevice *facts)
{
    const struct {
        const char *name;
        guint value, digits;
    } attributes[] = {{"vendor", facts->vendor, 4},
                      {"device", facts->device, 4},
                      {"subsystem_vendor", facts->vendor, 4},
                      {"subsystem_device", 0, 4},
                      {"class", facts->class_code, 6}};
    for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++) {
        g_autofree char *path = hd_fake_device_path(facts->address, attributes[i].name);
        g_autofree char *text =
            g_strdup_printf("0x%0*x", (int)attributes[i].digits, attributes[i].value);
        hd_fake_tree_set_file(fake->tree, path, text);
    }
}

static void
show_group(HdFake *fake, const HdFakeDevice *facts)
{
    if (facts->group < 0)
        return;
    g_autofree char *link = hd_fake_device_path(facts->address, "iommu_group");
    g_autofree char *target = g_strdup_printf("../../../kernel/iommu_groups/%d", facts->group);
    g_autofree char *back =
        g_strdup_printf("sys/kernel/iommu_groups/%d/devices/%s", facts->group, facts->address);
    g_autofree char *home = g_strdup_printf("../../../../devices/pci0000:00/%s", facts->address);
    hd_fake_tree_set_link(fake->tree, back, home);
    hd_fake_tree_set_link(fake->tree, link, target);
}

void
hd_fake_add_device(HdFake *fake, const HdFakeDevice *facts)
{
    Device *device = g_new0(Device, 1);
    g_autofree char *bus = g_strdup_printf("sys/bus/pci/devices/%s", facts->address);
    g_autofree char *home = g_strdup_printf("../../../devices/pci0000:00/%s", facts->address);
    device->facts = *facts;
    device->address = g_strdup(facts->address);
    device->native = g_strdup(facts->native);
    device->override = g_strdup(facts->override);
    g_hash_table_replace(fake->devices, device->address, device);
    hd_fake_tree_set_link(fake->tree, bus, home);
    show_facts(fake, facts);
    hd_fake_show_override(fake, device);
    hd_fake_show_power(fake, device);
    show_group(fake, facts);
    if (facts->driver != NULL)
        hd_fake_move(fake, device, facts->driver);
}

/* The last member takes the group along. */
static void
leave_group(HdFake *fake, const Device *device)
{
    g_autoptr(GPtrArray) left = NULL;
    g_autofree char *group = g_strdup_printf("sys/kernel/iommu_groups/%d", device->facts.group);
    g_autofree char *members = g_strconcat(group, "/devices", NULL);
    g_autofree char *link = g_strconcat(members, "/", device->address, NULL);
    hd_fake_tree_unset(fake->tree, link);
    if (hd_fake_tree_list(fake->tree, members, &left) == 0 && left->len == 0)
        hd_fake_tree_unset(fake->tree, group);
}

void
hd_fake_remove_device(HdFake *fake, const char *address)
{
    g_autofree char *bus = g_strdup_printf("sys/bus/pci/devices/%s", address);
    g_autofree char *home = g_strdup_printf("sys/devices/pci0000:00/%s", address);
    Device *device = hd_fake_find(fake, address);
    hd_fake_move(fake, device, NULL);
    hd_fake_sriov_forget(fake, address);
    hd_fake_mdev_forget_parent(fake, address);
    hd_fake_vgpu_forget(fake, address);
    hd_fake_tree_unset(fake->tree, bus);
    hd_fake_tree_unset(fake->tree, home);
    leave_group(fake, device);
    g_hash_table_remove(fake->devices, address);
}

void
hd_fake_set_file(HdFake *fake, const char *path, const char *text)
{
    hd_fake_tree_set_file(fake->tree, path, text);
}

void
hd_fake_set_link(HdFake *fake, const char *path, const char *target)
{
    hd_fake_tree_set_link(fake->tree, path, target);
}

void
hd_fake_unset(HdFake *fake, const char *path)
{
    hd_fake_tree_unset(fake->tree, path);
}

void
hd_fake_add_process(HdFake *fake, guint pid, const char *name, const char *cmdline,
                    const char *open)
{
    g_autofree char *base = g_strdup_printf("proc/%u", pid);
    g_autofree char *comm = g_strconcat(base, "/comm", NULL);
    g_autofree char *command = g_strconcat(base, "/cmdline", NULL);
    g_autofree char *stat = g_strconcat(base, "/stat", NULL);
    g_autofree char *fd = g_strconcat(base, "/fd/5", NULL);
    g_autofree char *stat_text = g_strdup_printf(
        "%u (%s) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0", pid, name, 1000 + pid);
    hd_fake_tree_set_file(fake->tree, comm, name);
    hd_fake_tree_set_file(fake->tree, command, cmdline);
    hd_fake_tree_set_file(fake->tree, stat, stat_text);
    if (open != NULL)
        hd_fake_tree_set_link(fake->tree, fd, open);
}

void
hd_fake_kill_process(HdFake *fake, guint pid)
{
    g_autofree char *base = g_strdup_printf("proc/%u", pid);
    hd_fake_tree_unset(fake->tree, base);
}

void
hd_fake_claim_block(HdFake *fake, const char *path)
{
    g_hash_table_add(fake->claimed_blocks, g_strdup(path));
}

void
hd_fake_open_node(HdFake *fake, const char *path)
{
    g_hash_table_add(fake->open_nodes, g_strdup(path));
}

void
hd_fake_add_iommufd(HdFake *fake)
{
    hd_fake_show_node(fake, "dev/iommu");
}

void
hd_fake_set_net_address(HdFake *fake, const char *interface, const char *address)
{
    g_hash_table_replace(fake->net_addresses, g_strdup(interface), g_strdup(address));
}

void
hd_fake_block_module(HdFake *fake, const char *module)
{
    fake->endless_module = module;
}

void
hd_fake_block(HdFake *fake, const char *address)
{
    hd_fake_find(fake, address)->is_blocked = true;
}

void
hd_fake_let_go(HdFake *fake, const char *address)
{
    Device *device = hd_fake_find(fake, address);
    g_autofree char *lock = g_strdup_printf("run/hostdevctl/device/%s", address);
    device->is_blocked = device->is_unbinding = false;
    g_hash_table_remove(fake->locks, lock);
    hd_fake_sriov_let_go(fake, address);
}

void
hd_fake_fail_probe(HdFake *fake, const char *address, int error)
{
    hd_fake_find(fake, address)->probe_error = error;
}

char *
hd_fake_binding(HdFake *fake, const char *address)
{
    const Device *device = hd_fake_find(fake, address);
    if (device == NULL)
        return g_strdup("gone");
    return g_strdup_printf("%s %s", device->driver != NULL ? device->driver : "-",
                           device->override != NULL ? device->override : "-");
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

char *
hd_fake_dump(HdFake *fake)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GList) addresses = g_list_sort(g_hash_table_get_keys(fake->devices), compare_texts);
    g_autoptr(GList) paths = g_list_sort(g_hash_table_get_keys(fake->nodes), compare_texts);
    for (GList *item = addresses; item != NULL; item = item->next) {
        g_autofree char *binding = hd_fake_binding(fake, item->data);
        g_string_append_printf(text, "%s %s\n", (char *)item->data, binding);
    }
    for (GList *item = paths; item != NULL; item = item->next) {
        const HdNodeState *node = g_hash_table_lookup(fake->nodes, item->data);
        g_string_append_printf(text, "/%s %u:%u %04o\n", (char *)item->data, node->uid, node->gid,
                               node->mode);
    }
    hd_fake_mdev_dump(fake, text);
    hd_fake_vgpu_dump(fake, text);
    hd_fake_sriov_dump(fake, text);
    hd_fake_pages_dump(fake, text);
    hd_fake_desktop_dump(fake, text);
    return g_string_free(text, FALSE);
}
