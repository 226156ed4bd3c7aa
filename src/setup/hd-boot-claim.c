/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which functions the host's own drivers never get: the file that says so.
 */
#include "hd-boot-claim.h"

#include <stdio.h>
#include <string.h>

#include "hd-text.h"

#define HEAD                                                                                       \
    "# Functions that get this driver_override before any driver can have them: ADDRESS\n"         \
    "# VENDOR:DEVICE DRIVER. Written by 'hostdevctl setup --claim'; read at boot, in the\n"        \
    "# initramfs and again from the root file system.\n"

static void
free_claim(gpointer data)
{
    HdBootClaim *claim = data;
    g_free(claim->driver);
    g_free(claim);
}

static bool
parse_line(const char *line, GPtrArray *claims)
{
    g_autofree char *blanks = g_strdelimit(g_strdup(line), "\t", ' ');
    g_auto(GStrv) all = g_strsplit(blanks, " ", -1);
    const char *words[4] = {NULL};
    HdPciAddress address;
    guint vendor = 0, device = 0, count = 0;
    for (char **word = all; *word != NULL && count < G_N_ELEMENTS(words); word++) {
        if (**word != '\0')
            words[count++] = *word;
    }
    if (count != 3 || !hd_pci_address_parse(words[0], &address) ||
        !hd_text_is_device_id(words[1]) || sscanf(words[1], "%4x:%4x", &vendor, &device) != 2 ||
        !hd_text_is_name(words[2]))
        return false;
    hd_boot_claims_put(claims, &address, (guint16)vendor, (guint16)device, words[2]);
    return true;
}

bool
hd_boot_claims_parse(const char *text, GPtrArray **ret_claims, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = g_ptr_array_new_with_free_func(free_claim);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        if (*line != '\0' && *line != '#' && !parse_line(line, claims))
            return hd_error_set(ret_error, HD_ERROR_CONFIG,
                                "/" HD_BOOT_CLAIMS_FILE
                                ", line %u: it has to be ADDRESS VENDOR:DEVICE DRIVER",
                                i + 1);
    }
    *ret_claims = g_steal_pointer(&claims);
    return true;
}

const HdBootClaim *
hd_boot_claims_find(const GPtrArray *claims, const HdPciAddress *address)
{
    for (guint i = 0; i < claims->len; i++) {
        const HdBootClaim *claim = g_ptr_array_index(claims, i);
        if (hd_pci_address_equal(&claim->address, address))
            return claim;
    }
    return NULL;
}

bool
hd_boot_claims_drop(GPtrArray *claims, const HdPciAddress *address)
{
    const HdBootClaim *claim = hd_boot_claims_find(claims, address);
    return claim != NULL && g_ptr_array_remove(claims, (gpointer)claim);
}

void
hd_boot_claims_put(GPtrArray *claims, const HdPciAddress *address, guint16 vendor, guint16 device,
                   const char *driver)
{
    (void)hd_boot_claims_drop(claims, address);
    HdBootClaim *claim = g_new0(HdBootClaim, 1);
    *claim = (HdBootClaim){*address, vendor, device, g_strdup(driver)};
    g_ptr_array_add(claims, claim);
}

char *
hd_boot_claims_format(const GPtrArray *claims)
{
    GString *text = g_string_new(HEAD);
    for (guint i = 0; i < claims->len; i++) {
        const HdBootClaim *claim = g_ptr_array_index(claims, i);
        g_string_append_printf(text, "%s %04x:%04x %s\n", hd_pci_address_text(&claim->address).text,
                               claim->vendor, claim->device, claim->driver);
    }
    return g_string_free(text, FALSE);
}
