/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who holds what, from the journals: of all owners, or, for a decision that must not
 * grow with their number, of those that the index names.
 */
#include "hd-index.h"
#include "hd-state-private.h"

static void
free_record(gpointer data)
{
    hd_record_free(data);
}

bool
hd_state_records(HdState *state, GPtrArray **ret_records, GError **ret_error)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(free_record);
    g_autoptr(GPtrArray) keys = NULL;
    if (!hd_journal_keys(state->port, &keys, ret_error))
        return false;
    for (guint i = 0; i < keys->len; i++) {
        HdRecord *record = NULL;
        if (!hd_journal_peek(state->port, g_ptr_array_index(keys, i), &record, ret_error))
            return false;
        /* Not planned: a prepare that has not got as far as changing anything. */
        if (record != NULL && record->is_planned)
            g_ptr_array_add(records, record);
        else
            hd_record_free(record);
    }
    *ret_records = g_steal_pointer(&records);
    return true;
}

bool
hd_state_claims(HdState *state, const char *except_key, GPtrArray **ret_claims, GError **ret_error)
{
    g_autoptr(GPtrArray) records = NULL;
    g_autoptr(GPtrArray) claims = hd_claims_new();
    if (!hd_state_records(state, &records, ret_error))
        return false;
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        if (g_strcmp0(record->key, except_key) != 0)
            g_ptr_array_add(claims, hd_record_claim(record));
    }
    *ret_claims = g_steal_pointer(&claims);
    return true;
}

bool
hd_state_read_claims(HdState *state, GPtrArray **ret_claims, GError **ret_error)
{
    return hd_state_claims(state, NULL, ret_claims, ret_error);
}

/* Of the node that all share any one owner tells how it was before, and that it is needed. */
static bool
is_enough(const char *subject, const GPtrArray *claims)
{
    return g_str_equal(subject, "iommu") && hd_claims_needs_node(claims, HD_NODE_IOMMU);
}

static bool
add_claim(HdState *state, const char *key, GPtrArray *claims, GError **ret_error)
{
    g_autoptr(HdRecord) record = NULL;
    if (!hd_journal_peek(state->port, key, &record, ret_error))
        return false;
    if (record != NULL && record->is_planned)
        g_ptr_array_add(claims, hd_record_claim(record));
    return true;
}

bool
hd_state_claims_about(HdState *state, const GPtrArray *subjects, const char *except_key,
                      GPtrArray **ret_claims, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = hd_claims_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!hd_index_is_whole(state->port))
        return hd_state_claims(state, except_key, ret_claims, ret_error);
    for (guint i = 0; i < subjects->len; i++) {
        const char *subject = g_ptr_array_index(subjects, i);
        g_autoptr(GPtrArray) keys = NULL;
        if (hd_index_keys(state->port, subject, &keys) != 0)
            return hd_state_claims(state, except_key, ret_claims, ret_error);
        for (guint j = 0; j < keys->len && !is_enough(subject, claims); j++) {
            const char *key = g_ptr_array_index(keys, j);
            if (g_strcmp0(key, except_key) != 0 && g_hash_table_add(seen, g_strdup(key)) &&
                !add_claim(state, key, claims, ret_error))
                return false;
        }
    }
    *ret_claims = g_steal_pointer(&claims);
    return true;
}

void
hd_state_complete_index(HdState *state)
{
    g_autoptr(GPtrArray) records = NULL;
    if (hd_index_is_whole(state->port) || !hd_state_records(state, &records, NULL))
        return;
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        g_autoptr(GPtrArray) subjects = hd_index_subjects(record);
        if (hd_index_add(state->port, subjects, record->key) != 0)
            return;
    }
    hd_index_set_whole(state->port);
}

/* Whoever adds hints has the journal locked, and so have we while these are looked at. */
static void
sweep_one(HdState *state, GPtrArray *subject, const char *key)
{
    g_autoptr(HdJournal) journal = NULL;
    if (!hd_port_exists(state->port, "run/hostdevctl/vm/%s", key) &&
        hd_journal_open(state->port, key, true, 0, &journal, NULL) &&
        !hd_journal_record(journal)->is_planned)
        hd_index_remove(state->port, subject, key);
}

void
hd_state_sweep_index(HdState *state)
{
    g_autoptr(GPtrArray) subjects = hd_index_all(state->port);
    for (guint i = 0; i < subjects->len; i++) {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, g_ptr_array_index(subjects, i));
        g_autoptr(GPtrArray) keys = NULL;
        if (hd_index_keys(state->port, g_ptr_array_index(one, 0), &keys) != 0)
            continue;
        /* A folder goes with the last hint that is taken from it, be that there or not. */
        if (keys->len == 0)
            hd_index_remove(state->port, one, "none");
        for (guint j = 0; j < keys->len; j++)
            sweep_one(state, one, g_ptr_array_index(keys, j));
    }
}
