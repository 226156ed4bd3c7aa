/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_RECORD_H
#define HD_RECORD_H

#include <glib.h>
#include <stdbool.h>

#include "hd-claim.h"
#include "hd-plan.h"
#include "hd-uuid.h"

/** HdStep: how far one goal has come. */
typedef enum {
    HD_STEP_PLANNED, /* its writes may or may not have begun */
    HD_STEP_DONE,
    HD_STEP_UNDONE,
    HD_STEP_STUCK,  /* a worker still waits in the kernel */
    HD_STEP_FAILED, /* could not be undone */
} HdStep;

/** HdProcess: a process that can't be mistaken for a later one with the same pid. */
typedef struct {
    guint64 pid;   /* 0: none */
    guint64 start; /* field 22 of /proc/<pid>/stat, clock ticks since boot */
} HdProcess;

/** HdRecordGoal: one goal of a record and how far it has come. */
typedef struct {
    HdGoal *goal;
    HdStep step;
    char *message;  /* (nullable): of FAILED, STUCK */
    bool is_in_use; /* now, by another VM: it is not given back; never on disk */
} HdRecordGoal;

/**
 * HdRecord:
 * What a journal says: everything one owner was given, how it was before, how far
 * it has come. The journal is text, one event per line, each with a checksum, so
 * that a torn last line is known for what it is.
 */
typedef struct {
    char *key;  /* name of the journal: VM uuid, or detach-<address> */
    char *name; /* VM name, for people */
    bool is_vm;
    char *boot_id;    /* of the boot it belongs to */
    HdProcess caller; /* the libvirt daemon (or shell) that asked */
    HdProcess helper; /* what the caller waits for meanwhile: the hook, while it runs scripts */
    guint64 uptime; /* seconds since boot when it began; once committed, when that was said last */
    gint64 since;   /* wall clock, microseconds, for display */
    GPtrArray *goals;  /* of HdRecordGoal* */
    bool is_planned;   /* all intents are on disk; before that nothing was changed */
    bool is_committed; /* prepare has succeeded */
    bool is_leaving;   /* release or rollback has begun */
    bool is_damaged;   /* goals of the opening are missing: a person has to look */
} HdRecord;

/** Returns: (transfer full): a record without goals. Strings are copied. */
HdRecord *hd_record_new(const char *key, const char *name, bool is_vm);
void hd_record_free(HdRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdRecord, hd_record_free)

/** Appends copies of the plan's goals, all PLANNED. */
void hd_record_take_plan(HdRecord *record, const HdPlan *plan);

/** Returns: (transfer none): goal number @number. */
HdRecordGoal *hd_record_goal(const HdRecord *record, guint number);

/** Returns: whether nothing is left to give back. */
bool hd_record_is_clear(const HdRecord *record);

/** Returns: whether all that is left to give back is the host's desktop's: units, modules, console.
 */
bool hd_record_has_only_desktop(const HdRecord *record);

/** Returns: whether it only keeps devices for a VM whose prepare is yet to come. */
bool hd_record_is_reservation(const HdRecord *record);

/** Returns: (transfer full): the lines that open a journal: who, all goals, "planned". */
char *hd_record_format_opening(const HdRecord *record);

/**
 * hd_record_format_step:
 * @message: (nullable): why, for FAILED and STUCK
 *
 * Returns: (transfer full): the line that says goal @number is at @step.
 */
char *hd_record_format_step(guint number, HdStep step, const char *message);

/** Returns: (transfer full): the line that says that prepare has succeeded, with the record's
    uptime and helper. */
char *hd_record_format_commit(const HdRecord *record);

/** Returns: (transfer full): the line that says that giving back has begun. */
char *hd_record_format_leave(void);

/** Returns: the name of @step: "planned", "done", "undone", "stuck", "failed". */
const char *hd_step_name(HdStep step);

/**
 * hd_record_parse:
 * @key: name of the journal
 * @text: its content
 *
 * Never fails: a line whose seal is broken counts as not written, which is what a torn line is.
 * is_damaged tells when goals are missing from a complete opening.
 *
 * Returns: (transfer full): the record.
 */
HdRecord *hd_record_parse(const char *key, const char *text);

/** Returns: (transfer full): the claim that this record makes: goals that aren't undone. */
HdClaim *hd_record_claim(const HdRecord *record);

#endif
