/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a PCI address, a UUID, a MAC address, a size, a name or settings of a VF: what is
 * accepted has one form, which is read as the same, and none is a way out of a folder.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-local.h"
#include "hd-mdev.h"
#include "hd-pages.h"
#include "hd-text.h"

static void
check_address(const char *text)
{
    HdPciAddress address, again;
    bool is_one = hd_pci_address_parse(text, &address);
    if (!is_one && !hd_pci_address_parse_node_name(text, &address))
        return;
    const HdPciAddressText form = hd_pci_address_text(&address);
    g_assert_true(hd_pci_address_parse(form.text, &again));
    g_assert_true(hd_pci_address_equal(&address, &again));
    g_assert_true(address.slot <= 0x1f && address.function <= 7);
    g_assert_cmpuint(strspn(form.text, "0123456789abcdef:."), ==, strlen(form.text));
    g_assert_true(!is_one || g_ascii_strcasecmp(text + strlen(text) - 7,
                                                form.text + strlen(form.text) - 7) == 0);
}

static void
check_uuid(const char *text)
{
    HdUuid uuid, again;
    if (!hd_uuid_parse(text, &uuid))
        return;
    g_assert_true(g_ascii_strcasecmp(text, uuid.text) == 0);
    g_assert_true(hd_uuid_parse(uuid.text, &again) && hd_uuid_equal(&uuid, &again));
    g_assert_null(strchr(uuid.text, '/'));
}

static void
check_settings(const char *text)
{
    HdMac mac, same;
    HdVfSettings settings, again;
    if (hd_mac_parse(text, &mac)) {
        g_assert_true(hd_mac_parse(hd_mac_text(&mac).text, &same) && hd_mac_equal(&mac, &same));
        g_assert_true(g_ascii_strcasecmp(text, hd_mac_text(&mac).text) == 0);
    }
    if (!hd_vf_settings_parse(text, &settings))
        return;
    g_autofree char *form = hd_vf_settings_format(&settings);
    g_assert_true(hd_vf_settings_parse(form, &again));
    g_autofree char *form_again = hd_vf_settings_format(&again);
    g_assert_cmpstr(form, ==, form_again);
    g_assert_true(settings.known == again.known);
}

static void
check_part(const char *name)
{
    g_assert_true(*name != '\0' && !g_str_equal(name, ".") && !g_str_equal(name, ".."));
    g_assert_null(strchr(name, '/'));
    hd_fuzz_check_line(name);
}

static void
check_names(const char *text)
{
    g_autofree char *parent = hd_mdev_parent_parse(text);
    g_autofree char *framed = g_strconcat("/", text, "/", NULL);
    g_autoptr(GPtrArray) attributes = hd_mdev_attributes_new();
    bool is_path = hd_tty_is_name(text) || hd_mdev_attributes_add(attributes, text, "1");
    if (hd_text_is_name(text))
        check_part(text);
    if (hd_mdev_is_parent_name(text))
        check_part(text);
    if (parent != NULL)
        g_assert_true(hd_mdev_is_parent_name(parent));
    g_assert_true(!is_path || (strstr(framed, "/../") == NULL && strstr(framed, "//") == NULL &&
                               strstr(framed, "/./") == NULL));
    if (is_path)
        hd_fuzz_check_line(text);
}

/* Our line formats: a value comes back as it was, and a seal holds for its own line alone. */
static void
check_line(const char *text)
{
    g_autofree char *pair = hd_text_pair("key", text);
    char *const tokens[] = {pair, NULL};
    g_autofree char *value = hd_text_value(tokens, "key");
    g_autofree char *shown = hd_text_printable(text, 64);
    g_assert_null(strpbrk(pair, " \n\t"));
    g_assert_cmpstr(value, ==, text);
    if (*text != '\0')
        hd_fuzz_check_line(shown);
    if (*text == '\0' || strchr(text, '\n') != NULL)
        return;
    g_autofree char *line = g_strchomp(hd_text_seal(text));
    g_assert_true(g_str_has_suffix(text, " ") || g_ascii_isspace(text[strlen(text) - 1]) ||
                  g_strcmp0(hd_text_unseal(line), text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    guint64 kb = 0;
    check_address(text);
    check_uuid(text);
    check_settings(text);
    check_names(text);
    check_line(text);
    if (hd_pages_size_parse(text, &kb))
        g_assert_true(strspn(text, "0123456789") > 0);
    return 0;
}
