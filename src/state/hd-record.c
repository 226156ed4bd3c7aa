/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The journal's language. Readable with cat, appended only, each line sealed with a
 * checksum: <8 hex digits> <event> ... The last line may be torn by a crash; since
 * intents are complete on disk before the first write to the kernel, the journal
 * plus sysfs always suffice to give everything back.
 */
#include "hd-record.h"

#include <string.h>

#include "hd-text.h"

static const char *const step_names[] = {"planned", "done", "undone", "stuck", "failed"};

const char *
hd_step_name(HdStep step)
{
    return step_names[step];
}

static void
free_record_goal(gpointer data)
{
    HdRecordGoal *entry = data;
    hd_goal_free(entry->goal);
    g_free(entry->message);
    g_free(entry);
}

HdRecord *
hd_record_new(const char *key, const char *name, bool is_vm)
{
    HdRecord *record = g_new0(HdRecord, 1);
    record->key = g_strdup(key);
    record->name = g_strdup(name);
    record->is_vm = is_vm;
    record->goals = g_ptr_array_new_with_free_func(free_record_goal);
    return record;
}

void
hd_record_free(HdRecord *record)
{
    if (record == NULL)
        return;
    g_free(record->key);
    g_free(record->name);
    g_free(record->boot_id);
    g_ptr_array_unref(record->goals);
    g_free(record);
}

static void
add_goal(HdRecord *record, HdGoal *goal)
{
    HdRecordGoal *entry = g_new0(HdRecordGoal, 1);
    entry->goal = goal;
    g_ptr_array_add(record->goals, entry);
}

void
hd_record_take_plan(HdRecord *record, const HdPlan *plan)
{
    for (guint i = 0; i < plan->goals->len; i++)
        add_goal(record, hd_goal_copy(g_ptr_array_index(plan->goals, i)));
}

HdRecordGoal *
hd_record_goal(const HdRecord *record, guint number)
{
    return g_ptr_array_index(record->goals, number);
}

bool
hd_record_is_clear(const HdRecord *record)
{
    if (record->is_damaged)
        return false;
    for (guint i = 0; i < record->goals->len; i++) {
        if (hd_record_goal(record, i)->step != HD_STEP_UNDONE)
            return false;
    }
    return true;
}

static void
seal(GString *text, const char *body)
{
    g_autofree char *line = hd_text_seal(body);
    g_string_append(text, line);
}

char *
hd_record_format_commit(const HdRecord *record)
{
    GString *text = g_string_new(NULL);
    g_autofree char *line =
        g_strdup_printf("commit uptime=%" G_GUINT64_FORMAT " helper=%" G_GUINT64_FORMAT
                        " helper.start=%" G_GUINT64_FORMAT,
                        record->uptime, record->helper.pid, record->helper.start);
    seal(text, line);
    return g_string_free(text, FALSE);
}

char *
hd_record_format_leave(void)
{
    GString *text = g_string_new(NULL);
    seal(text, "leave");
    return g_string_free(text, FALSE);
}

bool
hd_record_has_only_desktop(const HdRecord *record)
{
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->step != HD_STEP_UNDONE && !hd_goal_is_about_desktop(entry->goal))
            return false;
    }
    return true;
}

bool
hd_record_is_reservation(const HdRecord *record)
{
    for (guint i = 0; i < record->goals->len; i++) {
        if (hd_record_goal(record, i)->goal->kind != HD_GOAL_HOLD)
            return false;
    }
    return record->is_committed && !record->is_leaving;
}

/* Of what others have done already: at no moment it is half done. */
static void
add_end(GString *text, const HdRecord *record)
{
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        g_autofree char *step = hd_record_format_step(i, entry->step, NULL);
        if (entry->step != HD_STEP_PLANNED)
            g_string_append(text, step);
    }
    g_autofree char *commit = hd_record_format_commit(record);
    g_string_append(text, commit);
}

char *
hd_record_format_opening(const HdRecord *record)
{
    GString *text = g_string_new(NULL);
    g_autofree char *name = hd_text_pair("name", record->name);
    g_autofree char *boot = hd_text_pair("boot", record->boot_id);
    g_autofree char *head = g_strdup_printf(
        "begin version=1 kind=%s %s %s caller=%" G_GUINT64_FORMAT " caller.start=%" G_GUINT64_FORMAT
        " uptime=%" G_GUINT64_FORMAT " since=%" G_GINT64_FORMAT,
        record->is_vm ? "vm" : "detach", name, boot, record->caller.pid, record->caller.start,
        record->uptime, record->since);
    seal(text, head);
    for (guint i = 0; i < record->goals->len; i++) {
        g_autofree char *goal = hd_goal_format(hd_record_goal(record, i)->goal);
        g_autofree char *line = g_strdup_printf("goal %u %s", i, goal);
        seal(text, line);
    }
    g_autofree char *planned = g_strdup_printf("planned %u", record->goals->len);
    seal(text, planned);
    if (record->is_committed)
        add_end(text, record);
    return g_string_free(text, FALSE);
}

char *
hd_record_format_step(guint number, HdStep step, const char *message)
{
    GString *text = g_string_new(NULL);
    g_autofree char *pair = message != NULL ? hd_text_pair("message", message) : NULL;
    g_autofree char *line = g_strdup_printf("%s %u%s%s", step_names[step], number,
                                            pair != NULL ? " " : "", pair != NULL ? pair : "");
    seal(text, line);
    return g_string_free(text, FALSE);
}

/* A later opening in the same file is a new start: what was before it has been given back. */
static bool
parse_begin(HdRecord *record, char *const *tokens)
{
    g_ptr_array_set_size(record->goals, 0);
    g_clear_pointer(&record->boot_id, g_free); /* an opening that isn't understood has none */
    record->helper = (HdProcess){0, 0};
    record->is_planned = record->is_committed = record->is_leaving = record->is_damaged = false;
    g_autofree char *kind = hd_text_value(tokens, "kind");
    g_autofree char *name = hd_text_value(tokens, "name");
    guint64 version = 0, since = 0;
    if (!hd_text_number(tokens, "version", &version) || version != 1 || kind == NULL ||
        name == NULL || !hd_text_number(tokens, "caller", &record->caller.pid) ||
        !hd_text_number(tokens, "caller.start", &record->caller.start) ||
        !hd_text_number(tokens, "uptime", &record->uptime) ||
        !hd_text_number(tokens, "since", &since))
        return false;
    record->is_vm = g_str_equal(kind, "vm");
    record->since = (gint64)since;
    g_free(record->name);
    record->name = g_steal_pointer(&name);
    record->boot_id = hd_text_value(tokens, "boot");
    return record->boot_id != NULL;
}

static bool
parse_index(const char *text, guint limit, guint *ret_number)
{
    guint64 number;
    if (text == NULL || limit == 0 || !hd_text_unsigned(text, 10, 0, limit - 1, &number))
        return false;
    *ret_number = (guint)number;
    return true;
}

static bool
parse_goal(HdRecord *record, const char *body, char *const *tokens)
{
    guint number;
    HdGoal *goal = NULL;
    const char *text = strchr(body + strlen("goal "), ' ');
    if (!parse_index(tokens[1], record->goals->len + 1, &number) || number != record->goals->len ||
        text == NULL || !hd_goal_parse(text + 1, &goal))
        return false;
    add_goal(record, goal);
    return true;
}

static bool
parse_step(HdRecord *record, char *const *tokens)
{
    guint number;
    for (guint step = HD_STEP_DONE; step < G_N_ELEMENTS(step_names); step++) {
        if (!g_str_equal(tokens[0], step_names[step]))
            continue;
        if (!parse_index(tokens[1], record->goals->len, &number))
            return false;
        HdRecordGoal *entry = hd_record_goal(record, number);
        entry->step = (HdStep)step;
        g_free(entry->message);
        entry->message = hd_text_value(tokens, "message");
        return true;
    }
    return false;
}

/* The opening is written at once; a count that differs means that lines were lost later. */
static bool
parse_planned(HdRecord *record, char *const *tokens)
{
    guint64 count;
    record->is_planned = true;
    record->is_damaged = record->boot_id == NULL || tokens[1] == NULL ||
                         !hd_text_unsigned(tokens[1], 10, 0, G_MAXUINT, &count) ||
                         count != record->goals->len;
    return true;
}

/* It stands for what it says even where the numbers lack. */
static bool
parse_commit(HdRecord *record, char *const *tokens)
{
    (void)hd_text_number(tokens, "uptime", &record->uptime);
    (void)hd_text_number(tokens, "helper", &record->helper.pid);
    (void)hd_text_number(tokens, "helper.start", &record->helper.start);
    return record->is_committed = true;
}

static bool
parse_body(HdRecord *record, const char *body)
{
    g_auto(GStrv) tokens = g_strsplit(body, " ", -1);
    if (g_str_equal(tokens[0], "begin"))
        return parse_begin(record, tokens);
    if (g_str_equal(tokens[0], "goal") && tokens[1] != NULL)
        return parse_goal(record, body, tokens);
    if (g_str_equal(tokens[0], "planned"))
        return parse_planned(record, tokens);
    if (g_str_equal(tokens[0], "commit"))
        return parse_commit(record, tokens);
    if (g_str_equal(tokens[0], "leave"))
        return record->is_leaving = true;
    return parse_step(record, tokens);
}

HdRecord *
hd_record_parse(const char *key, const char *text)
{
    HdRecord *record = hd_record_new(key, key, g_uuid_string_is_valid(key));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0')
            continue;
        /* A torn "done" or "undone" is harmless: converging once more changes nothing. */
        const char *body = hd_text_unseal(*line);
        if (body != NULL)
            (void)parse_body(record, body);
    }
    return record;
}

HdClaim *
hd_record_claim(const HdRecord *record)
{
    HdClaim *claim = hd_claim_new(record->key, record->name, record->is_vm);
    claim->is_leaving = record->is_leaving;
    claim->is_settled = record->is_committed && !record->is_leaving;
    for (guint i = 0; i < record->goals->len; i++) {
        const HdRecordGoal *entry = hd_record_goal(record, i);
        if (entry->step != HD_STEP_UNDONE)
            g_ptr_array_add(claim->goals, hd_goal_copy(entry->goal));
    }
    return claim;
}
