/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as OpenNebula's pci.conf, template, renames and profiles, and as a name: never a crash,
 * no value that its server would read to the end of another, and mappings that can be read.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-mapping.h"
#include "hd-one-card.h"
#include "hd-one-config.h"
#include "hd-one-interface.h"
#include "hd-one-profiles.h"
#include "hd-one-template.h"

static void
check_block(const char *text)
{
    g_autoptr(HdOneCard) card = g_new0(HdOneCard, 1);
    g_autoptr(GString) block = g_string_new(NULL);
    card->vendor_name = g_strdup(text);
    card->class_name = g_strdup(text);
    card->device_name = g_strdup(text);
    card->numa_node = g_strdup(text);
    card->interface = g_strdup(text);
    card->is_nvidia = true;
    card->role = HD_ONE_ROLE_VF;
    card->profiles = hd_one_profiles_parse(text);
    hd_one_card_format(card, block);
    guint quotes = 0, lines = 0;
    for (const char *c = block->str; *c != '\0'; c++) {
        quotes += *c == '"' ? 1 : 0;
        lines += *c == '\n' ? 1 : 0;
    }
    g_assert_cmpuint(quotes, ==, 2 * 19);
    g_assert_cmpuint(lines, ==, 19 + 2);
    g_assert_true(g_utf8_validate(block->str, (gssize)block->len, NULL));
}

static void
check_template(const char *text)
{
    g_autoptr(GPtrArray) mappings = NULL;
    g_autoptr(GError) error = NULL;
    if (!hd_one_template_convert(text, "file", "name", &mappings, &error)) {
        g_assert_true(strchr(error->message, '\n') == NULL);
        return;
    }
    for (guint i = 0; i < mappings->len; i++) {
        const HdImportedMapping *mapping = g_ptr_array_index(mappings, i);
        HdMapping *read = NULL;
        g_assert_true(hd_mapping_parse(mapping->name, mapping->text, "file", "host", &read, NULL));
        hd_mapping_free(read);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = g_strndup((const char *)bytes, length);
    g_autoptr(HdOneConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    if (hd_one_config_parse((const char *)bytes, length, &config, &error))
        (void)hd_one_words_has(&config->short_address, "01:00.0");
    else
        g_assert_nonnull(error);
    g_hash_table_unref(hd_one_interfaces_parse_renames(text));
    check_block(text);
    check_template(text);
    return 0;
}
