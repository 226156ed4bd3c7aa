/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * vf set --save: the number of VFs that a PF gets at each boot. What the owner has written
 * in vf.d stays: a PF has one set there, and of that the number alone is ours.
 */
#include <errno.h>

#include "hd-cmd-vf.h"
#include "hd-error.h"

/* The set of another name that is in force for @pf. Those that can't be read are in force for none.
 * @ret_file: (transfer full): NULL: there is none */
static bool
find_other(HdCmd *cmd, HdState *state, const HdPciAddress *pf, const char *own, char **ret_file,
           GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    (void)hd_port_list(cmd->port, &names, HD_VF_SETS);
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(HdVfSet) set = NULL;
        HdPciAddress found;
        bool is_found = false;
        if (!g_str_has_suffix(name, ".conf") || g_str_equal(name, own) ||
            !hd_cmd_vf_read_set(cmd->port, name, &set, NULL))
            continue;
        if (!hd_state_vf_find(state, set, &found, &is_found, ret_error))
            return false;
        if (is_found && hd_pci_address_equal(&found, pf)) {
            *ret_file = g_strdup(set->file);
            return true;
        }
    }
    *ret_file = NULL;
    return true;
}

static bool
check_discard(HdCmd *cmd, const char *name, GError **ret_error)
{
    g_autoptr(HdVfSet) set = NULL;
    return !hd_cmd_vf_read_set(cmd->port, name, &set, NULL) || !hd_vf_set_has_settings(set) ||
           hd_error_set(ret_error, HD_ERROR_REFUSED,
                        "%s has settings of VFs, too: remove it yourself, and leave out --save",
                        set->file);
}

bool
hd_cmd_vf_plan_save(HdCmd *cmd, HdState *state, const HdPciAddress *pf, guint count,
                    bool with_driver, char **ret_text, GError **ret_error)
{
    g_autofree char *name = g_strdup_printf("%s.conf", hd_pci_address_text(pf).text);
    g_autofree char *path = g_strconcat("/" HD_VF_SETS "/", name, NULL);
    g_autofree char *other = NULL;
    g_autofree char *before = NULL;
    if (!find_other(cmd, state, pf, name, &other, ret_error))
        return false;
    if (other != NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED,
                            "%s says how many VFs %s has at boot: change it there, and leave out "
                            "--save",
                            other, hd_pci_address_text(pf).text);
    if (count == 0 && !check_discard(cmd, name, ret_error))
        return false;
    if (count == 0) {
        *ret_text = NULL;
        return true;
    }
    (void)hd_port_read(cmd->port, &before, "%s", path + 1);
    return hd_vf_set_edit(before, path, pf, count, with_driver, ret_text, ret_error);
}

bool
hd_cmd_vf_save(HdCmd *cmd, const HdPciAddress *pf, const char *text, GError **ret_error)
{
    g_autofree char *path = g_strdup_printf(HD_VF_SETS "/%s.conf", hd_pci_address_text(pf).text);
    int error =
        text != NULL ? hd_port_save(cmd->port, path, text) : hd_port_discard(cmd->port, path);
    return error == 0 || (text == NULL && error == ENOENT) ||
           hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "write /%s", path);
}
