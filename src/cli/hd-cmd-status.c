/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * status: who holds what since when, how it was before, and how it really is now.
 */
#include <stdio.h>

#include "hd-binding-probe.h"
#include "hd-cmd.h"
#include "hd-mdev-probe.h"
#include "hd-out.h"
#include "hd-pages-ledger.h"
#include "hd-table.h"
#include "hd-text.h"
#include "hd-usb-probe.h"
#include "hd-vgpu-reach.h"
#include "hd-vm-users.h"

#define WATCH_MS 500

static gboolean watch_option;

static const GOptionEntry options[] = {
    {"watch", 'w', 0, G_OPTION_ARG_NONE, &watch_option, "show it anew whenever it changes", NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* Where an owner stands, for people and programs alike. */
static const char *
standing(HdState *state, const HdRecord *record)
{
    static const char *const standings[] = {
        [HD_VM_RUNNING] = "running",
        [HD_VM_STARTING] = "starting",
        [HD_VM_DEAD] = "dead",
    };
    if (record->is_damaged)
        return "damaged";
    if (!record->is_vm)
        return g_str_has_prefix(record->key, "detach-") ? "detached" : "by hand";
    return standings[hd_state_liveness(state, record)];
}

static char *
reality_of_vgpu(HdCmd *cmd, const HdGoal *goal)
{
    g_autoptr(HdVgpu) vgpu = NULL;
    if (!hd_vgpu_probe(cmd->port, &goal->address, &vgpu, NULL) || vgpu == NULL)
        return g_strdup("gone");
    return g_strdup_printf("%u", vgpu->current);
}

/* How a device really is: a function's driver, an mdev's type, a vGPU's type; or "gone". */
static char *
reality(HdCmd *cmd, const HdGoal *goal)
{
    g_autofree char *driver = NULL;
    g_autoptr(HdMdev) mdev = NULL;
    if (goal->kind == HD_GOAL_NODE || goal->kind == HD_GOAL_VF || goal->kind == HD_GOAL_MAC ||
        goal->kind == HD_GOAL_SRIOV || goal->kind == HD_GOAL_SETTINGS ||
        hd_goal_is_about_desktop(goal))
        return NULL;
    if (goal->kind == HD_GOAL_USB)
        return g_strdup(hd_usb_probe_is_there(cmd->port, &goal->usb) ? "there" : "gone");
    if (goal->kind == HD_GOAL_TTY)
        return g_strdup(hd_port_exists(cmd->port, "dev/%s", goal->tty) ? "there" : "gone");
    if (goal->kind == HD_GOAL_PAGES)
        return g_strdup_printf("%" G_GUINT64_FORMAT " allocated",
                               hd_pages_ledger_added(cmd->port, goal));
    if (goal->kind == HD_GOAL_MDEV)
        return g_strdup(hd_mdev_probe_one(cmd->port, &goal->uuid, &mdev, NULL) && mdev != NULL
                            ? mdev->type
                            : "gone");
    if (goal->kind == HD_GOAL_VGPU)
        return reality_of_vgpu(cmd, goal);
    if (hd_binding_probe_driver(cmd->port, &goal->address, &driver) != 0)
        return g_strdup("gone");
    return g_strdup(driver != NULL ? driver : "no driver");
}

/* A committed device that is no more what it was made: somebody else has changed it. */
static bool
is_astray(const HdRecordGoal *entry, const char *now)
{
    const HdGoal *goal = entry->goal;
    g_autofree char *type = g_strdup_printf("%u", goal->vgpu_after);
    if (entry->step != HD_STEP_DONE || now == NULL)
        return false;
    switch (goal->kind) {
    case HD_GOAL_PCI:
        return g_strcmp0(now, goal->after.driver) != 0;
    case HD_GOAL_MDEV:
    case HD_GOAL_USB:
    case HD_GOAL_TTY:
        return g_str_equal(now, "gone");
    case HD_GOAL_VGPU:
        return !g_str_equal(now, type);
    case HD_GOAL_HOLD:
    case HD_GOAL_NODE:
    case HD_GOAL_VF:
    case HD_GOAL_MAC:
    case HD_GOAL_SRIOV:
    case HD_GOAL_PAGES:
    case HD_GOAL_UNIT:
    case HD_GOAL_CONSOLE:
    case HD_GOAL_SCREEN:
    case HD_GOAL_MODULE:
    case HD_GOAL_SETTINGS:
        break;
    }
    return false;
}

static bool
is_trouble(const HdRecordGoal *entry, const char *now)
{
    return entry->step == HD_STEP_STUCK || entry->step == HD_STEP_FAILED || is_astray(entry, now);
}

static void
append_goal(GString *text, const HdRecordGoal *entry, const char *now)
{
    g_autofree char *what = hd_goal_describe(entry->goal);
    g_string_append_printf(text, "  %s", what);
    if (entry->goal->kind == HD_GOAL_PAGES)
        g_string_append_printf(text, " (%s)", now);
    if (entry->step == HD_STEP_STUCK || entry->step == HD_STEP_FAILED)
        g_string_append_printf(text, "  [%s: %s]",
                               entry->step == HD_STEP_STUCK ? "STUCK" : "FAILED",
                               entry->message != NULL ? entry->message : "no reason recorded");
    bool is_on = entry->goal->kind == HD_GOAL_PCI && g_strcmp0(now, "gone") != 0;
    if (is_astray(entry, now))
        g_string_append_printf(text, is_on ? "  [but it is on %s now]" : "  [but it is %s now]",
                               now);
    g_string_append_c(text, '\n');
}

/* What the VM @key has got while it runs: libvirt calls no hook for that. */
static void
append_attached(GString *text, const HdVmUsers *users, const char *key)
{
    const GPtrArray *strangers = hd_vm_users_strangers(users);
    for (guint i = 0; i < strangers->len; i++) {
        const HdVmDevice *entry = g_ptr_array_index(strangers, i);
        if (entry->user->is_by_hook && g_str_equal(entry->user->key, key))
            g_string_append_printf(text, "  %s: attached while it runs\n", entry->device);
    }
}

static void
append_record(HdCmd *cmd, HdState *state, GString *text, const HdVmUsers *users,
              const HdRecord *record, bool *trouble)
{
    g_autofree char *name = hd_text_printable(record->name, 64);
    g_autofree char *date = hd_out_time(record->since);
    const char *where = standing(state, record);
    bool is_dead = g_str_equal(where, "dead");
    g_string_append_printf(text, "%s  %s  since %s  %s%s\n", name, record->key, date, where,
                           is_dead ? " ('hostdevctl reconcile' gives its devices back)" : "");
    *trouble |= record->is_damaged || is_dead;
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        g_autofree char *now = reality(cmd, entry->goal);
        if (entry->step == HD_STEP_UNDONE)
            continue;
        append_goal(text, entry, now);
        *trouble |= is_trouble(entry, now);
    }
    append_attached(text, users, record->key);
}

/* Devices of VMs that don't use our hook; those of one VM follow each other. */
static void
append_strangers(GString *text, const HdVmUsers *users)
{
    const GPtrArray *strangers = hd_vm_users_strangers(users);
    const HdVmUser *last = NULL;
    for (guint i = 0; i < strangers->len; i++) {
        const HdVmDevice *entry = g_ptr_array_index(strangers, i);
        if (entry->user->is_by_hook)
            continue;
        if (entry->user != last) {
            g_autofree char *name = hd_text_printable(entry->user->name, 64);
            g_string_append_printf(text, "%s  %s  running without our hook\n", name,
                                   entry->user->key);
        }
        g_string_append_printf(text, "  %s\n", entry->device);
        last = entry->user;
    }
}

static bool
is_function(const HdGoal *goal)
{
    return goal->kind == HD_GOAL_PCI || goal->kind == HD_GOAL_HOLD;
}

static void
add_goal(HdCmd *cmd, HdJson *json, const HdRecordGoal *entry, bool *trouble)
{
    g_autofree char *now = reality(cmd, entry->goal);
    hd_json_begin_object(json);
    hd_out_json_text(json, "kind", hd_goal_kind_name(entry->goal->kind));
    hd_cmd_add_goal_subject(json, entry->goal);
    if (entry->goal->kind == HD_GOAL_PAGES)
        hd_out_json_number(json, "pages_allocated",
                           (gint64)hd_pages_ledger_added(cmd->port, entry->goal));
    hd_out_json_flag(json, "companion", entry->goal->companion);
    hd_out_json_text(json, "step", hd_step_name(entry->step));
    hd_out_json_text(json, "message", entry->message);
    hd_out_json_text(json, "before_driver", entry->goal->before.driver);
    hd_out_json_text(json, "before_driver_override", entry->goal->before.override);
    hd_out_json_text(json, is_function(entry->goal) ? "now_driver" : "now", now);
    hd_json_end(json);
    *trouble |= is_trouble(entry, now);
}

static void
add_held(HdJson *json, const HdVmDevice *entry)
{
    HdPciAddress address;
    hd_json_begin_object(json);
    hd_out_json_text(json, hd_pci_address_parse(entry->device, &address) ? "address" : "mdev",
                     entry->device);
    hd_json_end(json);
}

static void
add_attached(HdJson *json, const HdVmUsers *users, const char *key)
{
    const GPtrArray *strangers = hd_vm_users_strangers(users);
    for (guint i = 0; i < strangers->len; i++) {
        const HdVmDevice *entry = g_ptr_array_index(strangers, i);
        if (entry->user->is_by_hook && g_str_equal(entry->user->key, key))
            add_held(json, entry);
    }
}

static void
add_record(HdCmd *cmd, HdState *state, HdJson *json, const HdVmUsers *users, const HdRecord *record,
           bool *trouble)
{
    const char *where = standing(state, record);
    hd_json_begin_object(json);
    hd_out_json_text(json, "domain", record->name);
    hd_out_json_text(json, "key", record->key);
    hd_out_json_number(json, "since_us", record->since);
    hd_out_json_text(json, "state", where);
    hd_json_name(json, "devices");
    hd_json_begin_array(json);
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->step != HD_STEP_UNDONE && entry->goal->kind != HD_GOAL_NODE)
            add_goal(cmd, json, entry, trouble);
    }
    add_attached(json, users, record->key);
    hd_json_end(json);
    hd_json_end(json);
    *trouble |= record->is_damaged || g_str_equal(where, "dead");
}

static void
add_strangers(HdJson *json, const HdVmUsers *users)
{
    const GPtrArray *strangers = hd_vm_users_strangers(users);
    for (guint i = 0; i < strangers->len;) {
        const HdVmUser *user = ((const HdVmDevice *)g_ptr_array_index(strangers, i))->user;
        if (user->is_by_hook) {
            i++;
            continue;
        }
        hd_json_begin_object(json);
        hd_out_json_text(json, "domain", user->name);
        hd_out_json_text(json, "key", user->key);
        hd_out_json_text(json, "since_us", NULL);
        hd_out_json_text(json, "state", "without hook");
        hd_json_name(json, "devices");
        hd_json_begin_array(json);
        for (; i < strangers->len; i++) {
            const HdVmDevice *entry = g_ptr_array_index(strangers, i);
            if (entry->user != user)
                break;
            add_held(json, entry);
        }
        hd_json_end(json);
        hd_json_end(json);
    }
}

static bool
describe(HdCmd *cmd, HdState *state, GString *text, bool *trouble, GError **ret_error)
{
    g_autoptr(GPtrArray) records = NULL;
    g_autoptr(HdVmUsers) users = NULL;
    if (!hd_state_records(state, &records, ret_error) ||
        !hd_vm_users_read(cmd->port, state, &users, ret_error))
        return false;
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        if (cmd->json)
            add_record(cmd, state, json, users, record, trouble);
        else
            append_record(cmd, state, text, users, record, trouble);
    }
    if (cmd->json)
        add_strangers(json, users);
    else
        append_strangers(text, users);
    hd_json_end(json);
    g_autofree char *document = cmd->json ? hd_json_print(json) : NULL;
    if (document != NULL)
        g_string_append_printf(text, "%s\n", document);
    else if (text->len == 0 && !hd_vm_users_is_partial(users))
        g_string_append(text, "no VM holds a device\n");
    *trouble |= hd_cmd_tell_partial(users);
    return true;
}

/* Shows it anew whenever it has changed, until somebody ends us or nobody reads any more. */
static bool
watch(HdCmd *cmd, HdState *state, bool *trouble, GError **ret_error)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    while (ferror(stdout) == 0) {
        g_autoptr(GString) text = g_string_new(NULL);
        *trouble = false;
        if (!describe(cmd, state, text, trouble, ret_error))
            return false;
        if (!g_string_equal(text, shown)) {
            (void)printf("%s%s%s", hd_table_is_terminal() ? "\033[H\033[J" : "",
                         shown->len > 0 && !hd_table_is_terminal() ? "\n" : "", text->str);
            (void)fflush(stdout);
            g_string_assign(shown, text->str);
        }
        hd_port_pause(cmd->port, WATCH_MS);
    }
    return true;
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(GString) text = g_string_new(NULL);
    bool trouble = false;
    if (state == NULL || !(watch_option ? watch(cmd, state, &trouble, ret_error)
                                        : describe(cmd, state, text, &trouble, ret_error)))
        return HD_EXIT_FAILED;
    (void)fputs(text->str, stdout);
    return trouble ? HD_EXIT_FAILED : HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_status = {
    "status", "", "show who holds what", 0, 0, false, options, run,
};
