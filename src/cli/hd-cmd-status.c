/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * status: who holds what since when, how it was before, and how it really is now.
 */
#include <stdio.h>

#include "hd-cmd.h"
#include "hd-mdev-probe.h"
#include "hd-out.h"
#include "hd-pages-ledger.h"
#include "hd-probe.h"
#include "hd-text.h"
#include "hd-usb-probe.h"
#include "hd-vgpu-reach.h"

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
    g_auto(HdBinding) binding = {0};
    g_autoptr(HdMdev) mdev = NULL;
    if (goal->kind == HD_GOAL_NODE || goal->kind == HD_GOAL_VF || goal->kind == HD_GOAL_MAC ||
        goal->kind == HD_GOAL_SRIOV)
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
    if (!hd_probe_binding(cmd->port, &goal->address, &binding, NULL))
        return g_strdup("gone");
    return g_strdup(binding.driver != NULL ? binding.driver : "no driver");
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
print_goal(const HdRecordGoal *entry, const char *now)
{
    g_autofree char *text = hd_goal_describe(entry->goal);
    (void)printf("  %s", text);
    if (entry->goal->kind == HD_GOAL_PAGES)
        (void)printf(" (%s)", now);
    if (entry->step == HD_STEP_STUCK || entry->step == HD_STEP_FAILED)
        (void)printf("  [%s: %s]", entry->step == HD_STEP_STUCK ? "STUCK" : "FAILED",
                     entry->message != NULL ? entry->message : "no reason recorded");
    bool is_on = entry->goal->kind == HD_GOAL_PCI && g_strcmp0(now, "gone") != 0;
    if (is_astray(entry, now))
        (void)printf(is_on ? "  [but it is on %s now]" : "  [but it is %s now]", now);
    (void)putchar('\n');
}

static void
print_record(HdCmd *cmd, HdState *state, const HdRecord *record, bool *trouble)
{
    g_autofree char *name = hd_text_printable(record->name, 64);
    g_autofree char *date = hd_out_time(record->since);
    const char *where = standing(state, record);
    (void)printf("%s  %s  since %s  %s%s\n", name, record->key, date, where,
                 g_str_equal(where, "dead") ? " ('hostdevctl reconcile' gives its devices back)"
                                            : "");
    *trouble |= record->is_damaged;
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        g_autofree char *now = reality(cmd, entry->goal);
        if (entry->step == HD_STEP_UNDONE)
            continue;
        print_goal(entry, now);
        *trouble |= is_trouble(entry, now);
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
add_record(HdCmd *cmd, HdState *state, HdJson *json, const HdRecord *record, bool *trouble)
{
    hd_json_begin_object(json);
    hd_out_json_text(json, "domain", record->name);
    hd_out_json_text(json, "key", record->key);
    hd_out_json_number(json, "since_us", record->since);
    hd_out_json_text(json, "state", standing(state, record));
    hd_json_name(json, "devices");
    hd_json_begin_array(json);
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->step != HD_STEP_UNDONE && entry->goal->kind != HD_GOAL_NODE)
            add_goal(cmd, json, entry, trouble);
    }
    hd_json_end(json);
    hd_json_end(json);
    *trouble |= record->is_damaged;
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_autoptr(GPtrArray) records = NULL;
    bool trouble = false;
    if (state == NULL || !hd_state_records(state, &records, ret_error))
        return HD_EXIT_FAILED;
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        if (cmd->json)
            add_record(cmd, state, json, record, &trouble);
        else
            print_record(cmd, state, record, &trouble);
    }
    hd_json_end(json);
    if (cmd->json)
        hd_out_json(json);
    else if (records->len == 0)
        (void)puts("no VM holds a device");
    return trouble ? HD_EXIT_FAILED : HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_status = {
    "status", "", "show who holds what", 0, 0, false, NULL, run,
};
