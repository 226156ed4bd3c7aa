/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * opennebula-probe: shows a person what OpenNebula is told. The probe is a program of its
 * own, so that libyaml is no business of this one.
 */
#include <errno.h>
#include <unistd.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-port-within.h"

#define CONFIG "/var/tmp/one/etc/im/kvm-probes.d/pci.conf"

static char *config_option;

static const GOptionEntry options[] = {
    {"config", 0, 0, G_OPTION_ARG_FILENAME, &config_option, "OpenNebula's pci.conf (" CONFIG ")",
     "FILE"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* The probe opens what it is given. */
static char *
find_config(const HdCmd *cmd)
{
    if (config_option != NULL)
        return g_strdup(config_option);
    return cmd->sysroot != NULL ? hd_port_within_find(cmd->sysroot, CONFIG) : g_strdup(CONFIG);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const char *root = cmd->sysroot != NULL ? cmd->sysroot : "/";
    g_autofree char *config = find_config(cmd);
    if (config == NULL) {
        (void)hd_error_set(ret_error, HD_ERROR_INPUT, "%s has no %s", root, &CONFIG[1]);
        return HD_EXIT_FAILED;
    }
    (void)execl(HD_OPENNEBULA_PROBE, HD_OPENNEBULA_PROBE, "--sysroot", root, "--config", config,
                (char *)NULL);
    (void)hd_error_set_errno(ret_error, HD_ERROR_INPUT, errno, "run %s", HD_OPENNEBULA_PROBE);
    return HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_opennebula = {
    "opennebula-probe",
    "",
    "the PCI devices of this host as OpenNebula is told of them",
    0,
    0,
    false,
    options,
    run,
};
