/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Node devices where no libvirt answers, or none is wanted.
 */
#include "hd-nodedev-local.h"

#include <string.h>

#include "hd-error.h"
#include "hd-mdev-store.h"
#include "hd-node-probe.h"
#include "hd-pci-names.h"
#include "hd-text.h"
#include "hd-xml-apart.h"
#include "hd-xml-nodedev.h"

bool
hd_nodedev_local_list(HdCmd *cmd, const char *capability, bool active, bool inactive,
                      GPtrArray **ret_names, GError **ret_error)
{
    static const char *const all[] = {"mdev", "mdev_types", "pci", NULL};
    const char *const one[] = {capability, NULL};
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *cap = capability != NULL ? one : all; *cap != NULL; cap++) {
        for (guint defined = 0; defined < 2; defined++) {
            g_autoptr(GPtrArray) some = NULL;
            if (defined == 0 ? !active : !inactive)
                continue;
            if (!hd_node_probe_names(cmd->port, *cap, defined == 1, &some, ret_error))
                return false;
            g_ptr_array_extend_and_steal(names, g_steal_pointer(&some));
        }
    }
    *ret_names = g_steal_pointer(&names);
    return true;
}

static void
add_names(HdCmd *cmd, HdNodeDevice *device)
{
    g_autoptr(HdPciNames) names = hd_pci_names_new_for(cmd->sysroot);
    if (device->kind != HD_NODE_DEVICE_PCI)
        return;
    device->vendor_name = hd_pci_names_vendor(names, &device->id);
    device->product_name = hd_pci_names_product(names, &device->id);
}

static bool
probe(HdCmd *cmd, const char *name, bool inactive, HdNodeDevice **ret_device, GError **ret_error)
{
    HdPciAddress address;
    HdUuid uuid;
    bool probed = true;
    *ret_device = NULL;
    if (hd_pci_address_parse_node_name(name, &address) || hd_pci_address_parse(name, &address))
        probed = hd_node_probe_pci(cmd->port, &address, ret_device, ret_error);
    else if (hd_node_device_parse_mdev(name, &uuid)) {
        probed = hd_node_probe_mdev(cmd->port, &uuid, inactive, ret_device, ret_error);
        if (probed && *ret_device == NULL && !inactive)
            probed = hd_node_probe_mdev(cmd->port, &uuid, true, ret_device, ret_error);
    } else {
        g_autofree char *parent = hd_node_device_parse_parent(name);
        if (parent != NULL)
            probed = hd_node_probe_parent(cmd->port, parent, ret_device, ret_error);
    }
    g_autofree char *shown = hd_text_printable(name, 80);
    return probed && (*ret_device != NULL || hd_error_set(ret_error, HD_ERROR_INPUT,
                                                          "there is no node device '%s'", shown));
}

bool
hd_nodedev_local_xml(HdCmd *cmd, const char *name, bool inactive, char **ret_xml,
                     GError **ret_error)
{
    g_autoptr(HdNodeDevice) device = NULL;
    if (!probe(cmd, name, inactive, &device, ret_error))
        return false;
    add_names(cmd, device);
    *ret_xml = hd_xml_nodedev_format(device);
    return true;
}

static bool
define(HdCmd *cmd, HdMdevSpec *spec, GError **ret_error)
{
    g_autofree char *random = g_uuid_string_random();
    g_autoptr(HdNodeDevice) same = NULL;
    if (*spec->uuid.text == '\0')
        (void)hd_uuid_parse(random, &spec->uuid);
    if (!hd_node_probe_mdev(cmd->port, &spec->uuid, true, &same, ret_error))
        return false;
    if (same != NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "mdev %s is defined already",
                            spec->uuid.text);
    return hd_mdev_store_save(cmd->port, spec, ret_error);
}

static bool
create(HdCmd *cmd, HdMdevSpec *spec, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    return state != NULL &&
           hd_state_mdev_create(state, spec, NULL, HD_CHOICE_UNSET, &spec->uuid, ret_error);
}

bool
hd_nodedev_local_create(HdCmd *cmd, const GString *xml, bool is_definition, char **ret_name,
                        GError **ret_error)
{
    g_autoptr(HdMdevSpec) spec = NULL;
    if (!hd_xml_apart_read_mdev(xml->str, xml->len, &spec, ret_error) ||
        (is_definition ? !define(cmd, spec, ret_error) : !create(cmd, spec, ret_error)))
        return false;
    *ret_name = hd_node_device_mdev_name(&spec->uuid, spec->parent);
    return true;
}

static bool
start(HdCmd *cmd, const HdUuid *uuid, GError **ret_error)
{
    g_autoptr(HdNodeDevice) device = NULL;
    if (!hd_node_probe_mdev(cmd->port, uuid, true, &device, ret_error))
        return false;
    if (device == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "mdev %s is not defined", uuid->text);
    return create(cmd, device->mdev, ret_error);
}

static bool
undefine(HdCmd *cmd, const HdUuid *uuid, GError **ret_error)
{
    g_autoptr(HdNodeDevice) device = NULL;
    if (!hd_node_probe_mdev(cmd->port, uuid, true, &device, ret_error))
        return false;
    if (device == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "mdev %s is not defined", uuid->text);
    return hd_mdev_store_remove(cmd->port, uuid, device->mdev->parent, ret_error);
}

static bool
act_on_mdev(HdCmd *cmd, HdState *state, const HdUuid *uuid, HdVirtNodedevAct act,
            GError **ret_error)
{
    switch (act) {
    case HD_VIRT_NODEDEV_START:
        return start(cmd, uuid, ret_error);
    case HD_VIRT_NODEDEV_DESTROY:
        return hd_state_mdev_remove(state, uuid, ret_error);
    case HD_VIRT_NODEDEV_UNDEFINE:
        return undefine(cmd, uuid, ret_error);
    default:
        return hd_error_set(ret_error, HD_ERROR_USAGE,
                            "an mdev can be started, destroyed and undefined, nothing else");
    }
}

static bool
act_on_function(HdCmd *cmd, HdState *state, const HdPciAddress *address, HdVirtNodedevAct act,
                const char *driver, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    int error = 0;
    switch (act) {
    case HD_VIRT_NODEDEV_DETACH:
        return hd_state_detach(state, address, driver, ret_error);
    case HD_VIRT_NODEDEV_REATTACH:
        return hd_state_reattach(state, address, ret_error);
    case HD_VIRT_NODEDEV_RESET:
        error = hd_port_write(cmd->port, "1", "sys/bus/pci/devices/%s/reset", name.text);
        return error == 0 ||
               hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "%s: reset it", name.text);
    default:
        return hd_error_set(ret_error, HD_ERROR_USAGE,
                            "a PCI function can be detached, reattached and reset, nothing else");
    }
}

bool
hd_nodedev_local_act(HdCmd *cmd, const char *name, HdVirtNodedevAct act, const char *driver,
                     GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    HdPciAddress address;
    HdUuid uuid;
    if (state == NULL)
        return false;
    if (hd_node_device_parse_mdev(name, &uuid))
        return act_on_mdev(cmd, state, &uuid, act, ret_error);
    return hd_cmd_address(name, &address, ret_error) &&
           act_on_function(cmd, state, &address, act, driver, ret_error);
}
