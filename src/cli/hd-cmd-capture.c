/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * capture: this machine as one file that others may see and --sysroot replays: for bug
 * reports, and for our own tests.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hd-acs.h"
#include "hd-binding-probe.h"
#include "hd-capture-scrub.h"
#include "hd-card-probe.h"
#include "hd-check.h"
#include "hd-cmd.h"
#include "hd-device-facts.h"
#include "hd-error.h"
#include "hd-mdev-probe.h"
#include "hd-vfio-user.h"
#include "hd-port-record.h"
#include "hd-readiness-probe.h"
#include "hd-text.h"
#include "hd-vf-net.h"
#include "hd-vgpu-reach.h"
#include "hd-xml-apart.h"

static char *output_option;

static const GOptionEntry options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option, "write it there, not to stdout",
     "FILE"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* Of its group and its place on the bus. */
static void
read_place(HdPort *port, const HdDevice *device)
{
    g_autoptr(GPtrArray) members = NULL;
    g_autofree char *type = NULL;
    g_autofree char *target = NULL;
    (void)hd_port_link(port, &target, "sys/bus/pci/devices/%s",
                       hd_pci_address_text(&device->address).text);
    g_free(hd_acs_explain(port, &device->address));
    if (device->is_bridge)
        (void)hd_acs_probe(port, &device->address);
    if (device->iommu_group < 0)
        return;
    (void)hd_port_list(port, &members, "sys/kernel/iommu_groups/%d/devices", device->iommu_group);
    (void)hd_port_read(port, &type, "sys/kernel/iommu_groups/%d/type", device->iommu_group);
}

/* What list, groups and show read of one function. That it is read is all. */
static bool
read_device(HdPort *port, HdDevice *device, const HdModuleAliases *aliases, GError **ret_error)
{
    HdReadinessFacts ready = {0};
    hd_device_facts_free(hd_device_facts_read_with(port, device, aliases));
    hd_card_free(hd_card_probe(port, device));
    read_place(port, device);
    hd_readiness_probe_device(port, device, &ready);
    bool is_nic_vf = device->is_vf && device->id.class_code >> 16 == 0x02;
    return (!is_nic_vf || device->vf_net != NULL ||
            hd_vf_net_probe(port, device, &device->vf_net, ret_error)) &&
           (device->vgpu != NULL ||
            hd_vgpu_probe(port, &device->address, &device->vgpu, ret_error));
}

/* A request for everything, so that one pass reads what plans of any VM would. */
static HdRequest *
request_all(const HdInventory *inventory)
{
    const HdUuid none = {""};
    HdRequest *request = hd_request_new("capture", &none);
    const GPtrArray *devices = hd_inventory_devices(inventory);
    for (guint i = 0; i < devices->len; i++)
        hd_request_add(request, HD_WISH_PCI)->address =
            ((const HdDevice *)g_ptr_array_index(devices, i))->address;
    return request;
}

static bool
read_host(HdCmd *cmd, HdState *state, HdInventory **ret_inventory, GError **ret_error)
{
    g_autoptr(HdInventory) inventory = NULL;
    g_autoptr(HdMdevBus) mdevs = hd_mdev_bus_new();
    g_autoptr(GPtrArray) findings = NULL;
    g_autoptr(HdPlan) plan = NULL;
    if (!hd_cmd_inventory(cmd, state, NULL, true, &inventory, ret_error) ||
        !hd_mdev_probe_all(cmd->port, mdevs, ret_error))
        return false;
    for (guint i = 0; i < mdevs->mdevs->len; i++)
        g_free(
            hd_vfio_user_of_mdev(cmd->port, &((HdMdev *)g_ptr_array_index(mdevs->mdevs, i))->uuid));
    const GPtrArray *devices = hd_inventory_devices(inventory);
    g_autoptr(HdModuleAliases) aliases = hd_module_aliases_read(cmd->port);
    (void)hd_readiness_probe_host(cmd->port);
    for (guint i = 0; i < devices->len; i++) {
        if (!read_device(cmd->port, g_ptr_array_index(devices, i), aliases, ret_error))
            return false;
    }
    g_autoptr(HdRequest) request = request_all(inventory);
    if (!hd_state_plan(state, request, &plan, ret_error) ||
        !hd_check_host(cmd->port, state, false, &findings, ret_error))
        return false;
    *ret_inventory = g_steal_pointer(&inventory);
    return true;
}

/* A VM that the capture is about: its definition, and what its plan reads. */
static bool
read_vm(HdCmd *cmd, HdState *state, const char *name, HdCapture *capture, GError **ret_error)
{
    g_autoptr(GString) xml = NULL;
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(HdPlan) plan = NULL;
    if (!hd_cmd_read_xml(cmd, name, &xml, ret_error) ||
        !hd_xml_apart_parse(xml->str, xml->len, &request, ret_error) ||
        !hd_state_plan(state, request, &plan, ret_error))
        return false;
    g_autofree char *path = g_strdup_printf("etc/libvirt/qemu/%s.xml", request->name);
    if (strchr(request->name, '/') != NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "a VM called so can't be captured");
    hd_capture_add(capture, path, HD_CAPTURE_FILE, xml->str, xml->len);
    return true;
}

/* What the kernel holds back would hold this up for ever, and a capture without it can't be read.
 */
static bool
check_still(HdPort *port, GError **ret_error)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, HD_PORT_DEVICE_LOCKS) != 0)
        return true;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *name = hd_text_printable(g_ptr_array_index(names, i), 64);
        if (hd_binding_is_moving(port, g_ptr_array_index(names, i)))
            return hd_error_set(
                ret_error, HD_ERROR_REFUSED,
                "%s is just being moved; capture this host when that has ended, see "
                "'hostdevctl status'",
                name);
    }
    return true;
}

/* key -> line, sorted: libpci takes each id once, below its vendor or class. */
static void
put_name(GTree *lines, guint key, const char *format, char *name)
{
    if (name != NULL && g_tree_lookup(lines, GUINT_TO_POINTER(key)) == NULL)
        g_tree_insert(lines, GUINT_TO_POINTER(key), g_strconcat(format, "  ", name, "\n", NULL));
    g_free(name);
}

static gint
compare_keys(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    guint first = GPOINTER_TO_UINT(a), second = GPOINTER_TO_UINT(b);
    return first < second ? -1 : first > second;
}

static gboolean
append_line(gpointer key, gpointer line, gpointer text)
{
    (void)key;
    g_string_append(text, line);
    return FALSE;
}

/* Below 17 bits of key there is room for a vendor's own line before its first device. */
static void
put_device(GTree *lines, HdPciNames *names, const HdDeviceId *id)
{
    g_autofree char *vendor = g_strdup_printf("%04x", id->vendor);
    g_autofree char *device = g_strdup_printf("\t%04x", id->device);
    put_name(lines, (guint)id->vendor << 17, vendor, hd_pci_names_vendor(names, id));
    put_name(lines, ((guint)id->vendor << 17) + 1 + id->device, device,
             hd_pci_names_product(names, id));
}

static void
put_class(GTree *lines, HdPciNames *names, const HdDeviceId *id)
{
    guint base = id->class_code >> 16, sub = id->class_code >> 8 & 0xff;
    g_autofree char *base_line = g_strdup_printf("C %02x", base);
    g_autofree char *sub_line = g_strdup_printf("\t%02x", sub);
    put_name(lines, base << 9, base_line, g_strdup("Class"));
    put_name(lines, (base << 9) + 1 + sub, sub_line, hd_pci_names_class(names, id));
}

/* Its own pci.ids, of only what it has: another machine's may lack names, or have others. */
static void
add_names(const HdInventory *inventory, HdCapture *capture)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GTree) devices = g_tree_new_full(compare_keys, NULL, NULL, g_free);
    g_autoptr(GTree) classes = g_tree_new_full(compare_keys, NULL, NULL, g_free);
    const GPtrArray *all = hd_inventory_devices(inventory);
    for (guint i = 0; i < all->len; i++) {
        const HdDeviceId *id = &((const HdDevice *)g_ptr_array_index(all, i))->id;
        put_device(devices, hd_inventory_names(inventory), id);
        put_class(classes, hd_inventory_names(inventory), id);
    }
    g_tree_foreach(devices, append_line, text);
    g_tree_foreach(classes, append_line, text);
    hd_capture_add(capture, "usr/share/misc/pci.ids", HD_CAPTURE_FILE, text->str, text->len);
}

static bool
read_all(HdCmd *cmd, HdCapture *capture, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(HdInventory) inventory = NULL;
    if (state == NULL || !read_host(cmd, state, &inventory, ret_error))
        return false;
    for (char **vm = cmd->arguments; *vm != NULL; vm++) {
        if (!read_vm(cmd, state, *vm, capture, ret_error))
            return false;
    }
    add_names(inventory, capture);
    return true;
}

static bool
write_out(const char *text, GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    if (output_option == NULL)
        return fputs(text, stdout) >= 0 && fflush(stdout) == 0;
    return g_file_set_contents(output_option, text, -1, &problem) ||
           hd_error_set(ret_error, HD_ERROR_INPUT, "%s", problem->message);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdCapture) capture = hd_capture_new();
    HdPort *inner = cmd->port;
    if (!check_still(inner, ret_error))
        return HD_EXIT_FAILED;
    cmd->port = hd_port_record_new(inner, capture);
    bool done = read_all(cmd, capture, ret_error);
    hd_port_record_finish(cmd->port);
    cmd->port = inner;
    if (!done)
        return HD_EXIT_FAILED;
    g_autoptr(HdCapture) scrubbed = hd_capture_scrub(capture);
    g_autofree char *text = hd_capture_format(scrubbed);
    return write_out(text, ret_error) ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_capture = {
    "capture", "[VM...]", "this machine as a file for bug reports", 0, 64, false, options, run,
};
