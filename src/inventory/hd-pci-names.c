/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libpci for what it is best at: names from pci.ids and lspci's own filters. It never
 * touches a device here, so it is not initialised and can't exit on us.
 */
#include "hd-pci-names.h"

#include <pci/pci.h>
#include <string.h>

struct HdPciNames {
    struct pci_access *access;
};

static void G_GNUC_PRINTF(1, 2) stay_quiet(char *format, ...)
{
    (void)format;
}

/* libpci reports only programming errors so, when it isn't initialised. */
static void G_NORETURN G_GNUC_PRINTF(1, 2) stop(char *format, ...)
{
    g_error("libpci: %s", format);
}

static struct pci_access *
new_access(void)
{
    struct pci_access *access = pci_alloc();
    access->error = stop;
    access->warning = stay_quiet;
    access->debug = stay_quiet;
    return access;
}

HdPciNames *
hd_pci_names_new(void)
{
    HdPciNames *names = g_new0(HdPciNames, 1);
    names->access = new_access();
    return names;
}

void
hd_pci_names_free(HdPciNames *names)
{
    if (names == NULL)
        return;
    pci_free_name_list(names->access);
    pci_cleanup(names->access);
    g_free(names);
}

char *
hd_pci_names_device(HdPciNames *names, const HdDeviceId *id)
{
    char text[256];
    return g_strdup(pci_lookup_name(names->access, text, sizeof text,
                                    PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE, id->vendor, id->device));
}

char *
hd_pci_names_vendor(HdPciNames *names, const HdDeviceId *id)
{
    char text[256];
    return g_strdup(pci_lookup_name(names->access, text, sizeof text,
                                    PCI_LOOKUP_VENDOR | PCI_LOOKUP_NO_NUMBERS, id->vendor));
}

char *
hd_pci_names_product(HdPciNames *names, const HdDeviceId *id)
{
    char text[256];
    return g_strdup(pci_lookup_name(names->access, text, sizeof text,
                                    PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS, id->vendor,
                                    id->device));
}

char *
hd_pci_names_class(HdPciNames *names, const HdDeviceId *id)
{
    char text[256];
    return g_strdup(
        pci_lookup_name(names->access, text, sizeof text, PCI_LOOKUP_CLASS, id->class_code >> 8));
}

/* Room for the longest line that pci.ids may have: libpci answers with a message of its own when a
   name does not fit. */
char *
hd_pci_names_shown(HdPciNames *names, HdPciNamesPart part, const HdDeviceId *id)
{
    static const int flags[] = {PCI_LOOKUP_VENDOR, PCI_LOOKUP_DEVICE, PCI_LOOKUP_CLASS};
    char text[1100];
    bool is_class = part == HD_PCI_NAMES_CLASS;
    const char *shown =
        pci_lookup_name(names->access, text, sizeof text, flags[part] | PCI_LOOKUP_MIXED,
                        is_class ? (int)(id->class_code >> 8) : id->vendor, id->device);
    const char *number = strrchr(shown, '[');
    bool has_number = number != NULL && number > shown && number[-1] == ' ';
    return has_number ? g_strndup(shown, (gsize)(number - 1 - shown)) : g_strdup(shown);
}

/* A device of which all that filters ask for is known, so that libpci asks no kernel. */
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
fail(GError **ret_error, char option, const char *text, const char *problem)
{
    return hd_error_set(ret_error, HD_ERROR_USAGE, "-%c %s: %s", option, text, problem);
}

bool
hd_pci_names_matches(HdPciNames *names, const char *ids, const char *slot, const HdDevice *device,
                     bool *ret_matches, GError **ret_error)
{
    struct pci_filter filter;
    pci_filter_init(names->access, &filter);
    /* libpci takes the text apart in place. */
    g_autofree char *ids_copy = g_strdup(ids);
    g_autofree char *slot_copy = g_strdup(slot);
    const char *problem = ids != NULL ? pci_filter_parse_id(&filter, ids_copy) : NULL;
    if (problem != NULL)
        return fail(ret_error, 'd', ids, problem);
    problem = slot != NULL ? pci_filter_parse_slot(&filter, slot_copy) : NULL;
    if (problem != NULL)
        return fail(ret_error, 's', slot, problem);
    struct pci_dev dev = as_pci_dev(device);
    *ret_matches = pci_filter_match(&filter, &dev) != 0;
    return true;
}

struct HdPciFilter {
    struct pci_access *access; /* of no use to it but to be initialised */
    struct pci_filter filter;
};

HdPciFilter *
hd_pci_filter_new(const char *text, GError **ret_error)
{
    g_autoptr(HdPciFilter) filter = g_new0(HdPciFilter, 1);
    filter->access = new_access();
    pci_filter_init(filter->access, &filter->filter);
    g_autofree char *copy = g_strdup(text);
    const char *problem = pci_filter_parse_id(&filter->filter, copy);
    if (problem == NULL)
        return g_steal_pointer(&filter);
    (void)fail(ret_error, 'd', text, *problem != '\0' ? problem : "it is empty");
    return NULL;
}

void
hd_pci_filter_free(HdPciFilter *filter)
{
    if (filter == NULL)
        return;
    pci_cleanup(filter->access);
    g_free(filter);
}

bool
hd_pci_filter_has(HdPciFilter *filter, const HdDeviceId *id)
{
    const HdDevice device = {.id = *id};
    struct pci_dev dev = as_pci_dev(&device);
    return pci_filter_match(&filter->filter, &dev) != 0;
}
