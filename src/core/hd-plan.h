/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PLAN_H
#define HD_PLAN_H

#include <glib.h>
#include <stdbool.h>

#include "hd-goal.h"
#include "hd-policy.h"

/**
 * HdRefusal:
 * Why one device can't be given: an expected outcome, never a GError by itself.
 */
typedef struct {
    char *subject;    /* what it is about: a PCI address, "mdev <uuid>", "USB 001:004 (...)" */
    const char *rule; /* rule name, or "missing", "held", "full", "type": not to be relaxed */
    char *reason;     /* "is in use by this host: /dev/nvme0n1p1 is mounted on /srv" */
    char *remedy;     /* "unmount /srv" */
} HdRefusal;

/**
 * HdPlan:
 * The answer to one request: goals to reach, in order; or why not. Both are filled
 * where both are known, so that `hostdevctl plan` can show everything at once.
 */
typedef struct {
    GPtrArray *goals;    /* of HdGoal* */
    GPtrArray *refusals; /* of HdRefusal* */
    GPtrArray *notes;    /* of char*: what a person may want to know */
} HdPlan;

/** Returns: (transfer full): an empty plan. */
HdPlan *hd_plan_new(void);
void hd_plan_free(HdPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdPlan, hd_plan_free)

/** Appends @goal, (transfer full). */
void hd_plan_add_goal(HdPlan *plan, HdGoal *goal);

/** Appends a refusal of a function; @reason and @remedy are taken over. */
void hd_plan_refuse(HdPlan *plan, const HdPciAddress *address, const char *rule, char *reason,
                    char *remedy);

/** Appends a refusal of anything, called @subject; @reason and @remedy are taken over. */
void hd_plan_refuse_subject(HdPlan *plan, const char *subject, const char *rule, char *reason,
                            char *remedy);

/** Appends a refusal of an mdev; @reason and @remedy are taken over. */
void hd_plan_refuse_mdev(HdPlan *plan, const HdUuid *uuid, const char *rule, char *reason,
                         char *remedy);

/** Returns: whether a refusal is by @rule. */
bool hd_plan_is_refused_by(const HdPlan *plan, const char *rule);

/** Appends a note. */
void hd_plan_note(HdPlan *plan, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Returns: whether the request can't be served. */
bool hd_plan_is_refused(const HdPlan *plan);

/** Returns: whether a goal of @plan claims the function @address. */
bool hd_plan_claims(const HdPlan *plan, const HdPciAddress *address);

/** Returns: (transfer full): one refusal as a sentence: device, reason, remedy, rule. */
char *hd_refusal_sentence(const HdRefusal *refusal);

/**
 * Returns: (transfer full): the one line for `virsh start`: the first refusal's sentence, and
 * how many more there are.
 */
char *hd_plan_refusal_line(const HdPlan *plan);

/** Returns: (transfer full): the whole plan for a person, several lines. */
char *hd_plan_describe(const HdPlan *plan);

#endif
