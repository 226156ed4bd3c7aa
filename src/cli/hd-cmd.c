/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of subcommands and the frame around each: options, root, port. Usage is
 * made from the table, so it can't drift.
 */
#include "hd-cmd.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-capture-folder.h"
#include "hd-error.h"
#include "hd-port-real.h"

static const HdCmdInfo *const commands[] = {
    &hd_cmd_list,       &hd_cmd_show,    &hd_cmd_groups,    &hd_cmd_plan,   &hd_cmd_status,
    &hd_cmd_prepare,    &hd_cmd_release, &hd_cmd_reconcile, &hd_cmd_detach, &hd_cmd_reattach,
    &hd_cmd_mdev,       &hd_cmd_vgpu,    &hd_cmd_vf,        &hd_cmd_map,    &hd_cmd_xml,
    &hd_cmd_nodedev,    &hd_cmd_acl,     &hd_cmd_check,     &hd_cmd_setup,  &hd_cmd_capture,
    &hd_cmd_opennebula, &hd_cmd_rom,
#ifdef HD_HAS_JOURNAL
    &hd_cmd_history,
#endif
};

const HdCmdInfo *
hd_cmd_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i]->name, name))
            return commands[i];
    }
    return NULL;
}

char *
hd_cmd_usage(void)
{
    GString *text = g_string_new("usage: hostdevctl COMMAND [OPTION...] [ARGUMENT...]\n\n"
                                 "Gives host devices to libvirt guests and takes them back exactly "
                                 "as they were.\n\n");
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *left = g_strdup_printf("%s %s", commands[i]->name, commands[i]->arguments);
        g_string_append_printf(text, "  %-26s %s\n", left, commands[i]->summary);
    }
    g_string_append(text,
                    "\nEach command has --help; options of all: --sysroot DIR, --connect URI, "
                    "--json.\nExit status: 0 done, 1 failed, 2 usage, 3 refused by policy.\n");
    return g_string_free(text, FALSE);
}

static bool
parse_options(const HdCmdInfo *info, int argc, char **argv, HdCmd *cmd, GError **ret_error)
{
    const GOptionEntry common[] = {
        {"sysroot", 0, 0, G_OPTION_ARG_FILENAME, &cmd->sysroot,
         "work on the machine below DIR, or captured in FILE", "DIR|FILE"},
        {"connect", 0, 0, G_OPTION_ARG_STRING, &cmd->connect, "libvirt to ask for domains", "URI"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &cmd->json, "print JSON", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &cmd->arguments, "", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autofree char *program = g_strdup_printf("hostdevctl %s", info->name);
    g_autoptr(GOptionContext) context = g_option_context_new(info->arguments);
    g_autoptr(GError) problem = NULL;
    g_set_prgname(program);
    g_option_context_set_summary(context, info->summary);
    g_option_context_add_main_entries(context, common, NULL);
    if (info->options != NULL)
        g_option_context_add_main_entries(context, info->options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &problem))
        return hd_error_set(ret_error, HD_ERROR_USAGE, "%s: %s", info->name, problem->message);
    if (cmd->arguments == NULL)
        cmd->arguments = g_new0(char *, 1);
    guint count = g_strv_length(cmd->arguments);
    if (count >= info->min_arguments && count <= info->max_arguments)
        return true;
    return hd_error_set(ret_error, HD_ERROR_USAGE, "usage: hostdevctl %s [OPTION...] %s",
                        info->name, info->arguments);
}

static HdExit
run(const HdCmdInfo *info, HdCmd *cmd, GError **ret_error)
{
    if (info->changes_host && !hd_cmd_check_root(cmd, info->name, ret_error))
        return HD_EXIT_FAILED;
    cmd->port = hd_port_real_new(cmd->sysroot != NULL ? cmd->sysroot : "/", ret_error);
    return cmd->port != NULL ? info->run(cmd, ret_error) : HD_EXIT_FAILED;
}

/* --sysroot may be a file of `capture`: laid out in a folder that goes away again. */
static bool
lay_out(HdCmd *cmd, char **ret_folder, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autoptr(HdCapture) capture = NULL;
    g_autoptr(GError) problem = NULL;
    if (cmd->sysroot == NULL || !g_file_test(cmd->sysroot, G_FILE_TEST_IS_REGULAR))
        return true;
    if (!g_file_get_contents(cmd->sysroot, &text, NULL, &problem))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s", problem->message);
    if (!hd_capture_parse(text, &capture, &problem))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "%s: %s", cmd->sysroot, problem->message);
    if (!hd_capture_folder_new(capture, ret_folder, ret_error))
        return false;
    g_free(cmd->sysroot);
    cmd->sysroot = g_strdup(*ret_folder);
    cmd->is_capture = true;
    return true;
}

/* The work is a child's, so that the folder goes away however the work ends. Only the child
 * returns. */
static void
leave_to_child(char *folder)
{
    int status = 0;
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGINT, SIG_DFL);
        (void)signal(SIGTERM, SIG_DFL);
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        return;
    }
    if (child > 0)
        (void)waitpid(child, &status, 0);
    hd_capture_folder_remove(folder);
    _exit(child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : HD_EXIT_FAILED);
}

HdExit
hd_cmd_run(const HdCmdInfo *info, int argc, char **argv, GError **ret_error)
{
    HdCmd cmd = {0};
    HdExit status = HD_EXIT_USAGE;
    char *folder = NULL;
    if (parse_options(info, argc, argv, &cmd, ret_error))
        status = lay_out(&cmd, &folder, ret_error) ? HD_EXIT_DONE : HD_EXIT_FAILED;
    if (folder != NULL)
        leave_to_child(folder);
    if (status == HD_EXIT_DONE)
        status = run(info, &cmd, ret_error);
    g_free(folder);
    hd_port_real_free(cmd.port);
    g_free(cmd.sysroot);
    g_free(cmd.connect);
    g_strfreev(cmd.arguments);
    return status;
}
