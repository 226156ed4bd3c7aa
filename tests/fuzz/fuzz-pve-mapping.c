/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as Proxmox's pci.cfg: one printable line, or mappings with names that are fit for
 * paths and with a text that is read as a mapping.
 */
#include "hd-fuzz.h"
#include "hd-mapping.h"
#include "hd-pve-mapping.h"
#include "hd-text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    GPtrArray *read = NULL;
    g_autoptr(GError) error = NULL;
    bool is_read = hd_pve_mappings_convert(text, "/etc/pve/mapping/pci.cfg", &read, &error);
    g_autoptr(GPtrArray) mappings = read;
    hd_fuzz_check_outcome(is_read, error);
    for (guint i = 0; is_read && i < mappings->len; i++) {
        const HdImportedMapping *imported = g_ptr_array_index(mappings, i);
        HdMapping *mapping = NULL;
        g_assert_true(hd_text_is_name(imported->name));
        for (guint j = 0; j < imported->notes->len; j++)
            hd_fuzz_check_line(g_ptr_array_index(imported->notes, j));
        g_autoptr(GError) problem = NULL;
        (void)hd_mapping_parse(imported->name, imported->text, "file", "host", &mapping, &problem);
        g_assert_no_error(problem);
        hd_mapping_free(mapping);
    }
    return 0;
}
