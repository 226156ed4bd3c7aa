/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A function in the words of OpenNebula: order, spaces and spellings are what its server
 * knows devices by, so none of them may differ from its own probe's.
 */
#include "hd-one-card.h"

#include <string.h>

void
hd_one_card_free(HdOneCard *card)
{
    if (card == NULL)
        return;
    g_free(card->vendor_name);
    g_free(card->class_name);
    g_free(card->device_name);
    g_free(card->numa_node);
    g_free(card->interface);
    g_free(card->vf_count);
    if (card->profiles != NULL)
        g_ptr_array_unref(card->profiles);
    g_free(card);
}

char *
hd_one_card_clean(const char *text)
{
    GString *clean = g_string_new(NULL);
    while (*text != '\0') {
        gunichar point = g_utf8_get_char_validated(text, -1);
        bool is_valid = point != (gunichar)-1 && point != (gunichar)-2;
        bool is_fit = is_valid && point >= ' ' && point != 0x7f && point != '"' && point != '\\';
        if (is_fit)
            g_string_append_unichar(clean, point);
        text = is_valid ? g_utf8_next_char(text) : text + 1;
    }
    return g_string_free(clean, FALSE);
}

char *
hd_one_card_short_address(const HdPciAddress *address)
{
    const HdPciAddressText text = hd_pci_address_text(address);
    return g_strdup(address->domain == 0 ? strchr(text.text, ':') + 1 : text.text);
}

static char *
colon_address(const HdPciAddress *address)
{
    return g_strdup_printf("%04x:%02x:%02x:%x", address->domain, address->bus, address->slot,
                           address->function);
}

HdUuid
hd_one_card_uuid(const HdPciAddress *address)
{
    static const guint8 x500[] = {0x6b, 0xa7, 0xb8, 0x14, 0x9d, 0xad, 0x11, 0xd1,
                                  0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    g_autofree char *name = colon_address(address);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(sum, x500, sizeof x500);
    g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name));
    guint8 digest[20];
    gsize length = sizeof digest;
    g_checksum_get_digest(sum, digest, &length);
    digest[6] = (guint8)((digest[6] & 0x0f) | 0x50);
    digest[8] = (guint8)((digest[8] & 0x3f) | 0x80);
    HdUuid uuid = {""};
    for (guint i = 0, at = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            uuid.text[at++] = '-';
        (void)g_snprintf(uuid.text + at, 3, "%02x", digest[i]);
        at += 2;
    }
    return uuid;
}

/* @text: the block so far; a comma ends the value before. */
static void G_GNUC_PRINTF(3, 4) add(GString *text, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *clean = hd_one_card_clean(value);
    bool is_first = g_str_has_suffix(text->str, "[\n");
    g_string_append_printf(text, "%s %s = \"%s\" ", is_first ? "" : ",\n", name, clean);
}

static void
add_ids(const HdOneCard *card, GString *text)
{
    guint class = card->id.class_code >> 8;
    add(text, "TYPE", "%04x:%04x:%04x", card->id.vendor, card->id.device, class);
    add(text, "VENDOR", "%04x", card->id.vendor);
    add(text, "VENDOR_NAME", "%s", card->vendor_name);
    add(text, "DEVICE", "%04x", card->id.device);
    add(text, "CLASS", "%04x", class);
    add(text, "CLASS_NAME", "%s", card->class_name);
}

static void
add_address(const HdPciAddress *address, GString *text)
{
    g_autofree char *colons = colon_address(address);
    g_autofree char *short_address = hd_one_card_short_address(address);
    add(text, "ADDRESS", "%s", colons);
    add(text, "SHORT_ADDRESS", "%s", short_address);
    add(text, "DOMAIN", "%04x", address->domain);
    add(text, "BUS", "%02x", address->bus);
    add(text, "SLOT", "%02x", address->slot);
    add(text, "FUNCTION", "%x", address->function);
}

static void
add_vgpu(const HdOneCard *card, GString *text)
{
    g_autoptr(GString) profiles = g_string_new(NULL);
    for (guint i = 0; card->profiles != NULL && i < card->profiles->len; i++)
        g_string_append_printf(profiles, "%s%s", i == 0 ? "" : ",",
                               (char *)g_ptr_array_index(card->profiles, i));
    add(text, "DEVICE_NAME", "NVIDIA vGPU device");
    add(text, "UUID", "%s", hd_one_card_uuid(&card->address).text);
    add(text, "PROFILES", "%s", profiles->str);
    add(text, "MDEV_MODE", "%s", card->is_legacy ? "legacy" : "nvidia");
}

void
hd_one_card_format(const HdOneCard *card, GString *text)
{
    static const char *const roles[] = {"no", "pf", "vf"};
    g_string_append(text, "PCI = [\n");
    add_ids(card, text);
    add_address(&card->address, text);
    add(text, "NUMA_NODE", "%s", card->numa_node);
    add(text, "IFNAME", "%s", card->interface);
    add(text, "SRIOV", "%s", roles[card->role]);
    if (card->role == HD_ONE_ROLE_PF)
        add(text, "SRIOV_NUM", "%s", card->vf_count);
    if (card->is_nvidia && card->role == HD_ONE_ROLE_VF)
        add_vgpu(card, text);
    else if (card->is_nvidia)
        add(text, "DEVICE_NAME", "%s %s", card->vendor_name, card->device_name);
    else
        add(text, "DEVICE_NAME", "%s", card->device_name);
    g_string_append(text, "\n]\n");
}
