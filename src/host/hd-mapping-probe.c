/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mappings from disk, and what is known of their devices. The knowledge is kept in
 * /var/lib: it is ours, not the owner's.
 */
#include "hd-mapping-probe.h"

#include <errno.h>
#include <string.h>

#include "hd-card-probe.h"
#include "hd-probe.h"
#include "hd-text.h"

#define PARENTS "sys/class/mdev_bus"

GPtrArray *
hd_mapping_names(HdPort *port)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) files = NULL;
    if (hd_port_list(port, &files, HD_MAPPINGS) != 0)
        return names;
    for (guint i = 0; i < files->len; i++) {
        const char *file = g_ptr_array_index(files, i);
        if (!g_str_has_suffix(file, ".conf"))
            continue;
        g_autofree char *name = g_strndup(file, strlen(file) - strlen(".conf"));
        if (hd_text_is_name(name))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    return names;
}

bool
hd_mapping_load(HdPort *port, const char *name, HdMapping **ret_mapping, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autofree char *host = NULL;
    g_autofree char *file = g_strdup_printf("/" HD_MAPPINGS "/%s.conf", name);
    int error = hd_port_read(port, &text, HD_MAPPINGS "/%s.conf", name);
    if (error == ENOENT) {
        *ret_mapping = NULL;
        return true;
    }
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read %s", file);
    if (hd_port_read(port, &host, "proc/sys/kernel/hostname") == 0)
        g_strstrip(host);
    return hd_mapping_parse(name, text, file, host, ret_mapping, ret_error);
}

/* ".../devices/pci0000:00/0000:00:11.6/0000:10:00.0" -> "0000:00/11.6/00.0": bus numbers, which
   change with every card, left out. */
static char *
path_from_link(const char *target)
{
    g_auto(GStrv) parts = g_strsplit(target, "/", -1);
    GString *path = NULL;
    for (char **part = parts; *part != NULL; part++) {
        HdPciAddress address;
        if (path == NULL && g_str_has_prefix(*part, "pci"))
            path = g_string_new(*part + strlen("pci"));
        else if (path != NULL && hd_pci_address_parse(*part, &address))
            g_string_append_printf(path, "/%02x.%x", address.slot, address.function);
    }
    return path != NULL ? g_string_free(path, FALSE) : NULL;
}

static void
probe_path(HdPort *port, HdDevice *device)
{
    g_autofree char *target = NULL;
    if (device->port_path == NULL && hd_port_link(port, &target, "sys/bus/pci/devices/%s",
                                                  hd_pci_address_text(&device->address).text) == 0)
        device->port_path = path_from_link(target);
}

void
hd_mapping_probe_paths(HdPort *port, const GPtrArray *devices)
{
    for (guint i = 0; i < devices->len; i++)
        probe_path(port, g_ptr_array_index(devices, i));
}

/* A parent may be no PCI function: then only its name can be listed. */
static bool
probe_parent(HdPort *port, HdMapping *mapping, const char *name, GError **ret_error)
{
    HdPciAddress address;
    g_autoptr(HdDevice) device = NULL;
    bool fits = hd_mapping_lists(mapping, name);
    if (!fits && hd_pci_address_parse(name, &address)) {
        if (!hd_probe_device(port, &address, &device, ret_error))
            return false;
        if (device != NULL) {
            probe_path(port, device);
            fits = hd_mapping_has(mapping, device);
        }
    }
    if (fits && mapping->is_here)
        g_ptr_array_add(mapping->parents, g_strdup(name));
    return true;
}

bool
hd_mapping_probe_parents(HdPort *port, HdMapping *mapping, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    if (mapping->parents != NULL)
        return true;
    mapping->parents = g_ptr_array_new_with_free_func(g_free);
    if (hd_port_list(port, &names, PARENTS) != 0)
        return true;
    for (guint i = 0; i < names->len; i++) {
        if (!probe_parent(port, mapping, g_ptr_array_index(names, i), ret_error))
            return false;
    }
    return true;
}

HdFingerprint *
hd_fingerprint_probe(HdPort *port, HdDevice *device)
{
    probe_path(port, device);
    g_autoptr(HdCard) card = hd_card_probe(port, device);
    return hd_fingerprint_new(card);
}

GPtrArray *
hd_fingerprints_load(HdPort *port, const char *mapping)
{
    g_autofree char *text = NULL;
    (void)hd_port_read(port, &text, HD_FINGERPRINTS "/%s", mapping);
    return hd_fingerprints_parse(text != NULL ? text : "");
}

int
hd_fingerprint_learn(HdPort *port, const char *mapping, const HdPciAddress *address, bool again)
{
    g_autoptr(GPtrArray) prints = hd_fingerprints_load(port, mapping);
    g_autoptr(HdDevice) device = NULL;
    const HdFingerprint *known = hd_fingerprints_find(prints, address);
    /* Each start of its VM comes here: what tells this card from all others needs no second look.
     */
    if (known != NULL && !again && (known->serial != NULL || known->mac != NULL))
        return 0;
    if (!hd_probe_device(port, address, &device, NULL) || device == NULL)
        return ENODEV;
    g_autoptr(HdFingerprint) now = hd_fingerprint_probe(port, device);
    if (known != NULL && !again && !hd_fingerprint_is_richer(now, known))
        return 0;
    hd_fingerprints_set(prints, g_steal_pointer(&now));
    g_autofree char *text = hd_fingerprints_format(prints);
    g_autofree char *path = g_strdup_printf(HD_FINGERPRINTS "/%s", mapping);
    return hd_port_save(port, path, text);
}

/* Only now, when something is wrong, the whole host is looked at. */
static bool
find_card(HdPort *port, const HdFingerprint *known, char **ret_where, GError **ret_error)
{
    g_autoptr(HdHost) all = NULL;
    if (!hd_probe_all(port, &all, ret_error))
        return false;
    g_autoptr(GPtrArray) devices = hd_host_devices(all);
    for (guint i = 0; i < devices->len; i++) {
        HdDevice *device = g_ptr_array_index(devices, i);
        if (!hd_device_id_equal(&device->id, &known->id))
            continue;
        g_autoptr(HdFingerprint) now = hd_fingerprint_probe(port, device);
        if (!hd_fingerprint_is(known, now))
            continue;
        *ret_where =
            g_strdup_printf("that card is at %s now", hd_pci_address_text(&device->address).text);
        return true;
    }
    *ret_where = g_strdup("that card is not found on this host");
    return true;
}

static bool
check_function(HdPort *port, const HdWish *wish, HdHost *host, GError **ret_error)
{
    g_autoptr(GPtrArray) prints = hd_fingerprints_load(port, wish->mapping);
    const HdFingerprint *known = hd_fingerprints_find(prints, &wish->address);
    HdDevice *device = (HdDevice *)hd_host_find(host, &wish->address);
    g_autofree char *difference = NULL;
    g_autofree char *where = NULL;
    if (device != NULL)
        probe_path(port, device);
    if (known == NULL)
        return true;
    if (device != NULL) {
        g_autoptr(HdFingerprint) now = hd_fingerprint_probe(port, device);
        difference = hd_fingerprint_compare(known, now);
        if (difference == NULL)
            return true;
    }
    if (!find_card(port, known, &where, ret_error))
        return false;
    hd_host_set_stranger(host, &wish->address,
                         difference == NULL ? g_strdup(where)
                                            : g_strdup_printf("%s; %s", difference, where));
    return true;
}

bool
hd_mapping_probe(HdPort *port, const char *name, HdHost *host, GError **ret_error)
{
    HdMapping *mapping = NULL;
    if (hd_host_find_mapping(host, name) != NULL)
        return true;
    if (!hd_mapping_load(port, name, &mapping, ret_error))
        return false;
    if (mapping != NULL)
        hd_host_add_mapping(host, mapping);
    return true;
}

static bool
add_mapping(HdPort *port, const HdWish *wish, HdHost *host, GError **ret_error)
{
    if (!hd_mapping_probe(port, wish->mapping, host, ret_error))
        return false;
    HdMapping *mapping = (HdMapping *)hd_host_find_mapping(host, wish->mapping);
    return mapping == NULL || wish->kind != HD_WISH_MDEV ||
           hd_mapping_probe_parents(port, mapping, ret_error);
}

bool
hd_mapping_probe_request(HdPort *port, const HdRequest *request, HdHost *host, GError **ret_error)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->mapping == NULL)
            continue;
        if (!add_mapping(port, wish, host, ret_error) ||
            (hd_wish_is_pci(wish) && !check_function(port, wish, host, ret_error)))
            return false;
    }
    return true;
}
