/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a probe of OpenNebula has its configuration: it lies at a fixed way from the probe,
 * wherever an administrator has put both.
 */
#include "hd-one-place.h"

#include <glib.h>
#include <stdlib.h>

char *
hd_one_place_config(const char *program)
{
    g_autofree char *folder = g_path_get_dirname(program);
    char *real = realpath(folder, NULL);
    g_autofree char *place = g_strdup(real != NULL ? real : folder);
    free(real);
    g_auto(GStrv) parts = g_strsplit(place, "/", -1);
    guint count = g_strv_length(parts);
    const char *kind = count >= 3 ? parts[count - 3] : "";
    return g_strdup_printf("%s/../../../../etc/im/%s/pci.conf", place, kind);
}
