/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Resizable BARs. Their sizes can only be changed while the function has no driver: in the middle
 * of its move from one to the other.
 */
#include "hd-bar.h"

#include <errno.h>

#include "hd-error.h"
#include "hd-text.h"

#define DEVICES "sys/bus/pci/devices"
#define BARS    6

/* A line of "resource": start, end and flags. */
static guint64
size_mb(const char *line)
{
    guint64 ends[2];
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    for (guint i = 0; i < 2; i++) {
        if (words[0] == NULL || words[i] == NULL || !g_str_has_prefix(words[i], "0x") ||
            !hd_text_unsigned(words[i] + 2, 16, 0, G_MAXUINT64, &ends[i]))
            return 0;
    }
    return ends[1] > ends[0] ? (ends[1] - ends[0] + 1) >> 20 : 0;
}

static HdBars
read_sizes(HdPort *port, const HdPciAddress *address)
{
    HdBars bars = {0};
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, DEVICES "/%s/resource", hd_pci_address_text(address).text) != 0)
        return bars;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; i < BARS && lines[i] != NULL; i++)
        bars.mb[i] = size_mb(lines[i]);
    return bars;
}

void
hd_bar_probe(HdPort *port, HdDevice *device)
{
    HdBars sizes = read_sizes(port, &device->address);
    for (guint i = 0; i < BARS; i++) {
        g_autofree char *text = NULL;
        guint64 possible;
        if (hd_port_read(port, &text, DEVICES "/%s/resource%u_resize",
                         hd_pci_address_text(&device->address).text, i) != 0 ||
            !hd_text_unsigned(text, 16, 0, G_MAXUINT64, &possible))
            continue;
        device->bar_sizes[i] = possible;
        device->bars.mb[i] = sizes.mb[i];
    }
}

bool
hd_bar_is_reached(HdPort *port, const HdPciAddress *address, const HdBars *bars)
{
    if (!hd_bars_is_set(bars))
        return true;
    HdBars now = read_sizes(port, address);
    for (guint i = 0; i < BARS; i++) {
        if (bars->mb[i] != 0 && bars->mb[i] != now.mb[i])
            return false;
    }
    return true;
}

static int
resize(HdPort *port, const HdPciAddress *address, guint bar, guint64 mb)
{
    /* The kernel wants the exponent: 0 is 1 MiB. */
    g_autofree char *exponent = g_strdup_printf("%d", g_bit_nth_lsf((gulong)mb, -1));
    return hd_port_write(port, exponent, DEVICES "/%s/resource%u_resize",
                         hd_pci_address_text(address).text, bar);
}

bool
hd_bar_reach(HdPort *port, const HdPciAddress *address, const HdBars *bars, GError **ret_error)
{
    HdBars now = read_sizes(port, address);
    int error = 0;
    for (guint i = 0; i < BARS && error == 0; i++) {
        if (bars->mb[i] != 0 && bars->mb[i] != now.mb[i])
            error = resize(port, address, i, bars->mb[i]);
    }
    if (error == 0 && hd_bar_is_reached(port, address, bars))
        return true;
    g_autofree char *sizes = hd_bars_format(bars);
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error != 0 ? error : EIO,
                              "%s: set the sizes of its BARs to %s",
                              hd_pci_address_text(address).text, sizes);
}
