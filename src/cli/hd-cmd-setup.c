/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * setup: makes a host ready for passthrough: shows what would change, changes it, and
 * takes it back.
 */
#include <stdio.h>
#include <string.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-out.h"
#include "hd-pages.h"
#include "hd-setup-store.h"
#include "hd-text.h"
#include "hd-tool.h"

static gboolean dry_run, undo, force, unsafe, no_framebuffer, no_passthrough;
static char **claims, **unclaims, **ids, **blacklist, **hugepages, **rights;
static char *owner, *group, *mode;

static const GOptionEntry options[] = {
    {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, "show, change nothing", NULL},
    {"undo", 0, 0, G_OPTION_ARG_NONE, &undo, "put back what set-ups have changed", NULL},
    {"force", 0, 0, G_OPTION_ARG_NONE, &force,
     "undo what others have changed, claim what the host uses", NULL},
    {"claim", 0, 0, G_OPTION_ARG_STRING_ARRAY, &claims, "vfio gets it before any driver",
     "ADDRESS"},
    {"unclaim", 0, 0, G_OPTION_ARG_STRING_ARRAY, &unclaims, "no more", "ADDRESS"},
    {"ids", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ids, "vfio-pci gets all such cards", "VENDOR:DEVICE"},
    {"blacklist", 0, 0, G_OPTION_ARG_STRING_ARRAY, &blacklist, "never loaded by itself", "MODULE"},
    {"hugepages", 0, 0, G_OPTION_ARG_STRING_ARRAY, &hugepages, "2M=1024 or 1G=8", "SIZE=COUNT"},
    {"rights", 0, 0, G_OPTION_ARG_STRING_ARRAY, &rights, "udev rule for its node", "ADDRESS"},
    {"owner", 0, 0, G_OPTION_ARG_STRING, &owner, "of those nodes (root)", "USER"},
    {"group", 0, 0, G_OPTION_ARG_STRING, &group, "of those nodes (vfio)", "GROUP"},
    {"mode", 0, 0, G_OPTION_ARG_STRING, &mode, "of those nodes (0660)", "MODE"},
    {"unsafe-interrupts", 0, 0, G_OPTION_ARG_NONE, &unsafe, "without interrupt remapping", NULL},
    {"no-firmware-framebuffer", 0, 0, G_OPTION_ARG_NONE, &no_framebuffer, "leave it unused", NULL},
    {"no-passthrough-mode", 0, 0, G_OPTION_ARG_NONE, &no_passthrough, "without iommu=pt", NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* ---- wishes -------------------------------------------------------------------------------------
 */

static bool
parse_addresses(char *const *texts, GArray **ret_addresses, GError **ret_error)
{
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(HdPciAddress));
    HdPciAddress address;
    for (; texts != NULL && *texts != NULL; texts++) {
        if (!hd_cmd_address(*texts, &address, ret_error))
            return false;
        g_array_append_val(addresses, address);
    }
    if (addresses->len > 0)
        *ret_addresses = g_steal_pointer(&addresses);
    return true;
}

/* POWER's 16 GiB: no kernel has a larger page. */
#define LARGEST_PAGE_KIB (16u << 20)

static bool
parse_hugepages(char *const *texts, GArray **ret_pages, GError **ret_error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(HdHugepages));
    for (; texts != NULL && *texts != NULL; texts++) {
        g_auto(GStrv) parts = g_strsplit(*texts, "=", 2);
        HdHugepages pages = {0, 0};
        if (g_strv_length(parts) != 2 || !hd_pages_size_parse(parts[0], &pages.kib) ||
            pages.kib > LARGEST_PAGE_KIB ||
            !hd_text_unsigned(parts[1], 10, 0, G_MAXUINT32, &pages.count))
            return hd_error_set(ret_error, HD_ERROR_USAGE, "--hugepages %s: say 2M=1024 or 1G=8",
                                *texts);
        g_array_append_val(all, pages);
    }
    if (all->len > 0)
        *ret_pages = g_steal_pointer(&all);
    return true;
}

static void
clear_wishes(HdSetupWishes *wishes)
{
    GArray *const lists[] = {wishes->claims, wishes->unclaims, wishes->hugepages, wishes->rights};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (lists[i] != NULL)
            g_array_unref(lists[i]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdSetupWishes, clear_wishes)

static bool
plan(HdCmd *cmd, HdSetup **ret_setup, GError **ret_error)
{
    g_auto(HdSetupWishes) wishes = {.ids = ids,
                                    .blacklist = blacklist,
                                    .owner = owner,
                                    .group = group,
                                    .mode = mode,
                                    .unsafe_interrupts = unsafe,
                                    .no_framebuffer = no_framebuffer,
                                    .no_passthrough = no_passthrough,
                                    .force = force};
    if (undo)
        return hd_setup_plan_undo(cmd->port, force, ret_setup, ret_error);
    return parse_addresses(claims, &wishes.claims, ret_error) &&
           parse_addresses(unclaims, &wishes.unclaims, ret_error) &&
           parse_addresses(rights, &wishes.rights, ret_error) &&
           parse_hugepages(hugepages, &wishes.hugepages, ret_error) &&
           hd_setup_plan(cmd->port, &wishes, ret_setup, ret_error) &&
           hd_setup_add_pending(cmd->port, *ret_setup, ret_error);
}

/* ---- output -------------------------------------------------------------------------------------
 */

static void
print_list(const char *before, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++)
        (void)printf("%s%s\n", before, (char *)g_ptr_array_index(list, i));
}

static void
print_edits(const HdSetup *setup)
{
    for (guint i = 0; i < setup->edits->len; i++) {
        const HdFileEdit *edit = g_ptr_array_index(setup->edits, i);
        g_autofree char *diff = hd_tool_diff(edit->path, edit->before, edit->after);
        (void)fputs(diff, stdout);
    }
}

static void
add_texts(HdJson *json, const char *name, const GPtrArray *list)
{
    hd_json_name(json, name);
    hd_json_begin_array(json);
    for (guint i = 0; i < list->len; i++)
        hd_json_text(json, g_ptr_array_index(list, i));
    hd_json_end(json);
}

static void
print_json(const HdSetup *setup, bool is_done)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_object(json);
    hd_out_json_flag(json, "done", is_done);
    hd_json_name(json, "files");
    hd_json_begin_array(json);
    for (guint i = 0; i < setup->edits->len; i++) {
        const HdFileEdit *edit = g_ptr_array_index(setup->edits, i);
        g_autofree char *diff = hd_tool_diff(edit->path, edit->before, edit->after);
        g_autofree char *path = g_strconcat("/", edit->path, NULL);
        hd_json_begin_object(json);
        hd_out_json_text(json, "path", path);
        hd_out_json_text(json, "diff", diff);
        hd_json_end(json);
    }
    hd_json_end(json);
    add_texts(json, "commands", setup->steps);
    add_texts(json, "reboot", setup->reboots);
    add_texts(json, "notes", setup->notes);
    hd_json_end(json);
    hd_out_json(json);
}

/* A captured machine's programs are left to its owner. */
static bool
take_step(const HdCmd *cmd, const char *step)
{
    g_autofree char *output = NULL;
    g_autoptr(GError) problem = NULL;
    if (!cmd->json)
        (void)printf(cmd->sysroot != NULL ? "to be run there: %s\n" : "running %s\n", step);
    (void)fflush(stdout);
    if (cmd->sysroot != NULL || hd_tool_run(step, &output, &problem))
        return true;
    (void)fprintf(stderr, "hostdevctl: %s\n", problem->message);
    return false;
}

/* A step that fails is told and kept for the next time, and the others are still taken: each stands
   for itself. */
static bool
take_steps(const HdCmd *cmd, const HdSetup *setup, bool *ret_all, GError **ret_error)
{
    g_autoptr(GPtrArray) left = g_ptr_array_new();
    for (guint i = 0; i < setup->steps->len; i++) {
        char *step = g_ptr_array_index(setup->steps, i);
        if (!take_step(cmd, step))
            g_ptr_array_add(left, step);
    }
    *ret_all = left->len == 0;
    return hd_setup_steps_left(cmd->port, left, ret_error);
}

static void
print_end(const HdSetup *setup)
{
    print_list("note: ", setup->notes);
    print_list("needs a reboot: ", setup->reboots);
    if (setup->edits->len == 0 && setup->steps->len == 0)
        (void)puts(undo ? "no set-up is to be undone" : "everything is set up already");
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdSetup) setup = NULL;
    if (!dry_run && !hd_cmd_check_root(cmd, "setup", ret_error))
        return HD_EXIT_FAILED;
    if (!plan(cmd, &setup, ret_error))
        return HD_EXIT_FAILED;
    if (!cmd->json)
        print_edits(setup);
    bool all_done = true;
    if (dry_run && !cmd->json)
        print_list("would run: ", setup->steps);
    if (!dry_run) {
        if (!(undo ? hd_setup_undo : hd_setup_apply)(cmd->port, setup, ret_error) ||
            !take_steps(cmd, setup, &all_done, ret_error))
            return HD_EXIT_FAILED;
    }
    if (cmd->json)
        print_json(setup, !dry_run);
    else
        print_end(setup);
    return all_done ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_setup = {
    "setup", "", "make this host ready, or take that back", 0, 0, false, options, run,
};
