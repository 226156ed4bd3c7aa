/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Is it still the same card? Two cards of one model differ in serial number or MAC; where a driver
 * shows neither, in their slot.
 */
#include "hd-fingerprint.h"

#include "hd-text.h"

HdFingerprint *
hd_fingerprint_new(const HdCard *card)
{
    HdFingerprint *print = g_new0(HdFingerprint, 1);
    print->address = card->device->address;
    print->id = card->device->id;
    print->serial = g_strdup(card->serial);
    print->mac = g_strdup(card->mac);
    print->path = g_strdup(card->device->port_path);
    print->group = card->device->iommu_group;
    return print;
}

void
hd_fingerprint_free(HdFingerprint *print)
{
    if (print == NULL)
        return;
    g_free(print->serial);
    g_free(print->mac);
    g_free(print->path);
    g_free(print);
}

char *
hd_fingerprint_format(const HdFingerprint *print)
{
    const HdDeviceId *id = &print->id;
    GString *line = g_string_new(hd_pci_address_text(&print->address).text);
    g_string_append_printf(line, " id=%04x:%04x subsystem=%04x:%04x class=%06x", id->vendor,
                           id->device, id->subvendor, id->subdevice, id->class_code);
    hd_text_append_pair(line, "serial", print->serial);
    hd_text_append_pair(line, "mac", print->mac);
    hd_text_append_pair(line, "path", print->path);
    g_string_append_printf(line, " group=%d", print->group);
    return g_string_free(line, FALSE);
}

static bool
parse_hex(char *const *tokens, const char *key, guint parts, guint values[])
{
    g_autofree char *text = hd_text_value(tokens, key);
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", ":", -1);
    if (g_strv_length(words) != parts)
        return false;
    for (guint i = 0; i < parts; i++) {
        guint64 number;
        if (!hd_text_unsigned(words[i], 16, 0, 0xffffff, &number))
            return false;
        values[i] = (guint)number;
    }
    return true;
}

static HdFingerprint *
parse_line(const char *line)
{
    g_auto(GStrv) tokens = g_strsplit(line, " ", -1);
    g_autoptr(HdFingerprint) print = g_new0(HdFingerprint, 1);
    guint id[2], subsystem[2], class_code[1];
    g_autofree char *group = hd_text_value(tokens, "group");
    if (tokens[0] == NULL || !hd_pci_address_parse(tokens[0], &print->address) ||
        !parse_hex(tokens, "id", 2, id) || !parse_hex(tokens, "subsystem", 2, subsystem) ||
        !parse_hex(tokens, "class", 1, class_code))
        return NULL;
    print->id = (HdDeviceId){(guint16)id[0], (guint16)id[1], (guint16)subsystem[0],
                             (guint16)subsystem[1], class_code[0]};
    print->serial = hd_text_value(tokens, "serial");
    print->mac = hd_text_value(tokens, "mac");
    print->path = hd_text_value(tokens, "path");
    print->group = group != NULL ? (int)g_ascii_strtoll(group, NULL, 10) : -1;
    return g_steal_pointer(&print);
}

static void
free_print(gpointer data)
{
    hd_fingerprint_free(data);
}

GPtrArray *
hd_fingerprints_parse(const char *text)
{
    GPtrArray *prints = g_ptr_array_new_with_free_func(free_print);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        HdFingerprint *print = parse_line(*line);
        if (print != NULL)
            g_ptr_array_add(prints, print);
    }
    return prints;
}

char *
hd_fingerprints_format(const GPtrArray *prints)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < prints->len; i++) {
        g_autofree char *line = hd_fingerprint_format(g_ptr_array_index(prints, i));
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}

const HdFingerprint *
hd_fingerprints_find(const GPtrArray *prints, const HdPciAddress *address)
{
    for (guint i = 0; i < prints->len; i++) {
        const HdFingerprint *print = g_ptr_array_index(prints, i);
        if (hd_pci_address_equal(&print->address, address))
            return print;
    }
    return NULL;
}

void
hd_fingerprints_set(GPtrArray *prints, HdFingerprint *print)
{
    for (guint i = 0; i < prints->len; i++) {
        const HdFingerprint *old = g_ptr_array_index(prints, i);
        if (!hd_pci_address_equal(&old->address, &print->address))
            continue;
        g_ptr_array_remove_index(prints, i);
        g_ptr_array_insert(prints, (int)i, print);
        return;
    }
    g_ptr_array_add(prints, print);
}

static char *
differ(const char *what, const char *known, const char *now)
{
    g_autofree char *shown = hd_text_printable(now, 64);
    g_autofree char *shown_known = hd_text_printable(known, 64);
    return g_strcmp0(known, now) == 0 ? NULL
                                      : g_strdup_printf("%s %s, not %s", what, shown, shown_known);
}

char *
hd_fingerprint_compare(const HdFingerprint *known, const HdFingerprint *now)
{
    if (!hd_device_id_equal(&known->id, &now->id))
        return g_strdup_printf("it is %04x:%04x (subsystem %04x:%04x), not %04x:%04x (%04x:%04x)",
                               now->id.vendor, now->id.device, now->id.subvendor, now->id.subdevice,
                               known->id.vendor, known->id.device, known->id.subvendor,
                               known->id.subdevice);
    if (known->serial != NULL && now->serial != NULL)
        return differ("it has the serial number", known->serial, now->serial);
    if (known->mac != NULL && now->mac != NULL)
        return differ("it has the MAC", known->mac, now->mac);
    if (known->path != NULL && now->path != NULL)
        return differ("it is in the slot", known->path, now->path);
    return NULL;
}

bool
hd_fingerprint_is(const HdFingerprint *known, const HdFingerprint *now)
{
    g_autofree char *difference = hd_fingerprint_compare(known, now);
    if (difference != NULL)
        return false;
    if (known->serial != NULL)
        return now->serial != NULL;
    if (known->mac != NULL)
        return now->mac != NULL;
    return known->path != NULL && now->path != NULL;
}

bool
hd_fingerprint_is_richer(const HdFingerprint *now, const HdFingerprint *known)
{
    return (now->serial != NULL && known->serial == NULL) ||
           (now->mac != NULL && known->mac == NULL);
}
