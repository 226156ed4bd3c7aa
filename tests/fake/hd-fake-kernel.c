/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules of the kernel's driver core, PCI bus and VFIO, as the lab's conformance run says
 * they are: answers (errnos), effects, and the cases where the answer is "yes" and there
 * is no effect.
 */
#include "hd-fake-private.h"

#include <errno.h>
#include <string.h>

#define PAGE 4096

Device *
hd_fake_find(HdFake *fake, const char *address)
{
    return g_hash_table_lookup(fake->devices, address);
}

char *
hd_fake_device_path(const char *address, const char *attribute)
{
    return g_strdup_printf("sys/devices/pci0000:00/%s/%s", address, attribute);
}

void
hd_fake_show_override(HdFake *fake, const Device *device)
{
    g_autofree char *path = hd_fake_device_path(device->address, "driver_override");
    hd_fake_tree_set_file(fake->tree, path, device->override != NULL ? device->override : "(null)");
}

static bool
is_vfio(const char *driver)
{
    return driver != NULL &&
           (g_str_has_suffix(driver, "vfio-pci") || g_str_has_suffix(driver, "vfio_pci"));
}

static bool
group_has_vfio(HdFake *fake, int group)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fake->devices);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Device *device = value;
        if (device->facts.group == group && is_vfio(device->driver))
            return true;
    }
    return false;
}

void
hd_fake_show_node(HdFake *fake, const char *path)
{
    if (g_hash_table_contains(fake->nodes, path))
        return;
    HdNodeState *node = g_new0(HdNodeState, 1);
    *node = (HdNodeState){true, 0, 0, 0600};
    g_hash_table_replace(fake->nodes, g_strdup(path), node);
    hd_fake_tree_set_file(fake->tree, path, "");
}

void
hd_fake_hide_node(HdFake *fake, const char *path)
{
    g_hash_table_remove(fake->nodes, path);
    hd_fake_tree_unset(fake->tree, path);
}

static void
show_nodes(HdFake *fake, int group)
{
    g_autofree char *path = g_strdup_printf("dev/vfio/%d", group);
    if (group_has_vfio(fake, group))
        hd_fake_show_node(fake, path);
    else
        hd_fake_hide_node(fake, path);
}

void
hd_fake_move(HdFake *fake, Device *device, const char *driver)
{
    g_autofree char *link = hd_fake_device_path(device->address, "driver");
    if (device->driver != NULL) {
        g_autofree char *back =
            g_strdup_printf("sys/bus/pci/drivers/%s/%s", device->driver, device->address);
        hd_fake_tree_unset(fake->tree, back);
        hd_fake_tree_unset(fake->tree, link);
    }
    g_autofree char *next = g_strdup(driver);
    g_autofree char *from = g_steal_pointer(&device->driver);
    device->driver = g_steal_pointer(&next);
    if (driver != NULL) {
        g_autofree char *target = g_strdup_printf("../../../bus/pci/drivers/%s", driver);
        g_autofree char *back =
            g_strdup_printf("sys/bus/pci/drivers/%s/%s", driver, device->address);
        g_autofree char *home =
            g_strdup_printf("../../../../devices/pci0000:00/%s", device->address);
        hd_fake_tree_set_link(fake->tree, link, target);
        hd_fake_tree_set_link(fake->tree, back, home);
    }
    if (device->facts.group >= 0)
        show_nodes(fake, device->facts.group);
    hd_fake_net_moved(fake, device->address);
    hd_fake_desktop_moved(fake, device->address, from, driver);
}

bool
hd_fake_is_loaded(HdFake *fake, const char *driver)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(fake->drivers, driver)) != 0;
}

/* pci_match_device(): an override is the only match; vfio drivers match only through one. */
bool
hd_fake_matches(const Device *device, const char *driver)
{
    if (device->override != NULL)
        return g_str_equal(device->override, driver);
    return g_strcmp0(device->native, driver) == 0;
}

int
hd_fake_probe(HdFake *fake, Device *device, const char *driver)
{
    if (!hd_fake_sriov_may_probe(fake, device->address, device->override))
        return ENODEV;
    if (is_vfio(driver) && device->probe_error != 0)
        return device->probe_error;
    if (is_vfio(driver) && device->facts.class_code >> 8 == 0x0604)
        return EINVAL;
    if (is_vfio(driver) && hd_fake_sriov_has_vfs(fake, device->address))
        return EBUSY;
    if (is_vfio(driver) && device->facts.group < 0)
        return EINVAL;
    hd_fake_move(fake, device, driver);
    return 0;
}

void
hd_fake_show_driver(HdFake *fake, const char *name)
{
    g_autofree char *bind = g_strdup_printf("sys/bus/pci/drivers/%s/bind", name);
    g_autofree char *module = g_strdup_printf("sys/bus/pci/drivers/%s/module", name);
    g_autofree char *target = g_strdup_printf("../../../../module/%s", name);
    g_autofree char *folder = g_strdup_printf("sys/module/%s", name);
    hd_fake_tree_set_file(fake->tree, bind, "");
    hd_fake_tree_set_folder(fake->tree, folder);
    hd_fake_tree_set_link(fake->tree, module, target);
}

bool
hd_fake_parse_number(const char *text, guint64 *ret_number)
{
    char *end = NULL;
    text += *text == '+';
    if (!g_ascii_isdigit(*text))
        return false;
    errno = 0;
    guint64 number = g_ascii_strtoull(text, &end, 0);
    if (errno != 0 || (*end != '\0' && !g_str_equal(end, "\n")))
        return false;
    *ret_number = number;
    return true;
}

static char *
first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

static int
store_override(HdFake *fake, Device *device, const char *text)
{
    if (strlen(text) >= PAGE - 1)
        return EINVAL;
    g_autofree char *line = first_line(text);
    g_free(device->override);
    device->override = *line != '\0' ? g_strdup(line) : NULL;
    hd_fake_show_override(fake, device);
    return 0;
}

static int
store_bind(HdFake *fake, const char *driver, const char *text)
{
    g_autofree char *address = first_line(text);
    Device *device = hd_fake_find(fake, address);
    if (device == NULL || device->is_unbinding || !hd_fake_matches(device, driver))
        return ENODEV;
    if (device->driver != NULL)
        return EBUSY;
    return hd_fake_probe(fake, device, driver);
}

static int
store_unbind(HdFake *fake, const char *driver, const char *text)
{
    g_autofree char *address = first_line(text);
    Device *device = hd_fake_find(fake, address);
    if (device == NULL || g_strcmp0(device->driver, driver) != 0)
        return ENODEV;
    bool blocks = hd_fake_sriov_leave(fake, device->address) ||
                  hd_fake_desktop_blocks(fake, device->address, driver);
    if (device->is_blocked || blocks) {
        device->is_unbinding = true;
        fake->is_abandoned = true;
    }
    hd_fake_move(fake, device, NULL);
    return 0;
}

/* Bound already, nothing matches, probe fails: nobody hears of it. */
void
hd_fake_attach(HdFake *fake, Device *device)
{
    const char *driver = device->override != NULL ? device->override : device->native;
    if (device->driver == NULL && driver != NULL && hd_fake_is_loaded(fake, driver))
        (void)hd_fake_probe(fake, device, driver);
}

static int
store_probe(HdFake *fake, const char *text)
{
    g_autofree char *address = first_line(text);
    Device *device = hd_fake_find(fake, address);
    if (device == NULL)
        return ENODEV;
    hd_fake_attach(fake, device);
    return 0;
}

/* sys/bus/pci/devices/<address>/<attribute> */
static int
store_device(HdFake *fake, char *const *parts, const char *text)
{
    Device *device = parts[0] != NULL ? hd_fake_find(fake, parts[0]) : NULL;
    if (device == NULL || parts[1] == NULL)
        return ENOENT;
    if (g_str_equal(parts[1], "driver_override"))
        return store_override(fake, device, text);
    if (g_str_equal(parts[1], "driver") && g_strcmp0(parts[2], "unbind") == 0 &&
        device->driver != NULL)
        return store_unbind(fake, device->driver, text);
    return ENOENT;
}

static int
store_driver(HdFake *fake, char *const *parts, const char *text)
{
    if (parts[0] == NULL || !hd_fake_is_loaded(fake, parts[0]) || parts[1] == NULL)
        return ENOENT;
    if (g_str_equal(parts[1], "bind"))
        return store_bind(fake, parts[0], text);
    if (g_str_equal(parts[1], "unbind"))
        return store_unbind(fake, parts[0], text);
    return ENOENT;
}

int
hd_fake_store(HdFake *fake, const char *path, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autofree char *real = hd_fake_tree_resolve(fake->tree, path, true);
    int error = 0;
    if (*text == '\0')
        return 0;
    if (real != NULL && (hd_fake_mdev_store(fake, real, text, &error) ||
                         hd_fake_vgpu_store(fake, real, text, &error) ||
                         hd_fake_pages_store(fake, real, text, &error) ||
                         hd_fake_desktop_store(fake, real, text, &error) ||
                         hd_fake_rom_store(fake, real, text, &error) ||
                         hd_fake_sriov_store(fake, real, text, &error)))
        return error;
    error = ENOENT;
    if (g_str_has_prefix(path, "sys/bus/pci/devices/"))
        error = store_device(fake, parts + 4, text);
    else if (g_str_has_prefix(path, "sys/bus/pci/drivers/"))
        error = store_driver(fake, parts + 4, text);
    else if (g_str_equal(path, "sys/bus/pci/drivers_probe"))
        error = store_probe(fake, text);
    /* What is there, and only to be read. */
    return error == ENOENT && real != NULL && g_str_has_prefix(path, "sys/") ? EACCES : error;
}
