/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * vgpu: vendor vGPUs by hand, where there is no mdev: types, set, clear.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-device-json.h"
#include "hd-error.h"
#include "hd-out.h"
#include "hd-table.h"
#include "hd-text.h"
#include "hd-vgpu-reach.h"

static void
add_row(HdTable *table, const char *address, const char *type, const char *name, bool is_current)
{
    char **cells = g_new0(char *, 4);
    cells[0] = g_strdup(address);
    cells[1] = g_strdup(type);
    cells[2] = g_strdup(name);
    cells[3] = g_strdup(is_current ? "set" : "creatable");
    hd_table_add(table, cells);
}

static void
add_rows(HdTable *table, const char *address, const HdVgpu *vgpu)
{
    g_autofree char *current = g_strdup_printf("%u", vgpu->current);
    if (vgpu->current != 0)
        add_row(table, address, current, NULL, true);
    for (guint i = 0; i < vgpu->creatable->len; i++) {
        const HdVgpuType *type = g_ptr_array_index(vgpu->creatable, i);
        g_autofree char *id = g_strdup_printf("%u", type->id);
        g_autofree char *name = hd_text_printable(type->name, 48);
        add_row(table, address, id, name, false);
    }
}

static void
add_object(HdJson *json, const char *address, const HdVgpu *vgpu)
{
    hd_json_begin_object(json);
    hd_out_json_text(json, "address", address);
    hd_device_json_add_vgpu(json, vgpu);
    hd_json_end(json);
}

/* All functions, or the one that is asked about. */
static bool
list_addresses(HdCmd *cmd, GPtrArray **ret_names, GError **ret_error)
{
    HdPciAddress address;
    if (cmd->arguments[1] == NULL) {
        int error = hd_port_list(cmd->port, ret_names, "sys/bus/pci/devices");
        return error == 0 ||
               hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "list PCI devices");
    }
    if (!hd_cmd_address(cmd->arguments[1], &address, ret_error))
        return false;
    *ret_names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(*ret_names, g_strdup(hd_pci_address_text(&address).text));
    return true;
}

static bool
show_types(HdCmd *cmd, GError **ret_error)
{
    static const char *const titles[] = {"ADDRESS", "TYPE", "NAME", "STATE", NULL};
    g_autoptr(HdTable) table = hd_table_new(titles);
    g_autoptr(HdJson) json = hd_json_new();
    g_autoptr(GPtrArray) names = NULL;
    if (!list_addresses(cmd, &names, ret_error))
        return false;
    hd_json_begin_array(json);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        HdPciAddress address;
        g_autoptr(HdVgpu) vgpu = NULL;
        if (!hd_pci_address_parse(name, &address))
            continue;
        if (!hd_vgpu_probe(cmd->port, &address, &vgpu, ret_error))
            return false;
        if (vgpu == NULL && cmd->arguments[1] != NULL)
            return hd_error_set(ret_error, HD_ERROR_INPUT,
                                "%s has no vendor vGPU interface (nvidia/current_vgpu_type)", name);
        if (vgpu != NULL && cmd->json)
            add_object(json, name, vgpu);
        else if (vgpu != NULL)
            add_rows(table, name, vgpu);
    }
    hd_json_end(json);
    if (cmd->json)
        hd_out_json(json);
    else
        hd_table_print(table);
    return true;
}

static bool
set_type(HdCmd *cmd, const char *type, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    HdPciAddress address;
    return state != NULL && hd_cmd_check_root(cmd, "vgpu", ret_error) &&
           hd_cmd_address(cmd->arguments[1], &address, ret_error) &&
           hd_state_vgpu_set(state, &address, type, ret_error);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const char *verb = cmd->arguments[0];
    guint count = g_strv_length(cmd->arguments);
    bool done = false;
    if (g_str_equal(verb, "types") && count <= 2)
        done = show_types(cmd, ret_error);
    else if (g_str_equal(verb, "set") && count == 3)
        done = set_type(cmd, cmd->arguments[2], ret_error);
    else if (g_str_equal(verb, "clear") && count == 2)
        done = set_type(cmd, NULL, ret_error);
    else
        (void)hd_error_set(ret_error, HD_ERROR_USAGE,
                           "usage: hostdevctl vgpu types [ADDRESS] | set ADDRESS TYPE | clear "
                           "ADDRESS");
    return done ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_vgpu = {
    "vgpu", "VERB [ARGUMENT...]", "vendor vGPUs without mdev: types, set, clear", 1, 3, false, NULL,
    run,
};
