/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose memory is the firmware's framebuffer in? The map is a tree, two blanks a level:
 *
 *   d0000000-dfffffff : PCI Bus 0000:01
 *     d0000000-dfffffff : 0000:01:00.0
 *       d0000000-d02fffff : BOOTFB
 */
#include "hd-iomem.h"

#include <string.h>

static const char *
parse_line(const char *line, gsize *ret_depth)
{
    const char *name = strstr(line, " : ");
    *ret_depth = strspn(line, " ");
    return name != NULL ? name + strlen(" : ") : "";
}

static bool
is_framebuffer(const char *name)
{
    static const char *const names[] = {"BOOTFB", "efifb", "vesafb", "simplefb", "simpledrm"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(name, names[i]))
            return true;
    }
    return strstr(name, "-framebuffer") != NULL;
}

char *
hd_iomem_framebuffer(HdPort *port, HdPciAddress *ret_address)
{
    g_autofree char *text = NULL;
    HdPciAddress card;
    gsize depth, card_depth = G_MAXSIZE;
    if (hd_port_read(port, &text, "proc/iomem") != 0)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        const char *name = parse_line(*line, &depth);
        if (card_depth == G_MAXSIZE || depth <= card_depth) {
            card_depth = hd_pci_address_parse(name, &card) ? depth : G_MAXSIZE;
            continue;
        }
        if (!is_framebuffer(name))
            continue;
        *ret_address = card;
        return g_strdup(name);
    }
    return NULL;
}
