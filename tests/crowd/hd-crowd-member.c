/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One VM of the crowd, as libvirt would drive it: prepare, a while, release. It tells the
 * referee what it was told.
 */
#include "hd-crowd-member.h"

#include <string.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-state.h"

#define LONGEST_RUN_US   1000
#define LONGEST_PAUSE_US 150000

typedef struct {
    HdShared *shared;
    HdCrowdTable *table;
    HdState *state;
    GRand *random;
    guint vm;
    HdUuid uuid;
} Member;

static void
note_progress(Member *member)
{
    atomic_store(&member->table->progress[member->vm - 1], g_get_monotonic_time());
}

/* One group mostly, two or three at times, in any order; of each one function or both. A group goes
   whole, so *ret_devices has both in any case. */
static HdRequest *
new_request(Member *member, guint *ret_devices)
{
    g_autofree char *name = g_strdup_printf("vm%u", member->vm);
    HdRequest *request = hd_request_new(name, &member->uuid);
    const gint dice = g_rand_int_range(member->random, 0, 10);
    const guint count = dice < 7 ? 1 : dice < 9 ? 2 : 3;
    guint groups = 0;
    *ret_devices = 0;
    while (request->wishes->len < count) {
        const guint group = (guint)g_rand_int_range(member->random, 0, HD_CROWD_GROUPS);
        if ((groups >> group & 1) != 0)
            continue;
        HdWish *wish = hd_request_add(request, HD_WISH_PCI);
        wish->managed = true;
        wish->address =
            hd_shared_address(group, (guint)g_rand_int_range(member->random, 0, HD_CROWD_MEMBERS));
        groups |= 1u << group;
        *ret_devices |= ((1u << HD_CROWD_MEMBERS) - 1) << (group * HD_CROWD_MEMBERS);
    }
    return request;
}

static void
check_held(Member *member, guint devices)
{
    for (guint i = 0; i < HD_CROWD_DEVICES; i++) {
        if ((devices >> i & 1) != 0 && !hd_shared_is_on(member->shared, i / HD_CROWD_MEMBERS,
                                                        i % HD_CROWD_MEMBERS, "vfio-pci"))
            atomic_fetch_add(&member->table->moved, 1);
    }
}

static void
note_failure(Member *member, const GError *error)
{
    if (strstr(error->message, "ended without a result (signal 9)") != NULL) {
        atomic_fetch_add(&member->table->bereaved, 1);
        return;
    }
    atomic_fetch_add(&member->table->failures, 1);
    (void)g_strlcpy(member->table->failure, error->message, sizeof member->table->failure);
}

static void
run_guest(Member *member, guint devices)
{
    g_autoptr(GError) error = NULL;
    hd_crowd_table_take(member->table, member->vm, devices);
    atomic_fetch_add(&member->table->grants, 1);
    check_held(member, devices);
    g_usleep((gulong)g_rand_int_range(member->random, 0, LONGEST_RUN_US));
    check_held(member, devices);
    hd_crowd_table_give(member->table, member->vm, devices);
    if (!hd_state_release(member->state, member->uuid.text, &error))
        note_failure(member, error);
}

static void
note_refusal(Member *member, const GError *error, gint64 us)
{
    if (hd_error_is(error, HD_ERROR_REFUSED)) {
        atomic_fetch_add(&member->table->refusals, 1);
        hd_crowd_table_count(member->table->lost_ms, us);
    } else if (hd_error_is(error, HD_ERROR_LOCKED)) {
        atomic_fetch_add(&member->table->busy, 1);
    } else {
        note_failure(member, error);
    }
}

static void
start_once(Member *member)
{
    guint devices = 0;
    g_autoptr(HdRequest) request = new_request(member, &devices);
    g_autoptr(GError) error = NULL;
    gint64 begun = g_get_monotonic_time();
    bool is_given = hd_state_prepare(member->state, request, (guint64)getpid(), &error);
    gint64 us = g_get_monotonic_time() - begun;
    note_progress(member);
    if (is_given) {
        hd_crowd_table_count(member->table->won_ms, us);
        run_guest(member, devices);
    } else {
        note_refusal(member, error, us);
        g_usleep((gulong)g_rand_int_range(member->random, 0, LONGEST_PAUSE_US));
    }
    note_progress(member);
}

void
hd_crowd_member_run(HdShared *shared, HdCrowdTable *table, guint vm, guint seed)
{
    HdConfig config = hd_config_default();
    Member member = {shared, table, NULL, g_rand_new_with_seed(seed), vm, {""}};
    g_autofree char *uuid = g_strdup_printf("%08x-1111-4111-8111-%012x", vm, vm);
    g_assert_true(hd_uuid_parse(uuid, &member.uuid));
    member.state = hd_state_new(hd_shared_port(shared), &config);
    note_progress(&member);
    while (!atomic_load(&table->is_over))
        start_once(&member);
    hd_state_free(member.state);
    g_rand_free(member.random);
}
