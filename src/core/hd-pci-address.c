/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PCI addresses arrive as text from XML, the command line and sysfs. They are
 * parsed to numbers here once, and every path is formatted from those numbers:
 * no text from outside ever becomes part of a path.
 */
#include "hd-pci-address.h"

#include <string.h>

/* Exactly @digits..@max_digits hexadecimal digits at *@cursor, which moves past them. */
static bool
take_hex(const char **cursor, guint digits, guint max_digits, guint64 *ret_value)
{
    guint64 value = 0;
    guint seen = 0;
    while (g_ascii_isxdigit(**cursor) && seen < max_digits) {
        value = value * 16 + (guint64)g_ascii_xdigit_value(**cursor);
        (*cursor)++;
        seen++;
    }
    if (seen < digits)
        return false;
    *ret_value = value;
    return true;
}

static bool
take_char(const char **cursor, char wanted)
{
    if (**cursor != wanted)
        return false;
    (*cursor)++;
    return true;
}

bool
hd_pci_address_parse(const char *text, HdPciAddress *ret_address)
{
    guint64 domain = 0, bus = 0, slot = 0, function = 0;
    const char *cursor = text;
    if (text == NULL)
        return false;
    const char *first_colon = strchr(text, ':');
    bool has_domain = first_colon != NULL && strchr(first_colon + 1, ':') != NULL;
    if (has_domain && (!take_hex(&cursor, 4, 8, &domain) || !take_char(&cursor, ':')))
        return false;
    if (!take_hex(&cursor, 2, 2, &bus) || !take_char(&cursor, ':') ||
        !take_hex(&cursor, 2, 2, &slot) || !take_char(&cursor, '.') ||
        !take_hex(&cursor, 1, 1, &function) || *cursor != '\0')
        return false;
    return hd_pci_address_from_parts(domain, bus, slot, function, ret_address);
}

bool
hd_pci_address_parse_node_name(const char *text, HdPciAddress *ret_address)
{
    static const char prefix[] = "pci_";
    if (text == NULL || !g_str_has_prefix(text, prefix) || strpbrk(text, ":.") != NULL)
        return false;
    g_autofree char *address = g_strdelimit(g_strdup(text + strlen(prefix)), "_", ':');
    char *last = strrchr(address, ':');
    if (last == NULL)
        return false;
    *last = '.';
    return hd_pci_address_parse(address, ret_address);
}

bool
hd_pci_address_from_parts(guint64 domain, guint64 bus, guint64 slot, guint64 function,
                          HdPciAddress *ret_address)
{
    if (domain > G_MAXUINT32 || bus > 0xff || slot > 0x1f || function > 7)
        return false;
    *ret_address = (HdPciAddress){(guint32)domain, (guint8)bus, (guint8)slot, (guint8)function};
    return true;
}

HdPciAddressText
hd_pci_address_text(const HdPciAddress *address)
{
    static const char digits[] = "0123456789abcdef";
    HdPciAddressText result = {""};
    char *place = result.text;
    /* Domains above 0xffff are Intel's VMD. By hand: it is in every path that is read. */
    guint shift = 12;
    while (shift < 28 && address->domain >> shift >> 4 != 0)
        shift += 4;
    for (; shift > 0; shift -= 4)
        *place++ = digits[address->domain >> shift & 0xf];
    *place++ = digits[address->domain & 0xf];
    *place++ = ':';
    *place++ = digits[address->bus >> 4];
    *place++ = digits[address->bus & 0xf];
    *place++ = ':';
    *place++ = digits[address->slot >> 4];
    *place++ = digits[address->slot & 0xf];
    *place++ = '.';
    *place++ = digits[address->function & 0xf];
    *place = '\0';
    return result;
}

guint64
hd_pci_address_key(const HdPciAddress *address)
{
    return ((guint64)address->domain << 16) | ((guint64)address->bus << 8) |
           ((guint64)address->slot << 3) | address->function;
}

bool
hd_pci_address_equal(const HdPciAddress *a, const HdPciAddress *b)
{
    return hd_pci_address_key(a) == hd_pci_address_key(b);
}

bool
hd_pci_address_is_same_card(const HdPciAddress *a, const HdPciAddress *b)
{
    return a->domain == b->domain && a->bus == b->bus && a->slot == b->slot;
}
