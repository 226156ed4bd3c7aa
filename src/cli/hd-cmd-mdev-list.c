/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `mdev types` and `mdev list` print.
 */
#include "hd-cmd-mdev.h"
#include "hd-out.h"
#include "hd-table.h"
#include "hd-text.h"

/* GVT-g's has a line for each of its figures. */
static char *
describe(const HdMdevType *type)
{
    if (type->description == NULL)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(type->description, "\n", -1);
    g_autofree char *joined = g_strjoinv(", ", lines);
    return hd_text_printable(joined, 100);
}

static void
add_type(const HdCmd *cmd, HdTable *table, HdJson *json, const HdMdevParent *parent,
         const HdMdevType *type)
{
    if (!cmd->json) {
        char **cells = g_new0(char *, 6);
        cells[0] = g_strdup(parent->name);
        cells[1] = g_strdup(type->id);
        cells[2] = type->name != NULL ? hd_text_printable(type->name, 40) : NULL;
        cells[3] = g_strdup(type->device_api);
        cells[4] = g_strdup_printf("%u", type->available);
        cells[5] = describe(type);
        hd_table_add(table, cells);
        return;
    }
    hd_json_begin_object(json);
    hd_out_json_text(json, "parent", parent->name);
    hd_out_json_text(json, "type", type->id);
    hd_out_json_text(json, "name", type->name);
    hd_out_json_text(json, "device_api", type->device_api);
    hd_out_json_number(json, "available_instances", type->available);
    hd_out_json_text(json, "description", type->description);
    hd_out_json_number(json, "numa_node", parent->numa_node);
    hd_json_end(json);
}

void
hd_cmd_mdev_print_types(const HdCmd *cmd, const HdMdevBus *bus, const char *parent)
{
    static const char *const titles[] = {"PARENT", "TYPE",        "NAME", "API",
                                         "FREE",   "DESCRIPTION", NULL};
    g_autoptr(HdTable) table = hd_table_new(titles);
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (guint i = 0; i < bus->parents->len; i++) {
        const HdMdevParent *facts = g_ptr_array_index(bus->parents, i);
        for (guint j = 0; j < facts->types->len; j++) {
            if (parent == NULL || g_str_equal(facts->name, parent))
                add_type(cmd, table, json, facts, g_ptr_array_index(facts->types, j));
        }
    }
    hd_json_end(json);
    if (cmd->json)
        hd_out_json(json);
    else
        hd_table_print(table);
}

/* One line: an mdev that exists, or is defined, or both. */
typedef struct {
    const HdUuid *uuid;
    const char *parent, *type;
    const HdMdev *mdev;     /* (nullable): it exists */
    const HdMdevSpec *spec; /* (nullable): it is defined */
    char *user;             /* (nullable) */
} Line;

static const char *
state_of(const Line *line)
{
    return line->mdev != NULL ? "active" : "defined";
}

static const char *
start_of(const Line *line)
{
    if (line->spec == NULL)
        return NULL;
    return line->spec->is_auto ? "auto" : "manual";
}

static void
add_attributes(HdJson *json, const HdMdevSpec *spec)
{
    hd_json_name(json, "attributes");
    hd_json_begin_array(json);
    for (guint i = 0; spec != NULL && i < spec->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(spec->attributes, i);
        hd_json_begin_object(json);
        hd_out_json_text(json, "name", attribute->name);
        hd_out_json_text(json, "value", attribute->value);
        hd_json_end(json);
    }
    hd_json_end(json);
}

static void
add_line(const HdCmd *cmd, HdTable *table, HdJson *json, const Line *line)
{
    int group = line->mdev != NULL ? line->mdev->iommu_group : -1;
    if (!cmd->json) {
        char **cells = g_new0(char *, 7);
        cells[0] = g_strdup(line->uuid->text);
        cells[1] = g_strdup(line->parent);
        cells[2] = g_strdup(line->type);
        cells[3] = group >= 0 ? g_strdup_printf("%d", group) : NULL;
        cells[4] = g_strdup(state_of(line));
        cells[5] = g_strdup(start_of(line));
        cells[6] = g_strdup(line->user);
        hd_table_add(table, cells);
        return;
    }
    hd_json_begin_object(json);
    hd_out_json_text(json, "uuid", line->uuid->text);
    hd_out_json_text(json, "parent", line->parent);
    hd_out_json_text(json, "type", line->type);
    hd_out_json_number(json, "iommu_group", group);
    hd_out_json_flag(json, "active", line->mdev != NULL);
    hd_out_json_flag(json, "defined", line->spec != NULL);
    hd_out_json_text(json, "start", start_of(line));
    add_attributes(json, line->spec);
    hd_out_json_text(json, "held_by", line->user);
    hd_json_end(json);
}

void
hd_cmd_mdev_print_list(const HdCmd *cmd, HdState *state, const HdMdevBus *bus, bool active,
                       bool defined)
{
    static const char *const titles[] = {"UUID",  "PARENT", "TYPE",    "GROUP",
                                         "STATE", "START",  "HELD BY", NULL};
    g_autoptr(HdTable) table = hd_table_new(titles);
    g_autoptr(HdJson) json = hd_json_new();
    guint count;
    hd_json_begin_array(json);
    for (guint i = 0; active && i < bus->mdevs->len; i++) {
        const HdMdev *mdev = g_ptr_array_index(bus->mdevs, i);
        const HdMdevSpec *spec =
            hd_mdev_bus_find_definition(bus, &mdev->uuid, mdev->parent, &count);
        g_autofree char *user = hd_state_mdev_user(state, &mdev->uuid);
        const Line line = {&mdev->uuid, mdev->parent, mdev->type, mdev, spec, user};
        add_line(cmd, table, json, &line);
    }
    for (guint i = 0; defined && i < bus->definitions->len; i++) {
        const HdMdevSpec *spec = g_ptr_array_index(bus->definitions, i);
        const HdMdev *mdev = hd_mdev_bus_find(bus, &spec->uuid);
        bool is_active = mdev != NULL && g_str_equal(mdev->parent, spec->parent);
        const Line line = {&spec->uuid, spec->parent, spec->type, is_active ? mdev : NULL,
                           spec,        NULL};
        if (!is_active || !active)
            add_line(cmd, table, json, &line);
    }
    hd_json_end(json);
    if (cmd->json)
        hd_out_json(json);
    else
        hd_table_print(table);
}
