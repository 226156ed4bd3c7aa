/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a file of vf.d: one printable line, or a set whose numbers are in their bounds and
 * whose settings are those of a VF; it fits no card that differs in what it names.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-vf-set.h"

static void
check_settings(const HdVfSettings *settings)
{
    HdVfSettings again;
    g_autofree char *text = hd_vf_settings_format(settings);
    if (settings->known == 0)
        return;
    hd_fuzz_check_line(text);
    g_assert_true(hd_vf_settings_parse(text, &again));
    g_autofree char *same = hd_vf_settings_format(&again);
    g_assert_cmpstr(text, ==, same);
    g_assert_true(!hd_vf_settings_has(settings, HD_VF_MAC) || (settings->mac.bytes[0] & 1) == 0);
}

/* A card about which nothing is known is the one that is meant only by its address or its ids. */
static void
check_match(const HdVfSet *set)
{
    const HdPciAddress address = {0xffff, 0xff, 0x1f, 7};
    g_autoptr(HdDevice) device = hd_device_new(&address);
    const HdCard card = {.device = device};
    bool may_fit =
        g_hash_table_contains(set->match, "address") || g_hash_table_contains(set->match, "id");
    g_assert_cmpuint(g_hash_table_size(set->match), >, 0);
    g_assert_true(may_fit || !hd_vf_set_matches(set, &card));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    HdVfSet *read = NULL;
    g_autoptr(GError) error = NULL;
    bool is_set = hd_vf_set_parse(text, "/etc/hostdevctl/vf.d/x.conf", &read, &error);
    g_autoptr(HdVfSet) set = read;
    hd_fuzz_check_outcome(is_set, error);
    if (!is_set)
        return 0;
    g_assert_cmpuint(set->count, <=, 65535);
    g_assert_cmpuint(set->single->len, <=, set->count);
    g_assert_false(hd_vf_settings_has(&set->all, HD_VF_MAC));
    for (guint i = 0; i <= set->single->len && i <= 16; i++) {
        const HdVfSettings settings = hd_vf_set_settings(set, i);
        check_settings(&settings);
    }
    check_match(set);
    return 0;
}
