/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CMD_H
#define HD_CMD_H

#include <glib.h>
#include <stdbool.h>

#include "hd-inventory.h"
#include "hd-json.h"
#include "hd-port.h"
#include "hd-request.h"
#include "hd-state.h"

/** Exit codes of the command. */
typedef enum {
    HD_EXIT_DONE = 0,
    HD_EXIT_FAILED = 1,
    HD_EXIT_USAGE = 2,
    HD_EXIT_REFUSED = 3,
} HdExit;

/** HdCmd: one invocation: options that every subcommand has, and its arguments. */
typedef struct {
    HdPort *port;
    char *sysroot;   /* (nullable) */
    bool is_capture; /* sysroot is one, laid out: only to be read */
    char *connect;   /* (nullable): libvirt URI */
    gboolean json;
    char **arguments; /* positional, NULL-terminated */
} HdCmd;

/** HdCmdInfo: one subcommand; usage, completion checks and dispatch all come from the table. */
typedef struct {
    const char *name;
    const char *arguments; /* as shown in usage: "ADDRESS..." */
    const char *summary;   /* one line */
    guint min_arguments, max_arguments;
    bool changes_host;           /* needs root, unless --sysroot */
    const GOptionEntry *options; /* (nullable): its own */
    /** Does the work. An error decides the exit code by its kind. */
    HdExit (*run)(HdCmd *cmd, GError **ret_error);
} HdCmdInfo;

/** Returns: (transfer none) (nullable): the subcommand @name. */
const HdCmdInfo *hd_cmd_find(const char *name);

/** Returns: (transfer full): the text of `hostdevctl --help`. */
char *hd_cmd_usage(void);

/**
 * hd_cmd_run:
 * Parses the options of @info from @argv (argv[0] is the subcommand), opens the port, runs it.
 * Returns: the exit code; on failure *ret_error says why.
 */
HdExit hd_cmd_run(const HdCmdInfo *info, int argc, char **argv, GError **ret_error);

/** The subcommands, a file each (hd-cmd-<name>.c). */
extern const HdCmdInfo hd_cmd_plan, hd_cmd_prepare, hd_cmd_release, hd_cmd_status, hd_cmd_reconcile,
    hd_cmd_list, hd_cmd_show, hd_cmd_groups, hd_cmd_detach, hd_cmd_reattach, hd_cmd_mdev,
    hd_cmd_vgpu, hd_cmd_vf, hd_cmd_map, hd_cmd_xml, hd_cmd_nodedev, hd_cmd_acl, hd_cmd_check,
    hd_cmd_setup, hd_cmd_history, hd_cmd_opennebula, hd_cmd_capture, hd_cmd_rom;

/* Shared by several subcommands (hd-cmd-common.c). */

/** Returns: (transfer full) (nullable): the state over cmd's port; NULL on %HD_ERROR_CONFIG. */
HdState *hd_cmd_state(HdCmd *cmd, GError **ret_error);

/**
 * hd_cmd_inventory:
 * hd_inventory_read() for this invocation; who may not read everything is told so on stderr.
 */
bool hd_cmd_inventory(HdCmd *cmd, HdState *state, const HdRequest *request, bool with_holders,
                      HdInventory **ret_inventory, GError **ret_error);

/** Says on stderr what of @users could not be read. Returns: whether there is such. */
bool hd_cmd_tell_partial(const HdVmUsers *users);

/**
 * hd_cmd_read_xml:
 * @argument: as of hd_cmd_request()
 * @ret_xml: (transfer full): that domain's XML
 */
bool hd_cmd_read_xml(HdCmd *cmd, const char *argument, GString **ret_xml, GError **ret_error);

/**
 * hd_cmd_request:
 * @argument: "-" (stdin), a file, or a domain's name or uuid, which libvirt is asked for
 * @ret_request: (transfer full)
 */
bool hd_cmd_request(HdCmd *cmd, const char *argument, HdRequest **ret_request, GError **ret_error);

/** Checks that the host may be changed: by root, or with --sysroot. @name: what would change it. */
bool hd_cmd_check_root(const HdCmd *cmd, const char *name, GError **ret_error);

/** HdCmdVerb: one verb of a subcommand that has several: `hostdevctl map add`. */
typedef struct {
    const char *name;
    guint min_arguments, max_arguments; /* after the verb */
    bool changes_host;                  /* needs root, unless --sysroot */
    /** @arguments: what follows the verb. */
    bool (*run)(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error);
} HdCmdVerb;

/**
 * hd_cmd_run_verb:
 * Runs that of the @count @verbs which the first argument of @cmd names.
 * @name: (nullable): what hd_cmd_check_root() is told would change the host; NULL: the verb
 * @usage: the words of %HD_ERROR_USAGE if there is no such verb, or not with so many arguments
 */
HdExit hd_cmd_run_verb(HdCmd *cmd, const HdCmdVerb *verbs, guint count, const char *name,
                       const char *usage, GError **ret_error);

/** @argument: "-" (stdin) or a file. @ret_text: (transfer full): its content. */
bool hd_cmd_read_file(const char *argument, GString **ret_text, GError **ret_error);

/** Adds "name": {...} with all that @settings knows: on and off as flags, numbers as numbers. */
void hd_cmd_add_vf_settings(HdJson *json, const char *name, const HdVfSettings *settings);

/** Adds what @goal is about: "address", "mdev", "usb" and "usb_id", "port", or how many huge pages.
 */
void hd_cmd_add_goal_subject(HdJson *json, const HdGoal *goal);

/** Reads a PCI address as people write it: full, short, or as node device pci_0000_01_00_0. */
bool hd_cmd_address(const char *text, HdPciAddress *ret_address, GError **ret_error);

#endif
