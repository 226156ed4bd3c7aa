/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * prepare, plan, detach: the way of a request to the kernel.
 *
 *   own journal locked -> leftovers given back -> host lock -> claims -> probe ->
 *   planner -> intents on disk -> host lock dropped -> apply -> commit
 *
 * A driver that is not there yet: host lock dropped -> its module loaded -> once more.
 *
 * The host lock covers only the decision, so slow devices of one VM never hold up
 * another; the VM's own journal stays locked to the end.
 */
#include "hd-state-private.h"

#include <errno.h>

#include "hd-apply.h"
#include "hd-error.h"
#include "hd-mapping-probe.h"
#include "hd-text.h"
#include "hd-vfio-driver.h"

#define HOST_LOCK "run/hostdevctl/lock"

/* A look at full instances, one more, and one for each driver that is not there. */
#define MAX_TRIES 8

bool
hd_state_lock_host(HdState *state, HdLock **ret_lock, GError **ret_error)
{
    int error = hd_port_lock(state->port, HOST_LOCK, true, hd_state_lock_ms(state), ret_lock);
    if (error == 0)
        return true;
    if (error == EWOULDBLOCK)
        return hd_error_set(ret_error, HD_ERROR_LOCKED,
                            "another hostdevctl has been deciding for %u s; see who holds "
                            "/" HOST_LOCK " with 'fuser'",
                            state->config.lock_deadline);
    return hd_error_set_errno(ret_error, HD_ERROR_STATE, error, "lock /" HOST_LOCK);
}

/* Each goal gets its driver's true name. All drivers have to be there before the first device
   leaves its own: returns the one that isn't, or NULL. */
static char *
find_missing_driver(HdPort *port, HdPlan *plan)
{
    for (guint i = 0; i < plan->goals->len; i++) {
        HdGoal *goal = g_ptr_array_index(plan->goals, i);
        if (goal->kind != HD_GOAL_PCI || !hd_goal_is_change(goal) ||
            g_strcmp0(goal->before.driver, goal->after.driver) == 0)
            continue;
        char *driver = hd_vfio_driver_find(port, goal->after.driver);
        if (driver == NULL)
            return g_strdup(goal->after.driver);
        g_free(goal->after.driver);
        g_free(goal->after.override);
        goal->after.driver = driver;
        goal->after.override = g_strdup(driver);
    }
    return NULL;
}

HdRecord *
hd_state_new_record(HdState *state, const HdRequest *request, const HdPlan *plan, guint64 caller)
{
    HdRecord *record =
        hd_record_new(hd_state_key(request), request->name, *request->uuid.text != '\0');
    record->boot_id = hd_boot_id(state->port);
    record->caller = hd_process_find(state->port, caller);
    record->uptime = hd_uptime(state->port);
    record->since = hd_port_now(state->port);
    hd_record_take_plan(record, plan);
    return record;
}

HdRecord *
hd_state_new_goal_record(HdState *state, const char *key, HdGoal *goal)
{
    const HdUuid none = {""};
    g_autoptr(HdRequest) request = hd_request_new(key, &none);
    g_autoptr(HdPlan) plan = hd_plan_new();
    hd_plan_add_goal(plan, goal);
    return hd_state_new_record(state, request, plan, 0);
}

/* First use of a mapping's device: from now on a card that was moved or changed is known. */
static void
learn_cards(HdState *state, const HdRequest *request)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->mapping == NULL || !hd_wish_is_pci(wish))
            continue;
        int error = hd_fingerprint_learn(state->port, wish->mapping, &wish->address, false);
        if (error != 0)
            hd_state_log(state, "how %s looks could not be kept: %s",
                         hd_pci_address_text(&wish->address).text, g_strerror(error));
    }
}

/* What one more look may find out of the way. */
typedef struct {
    bool is_full;  /* no instance is left; a dead VM may have one */
    char *missing; /* (nullable): a driver whose module has to be loaded */
} Obstacle;

/* Under the host lock: decide, and put the intents on disk. */
static bool
decide(HdState *state, const HdRequest *request, guint64 caller, HdJournal *journal,
       Obstacle *ret_obstacle, GError **ret_error)
{
    g_autoptr(HdPlan) plan = NULL;
    hd_state_complete_index(state);
    if (!hd_state_plan(state, request, &plan, ret_error))
        return false;
    if (hd_plan_is_refused(plan)) {
        g_autofree char *line = hd_plan_refusal_line(plan);
        ret_obstacle->is_full = hd_plan_is_refused_by(plan, "full");
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "%s", line);
    }
    ret_obstacle->missing = find_missing_driver(state->port, plan);
    if (ret_obstacle->missing != NULL)
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "driver '%s' goes as soon as it has come",
                            ret_obstacle->missing);
    if (!hd_journal_begin(journal, hd_state_new_record(state, request, plan, caller), ret_error))
        return false;
    learn_cards(state, request);
    for (guint i = 0; i < plan->notes->len; i++)
        hd_state_log(state, "note: %s", (char *)g_ptr_array_index(plan->notes, i));
    return true;
}

/* Nobody else waits while a module is loaded. */
static bool
decide_locked(HdState *state, const HdRequest *request, guint64 caller, HdJournal *journal,
              GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    bool is_full = false, decided = false;
    for (guint try = 0; try < MAX_TRIES && !decided; try++) {
        HdLock *lock = NULL;
        Obstacle obstacle = {false, NULL};
        g_clear_error(&problem);
        if (!hd_state_free_dead_holders(state, request, is_full, ret_error) ||
            !hd_state_lock_host(state, &lock, ret_error))
            return false;
        decided = decide(state, request, caller, journal, &obstacle, &problem);
        hd_port_unlock(state->port, lock);
        g_autofree char *missing = obstacle.missing;
        if (missing != NULL &&
            !hd_vfio_driver_load(state->port, missing, hd_state_device_ms(state), ret_error))
            return false;
        if (missing == NULL && (!obstacle.is_full || is_full))
            break;
        is_full |= obstacle.is_full;
    }
    if (decided)
        return true;
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

/* By libvirt's contract the VM isn't running now: what its journal holds is from an earlier start.
 */
bool
hd_state_clear_leftovers(HdState *state, HdJournal *journal, GError **ret_error)
{
    const HdRecord *record = hd_journal_record(journal);
    if (!record->is_planned || hd_record_is_clear(record))
        return true;
    if (record->is_vm && hd_liveness(state->port, record) == HD_VM_RUNNING)
        return hd_error_set(ret_error, HD_ERROR_REFUSED,
                            "this VM is running and holds its devices already");
    if (record->is_damaged)
        return hd_state_refuse_damaged(record, ret_error);
    /* It stays until its successor is written, or another VM could come in between. */
    if (hd_record_is_reservation(record))
        return true;
    g_autoptr(GError) problem = NULL;
    /* What a person has lent may be a VM's the moment after it was looked at. */
    bool is_lent = !record->is_vm && record->is_committed && !record->is_leaving;
    if (is_lent && !hd_state_begin_leaving(state, journal, ret_error))
        return false;
    if (hd_state_leave(state, journal, &problem))
        return true;
    /* A display manager that can't be started any more is no reason against a VM. */
    if (hd_record_has_only_desktop(record)) {
        hd_journal_forget(journal);
        return true;
    }
    g_propagate_prefixed_error(ret_error, g_steal_pointer(&problem),
                               "an earlier start has left something behind: ");
    return false;
}

static bool
apply(HdState *state, HdJournal *journal, GError **ret_error)
{
    if (hd_state_apply(state, journal, ret_error) && hd_journal_commit(journal, NULL, ret_error))
        return true;
    /* The first cause is what the user has to hear; what the way back met goes to the log. */
    (void)hd_state_leave(state, journal, NULL);
    return false;
}

static bool
prepare(HdState *state, const HdRequest *request, guint64 caller, GError **ret_error)
{
    g_autoptr(HdJournal) journal = NULL;
    if (request->wishes->len == 0 &&
        !hd_request_asks_pages(request, state->config.allocates_pages)) {
        (void)hd_state_drop_leftovers(state, hd_state_key(request), NULL);
        return true;
    }
    if (!hd_journal_open(state->port, hd_state_key(request), true, hd_state_lock_ms(state),
                         &journal, ret_error) ||
        !hd_state_clear_leftovers(state, journal, ret_error))
        return false;
    g_autoptr(GError) problem = NULL;
    if (!decide_locked(state, request, caller, journal, &problem)) {
        /* What was kept for this start is of no use to it. */
        if (hd_journal_record(journal)->is_planned)
            hd_journal_forget(journal);
        hd_state_suggest(state, request, &problem);
        g_propagate_error(ret_error, g_steal_pointer(&problem));
        return false;
    }
    if (!apply(state, journal, ret_error))
        return false;
    hd_state_see_to_acl(state, hd_journal_record(journal));
    g_autofree char *name = hd_text_printable(request->name, 64);
    hd_state_log_record(state, HD_EVENT_TAKEN, hd_journal_record(journal),
                        "prepared %u device goals for '%s'", hd_journal_record(journal)->goals->len,
                        name);
    return true;
}

bool
hd_state_prepare(HdState *state, const HdRequest *request, guint64 caller, GError **ret_error)
{
    g_autoptr(GError) problem = NULL;
    if (prepare(state, request, caller, &problem))
        return true;
    hd_state_log_refusal(state, request, problem);
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

bool
hd_state_detach(HdState *state, const HdPciAddress *address, const char *driver, GError **ret_error)
{
    const HdUuid none = {""};
    g_autofree char *key = g_strdup_printf("detach-%s", hd_pci_address_text(address).text);
    g_autoptr(HdRequest) request = hd_request_new(key, &none);
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    wish->address = *address;
    wish->driver = g_strdup(driver);
    return hd_state_prepare(state, request, 0, ret_error);
}
