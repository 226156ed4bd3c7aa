/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How templates of OpenNebula say which device a VM wants, in the words of mappings.
 */
#include "hd-one-selection.h"

#include <string.h>

#include "hd-pci-address.h"
#include "hd-text.h"

#define ADDRESS "SHORT_ADDRESS"

void
hd_one_selection_clear(HdOneSelection *selection)
{
    g_free(selection->vendor);
    g_free(selection->device);
    g_free(selection->class_code);
    g_free(selection->address);
    *selection = (HdOneSelection){0};
}

/* Where the id called @key is kept; NULL: it is none. */
static char **
find_id(HdOneSelection *selection, const char *key)
{
    if (g_str_equal(key, "VENDOR"))
        return &selection->vendor;
    if (g_str_equal(key, "DEVICE"))
        return &selection->device;
    return g_str_equal(key, "CLASS") ? &selection->class_code : NULL;
}

bool
hd_one_selection_is_key(const char *key)
{
    HdOneSelection none = {0};
    return g_str_equal(key, ADDRESS) || find_id(&none, key) != NULL;
}

static const char *
set_address(HdOneSelection *selection, const char *value)
{
    HdPciAddress address;
    if (!hd_pci_address_parse(value, &address))
        return "say a PCI address, such as 02:00.0";
    g_free(selection->address);
    selection->address = g_strdup(hd_pci_address_text(&address).text);
    return NULL;
}

/* OpenNebula compares numbers: "10DE", "0x10de" and "10de" are one. */
static const char *
set_id(char **id, const char *value)
{
    guint64 number;
    const char *digits = g_ascii_strncasecmp(value, "0x", 2) == 0 ? value + 2 : value;
    g_clear_pointer(id, g_free);
    if (*value == '\0' || g_str_equal(value, "*"))
        return NULL;
    if (!g_ascii_isxdigit(*digits) || !hd_text_unsigned(digits, 16, 0, G_MAXUINT16, &number))
        return "say up to four hexadecimal digits, or * for any";
    *id = g_strdup_printf("%04x", (guint)number);
    return NULL;
}

const char *
hd_one_selection_set(HdOneSelection *selection, const char *key, const char *value)
{
    char **id = find_id(selection, key);
    return id != NULL ? set_id(id, value) : set_address(selection, value);
}

char **
hd_one_selection_words(const HdOneSelection *selection)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *vendor = selection->vendor != NULL ? selection->vendor : "*";
    const char *device = selection->device != NULL ? selection->device : "*";
    if (selection->vendor != NULL || selection->device != NULL)
        g_ptr_array_add(words, g_strdup_printf("id=%s:%s", vendor, device));
    if (selection->class_code != NULL)
        g_ptr_array_add(words, g_strconcat("class=", selection->class_code, NULL));
    if (words->len == 0 && selection->address != NULL)
        g_ptr_array_add(words, g_strconcat("devices=", selection->address, NULL));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
