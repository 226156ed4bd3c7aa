/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lspci's own filters, parsed once: libpci is asked, so that -d and -s mean here what
 * they mean there.
 */
#include "hd-pci-filter.h"

#include <pci/pci.h>

struct HdPciFilter {
    GArray *ids;      /* of struct pci_filter */
    GArray *slots;    /* of struct pci_filter */
    GPtrArray *names; /* of GRegex* */
};

HdPciFilter *
hd_pci_filter_new(void)
{
    HdPciFilter *filter = g_new0(HdPciFilter, 1);
    filter->ids = g_array_new(FALSE, FALSE, sizeof(struct pci_filter));
    filter->slots = g_array_new(FALSE, FALSE, sizeof(struct pci_filter));
    filter->names = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
    return filter;
}

void
hd_pci_filter_free(HdPciFilter *filter)
{
    if (filter == NULL)
        return;
    g_array_unref(filter->ids);
    g_array_unref(filter->slots);
    g_ptr_array_unref(filter->names);
    g_free(filter);
}

/* libpci takes a text apart in place. */
static bool
add(GArray *filters, const char *option, const char *text,
    char *(*parse)(struct pci_filter *, char *), GError **ret_error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        struct pci_filter one;
        g_autofree char *copy = g_strdup(g_strstrip(parts[i]));
        pci_filter_init(NULL, &one);
        const char *problem = parse(&one, copy);
        if (problem != NULL)
            return hd_error_set(ret_error, HD_ERROR_USAGE, "%s %s: %s", option, parts[i], problem);
        g_array_append_val(filters, one);
    }
    return true;
}

bool
hd_pci_filter_add_ids(HdPciFilter *filter, const char *text, GError **ret_error)
{
    return add(filter->ids, "-d", text, pci_filter_parse_id, ret_error);
}

bool
hd_pci_filter_add_slots(HdPciFilter *filter, const char *text, GError **ret_error)
{
    return add(filter->slots, "-s", text, pci_filter_parse_slot, ret_error);
}

bool
hd_pci_filter_add_name(HdPciFilter *filter, const char *regex, GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    GRegex *compiled = g_regex_new(regex, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, &problem);
    if (compiled == NULL)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--name: %s", problem->message);
    g_ptr_array_add(filter->names, compiled);
    return true;
}

/* All that filters ask for is known, so that libpci asks no kernel. */
static struct pci_dev
as_pci_dev(const HdDevice *device)
{
    struct pci_dev dev = {0};
    dev.domain = (int)device->address.domain;
    dev.bus = device->address.bus;
    dev.dev = device->address.slot;
    dev.func = device->address.function;
    dev.vendor_id = device->id.vendor;
    dev.device_id = device->id.device;
    dev.device_class = (u16)(device->id.class_code >> 8);
    dev.known_fields = ~0U;
#ifdef PCI_FILL_CLASS_EXT
    dev.prog_if = (u8)device->id.class_code;
#endif
    return dev;
}

static bool
passes_any(const GArray *filters, struct pci_dev *dev)
{
    for (guint i = 0; i < filters->len; i++) {
        if (pci_filter_match(&g_array_index(filters, struct pci_filter, i), dev) != 0)
            return true;
    }
    return filters->len == 0;
}

static bool
is_named(const GPtrArray *names, const char *name)
{
    for (guint i = 0; name != NULL && i < names->len; i++) {
        if (g_regex_match(g_ptr_array_index(names, i), name, 0, NULL))
            return true;
    }
    return names->len == 0;
}

bool
hd_pci_filter_passes(const HdPciFilter *filter, const HdDevice *device, const char *name)
{
    struct pci_dev dev = as_pci_dev(device);
    return passes_any(filter->ids, &dev) && passes_any(filter->slots, &dev) &&
           is_named(filter->names, name);
}
