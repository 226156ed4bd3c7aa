/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_STATE_PRIVATE_H
#define HD_STATE_PRIVATE_H

/* Shared by the verbs (hd-prepare.c, hd-release.c); not for other rooms. */

#include "hd-apply.h"
#include "hd-journal.h"
#include "hd-state.h"

struct HdState {
    HdPort *port;
    HdConfig config;
    HdEventLog log;
    gpointer log_data;
};

/** Logs a note. */
void hd_state_log(HdState *state, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Logs that @kind has happened to what @record holds, or held. */
void hd_state_log_record(HdState *state, HdEventKind kind, const HdRecord *record,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);

/** Logs that @request was refused, and why; other errors are the caller's to log. */
void hd_state_log_refusal(HdState *state, const HdRequest *request, const GError *error);

/** Claims of all owners but @except_key, from their journals. (transfer full) */
bool hd_state_claims(HdState *state, const char *except_key, GPtrArray **ret_claims,
                     GError **ret_error);

/**
 * Claims that matter for @subjects (hd-index.h): of the owners that the index names, or of all
 * where it is not whole. Other claims of these owners are among them. (transfer full)
 */
bool hd_state_claims_about(HdState *state, const GPtrArray *subjects, const char *except_key,
                           GPtrArray **ret_claims, GError **ret_error);

/** What a decision about @request has to know the owners of. (see hd_index_wanted()) */
GPtrArray *hd_state_wanted(HdState *state, const HdRequest *request);

/** Under the host lock: gives hints to journals that have none, if there may be such. */
void hd_state_complete_index(HdState *state);

/** Removes the hints of journals that there are not: a crash has left them. */
void hd_state_sweep_index(HdState *state);

/** Locks all decisions of the host; ends with hd_port_unlock(). */
bool hd_state_lock_host(HdState *state, HdLock **ret_lock, GError **ret_error);

/** Returns: (transfer full): the record of what @plan gives to the owner of @request now. */
HdRecord *hd_state_new_record(HdState *state, const HdRequest *request, const HdPlan *plan,
                              guint64 caller);

/** Returns: (transfer full): a record of one goal, (transfer full), for no VM. */
HdRecord *hd_state_new_goal_record(HdState *state, const char *key, HdGoal *goal);

/**
 * Gives back what an earlier run with the same key has left. Refused while its VM is running.
 */
bool hd_state_clear_leftovers(HdState *state, HdJournal *journal, GError **ret_error);

/**
 * Gives back what dead VMs still hold of the wanted devices; with @is_full, of instances of mdevs
 * and vGPUs. Takes back what was killed while it changed the wanted VFs. Holds no lock meanwhile.
 */
bool hd_state_free_dead_holders(HdState *state, const HdRequest *request, bool is_full,
                                GError **ret_error);

/**
 * Adds to a refusal of @request what its mappings have free instead, or that they have nothing.
 * @error: (inout): of any kind; others than %HD_ERROR_REFUSED stay as they are
 */
void hd_state_suggest(HdState *state, const HdRequest *request, GError **error);

/** Adds what @record's VM needs to a cgroup_device_acl, as configured. Failures are logged only. */
void hd_state_see_to_acl(HdState *state, const HdRecord *record);

/** Reaches all goals of @journal within the configured deadlines. (see hd_apply_do()) */
bool hd_state_apply(HdState *state, HdJournal *journal, GError **ret_error);
HdDeadlines hd_state_deadlines(const HdState *state, const HdRecord *record);

/** Returns: how long a change of @vfs VFs may take, in milliseconds. */
guint hd_state_vfs_ms(const HdState *state, guint vfs);

/** Deadline of one kernel step, and of waiting for a lock, in milliseconds. */
guint hd_state_device_ms(const HdState *state);
guint hd_state_lock_ms(const HdState *state);

/** Says that nothing may be undone by guess. Returns: false. */
bool hd_state_refuse_damaged(const HdRecord *record, GError **ret_error);

/** Under the host lock, so that no VM decides for a person's device meanwhile: from here on none
    may have it. Returns: false on %HD_ERROR_REFUSED: a VM has it; %HD_ERROR_LOCKED, _STATE. */
bool hd_state_begin_leaving(HdState *state, HdJournal *journal, GError **ret_error);

/** Marks as failed, and as in use, what @journal has to give back and another VM has open: it stays
    with that VM until it ends. */
void hd_state_mark_in_use(HdState *state, HdJournal *journal);

/** What the keys of changes of the number of VFs begin with; a PF's address follows. */
#define HD_STATE_VF_SET "vfs-"

/** The key under which a request is kept: its uuid, or for a detach the request's name. */
const char *hd_state_key(const HdRequest *request);

/** Says by whom @what is held. Returns: false. */
bool hd_state_refuse_held(const char *what, const HdClaim *claim, GError **ret_error);

/** Returns: false on %HD_ERROR_REFUSED: another owner than @key holds what @goal is about. */
bool hd_state_check_goal(const HdGoal *goal, const GPtrArray *claims, const char *key,
                         GError **ret_error);

/** Returns: (transfer full): the key of the journal of a `vf net` of @vf. */
char *hd_state_vf_net_key(const HdPciAddress *vf);

/** Waits for a `vf net` of @vf that is under way, and takes back one that was killed: undone later
    it would write over what a VM was given, or was given back. */
void hd_state_finish_settings(HdState *state, const HdPciAddress *vf);

/** Gives back all that @journal holds, and logs it. (see hd_state_release()) */
bool hd_state_leave(HdState *state, HdJournal *journal, GError **ret_error);

/** Gives back what the dead VM @key holds, if nobody else is at it. (see hd_state_reconcile()) */
bool hd_state_reconcile_one(HdState *state, const char *key, HdReconciled *report,
                            GError **ret_error);

/** hd_state_reconcile_one() for whoever needs no report. */
bool hd_state_reconcile_key(HdState *state, const char *key, GError **ret_error);

#endif
