/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What depends on the kernel's version, said once.
 */
#include "hd-kernel.h"

bool
hd_kernel_has_virqfd(const char *release)
{
    g_auto(GStrv) parts = g_strsplit(release, ".", 3);
    if (g_strv_length(parts) < 2)
        return false;
    guint64 major = g_ascii_strtoull(parts[0], NULL, 10);
    guint64 minor = g_ascii_strtoull(parts[1], NULL, 10);
    return major > 0 && (major < 6 || (major == 6 && minor < 2));
}
