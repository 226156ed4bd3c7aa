/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * history: who took which device, when, and why somebody was refused.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-history.h"
#include "hd-out.h"
#include "hd-table.h"
#include "hd-text.h"

#define USUAL_COUNT 100

static char *since_option;
static int count_option = USUAL_COUNT;

static const GOptionEntry options[] = {
    {"since", 0, 0, G_OPTION_ARG_STRING, &since_option,
     "from then on: 2026-03-01, 2026-03-01T12:00, 90m, 36h or 7d ago", "WHEN"},
    {"count", 'n', 0, G_OPTION_ARG_INT, &count_option, "the latest N (100); 0: all", "N"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

/* "90m", "36h", "7d": so long ago. */
static bool
parse_ago(const char *text, gint64 now, gint64 *ret_moment)
{
    char *end = NULL;
    guint64 number = g_ascii_strtoull(text, &end, 10);
    gint64 unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : 0;
    if (end == text || unit == 0 || end[1] != '\0' || number > G_MAXINT32)
        return false;
    *ret_moment = now - (gint64)number * unit * G_USEC_PER_SEC;
    return true;
}

/* A day without a time begins at midnight, a time without seconds at the minute. */
static bool
parse_date(const char *text, gint64 *ret_moment)
{
    static const char *const endings[] = {"T00:00:00", ":00", ""};
    g_autoptr(GTimeZone) here = g_time_zone_new_local();
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *whole = g_strconcat(text, endings[i], NULL);
        g_autofree char *iso = g_strdelimit(g_steal_pointer(&whole), " ", 'T');
        g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601(iso, here);
        if (moment == NULL)
            continue;
        *ret_moment = g_date_time_to_unix(moment) * G_USEC_PER_SEC;
        return true;
    }
    return false;
}

static bool
read_since(HdCmd *cmd, gint64 *ret_since, GError **ret_error)
{
    if (since_option == NULL || parse_ago(since_option, hd_port_now(cmd->port), ret_since) ||
        parse_date(since_option, ret_since))
        return true;
    return hd_error_set(ret_error, HD_ERROR_USAGE,
                        "--since %s: say 2026-03-01, 2026-03-01T12:00, 90m, 36h or 7d",
                        since_option);
}

static char *
join_devices(const HdHistoryEntry *entry)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < entry->devices->len; i++) {
        g_autofree char *shown = hd_text_printable(g_ptr_array_index(entry->devices, i), 64);
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", shown);
    }
    return g_string_free(text, text->len == 0);
}

/* What was taken and returned is all said; why something was not, isn't. */
static char *
explain(const HdHistoryEntry *entry)
{
    bool is_plain = g_str_equal(entry->event, "taken") || g_str_equal(entry->event, "returned");
    if (is_plain || entry->message == NULL)
        return NULL;
    const char *reason = strstr(entry->message, ": ");
    return hd_text_printable(reason != NULL ? reason + 2 : entry->message, 400);
}

static HdTone
tone_of_event(const char *content)
{
    if (g_str_equal(content, "taken"))
        return HD_TONE_STRONG;
    return g_str_equal(content, "returned") ? HD_TONE_PLAIN : HD_TONE_BAD;
}

static void
print_table(const GPtrArray *entries)
{
    static const HdTableColumn columns[] = {{"WHEN", 0, 0, NULL},
                                            {"EVENT", 0, 0, tone_of_event},
                                            {"VM", 8, 0, NULL},
                                            {"DEVICES", 12, 0, NULL},
                                            {"WHY", HD_TABLE_BELOW, 1, NULL}};
    g_autoptr(HdTable) table = hd_table_new_columns(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < entries->len; i++) {
        const HdHistoryEntry *entry = g_ptr_array_index(entries, i);
        char **cells = g_new0(char *, G_N_ELEMENTS(columns));
        cells[0] = hd_out_time(entry->when);
        cells[1] = hd_text_printable(entry->event, 16);
        cells[2] = entry->owner != NULL ? hd_text_printable(entry->owner, 64) : NULL;
        cells[3] = join_devices(entry);
        cells[4] = explain(entry);
        hd_table_add(table, cells);
    }
    hd_table_print(table);
}

static void
print_json(const GPtrArray *entries)
{
    g_autoptr(HdJson) json = hd_json_new();
    hd_json_begin_array(json);
    for (guint i = 0; i < entries->len; i++) {
        const HdHistoryEntry *entry = g_ptr_array_index(entries, i);
        hd_json_begin_object(json);
        hd_out_json_number(json, "when_us", entry->when);
        hd_out_json_text(json, "event", entry->event);
        hd_out_json_text(json, "domain", entry->owner);
        hd_out_json_text(json, "key", entry->key);
        hd_json_name(json, "devices");
        hd_json_begin_array(json);
        for (guint j = 0; j < entry->devices->len; j++)
            hd_json_text(json, g_ptr_array_index(entry->devices, j));
        hd_json_end(json);
        hd_out_json_text(json, "message", entry->message);
        hd_out_json_text(json, "program", entry->program);
        hd_json_name(json, "login_uid");
        if (entry->login_uid >= 0 && entry->login_uid != G_MAXUINT32)
            hd_json_number(json, entry->login_uid);
        else
            hd_json_text(json, NULL);
        hd_json_end(json);
    }
    hd_json_end(json);
    hd_out_json(json);
}

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const char *argument = cmd->arguments[0];
    HdHistoryQuery query = {NULL, argument, 0, 0};
    g_autoptr(GPtrArray) entries = NULL;
    HdPciAddress address;
    HdUuid uuid;
    HdPciAddressText text;
    if (argument != NULL && (hd_pci_address_parse(argument, &address) ||
                             hd_pci_address_parse_node_name(argument, &address))) {
        text = hd_pci_address_text(&address);
        query.device = text.text;
        query.owner = NULL;
    } else if (argument != NULL && hd_uuid_parse(argument, &uuid)) {
        query.device = uuid.text;
        query.owner = uuid.text;
    }
    if (count_option < 0) {
        (void)hd_error_set(ret_error, HD_ERROR_USAGE, "--count: say a number from 0 on");
        return HD_EXIT_USAGE;
    }
    query.most = (guint)count_option;
    if (cmd->is_capture) {
        (void)hd_error_set(ret_error, HD_ERROR_INPUT, "a capture has no journal");
        return HD_EXIT_FAILED;
    }
    if (!read_since(cmd, &query.since, ret_error) ||
        !hd_history_read(cmd->sysroot, &query, &entries, ret_error))
        return HD_EXIT_FAILED;
    if (entries->len == 0 && cmd->sysroot == NULL && geteuid() != 0)
        (void)fputs("hostdevctl: nothing is found; root and members of systemd-journal see all\n",
                    stderr);
    if (cmd->json)
        print_json(entries);
    else
        print_table(entries);
    return HD_EXIT_DONE;
}

const HdCmdInfo hd_cmd_history = {
    "history", "[ADDRESS|MDEV|VM]", "who took which device when", 0, 1, false, options, run,
};
