/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libpci for what it is best at: names from pci.ids. It never touches a device here, so it is not
 * initialised and can't exit on us.
 */
#include "hd-pci-names.h"

#include <pci/pci.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hd-port-within.h"

struct HdPciNames {
    struct pci_access *access;
    int flags; /* of each look-up */
};

static void G_GNUC_PRINTF(1, 2) stay_quiet(char *format, ...)
{
    (void)format;
}

/* libpci doesn't go on after a pci.ids that it can't read, and nobody has changed anything yet. */
static void G_NORETURN G_GNUC_PRINTF(1, 2) stop(char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("hostdevctl: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(EXIT_FAILURE);
}

HdPciNames *
hd_pci_names_new(void)
{
    HdPciNames *names = g_new0(HdPciNames, 1);
    names->access = pci_alloc();
    names->access->error = stop;
    names->access->warning = stay_quiet;
    names->access->debug = stay_quiet;
    return names;
}

HdPciNames *
hd_pci_names_new_for(const char *sysroot)
{
    static const char *const places[] = {"usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids"};
    HdPciNames *names = hd_pci_names_new();
    for (gsize i = 0; sysroot != NULL && i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = hd_port_within_find(sysroot, places[i]);
        if (path == NULL)
            continue;
        /* libpci frees it with malloc's free. */
        pci_set_name_list_path(names->access, strdup(path), 1);
        names->flags = PCI_LOOKUP_NO_HWDB;
        break;
    }
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
                                    PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE | names->flags,
                                    id->vendor, id->device));
}

/* What companies are called in registers, but not in speech. */
static bool
is_formal(const char *word)
{
    static const char *const formal[] = {
        "Corporation", "Corp.",   "Corp",          "Co",         "Co.",          "Ltd",
        "Ltd.",        "Inc",     "Inc.",          "GmbH",       "Limited",      "Company",
        "Electronics", "Systems", "Semiconductor", "Technology", "Technologies", NULL};
    return g_strv_contains(formal, word);
}

/* "Advanced Micro Devices, Inc. [AMD]" -> "AMD"; "Red Hat, Inc." -> "Red Hat". */
static char *
shorten_vendor(const char *vendor)
{
    const char *open = strrchr(vendor, '[');
    const char *close = open != NULL ? strchr(open, ']') : NULL;
    if (close != NULL && close > open + 1) {
        g_autofree char *inside = g_strndup(open + 1, (gsize)(close - open - 1));
        return g_strndup(inside, strcspn(inside, "/"));
    }
    g_auto(GStrv) words = g_strsplit(vendor, " ", -1);
    GString *text = g_string_new(words[0]);
    for (guint i = 1; words[0] != NULL && words[i] != NULL; i++) {
        if (g_str_has_suffix(words[i - 1], ",") || is_formal(words[i]))
            break;
        g_string_append_printf(text, " %s", words[i]);
    }
    if (g_str_has_suffix(text->str, ","))
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

char *
hd_pci_names_short(HdPciNames *names, const HdDeviceId *id)
{
    g_autofree char *vendor = hd_pci_names_vendor(names, id);
    g_autofree char *product = hd_pci_names_product(names, id);
    if (vendor == NULL || product == NULL)
        return hd_pci_names_device(names, id);
    g_autofree char *brief = shorten_vendor(vendor);
    return g_strdup_printf("%s %s", brief, product);
}

char *
hd_pci_names_vendor(HdPciNames *names, const HdDeviceId *id)
{
    char text[256];
    return g_strdup(pci_lookup_name(names->access, text, sizeof text,
                                    PCI_LOOKUP_VENDOR | PCI_LOOKUP_NO_NUMBERS | names->flags,
                                    id->vendor));
}

char *
hd_pci_names_product(HdPciNames *names, const HdDeviceId *id)
{
    char text[256];
    return g_strdup(pci_lookup_name(names->access, text, sizeof text,
                                    PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS | names->flags,
                                    id->vendor, id->device));
}

char *
hd_pci_names_class(HdPciNames *names, const HdDeviceId *id)
{
    char text[256];
    return g_strdup(pci_lookup_name(names->access, text, sizeof text,
                                    PCI_LOOKUP_CLASS | names->flags, id->class_code >> 8));
}

/* Room for the longest line that pci.ids may have: libpci answers with a message of its own when a
   name does not fit. */
char *
hd_pci_names_shown(HdPciNames *names, HdPciNamesPart part, const HdDeviceId *id)
{
    static const int parts[] = {PCI_LOOKUP_VENDOR, PCI_LOOKUP_DEVICE, PCI_LOOKUP_CLASS};
    char text[1100];
    int number = part == HD_PCI_NAMES_CLASS ? (int)(id->class_code >> 8) : id->vendor;
    int flags = parts[part] | PCI_LOOKUP_MIXED | names->flags;
    const char *shown =
        pci_lookup_name(names->access, text, sizeof text, flags, number, id->device);
    const char *tail = strrchr(shown, '[');
    bool has_number = tail != NULL && tail > shown && tail[-1] == ' ';
    return has_number ? g_strndup(shown, (gsize)(tail - 1 - shown)) : g_strdup(shown);
}
