/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mdev: mediated devices by hand: types, list, create, remove, define, undefine.
 * Definitions are mdevctl's, so both programs show the same.
 */
#include "hd-cmd-mdev.h"

#include <stdio.h>
#include <string.h>

#include "hd-error.h"
#include "hd-mdev-probe.h"
#include "hd-mdev-store.h"
#include "hd-text.h"

static char *parent_option, *uuid_option, *mapping_option, *choice_option;
static char **attribute_options;
static gboolean auto_option, active_option, defined_option;

static const GOptionEntry options[] = {
    {"parent", 'p', 0, G_OPTION_ARG_STRING, &parent_option,
     "PCI address or name of the parent device", "PARENT"},
    {"uuid", 'u', 0, G_OPTION_ARG_STRING, &uuid_option, "instead of a random one", "UUID"},
    {"mapping", 0, 0, G_OPTION_ARG_STRING, &mapping_option,
     "create: the parent is one of this mapping's devices", "NAME"},
    {"choose", 0, 0, G_OPTION_ARG_STRING, &choice_option,
     "create: which of several parents: spread, pack or numa", "HOW"},
    {"attr", 0, 0, G_OPTION_ARG_STRING_ARRAY, &attribute_options,
     "written after creation, in this order", "NAME=VALUE"},
    {"auto", 'a', 0, G_OPTION_ARG_NONE, &auto_option, "define: start at boot", NULL},
    {"active", 0, 0, G_OPTION_ARG_NONE, &active_option, "list: only those that exist", NULL},
    {"defined", 'd', 0, G_OPTION_ARG_NONE, &defined_option, "list: only those that are defined",
     NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static bool
read_parent(const char *text, char **ret_parent, GError **ret_error)
{
    g_autofree char *parent = text != NULL ? hd_mdev_parent_parse(text) : NULL;
    g_autofree char *shown = hd_text_printable(text, 64);
    if (text != NULL && parent == NULL)
        return hd_error_set(ret_error, HD_ERROR_USAGE,
                            "'%s' is no parent (a PCI address, or a name such as mtty)", shown);
    *ret_parent = g_steal_pointer(&parent);
    return true;
}

static bool
read_uuid(const char *text, HdUuid *ret_uuid, GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(text, 64);
    return hd_uuid_parse(text, ret_uuid) ||
           hd_error_set(ret_error, HD_ERROR_USAGE, "'%s' is no UUID", shown);
}

static bool
read_attributes(HdMdevSpec *spec, GError **ret_error)
{
    for (char **option = attribute_options; option != NULL && *option != NULL; option++) {
        g_auto(GStrv) parts = g_strsplit(*option, "=", 2);
        g_autofree char *shown = hd_text_printable(*option, 64);
        if (g_strv_length(parts) != 2 ||
            !hd_mdev_attributes_add(spec->attributes, parts[0], parts[1]))
            return hd_error_set(ret_error, HD_ERROR_USAGE,
                                "--attr %s: say NAME=VALUE, a file below the mdev and one line",
                                shown);
    }
    return true;
}

/* What --uuid, --parent, --attr and the type say together. */
static bool
read_spec(const char *type, HdMdevSpec **ret_spec, GError **ret_error)
{
    HdUuid uuid = {""};
    g_autofree char *parent = NULL;
    if ((uuid_option != NULL && !read_uuid(uuid_option, &uuid, ret_error)) ||
        !read_parent(parent_option, &parent, ret_error))
        return false;
    g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(&uuid, type, parent);
    spec->is_auto = auto_option;
    if (!read_attributes(spec, ret_error))
        return false;
    *ret_spec = g_steal_pointer(&spec);
    return true;
}

static bool
read_bus(HdCmd *cmd, HdMdevBus **ret_bus, GError **ret_error)
{
    g_autoptr(HdMdevBus) bus = hd_mdev_bus_new();
    if (!hd_mdev_probe_all(cmd->port, bus, ret_error))
        return false;
    *ret_bus = g_steal_pointer(&bus);
    return true;
}

static bool
show_types(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)state;
    g_autoptr(HdMdevBus) bus = NULL;
    g_autofree char *parent = NULL;
    if (!read_parent(*arguments != NULL ? *arguments : parent_option, &parent, ret_error) ||
        !read_bus(cmd, &bus, ret_error))
        return false;
    hd_cmd_mdev_print_types(cmd, bus, parent);
    return true;
}

static bool
show_list(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)arguments;
    g_autoptr(HdMdevBus) bus = NULL;
    if (!read_bus(cmd, &bus, ret_error))
        return false;
    hd_cmd_mdev_print_list(cmd, state, bus, active_option || !defined_option,
                           defined_option || !active_option);
    return true;
}

static bool
create(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)cmd;
    g_autoptr(HdMdevSpec) spec = NULL;
    HdPolicy policy = {0};
    HdUuid uuid;
    if (choice_option != NULL && !hd_policy_set(&policy, HD_POLICY_CHOICE, choice_option))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--choose: say spread, pack or numa");
    if (mapping_option != NULL && !hd_text_is_name(mapping_option))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--mapping: that is no mapping's name");
    if (!read_spec(*arguments, &spec, ret_error) ||
        !hd_state_mdev_create(state, spec, mapping_option, policy.choice, &uuid, ret_error))
        return false;
    (void)puts(uuid.text);
    return true;
}

static bool
remove_all(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)cmd;
    for (; *arguments != NULL; arguments++) {
        HdUuid uuid;
        if (!read_uuid(*arguments, &uuid, ret_error) ||
            !hd_state_mdev_remove(state, &uuid, ret_error))
            return false;
    }
    return true;
}

/* A definition needs a type's folder name, and its parent has to be on this host now: mdevctl
   couldn't start it otherwise. */
static bool
check_definition(HdCmd *cmd, HdMdevSpec *spec, GError **ret_error)
{
    g_autoptr(HdMdevBus) bus = NULL;
    guint count;
    if (spec->parent == NULL)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "define needs --parent");
    if (!read_bus(cmd, &bus, ret_error))
        return false;
    const HdMdevParent *parent = hd_mdev_bus_find_parent(bus, spec->parent);
    const HdMdevType *type = parent != NULL ? hd_mdev_parent_find_type(parent, spec->type) : NULL;
    g_autofree char *types = hd_mdev_bus_describe_types(bus, spec->parent);
    g_autofree char *shown = hd_text_printable(spec->type, 64);
    if (type == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s has no mdev type %s (types: %s)",
                            spec->parent, shown, types);
    if (hd_mdev_bus_find_definition(bus, &spec->uuid, spec->parent, &count) != NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "mdev %s is defined already",
                            spec->uuid.text);
    g_free(spec->type);
    spec->type = g_strdup(type->id);
    return true;
}

static bool
define(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)state;
    g_autoptr(HdMdevSpec) spec = NULL;
    g_autofree char *random = g_uuid_string_random();
    if (!read_spec(*arguments, &spec, ret_error))
        return false;
    if (*spec->uuid.text == '\0')
        (void)hd_uuid_parse(random, &spec->uuid);
    if (!check_definition(cmd, spec, ret_error) || !hd_mdev_store_save(cmd->port, spec, ret_error))
        return false;
    (void)puts(spec->uuid.text);
    return true;
}

static bool
undefine_one(HdCmd *cmd, HdState *state, const HdUuid *uuid, GError **ret_error)
{
    g_autoptr(HdMdevBus) found = hd_mdev_bus_new();
    g_autofree char *parent = NULL;
    guint count;
    if (!read_parent(parent_option, &parent, ret_error) ||
        !hd_mdev_store_find(cmd->port, uuid, found->definitions, ret_error))
        return false;
    const HdMdevSpec *spec = hd_mdev_bus_find_definition(found, uuid, parent, &count);
    if (spec == NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "mdev %s is not defined", uuid->text);
    if (count > 1)
        return hd_error_set(ret_error, HD_ERROR_USAGE,
                            "mdev %s is defined below %u parents: say --parent", uuid->text, count);
    g_autofree char *user = hd_state_mdev_user(state, uuid);
    if (user != NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED,
                            "mdev %s is held by %s; shut that VM down first", uuid->text, user);
    return hd_mdev_store_remove(cmd->port, uuid, spec->parent, ret_error);
}

static bool
undefine(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    for (; *arguments != NULL; arguments++) {
        HdUuid uuid;
        if (!read_uuid(*arguments, &uuid, ret_error) || !undefine_one(cmd, state, &uuid, ret_error))
            return false;
    }
    return true;
}

static const HdCmdVerb verbs[] = {
    {"types", 0, 1, false, show_types}, {"list", 0, 0, false, show_list},
    {"create", 1, 1, true, create},     {"remove", 1, 256, true, remove_all},
    {"define", 1, 1, true, define},     {"undefine", 1, 256, true, undefine},
};

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    return hd_cmd_run_verb(
        cmd, verbs, G_N_ELEMENTS(verbs), NULL,
        "usage: hostdevctl mdev types [PARENT] | list | create TYPE | remove UUID... "
        "| define TYPE | undefine UUID...",
        ret_error);
}

const HdCmdInfo hd_cmd_mdev = {
    "mdev",
    "VERB [ARGUMENT...]",
    "mediated devices: types, list, create, remove, define, undefine",
    1,
    257,
    false,
    options,
    run,
};
