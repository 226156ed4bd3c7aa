/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * groups: the IOMMU groups, what keeps one from being given, and why it is one.
 */
#include <stdio.h>
#include <string.h>

#include "hd-acs.h"
#include "hd-cmd.h"
#include "hd-device-json.h"
#include "hd-error.h"
#include "hd-out.h"
#include "hd-table.h"
#include "hd-text.h"

#define LONGEST_NAME 60
#define NAME_BESIDE  20
#define SINCE        " one group, since "

typedef struct {
    HdCmd *cmd;
    const HdInventory *inventory;
    int number;
    const GPtrArray *members; /* of HdDevice* */
    char *type;               /* (nullable): how the IOMMU treats it for the host: "DMA-FQ" */
    char *joint;              /* (nullable): why cards of several slots are in it */
} Group;

/* Whether a bridge isolates what is below it, for programs and for people. */
static const struct {
    const char *name, *text;
} acs_words[] = {
    [HD_ACS_UNKNOWN] = {NULL, ""},
    [HD_ACS_ON] = {"on", ", ACS on"},
    [HD_ACS_OFF] = {"off", ", ACS off"},
    [HD_ACS_CONVENTIONAL] = {"none", ", no ACS"},
};

static HdAcs
acs_of(const Group *group, const HdDevice *device)
{
    return device->is_bridge ? hd_acs_probe(group->cmd->port, &device->address) : HD_ACS_UNKNOWN;
}

/* What a person has to know of one member; NULL: it can be given. */
static char *
obstacle(const Group *group, const HdDevice *device, HdAcs acs)
{
    g_autofree char *vms = hd_inventory_vms(group->inventory, device);
    if (vms != NULL) {
        g_autofree char *name = hd_text_printable(vms, 64);
        return g_strdup_printf("held by VM '%s'", name);
    }
    if (device->is_bridge) {
        /* Alone it joins nothing; the kernel knows of ports that isolate without saying so. */
        bool says_nothing = acs == HD_ACS_OFF && group->members->len == 1;
        return g_strconcat("bridge, stays with the host", says_nothing ? NULL : acs_words[acs].text,
                           NULL);
    }
    if (device->vf_count > 0)
        return g_strdup_printf("has %u VFs", device->vf_count);
    if (device->holders->len > 0)
        return g_strdup(((HdHolder *)g_ptr_array_index(device->holders, 0))->text);
    return NULL;
}

/* Why the whole can't be given: the first member that is itself in the way, else the first at all.
 */
typedef struct {
    bool has_devices;
    const HdDevice *keeper; /* (nullable) */
    const char *rule;       /* of keeper */
} GroupVerdict;

static GroupVerdict
judge(const Group *group)
{
    GroupVerdict whole = {false, NULL, NULL};
    for (guint i = 0; i < group->members->len; i++) {
        const HdDevice *device = g_ptr_array_index(group->members, i);
        if (device->is_bridge)
            continue;
        whole.has_devices = true;
        g_auto(HdVerdict) verdict = hd_inventory_verdict(group->inventory, device);
        bool is_itself = !verdict.is_free && !g_str_equal(verdict.rule, "group");
        if (verdict.is_free || (whole.keeper != NULL && !is_itself))
            continue;
        whole.keeper = device;
        whole.rule = verdict.rule;
        if (is_itself)
            break;
    }
    return whole;
}

static char *
describe(const GroupVerdict *verdict)
{
    if (!verdict->has_devices)
        return g_strdup("bridges only");
    if (verdict->keeper == NULL)
        return g_strdup("can be given");
    return g_strdup_printf("can't be given: %s (%s)",
                           hd_pci_address_text(&verdict->keeper->address).text, verdict->rule);
}

static void
print_heading(const Group *group)
{
    const GroupVerdict verdict = judge(group);
    g_autofree char *name = g_strdup_printf("group %d", group->number);
    g_autofree char *says = describe(&verdict);
    HdTone given = verdict.keeper == NULL ? HD_TONE_GOOD : HD_TONE_BAD;
    gsize used = strlen(name) + strlen("  ") + strlen(says) + strlen(SINCE);
    (void)printf("%s%s%s  %s%s%s", hd_table_tone(HD_TONE_STRONG), name,
                 hd_table_tone(HD_TONE_PLAIN),
                 hd_table_tone(verdict.has_devices ? given : HD_TONE_DIM), says,
                 hd_table_tone(HD_TONE_PLAIN));
    if (group->joint != NULL)
        (void)printf("%s%s%s", hd_table_room(used) < strlen(group->joint) ? ";\n " : ";", SINCE,
                     group->joint);
    (void)putchar('\n');
}

/* What is in the way of a device has a line of its own where little of the name would be left. */
static void
print_member(const Group *group, const HdDevice *device, bool is_last)
{
    HdPciNames *names = hd_inventory_names(group->inventory);
    g_autofree char *brief = hd_pci_names_short(names, &device->id);
    g_autofree char *name = hd_text_printable(brief, LONGEST_NAME);
    g_autofree char *problem = obstacle(group, device, acs_of(group, device));
    g_autofree char *driver = hd_text_printable(
        device->binding.driver != NULL ? device->binding.driver : "no driver", 32);
    const HdPciAddressText address = hd_pci_address_text(&device->address);
    gsize used = strlen("  +- ") + strlen(address.text) + strlen("    []") + strlen(driver);
    gsize beside = problem != NULL ? strlen("  ") + hd_table_text_width(problem) : 0;
    bool is_apart = problem != NULL && !device->is_bridge &&
                    hd_table_room(used + beside) < MIN(hd_table_text_width(name), NAME_BESIDE);
    g_autofree char *shown = hd_table_fit(name, hd_table_room(is_apart ? used : used + beside));
    (void)printf("  %s %s  %s  [%s]", is_last ? "└─" : "├─", address.text, shown, driver);
    if (problem != NULL)
        (void)printf("%s%s%s%s", is_apart ? (is_last ? "\n       " : "\n  │    ") : "  ",
                     hd_table_tone(device->is_bridge ? HD_TONE_DIM : HD_TONE_BAD), problem,
                     hd_table_tone(HD_TONE_PLAIN));
    (void)putchar('\n');
}

static void
print_group(const Group *group)
{
    print_heading(group);
    for (guint i = 0; i < group->members->len; i++)
        print_member(group, g_ptr_array_index(group->members, i), i + 1 == group->members->len);
}

static void
add_member(HdJson *json, const Group *group, const HdDevice *device)
{
    HdAcs acs = acs_of(group, device);
    g_autofree char *problem = obstacle(group, device, acs);
    hd_json_begin_object(json);
    hd_device_json_add(json, group->inventory, device);
    hd_out_json_text(json, "obstacle", problem);
    hd_out_json_text(json, "acs", acs_words[acs].name);
    hd_json_end(json);
}

static void
add_group(HdJson *json, const Group *group)
{
    const GroupVerdict verdict = judge(group);
    hd_json_begin_object(json);
    hd_out_json_number(json, "group", group->number);
    hd_out_json_text(json, "type", group->type);
    hd_out_json_flag(json, "available", verdict.has_devices && verdict.keeper == NULL);
    hd_out_json_text(json, "joined_by", group->joint);
    hd_json_name(json, "members");
    hd_json_begin_array(json);
    for (guint i = 0; i < group->members->len; i++)
        add_member(json, group, g_ptr_array_index(group->members, i));
    hd_json_end(json);
    hd_json_end(json);
}

static bool
read_wanted(const char *argument, gint64 *ret_group, GError **ret_error)
{
    guint64 number;
    if (argument == NULL)
        return true;
    if (!hd_text_unsigned(argument, 10, 0, G_MAXINT, &number))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "'%s' is no group's number", argument);
    *ret_group = (gint64)number;
    return true;
}

static gint
compare_groups(gconstpointer a, gconstpointer b)
{
    return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b);
}

static GList *
group_numbers(const GPtrArray *devices, gint64 wanted)
{
    g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        if (device->iommu_group >= 0 && (wanted < 0 || device->iommu_group == wanted))
            g_hash_table_add(numbers, GINT_TO_POINTER(device->iommu_group));
    }
    return g_list_sort(g_hash_table_get_keys(numbers), compare_groups);
}

static void
show_one(HdCmd *cmd, const HdInventory *inventory, int number, HdJson *json)
{
    g_autoptr(GPtrArray) members = hd_host_group(hd_inventory_host(inventory), number);
    g_autofree char *type = NULL;
    (void)hd_port_read(cmd->port, &type, "sys/kernel/iommu_groups/%d/type", number);
    g_autofree char *joint = hd_acs_explain_group(cmd->port, members);
    const Group group = {cmd, inventory, number, members, type, joint};
    if (cmd->json)
        add_group(json, &group);
    else
        print_group(&group);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(HdInventory) inventory = NULL;
    gint64 wanted = -1;
    if (state == NULL || !read_wanted(cmd->arguments[0], &wanted, ret_error) ||
        !hd_cmd_inventory(cmd, state, NULL, true, &inventory, ret_error))
        return HD_EXIT_FAILED;
    g_autoptr(GList) numbers = group_numbers(hd_inventory_devices(inventory), wanted);
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (const GList *item = numbers; item != NULL; item = item->next)
        show_one(cmd, inventory, GPOINTER_TO_INT(item->data), json);
    hd_json_end(json);
    if (numbers != NULL) {
        if (cmd->json)
            hd_out_json(json);
        return HD_EXIT_DONE;
    }
    if (wanted >= 0)
        (void)hd_error_set(ret_error, HD_ERROR_INPUT,
                           "there is no IOMMU group %d; 'hostdevctl groups' has them all",
                           (int)wanted);
    else
        (void)hd_error_set(ret_error, HD_ERROR_INPUT,
                           "there are no IOMMU groups: this host has no active IOMMU");
    return HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_groups = {
    "groups", "[GROUP]", "show IOMMU groups and what keeps them", 0, 1, false, NULL, run,
};
