/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The device-state module's frame: configuration, keys, reading. The verbs that change
 * devices are in hd-prepare.c and hd-release.c.
 */
#include "hd-state-private.h"

#include <errno.h>

#include "hd-desktop-probe.h"
#include "hd-error.h"
#include "hd-text.h"

#define CONFIG_FILE   "etc/hostdevctl/hostdevctl.conf"
#define CONFIG_FOLDER "etc/hostdevctl/conf.d"

/* Cards are known that take half a second for each VF, and one after the other. */
#define VF_MS 1000

HdState *
hd_state_new(HdPort *port, const HdConfig *config)
{
    HdState *state = g_new0(HdState, 1);
    state->port = port;
    state->config = *config;
    return state;
}

void
hd_state_free(HdState *state)
{
    g_free(state);
}

void
hd_state_set_log(HdState *state, HdEventLog log, gpointer data)
{
    state->log = log;
    state->log_data = data;
}

void
hd_state_log(HdState *state, const char *format, ...)
{
    if (state->log == NULL)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    const HdEvent event = {HD_EVENT_NOTE, NULL, NULL, NULL, message};
    state->log(&event, state->log_data);
}

/* Devices only: not the nodes that come with them, nor what has been given back before. */
static GPtrArray *
devices_of(const HdRecord *record)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < record->goals->len; i++) {
        const HdGoal *goal = hd_record_goal(record, i)->goal;
        g_autofree char *name = g_strdup(hd_goal_subject(goal).text);
        if (goal->kind != HD_GOAL_NODE &&
            !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    return names;
}

void
hd_state_log_record(HdState *state, HdEventKind kind, const HdRecord *record, const char *format,
                    ...)
{
    if (state->log == NULL)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_autoptr(GPtrArray) devices = devices_of(record);
    g_autofree char *owner = hd_text_printable(record->name, 64);
    const HdEvent event = {kind, owner, record->key, devices, message};
    state->log(&event, state->log_data);
}

void
hd_state_log_refusal(HdState *state, const HdRequest *request, const GError *error)
{
    if (state->log == NULL || !hd_error_is(error, HD_ERROR_REFUSED))
        return;
    g_autoptr(GPtrArray) devices = hd_event_request_devices(request);
    g_autofree char *owner = hd_text_printable(request->name, 64);
    g_autofree char *message = g_strdup_printf("refused '%s': %s", owner, error->message);
    const HdEvent event = {HD_EVENT_REFUSED, owner, hd_state_key(request), devices, message};
    state->log(&event, state->log_data);
}

const char *
hd_state_stop_units(const HdState *state)
{
    return state->config.stop_units;
}

void
hd_state_probe_desktop(HdState *state, HdHost *host)
{
    hd_desktop_probe(state->port, NULL, &state->config, host);
}

const HdPolicy *
hd_state_policy(const HdState *state)
{
    return &state->config.policy;
}

static bool
load_file(HdPort *port, const char *path, HdConfig *config, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autofree char *file = g_strconcat("/", path, NULL);
    int error = hd_port_read(port, &text, "%s", path);
    if (error == ENOENT)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "read %s", file);
    return hd_config_parse(text, file, config, ret_error);
}

bool
hd_state_load_config(HdPort *port, HdConfig *ret_config, GError **ret_error)
{
    HdConfig config = hd_config_default();
    g_autoptr(GPtrArray) names = NULL;
    if (!load_file(port, CONFIG_FILE, &config, ret_error))
        return false;
    if (hd_port_list(port, &names, CONFIG_FOLDER) == 0) {
        for (guint i = 0; i < names->len; i++) {
            const char *name = g_ptr_array_index(names, i);
            g_autofree char *path = g_strdup_printf(CONFIG_FOLDER "/%s", name);
            if (g_str_has_suffix(name, ".conf") && !load_file(port, path, &config, ret_error))
                return false;
        }
    }
    *ret_config = config;
    return true;
}

bool
hd_state_allocates_pages(const HdState *state)
{
    return state->config.allocates_pages;
}

guint
hd_state_vfs_ms(const HdState *state, guint vfs)
{
    return hd_state_device_ms(state) + vfs * VF_MS;
}

HdDeadlines
hd_state_deadlines(const HdState *state, const HdRecord *record)
{
    guint vfs = 0;
    for (guint i = 0; i < record->goals->len; i++) {
        const HdGoal *goal = hd_record_goal(record, i)->goal;
        if (goal->kind == HD_GOAL_SRIOV)
            vfs += goal->count_before + goal->count_after;
    }
    return (HdDeadlines){hd_state_vfs_ms(state, vfs), state->config.unit_deadline * 1000};
}

bool
hd_state_apply(HdState *state, HdJournal *journal, GError **ret_error)
{
    const HdDeadlines deadlines = hd_state_deadlines(state, hd_journal_record(journal));
    return hd_apply_do(state->port, journal, &deadlines, ret_error);
}

guint
hd_state_device_ms(const HdState *state)
{
    return state->config.device_deadline * 1000;
}

guint
hd_state_lock_ms(const HdState *state)
{
    return state->config.lock_deadline * 1000;
}

const char *
hd_state_key(const HdRequest *request)
{
    return *request->uuid.text != '\0' ? request->uuid.text : request->name;
}

HdLiveness
hd_state_liveness(HdState *state, const HdRecord *record)
{
    return hd_liveness(state->port, record);
}

/* @key: (nullable): or the journal of that key. */
static char *
find_vm(HdState *state, const char *name, const char *key)
{
    g_autoptr(GPtrArray) records = NULL;
    if (!hd_state_records(state, &records, NULL))
        return NULL;
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        if (record->is_vm && (g_str_equal(record->name, name) || g_strcmp0(record->key, key) == 0))
            return g_strdup(record->key);
    }
    return NULL;
}

char *
hd_state_find_key(HdState *state, const char *name_or_uuid)
{
    HdUuid uuid = {""};
    return find_vm(state, name_or_uuid, hd_uuid_parse(name_or_uuid, &uuid) ? uuid.text : NULL);
}

char *
hd_state_find_named(HdState *state, const char *name)
{
    return find_vm(state, name, NULL);
}

bool
hd_state_has_key(HdState *state, const char *key, const char *name)
{
    g_autoptr(HdRecord) record = NULL;
    return hd_port_exists(state->port, "run/hostdevctl/vm/%s", key) &&
           hd_journal_peek(state->port, key, &record, NULL) && record != NULL &&
           record->is_planned && record->is_vm && g_str_equal(record->name, name);
}
