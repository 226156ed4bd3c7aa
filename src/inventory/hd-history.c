/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the system's journal remembers of our events: who had which device when, and who
 * was refused.
 */
#include "hd-history.h"

#include <string.h>
#include <systemd/sd-journal.h>

typedef sd_journal HdSdJournal;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdSdJournal, sd_journal_close)

static const char *const kinds[] = {"taken", "returned", "left", "refused", "failed"};

static void
free_entry(gpointer data)
{
    HdHistoryEntry *entry = data;
    g_free(entry->event);
    g_free(entry->owner);
    g_free(entry->key);
    g_free(entry->message);
    g_free(entry->program);
    g_ptr_array_unref(entry->devices);
    g_free(entry);
}

static int
add_match(sd_journal *journal, const char *field, const char *value)
{
    g_autofree char *match = g_strdup_printf("%s=%s", field, value);
    return sd_journal_add_match(journal, match, 0);
}

/* One of our kinds, and if asked for with @field being @value: terms of different fields are all
   required, those of one field each suffice. */
static int
add_term(sd_journal *journal, const char *field, const char *value)
{
    /* Anybody may write to the journal; the kernel says who did. */
    int error = add_match(journal, "_UID", "0");
    for (gsize i = 0; error >= 0 && i < G_N_ELEMENTS(kinds); i++)
        error = add_match(journal, "HOSTDEVCTL_EVENT", kinds[i]);
    return error >= 0 && value != NULL ? add_match(journal, field, value) : error;
}

static int
add_matches(sd_journal *journal, const HdHistoryQuery *query)
{
    const char *const fields[] = {"HOSTDEVCTL_OWNER", "HOSTDEVCTL_KEY", "HOSTDEVCTL_DEVICE"};
    const char *const values[] = {query->owner, query->owner, query->device};
    bool is_any = query->owner == NULL && query->device == NULL;
    int error = is_any ? add_term(journal, NULL, NULL) : 0;
    for (gsize i = 0; error >= 0 && i < G_N_ELEMENTS(fields); i++) {
        if (values[i] == NULL)
            continue;
        error = add_term(journal, fields[i], values[i]);
        if (error >= 0)
            error = sd_journal_add_disjunction(journal);
    }
    return error;
}

/* "FIELD=value", not terminated. Returns: whether @data is of @field; then @ret_value is set. */
static bool
take_field(const char *data, gsize length, const char *field, char **ret_value)
{
    gsize name = strlen(field);
    if (length <= name || strncmp(data, field, name) != 0 || data[name] != '=')
        return false;
    g_free(*ret_value);
    *ret_value = g_strndup(data + name + 1, length - name - 1);
    return true;
}

static void
take_data(HdHistoryEntry *entry, const char *data, gsize length)
{
    g_autofree char *device = NULL;
    g_autofree char *login = NULL;
    if (take_field(data, length, "HOSTDEVCTL_DEVICE", &device))
        g_ptr_array_add(entry->devices, g_steal_pointer(&device));
    else if (take_field(data, length, "_AUDIT_LOGINUID", &login))
        entry->login_uid = g_ascii_strtoll(login, NULL, 10);
    else
        (void)(take_field(data, length, "HOSTDEVCTL_EVENT", &entry->event) ||
               take_field(data, length, "HOSTDEVCTL_OWNER", &entry->owner) ||
               take_field(data, length, "HOSTDEVCTL_KEY", &entry->key) ||
               take_field(data, length, "MESSAGE", &entry->message) ||
               take_field(data, length, "_COMM", &entry->program));
}

static HdHistoryEntry *
read_entry(sd_journal *journal)
{
    HdHistoryEntry *entry = g_new0(HdHistoryEntry, 1);
    const void *data;
    size_t length;
    uint64_t when = 0;
    entry->devices = g_ptr_array_new_with_free_func(g_free);
    entry->login_uid = -1;
    (void)sd_journal_get_realtime_usec(journal, &when);
    entry->when = (gint64)when;
    SD_JOURNAL_FOREACH_DATA(journal, data, length)
    take_data(entry, data, length);
    return entry;
}

/* From the end backwards, so that the latest are found without reading all. */
static int
read_entries(sd_journal *journal, const HdHistoryQuery *query, GPtrArray *entries)
{
    int step = sd_journal_seek_tail(journal);
    while (step >= 0 && (query->most == 0 || entries->len < query->most)) {
        step = sd_journal_previous(journal);
        if (step <= 0)
            return step;
        HdHistoryEntry *entry = read_entry(journal);
        if (entry->when < query->since) {
            free_entry(entry);
            return 0;
        }
        g_ptr_array_add(entries, entry);
    }
    return step;
}

static void
reverse(GPtrArray *entries)
{
    for (guint i = 0; i < entries->len / 2; i++) {
        gpointer *one = &entries->pdata[i], *other = &entries->pdata[entries->len - 1 - i];
        gpointer kept = *one;
        *one = *other;
        *other = kept;
    }
}

bool
hd_history_read(const char *root, const HdHistoryQuery *query, GPtrArray **ret_entries,
                GError **ret_error)
{
    g_autoptr(HdSdJournal) journal = NULL;
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(free_entry);
    int error = root != NULL ? sd_journal_open_directory(&journal, root, SD_JOURNAL_OS_ROOT)
                             : sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY);
    if (error >= 0)
        error = add_matches(journal, query);
    if (error >= 0)
        error = read_entries(journal, query, entries);
    if (error < 0)
        return hd_error_set_errno(ret_error, HD_ERROR_INPUT, -error,
                                  "the system's journal can't be read");
    reverse(entries);
    *ret_entries = g_steal_pointer(&entries);
    return true;
}
