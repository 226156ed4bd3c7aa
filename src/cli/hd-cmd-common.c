/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What several subcommands begin with: the state, a request from wherever the XML is,
 * an address as people write it.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-hook-input.h"
#include "hd-out.h"
#include "hd-request-one.h"
#include "hd-system-log.h"
#include "hd-text.h"
#include "hd-virt.h"
#include "hd-xml-apart.h"

HdState *
hd_cmd_state(HdCmd *cmd, GError **ret_error)
{
    HdConfig config;
    if (!hd_state_load_config(cmd->port, &config, ret_error))
        return NULL;
    HdState *state = hd_state_new(cmd->port, &config);
    if (cmd->sysroot == NULL)
        hd_state_set_log(state, hd_system_log, NULL);
    return state;
}

bool
hd_cmd_tell_partial(const HdVmUsers *users)
{
    const char *problem = hd_vm_users_problem(users);
    if (problem != NULL)
        (void)fprintf(stderr, "hostdevctl: who has which device is not known completely: %s%s\n",
                      problem, geteuid() != 0 ? "; ask as root" : "");
    return problem != NULL;
}

bool
hd_cmd_inventory(HdCmd *cmd, HdState *state, const HdRequest *request, bool with_holders,
                 HdInventory **ret_inventory, GError **ret_error)
{
    if (!hd_inventory_read(cmd->port, state, hd_pci_names_new_for(cmd->sysroot), request,
                           with_holders, ret_inventory, ret_error))
        return false;
    (void)hd_cmd_tell_partial(hd_inventory_users(*ret_inventory));
    return true;
}

bool
hd_cmd_read_file(const char *argument, GString **ret_text, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize length = 0;
    if (g_str_equal(argument, "-"))
        return hd_hook_input_read(STDIN_FILENO, ret_text, ret_error);
    if (!g_file_get_contents(argument, &text, &length, &problem))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s", problem->message);
    *ret_text = g_string_new_len(text, (gssize)length);
    return true;
}

/* Another root has no daemon that could be asked; its definitions lie there. This machine's daemon
   knows others. */
static bool
load_definition(HdCmd *cmd, const char *name, GString **ret_xml, GError **ret_error)
{
    int error = hd_port_load(cmd->port, ret_xml, "etc/libvirt/qemu/%s.xml", name);
    g_autofree char *shown = hd_text_printable(name, 64);
    return error == 0 || hd_error_set_errno(ret_error, HD_ERROR_INPUT, error,
                                            "'%s' is no file here, and as a VM's name: read "
                                            "etc/libvirt/qemu/%s.xml below the root",
                                            shown, shown);
}

bool
hd_cmd_read_xml(HdCmd *cmd, const char *argument, GString **ret_xml, GError **ret_error)
{
    g_autofree char *text = NULL;
    if (g_str_equal(argument, "-") || strchr(argument, '/') != NULL ||
        g_file_test(argument, G_FILE_TEST_IS_REGULAR))
        return hd_cmd_read_file(argument, ret_xml, ret_error);
    if (cmd->sysroot != NULL && cmd->connect == NULL)
        return load_definition(cmd, argument, ret_xml, ret_error);
    if (!hd_virt_domain_xml(cmd->connect, argument, &text, ret_error)) {
        g_autofree char *shown = hd_text_printable(argument, 64);
        g_prefix_error(ret_error, "'%s' is no file here, and as a VM's name: ", shown);
        return false;
    }
    *ret_xml = g_string_new(text);
    return true;
}

bool
hd_cmd_request(HdCmd *cmd, const char *argument, HdRequest **ret_request, GError **ret_error)
{
    g_autoptr(HdHookInput) xml = NULL;
    g_autoptr(HdRequest) request = NULL;
    if (!hd_cmd_read_xml(cmd, argument, &xml, ret_error) ||
        !hd_xml_apart_parse(xml->str, xml->len, &request, ret_error) ||
        !hd_request_add_one(cmd->port, request, ret_error))
        return false;
    *ret_request = g_steal_pointer(&request);
    return true;
}

bool
hd_cmd_check_root(const HdCmd *cmd, const char *name, GError **ret_error)
{
    if (cmd->is_capture)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s changes the host: a capture is only read", name);
    return cmd->sysroot != NULL || geteuid() == 0 ||
           hd_error_set(ret_error, HD_ERROR_INPUT, "%s changes the host: run it as root", name);
}

HdExit
hd_cmd_run_verb(HdCmd *cmd, const HdCmdVerb *verbs, guint count, const char *name,
                const char *usage, GError **ret_error)
{
    guint arguments = g_strv_length(cmd->arguments) - 1;
    for (guint i = 0; i < count; i++) {
        const HdCmdVerb *verb = &verbs[i];
        if (!g_str_equal(verb->name, cmd->arguments[0]))
            continue;
        if (arguments < verb->min_arguments || arguments > verb->max_arguments)
            break;
        if (verb->changes_host &&
            !hd_cmd_check_root(cmd, name != NULL ? name : verb->name, ret_error))
            return HD_EXIT_FAILED;
        g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
        bool done = state != NULL && verb->run(cmd, state, cmd->arguments + 1, ret_error);
        return done ? HD_EXIT_DONE : HD_EXIT_FAILED;
    }
    (void)hd_error_set(ret_error, HD_ERROR_USAGE, "%s", usage);
    return HD_EXIT_USAGE;
}

static void
add_vf_setting(HdJson *json, const HdVfSettings *settings, HdVfKey key)
{
    const char *name = hd_vf_key_name(key);
    g_autofree char *value = hd_vf_settings_value(settings, key);
    switch (key) {
    case HD_VF_SPOOFCHK:
    case HD_VF_TRUST:
        hd_out_json_flag(json, name, g_str_equal(value, "on"));
        break;
    case HD_VF_VLAN:
    case HD_VF_QOS:
    case HD_VF_MIN_RATE:
    case HD_VF_MAX_RATE:
        hd_out_json_number(json, name, g_ascii_strtoll(value, NULL, 10));
        break;
    case HD_VF_MAC:
    case HD_VF_PROTO:
    case HD_VF_LINK_STATE:
        hd_out_json_text(json, name, value);
    }
}

void
hd_cmd_add_vf_settings(HdJson *json, const char *name, const HdVfSettings *settings)
{
    hd_json_name(json, name);
    hd_json_begin_object(json);
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if (hd_vf_settings_has(settings, (HdVfKey)i))
            add_vf_setting(json, settings, (HdVfKey)i);
    }
    hd_json_end(json);
}

bool
hd_cmd_address(const char *text, HdPciAddress *ret_address, GError **ret_error)
{
    if (hd_pci_address_parse(text, ret_address) ||
        hd_pci_address_parse_node_name(text, ret_address))
        return true;
    g_autofree char *shown = hd_text_printable(text, 64);
    return hd_error_set(ret_error, HD_ERROR_USAGE,
                        "'%s' is no PCI address (0000:01:00.0, 01:00.0 or pci_0000_01_00_0)",
                        shown);
}

void
hd_cmd_add_goal_subject(HdJson *json, const HdGoal *goal)
{
    const HdGoalSubject subject = hd_goal_subject(goal);
    g_autofree char *tty = goal->tty != NULL ? g_strconcat("/dev/", goal->tty, NULL) : NULL;
    g_autofree char *id = g_strdup_printf("%04x:%04x", goal->usb.vendor, goal->usb.product);
    bool is_usb = goal->usb.bus != 0;
    hd_out_json_text(json, "address", hd_goal_is_about_function(goal) ? subject.text : NULL);
    hd_out_json_text(json, "mdev", hd_goal_is_about_mdev(goal) ? subject.text : NULL);
    hd_out_json_text(json, "usb", is_usb ? subject.text + strlen("usb-") : NULL);
    hd_out_json_text(json, "usb_id", is_usb ? id : NULL);
    hd_out_json_text(json, "port", tty);
    if (goal->kind != HD_GOAL_PAGES)
        return;
    hd_out_json_number(json, "page_size_kb", (gint64)goal->page_kb);
    hd_out_json_number(json, "pages", (gint64)goal->page_count);
    hd_json_name(json, "numa_nodes");
    hd_json_begin_array(json);
    for (guint node = 0; node < 64; node++) {
        if ((goal->page_nodes >> node & 1) != 0)
            hd_json_number(json, node);
    }
    hd_json_end(json);
}
