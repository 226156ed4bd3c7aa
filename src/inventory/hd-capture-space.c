/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network card's serial number in configuration space is its MAC address.
 */
#include "hd-capture-space.h"

#include <string.h>

#define EXTENDED     0x100
#define HEADER       4
#define SERIAL_ID    0x0003
#define SERIAL_BYTES 8
#define MAX_CAPS     960 /* as many as there is room for: a list may be a ring */

static guint32
read_header(const GString *space, gsize offset)
{
    guint32 header;
    memcpy(&header, space->str + offset, sizeof(header));
    return GUINT32_FROM_LE(header);
}

void
hd_capture_space_scrub(GString *space)
{
    gsize offset = EXTENDED;
    for (guint i = 0; i < MAX_CAPS && offset >= EXTENDED && offset + HEADER <= space->len; i++) {
        guint32 header = read_header(space, offset);
        gsize left = space->len - offset - HEADER;
        if ((header & 0xffff) == SERIAL_ID)
            memset(space->str + offset + HEADER, 0, MIN(left, SERIAL_BYTES));
        offset = header >> 20 & 0xffc;
    }
}
