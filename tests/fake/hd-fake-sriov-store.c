/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a write to a PF's sriov_* files does, in the order in which drivers/pci/iov.c looks.
 */
#include "hd-fake-private.h"

#include <errno.h>
#include <string.h>

static int
store_numvfs(HdFake *fake, HdFakeSriovPf *pf, const char *text)
{
    const Device *device = hd_fake_find(fake, pf->address);
    guint64 count = 0;
    if (!hd_fake_parse_number(text, &count) || count > G_MAXUINT16)
        return EINVAL;
    if (count > pf->total)
        return ERANGE;
    if (pf->is_disabling) {
        /* The other write has the device's lock. */
        fake->is_abandoned = true;
        return 0;
    }
    if (count == pf->count)
        return 0;
    if (device->driver == NULL || g_strcmp0(device->driver, device->native) != 0)
        return ENOENT;
    if (count > 0 && pf->count > 0)
        return EBUSY;
    if (count > 0)
        hd_fake_sriov_enable(fake, pf, (guint)count);
    else
        hd_fake_sriov_disable(fake, pf);
    return 0;
}

/* kstrtobool(): the first letter counts, of "on" and "off" the second too. */
static int
store_autoprobe(HdFake *fake, HdFakeSriovPf *pf, const char *text)
{
    bool is_o = g_ascii_tolower(text[0]) == 'o';
    char letter = g_ascii_tolower(text[is_o ? 1 : 0]);
    bool is_on = letter != '\0' && strchr(is_o ? "n" : "yt1", letter) != NULL;
    if (!is_on && (letter == '\0' || strchr(is_o ? "f" : "nf0", letter) == NULL))
        return EINVAL;
    pf->autoprobe = is_on;
    hd_fake_sriov_show(fake, pf);
    return 0;
}

bool
hd_fake_sriov_store(HdFake *fake, const char *path, const char *text, int *ret_error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *address = g_path_get_basename(folder);
    HdFakeSriovPf *pf = hd_fake_sriov_find_pf(fake, address);
    if (pf == NULL || !g_str_has_prefix(name, "sriov_"))
        return false;
    if (g_str_equal(name, "sriov_numvfs"))
        *ret_error = store_numvfs(fake, pf, text);
    else if (g_str_equal(name, "sriov_drivers_autoprobe"))
        *ret_error = store_autoprobe(fake, pf, text);
    else
        *ret_error = EACCES;
    return true;
}
