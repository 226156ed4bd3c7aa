/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * vf apply: what /etc/hostdevctl/vf.d wants, made so. The unit hostdevctl-vf.service
 * runs it at boot, before libvirt starts its guests; one bad file must not keep the
 * other cards from their VFs.
 */
#include <stdio.h>

#include "hd-cmd-vf.h"
#include "hd-error.h"

#define SETTLE_MS 10000
#define PAUSE_MS  200

typedef struct {
    HdCmd *cmd;
    HdState *state;
    guint pauses_left;
    GHashTable *seen; /* PF's address -> file */
} Run;

bool
hd_cmd_vf_read_set(HdPort *port, const char *name, HdVfSet **ret_set, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autofree char *file = g_strdup_printf("/" HD_VF_SETS "/%s", name);
    int error = hd_port_read(port, &text, HD_VF_SETS "/%s", name);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read %s", file);
    return hd_vf_set_parse(text, file, ret_set, ret_error);
}

/* At boot a card's driver may come after us. */
static bool
find(Run *run, const HdVfSet *set, HdPciAddress *ret_pf, GError **ret_error)
{
    bool is_found = false;
    while (hd_state_vf_find(run->state, set, ret_pf, &is_found, ret_error)) {
        if (is_found)
            return true;
        if (run->pauses_left == 0)
            return hd_error_set(ret_error, HD_ERROR_CONFIG,
                                "%s: no function of this host that can have VFs fits [pf]",
                                set->file);
        run->pauses_left--;
        hd_port_pause(run->cmd->port, PAUSE_MS);
    }
    return false;
}

static bool
apply_file(Run *run, const char *name, GError **ret_error)
{
    g_autoptr(HdVfSet) set = NULL;
    HdPciAddress pf;
    if (!hd_cmd_vf_read_set(run->cmd->port, name, &set, ret_error) ||
        !find(run, set, &pf, ret_error))
        return false;
    const HdPciAddressText address = hd_pci_address_text(&pf);
    const char *other = g_hash_table_lookup(run->seen, address.text);
    if (other != NULL)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: %s has its set in %s already",
                            set->file, address.text, other);
    g_hash_table_replace(run->seen, g_strdup(address.text), g_strdup(set->file));
    if (!hd_state_vf_apply(run->state, set, &pf, ret_error))
        return false;
    (void)printf("%s: %u VFs\n", address.text, set->count);
    return true;
}

bool
hd_cmd_vf_apply(HdCmd *cmd, HdState *state, guint wait_seconds, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Run run = {cmd, state, wait_seconds * 1000 / PAUSE_MS, seen};
    guint failures = 0;
    if (hd_port_list(cmd->port, &names, HD_VF_SETS) != 0)
        return true;
    hd_port_settle(cmd->port, SETTLE_MS);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(GError) problem = NULL;
        if (!g_str_has_suffix(name, ".conf") || apply_file(&run, name, &problem))
            continue;
        failures++;
        (void)fprintf(stderr, "hostdevctl: %s\n", problem->message);
    }
    return failures == 0 || hd_error_set(ret_error, HD_ERROR_KERNEL,
                                         "%u of the sets in /" HD_VF_SETS " %s not in place",
                                         failures, failures == 1 ? "is" : "are");
}
