/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * map: names for sets of devices: list, check, accept, add, remove, import, assign.
 */
#include "hd-cmd-map.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hd-error.h"
#include "hd-mapping-probe.h"
#include "hd-one-selection.h"
#include "hd-one-template.h"
#include "hd-probe.h"
#include "hd-pve-mapping.h"
#include "hd-text.h"

#define SECTION "mapping"

static char *host_option, *name_option;

static const GOptionEntry options[] = {
    {"host", 0, 0, G_OPTION_ARG_STRING, &host_option, "add: on the host of that name only", "NAME"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &name_option,
     "import: name of the mapping, for a template of OpenNebula that has none", "NAME"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static bool
check_name(const char *name, GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(name, 64);
    return hd_text_is_name(name) ||
           hd_error_set(ret_error, HD_ERROR_USAGE, "'%s' is no name for a mapping", shown);
}

static bool
list(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    return (*arguments == NULL || check_name(*arguments, ret_error)) &&
           hd_cmd_map_print_list(cmd, state, *arguments, ret_error);
}

static bool
check(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)state;
    bool is_good = true;
    if ((*arguments != NULL && !check_name(*arguments, ret_error)) ||
        !hd_cmd_map_print_check(cmd, *arguments, &is_good, ret_error))
        return false;
    return is_good || hd_error_set(ret_error, HD_ERROR_REFUSED,
                                   "not every device is the card that its mapping knows");
}

static bool
learn(HdCmd *cmd, const char *name, const HdPciAddress *address, GError **ret_error)
{
    int error = hd_fingerprint_learn(cmd->port, name, address, true);
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "keep how %s looks",
                                            hd_pci_address_text(address).text);
}

static bool
load(HdCmd *cmd, const char *name, HdMapping **ret_mapping, GError **ret_error)
{
    if (!check_name(name, ret_error) || !hd_mapping_load(cmd->port, name, ret_mapping, ret_error))
        return false;
    return *ret_mapping != NULL ||
           hd_error_set(ret_error, HD_ERROR_INPUT, "there is no mapping '%s'", name);
}

static bool
accept_cards(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)state;
    g_autoptr(HdMapping) mapping = NULL;
    g_autoptr(HdHost) host = NULL;
    if (!load(cmd, arguments[0], &mapping, ret_error) || !hd_probe_all(cmd->port, &host, ret_error))
        return false;
    g_autoptr(GPtrArray) all = hd_host_devices(host);
    hd_mapping_probe_paths(cmd->port, all);
    g_autoptr(GPtrArray) devices = hd_mapping_select(mapping, all);
    for (guint i = 0; i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        if (!learn(cmd, mapping->name, &device->address, ret_error))
            return false;
    }
    return true;
}

static bool
save(HdCmd *cmd, const char *name, const char *text, GError **ret_error)
{
    g_autofree char *path = g_strdup_printf(HD_MAPPINGS "/%s.conf", name);
    int error = hd_port_save(cmd->port, path, text);
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "write /%s", path);
}

/* KEY=VALUE, or a device alone. What is in the file stays, comments too. */
static bool
add_value(GKeyFile *keys, const char *section, const char *argument, GError **ret_error)
{
    const char *equals = strchr(argument, '=');
    g_autofree char *key =
        equals != NULL ? g_strndup(argument, (gsize)(equals - argument)) : g_strdup("devices");
    const char *value = equals != NULL ? equals + 1 : argument;
    g_autoptr(HdMapping) scratch = hd_mapping_new("x");
    const char *problem = hd_mapping_add(scratch, key, value);
    g_autofree char *shown = hd_text_printable(argument, 64);
    if (problem != NULL)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "%s: %s", shown, problem);
    g_autofree char *old =
        g_str_equal(key, "description") ? NULL : g_key_file_get_value(keys, section, key, NULL);
    g_autofree char *line = hd_text_printable(value, 200);
    g_autofree char *new = g_strconcat(old != NULL ? old : "", old != NULL ? "; " : "", line, NULL);
    g_key_file_set_value(keys, section, key, new);
    return true;
}

/* VENDOR=10de, or several in one word: VENDOR=10de,DEVICE=2237. *ret_is_one: whether it is such. */
static bool
read_selection(const char *argument, HdOneSelection *selection, bool *ret_is_one,
               GError **ret_error)
{
    g_auto(GStrv) pairs = g_strsplit(argument, ",", -1);
    *ret_is_one = false;
    for (char **pair = pairs; *pair != NULL; pair++) {
        char *value = strchr(*pair, '=');
        if (value != NULL)
            *value++ = '\0';
        bool is_known = value != NULL && hd_one_selection_is_key(*pair);
        if (!is_known && !*ret_is_one)
            return true;
        *ret_is_one = true;
        const char *problem = is_known ? hd_one_selection_set(selection, *pair, value)
                                       : "there are VENDOR, DEVICE, CLASS and SHORT_ADDRESS";
        g_autofree char *shown = hd_text_printable(argument, 64);
        if (problem != NULL)
            return hd_error_set(ret_error, HD_ERROR_USAGE, "%s: %s", shown, problem);
    }
    return true;
}

static bool
add_values(GKeyFile *keys, const char *section, char *const *arguments, GError **ret_error)
{
    g_auto(HdOneSelection) selection = {0};
    bool has_selection = false;
    for (; *arguments != NULL; arguments++) {
        bool is_one;
        if (!read_selection(*arguments, &selection, &is_one, ret_error) ||
            (!is_one && !add_value(keys, section, *arguments, ret_error)))
            return false;
        has_selection |= is_one;
    }
    g_auto(GStrv) words = hd_one_selection_words(&selection);
    for (char **word = words; *word != NULL; word++) {
        if (!add_value(keys, section, *word, ret_error))
            return false;
    }
    return !has_selection || *words != NULL ||
           hd_error_set(ret_error, HD_ERROR_USAGE,
                        "VENDOR, DEVICE and CLASS can't all be any: that is every device");
}

static bool
add(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)state;
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(HdMapping) parsed = NULL;
    g_autofree char *old = NULL;
    g_autofree char *section =
        host_option != NULL ? g_strconcat("host ", host_option, NULL) : g_strdup(SECTION);
    const char *name = arguments[0];
    if (!check_name(name, ret_error))
        return false;
    if (host_option != NULL && !hd_text_is_name(host_option))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "--host: that is no host's name");
    if (hd_port_read(cmd->port, &old, HD_MAPPINGS "/%s.conf", name) == 0 &&
        (!hd_mapping_parse(name, old, name, NULL, &parsed, ret_error) ||
         !g_key_file_load_from_data(keys, old, (gsize)-1, G_KEY_FILE_KEEP_COMMENTS, NULL)))
        return false;
    if (!add_values(keys, section, arguments + 1, ret_error))
        return false;
    g_autofree char *text = g_key_file_to_data(keys, NULL, NULL);
    return save(cmd, name, text, ret_error);
}

static bool
remove_mapping(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)state;
    g_autofree char *path = g_strdup_printf(HD_MAPPINGS "/%s.conf", arguments[0]);
    g_autofree char *prints = g_strdup_printf(HD_FINGERPRINTS "/%s", arguments[0]);
    if (!check_name(arguments[0], ret_error))
        return false;
    int error = hd_port_discard(cmd->port, path);
    if (error == ENOENT)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "there is no mapping '%s'", arguments[0]);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "remove /%s", path);
    (void)hd_port_discard(cmd->port, prints);
    return true;
}

/* All or none: nothing that is there is replaced. */
static bool
check_new(HdCmd *cmd, const GPtrArray *mappings, GError **ret_error)
{
    for (guint i = 0; i < mappings->len; i++) {
        const HdImportedMapping *mapping = g_ptr_array_index(mappings, i);
        if (hd_port_exists(cmd->port, HD_MAPPINGS "/%s.conf", mapping->name))
            return hd_error_set(ret_error, HD_ERROR_REFUSED,
                                "there is a mapping '%s' already; 'hostdevctl map remove %s' makes "
                                "way",
                                mapping->name, mapping->name);
    }
    return true;
}

static bool
import(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    (void)state;
    g_autoptr(GPtrArray) mappings = NULL;
    GString *content = NULL;
    if (!hd_cmd_read_file(arguments[0], &content, ret_error))
        return false;
    g_autofree char *text = g_string_free(content, FALSE);
    bool is_read =
        hd_one_template_has_pci(text)
            ? hd_one_template_convert(text, arguments[0], name_option, &mappings, ret_error)
            : hd_pve_mappings_convert(text, arguments[0], &mappings, ret_error);
    if (!is_read || !check_new(cmd, mappings, ret_error))
        return false;
    for (guint i = 0; i < mappings->len; i++) {
        const HdImportedMapping *mapping = g_ptr_array_index(mappings, i);
        if (!save(cmd, mapping->name, mapping->text, ret_error))
            return false;
        (void)printf("%s\n", mapping->name);
        for (guint j = 0; j < mapping->notes->len; j++)
            (void)fprintf(stderr, "note: %s\n", (char *)g_ptr_array_index(mapping->notes, j));
    }
    return true;
}

static bool
assign(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    return hd_cmd_map_assign(cmd, state, arguments[0], ret_error);
}

static const HdCmdVerb verbs[] = {
    {"list", 0, 1, false, list},
    {"check", 0, 1, false, check},
    {"accept", 1, 1, true, accept_cards},
    {"add", 2, 257, true, add},
    {"remove", 1, 1, true, remove_mapping},
    {"import", 1, 1, true, import},
    {"assign", 1, 1, true, assign},
};

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    return hd_cmd_run_verb(
        cmd, verbs, G_N_ELEMENTS(verbs), "map",
        "usage: hostdevctl map list [NAME] | check [NAME] | accept NAME | add NAME "
        "DEVICE|KEY=VALUE... | remove NAME | import FILE | assign DOMAIN",
        ret_error);
}

const HdCmdInfo hd_cmd_map = {
    "map",
    "VERB [ARGUMENT...]",
    "names for sets of devices: list, check, accept, add, remove, import, assign",
    1,
    258,
    false,
    options,
    run,
};
