/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: what stands in the way of passthrough on this host, of a device or of a VM, a
 * line each, with the remedy.
 */
#include <stdio.h>

#include "hd-check.h"
#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-finding.h"
#include "hd-out-findings.h"
#include "hd-out.h"

static gboolean only_trouble;

static const GOptionEntry options[] = {
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &only_trouble, "only warnings and problems", NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static bool
find(HdCmd *cmd, HdState *state, GPtrArray **ret_findings, GError **ret_error)
{
    const char *argument = cmd->arguments[0];
    g_autoptr(HdRequest) request = NULL;
    HdPciAddress address;
    if (argument == NULL)
        return hd_check_host(cmd->port, state, cmd->sysroot == NULL, ret_findings, ret_error);
    if (hd_pci_address_parse(argument, &address) ||
        hd_pci_address_parse_node_name(argument, &address))
        return hd_check_device(cmd->port, state, &address, ret_findings, ret_error);
    return hd_cmd_request(cmd, argument, &request, ret_error) &&
           hd_check_request(cmd->port, state, request, ret_findings, ret_error);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(GPtrArray) findings = NULL;
    if (state == NULL || !find(cmd, state, &findings, ret_error))
        return HD_EXIT_FAILED;
    g_autoptr(HdJson) json = hd_json_new();
    hd_out_findings_json(json, findings, only_trouble);
    if (cmd->json)
        hd_out_json(json);
    else
        hd_out_findings(stdout, findings, only_trouble);
    return hd_findings_worst(findings) == HD_LEVEL_PROBLEM ? HD_EXIT_FAILED : HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_check = {
    "check", "[ADDRESS|DOMAIN]", "what stands in the way of passthrough", 0, 1, false, options, run,
};
