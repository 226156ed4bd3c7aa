/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * show: all that a person asks about one device before giving it to a VM.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-out.h"
#include "hd-pci-names.h"
#include "hd-probe.h"
#include "hd-text.h"

typedef struct {
    const HdHost *host;
    const HdDevice *device;
    const HdClaim *claim; /* (nullable) */
    const HdPlan *plan;
    HdPciNames *names;
} Facts;

static char *
node_device_name(const HdPciAddress *a)
{
    return g_strdup_printf("pci_%04x_%02x_%02x_%x", a->domain, a->bus, a->slot, a->function);
}

static char *
fragment(const HdPciAddress *a)
{
    return g_strdup_printf("<hostdev mode='subsystem' type='pci' managed='yes'>\n"
                           "  <source>\n"
                           "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' "
                           "function='0x%x'/>\n"
                           "  </source>\n"
                           "</hostdev>",
                           a->domain, a->bus, a->slot, a->function);
}

static char *
members_text(const Facts *facts)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) members = hd_host_group(facts->host, facts->device->iommu_group);
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *member = g_ptr_array_index(members, i);
        if (member != facts->device)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                                   hd_pci_address_text(&member->address).text);
    }
    return g_string_free(text, FALSE);
}

static void line(const char *name, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
line(const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)printf("%-16s", name);
    (void)vprintf(format, args);
    (void)putchar('\n');
    va_end(args);
}

static void
print_place(const Facts *facts)
{
    const HdDevice *device = facts->device;
    g_autofree char *members = members_text(facts);
    g_autofree char *node = node_device_name(&device->address);
    if (device->iommu_group >= 0)
        line("IOMMU group:", "%d%s%s%s", device->iommu_group, *members != '\0' ? " with " : "",
             members, *members != '\0' ? "" : ", alone");
    else
        line("IOMMU group:", "none");
    if (device->is_vf)
        line("VF of:", "%s", hd_pci_address_text(&device->pf).text);
    if (device->vf_total > 0)
        line("VFs:", "%u of %u", device->vf_count, device->vf_total);
    if (device->numa_node >= 0)
        line("NUMA node:", "%d", device->numa_node);
    line("node device:", "%s", node);
}

static void
print_use(const Facts *facts)
{
    const HdDevice *device = facts->device;
    if (facts->claim != NULL) {
        g_autofree char *name = hd_text_printable(facts->claim->name, 64);
        line("held by:", "VM '%s'", name);
    }
    for (guint i = 0; i < device->holders->len; i++)
        line("in use:", "%s", ((HdHolder *)g_ptr_array_index(device->holders, i))->text);
}

static void
print_text(const Facts *facts)
{
    const HdDevice *device = facts->device;
    g_autofree char *name = hd_pci_names_device(facts->names, &device->id);
    g_autofree char *class_name = hd_pci_names_class(facts->names, &device->id);
    g_autofree char *xml = fragment(&device->address);
    g_autofree char *plan = hd_plan_describe(facts->plan);
    line("address:", "%s", hd_pci_address_text(&device->address).text);
    line("device:", "%s", name);
    line("class:", "%s", class_name);
    line("id:", "%04x:%04x, subsystem %04x:%04x, class %06x", device->id.vendor, device->id.device,
         device->id.subvendor, device->id.subdevice, device->id.class_code);
    line("driver:", "%s%s%s%s", device->binding.driver != NULL ? device->binding.driver : "none",
         device->driver_module != NULL ? " (module " : "",
         device->driver_module != NULL ? device->driver_module : "",
         device->driver_module != NULL ? ")" : "");
    if (device->binding.override != NULL)
        line("driver_override:", "%s", device->binding.override);
    line("vfio driver:", "%s", device->vfio_driver);
    print_place(facts);
    print_use(facts);
    (void)printf("\nGiven to a VM:\n%s\nFor its XML:\n%s\n", plan, xml);
}

static void
print_json(const Facts *facts)
{
    const HdDevice *device = facts->device;
    g_autoptr(HdJson) json = hd_json_new();
    g_autofree char *name = hd_pci_names_device(facts->names, &device->id);
    g_autofree char *node = node_device_name(&device->address);
    g_autofree char *id = g_strdup_printf("%04x:%04x", device->id.vendor, device->id.device);
    g_autofree char *xml = fragment(&device->address);
    hd_json_begin_object(json);
    hd_out_json_text(json, "address", hd_pci_address_text(&device->address).text);
    hd_out_json_text(json, "id", id);
    hd_out_json_text(json, "name", name);
    hd_out_json_text(json, "driver", device->binding.driver);
    hd_out_json_text(json, "driver_override", device->binding.override);
    hd_out_json_text(json, "vfio_driver", device->vfio_driver);
    hd_out_json_number(json, "iommu_group", device->iommu_group);
    hd_out_json_text(json, "node_device", node);
    hd_out_json_text(json, "held_by", facts->claim != NULL ? facts->claim->name : NULL);
    hd_out_json_flag(json, "can_be_given", !hd_plan_is_refused(facts->plan));
    hd_json_name(json, "in_use");
    hd_json_begin_array(json);
    for (guint i = 0; i < device->holders->len; i++)
        hd_json_text(json, ((HdHolder *)g_ptr_array_index(device->holders, i))->text);
    hd_json_end(json);
    hd_out_json_text(json, "xml", xml);
    hd_json_end(json);
    hd_out_json(json);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const HdUuid none = {""};
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(HdRequest) request = hd_request_new("show", &none);
    g_autoptr(HdHost) host = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdPlan) plan = NULL;
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    if (state == NULL || !hd_cmd_address(cmd->arguments[0], &wish->address, ret_error) ||
        !hd_probe_request(cmd->port, request, &host, ret_error) ||
        !hd_state_read_claims(state, &claims, ret_error) ||
        !hd_state_plan(state, request, &plan, ret_error))
        return HD_EXIT_FAILED;
    const HdDevice *device = hd_host_find(host, &wish->address);
    if (device == NULL) {
        (void)hd_error_set(ret_error, HD_ERROR_INPUT,
                           "%s is not on this host; see 'hostdevctl list'",
                           hd_pci_address_text(&wish->address).text);
        return HD_EXIT_FAILED;
    }
    g_autoptr(HdPciNames) names = hd_pci_names_new();
    const Facts facts = {host, device, hd_claims_find_vm(claims, &device->address, NULL), plan,
                         names};
    if (cmd->json)
        print_json(&facts);
    else
        print_text(&facts);
    return HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_show = {
    "show", "ADDRESS", "show all about one device", 1, 1, false, NULL, run,
};
