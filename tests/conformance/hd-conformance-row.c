/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What keeps the fake honest: the same rows, run on the fake and on a real kernel, must print the
 * same. Here is how a row is run; the tables are in the files beside.
 */
#include "hd-conformance-row.h"

#include "hd-conformance-vf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILLER    "ffffffff-0000-4000-8000-"
#define TRIES     200
#define SETTLE_MS 10000

typedef struct {
    HdPort *port;
    HdConformanceHold hold; /* (nullable) */
    const HdConformanceName *names;
    guint name_count;
    GHashTable *notes; /* placeholder -> value, of NOTE and ONLY */
    GHashTable *first; /* path -> number, of CHANGE */
    char *made_up;     /* (nullable): the last MAC that is none of the names' */
} Run;

static char *
fill_in(const Run *run, const char *text)
{
    GString *result = g_string_new(text);
    for (guint i = 0; i < run->name_count; i++)
        (void)g_string_replace(result, run->names[i].placeholder, run->names[i].value, 0);
    GHashTableIter iter;
    gpointer placeholder, value;
    g_hash_table_iter_init(&iter, run->notes);
    while (g_hash_table_iter_next(&iter, &placeholder, &value))
        (void)g_string_replace(result, placeholder, value, 0);
    guint length;
    char end;
    if (sscanf(result->str, "<%u%c", &length, &end) == 2 && end == '>') {
        g_string_set_size(result, length);
        memset(result->str, 'a', length);
    }
    return g_string_free(result, FALSE);
}

/* The placeholder of a component, if it has one. */
static const char *
find_placeholder(const Run *run, const char *component)
{
    for (guint i = 0; i < run->name_count; i++)
        if (g_str_equal(component, run->names[i].value))
            return run->names[i].placeholder;
    GHashTableIter iter;
    gpointer placeholder, value;
    g_hash_table_iter_init(&iter, run->notes);
    while (g_hash_table_iter_next(&iter, &placeholder, &value))
        if (g_str_equal(component, value))
            return placeholder;
    return NULL;
}

static char *
take_out(const Run *run, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    for (char **part = parts; *part != NULL; part++) {
        const char *placeholder = find_placeholder(run, *part);
        if (placeholder != NULL) {
            g_free(*part);
            *part = g_strdup(placeholder);
        }
    }
    return g_strjoinv("/", parts);
}

static char *
answer_errno(int error)
{
    return g_strdup(error == 0 ? "OK" : strerrorname_np(error));
}

/* @text: (transfer full) */
static char *
answer_text(const Run *run, int error, char *text)
{
    g_autofree char *owned = text;
    if (error != 0)
        return answer_errno(error);
    g_autofree char *shown = take_out(run, owned);
    return *shown == '%' ? g_steal_pointer(&shown) : g_strdup_printf("\"%s\"", shown);
}

static char *
answer_members(HdPort *port, const char *path)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, "%s", path);
    return error != 0 ? answer_errno(error) : g_strdup_printf("%u members", names->len);
}

static char *
answer_node(HdPort *port, const char *path)
{
    HdNodeState node;
    int error = hd_port_get_node(port, path, &node);
    if (error != 0)
        return answer_errno(error);
    if (!node.present)
        return g_strdup("absent");
    return g_strdup_printf("%u:%u %04o", node.uid, node.gid, node.mode);
}

static char *
answer_change(Run *run, const char *path)
{
    g_autofree char *text = NULL;
    gint64 number;
    int error = hd_port_read(run->port, &text, "%s", path);
    if (error != 0)
        return answer_errno(error);
    if (!g_ascii_string_to_signed(text, 10, 0, G_MAXINT, &number, NULL))
        return g_strdup("no number");
    if (!g_hash_table_contains(run->first, path))
        g_hash_table_insert(run->first, g_strdup(path), GINT_TO_POINTER((int)number));
    return g_strdup_printf("%+d",
                           (int)number - GPOINTER_TO_INT(g_hash_table_lookup(run->first, path)));
}

/* @value: (transfer full): of a NOTE */
static char *
answer_note(Run *run, int error, char *value, const char *placeholder)
{
    if (error != 0)
        return answer_errno(error);
    g_hash_table_replace(run->notes, g_strdup(placeholder), value);
    return g_strdup(placeholder);
}

static char *
answer_only(Run *run, const char *path, const char *placeholder)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(run->port, &names, "%s", path);
    if (error == 0 && names->len != 1)
        return g_strdup_printf("%u members", names->len);
    return answer_note(run, error, error == 0 ? g_strdup(names->pdata[0]) : NULL, placeholder);
}

static char *
name_mac(Run *run, const char *mac)
{
    const char *placeholder = find_placeholder(run, mac);
    if (placeholder != NULL || g_str_equal(mac, "00:00:00:00:00:00"))
        return g_strdup(placeholder != NULL ? placeholder : "none");
    if (g_strcmp0(mac, run->made_up) == 0)
        return g_strdup("the last");
    g_free(run->made_up);
    run->made_up = g_strdup(mac);
    return g_strdup("a new one");
}

static char *
answer_mac(Run *run, const char *path)
{
    g_autofree char *mac = NULL;
    int error = hd_port_read(run->port, &mac, "%s", path);
    return error != 0 ? answer_errno(error) : name_mac(run, mac);
}

static char *
answer_vf(Run *run, const char *path)
{
    HdVfSettings settings;
    int error = hd_conformance_vf_get(run->port, path, &settings);
    if (error != 0)
        return answer_errno(error);
    g_autofree char *mac = name_mac(run, hd_mac_text(&settings.mac).text);
    settings.known &= ~(1U << HD_VF_MAC);
    g_autofree char *rest = hd_vf_settings_format(&settings);
    return g_strdup_printf("mac=%s,%s", mac, rest);
}

/* For what the kernel does in its own time. */
static char *
answer_await(HdPort *port, const char *path, const char *wanted)
{
    g_autofree char *text = NULL;
    for (guint i = 0; i < TRIES && g_strcmp0(text, wanted) != 0; i++) {
        if (i > 0)
            hd_port_pause(port, 100);
        g_clear_pointer(&text, g_free);
        (void)hd_port_read(port, &text, "%s", path);
    }
    return g_strdup(g_strcmp0(text, wanted) == 0 ? "OK" : "never");
}

/* nvme of 6.1 has a function before it knows whether it can do anything with it. */
static bool
is_undecided(HdPort *port, const char *function)
{
    g_autofree char *driver = NULL;
    g_autofree char *state = NULL;
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_link_name(port, &driver, "%s/driver", function) != 0 ||
        !g_str_equal(driver, "nvme"))
        return false;
    if (hd_port_list(port, &names, "%s/nvme", function) != 0 || names->len == 0)
        return true; /* it is about to give it up */
    (void)hd_port_read(port, &state, "%s/nvme/%s/state", function,
                       (const char *)g_ptr_array_index(names, 0));
    return g_strcmp0(state, "live") != 0;
}

/* Waits for udev, and for the drivers of the first VFs. @path: an attribute of the PF. */
static char *
answer_settle(HdPort *port, const char *path)
{
    g_autofree char *pf = g_path_get_dirname(path);
    hd_port_settle(port, SETTLE_MS);
    for (guint vf = 0; vf < 2; vf++) {
        g_autofree char *function = g_strdup_printf("%s/virtfn%u", pf, vf);
        for (guint i = 0; i < TRIES && is_undecided(port, function); i++)
            hd_port_pause(port, 100);
    }
    return g_strdup("OK");
}

static char *
answer_fill(HdPort *port, const char *path)
{
    int error = 0;
    for (guint i = 0; i < 1000 && error == 0; i++) {
        g_autofree char *uuid = g_strdup_printf(FILLER "%012u", i);
        error = hd_port_write(port, uuid, "%s", path);
    }
    return answer_errno(error);
}

static char *
answer_empty(HdPort *port, const char *path)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, "%s", path);
    for (guint i = 0; error == 0 && i < names->len; i++)
        if (g_str_has_prefix(names->pdata[i], FILLER))
            error = hd_port_write(port, "1", "%s/%s/remove", path, (char *)names->pdata[i]);
    return answer_errno(error);
}

static char *
ask_network(Run *run, HdConformanceVerb verb, const char *path, const char *text)
{
    HdMac mac = {{0}};
    switch (verb) {
    case MAC:
        return answer_mac(run, path);
    case VF_GET:
        return answer_vf(run, path);
    case VF_SET:
        return answer_errno(hd_conformance_vf_set(run->port, path, text));
    default:
        break;
    }
    g_assert_true(hd_mac_parse(text, &mac));
    return answer_errno(hd_port_net_set_mac(run->port, path, &mac));
}

static char *
ask_system(Run *run, HdConformanceVerb verb, const char *path, const char *text)
{
    switch (verb) {
    case LOAD:
        return answer_errno(hd_port_load_module(run->port, path));
    case UNLOAD:
        return answer_errno(hd_port_unload_module(run->port, path));
    case UNIT:
        return answer_errno(hd_port_set_unit(run->port, path, g_str_equal(text, "start")));
    case HOLD:
    case DROP:
        return answer_errno(run->hold(run->port, path, verb == HOLD));
    default:
        return ask_network(run, verb, path, text);
    }
}

static char *
ask(Run *run, HdConformanceVerb verb, const char *path, const char *text)
{
    char *got = NULL;
    int error;
    switch (verb) {
    case WRITE:
        return answer_errno(hd_port_write(run->port, text, "%s", path));
    case READ:
        error = hd_port_read(run->port, &got, "%s", path);
        return answer_text(run, error, got);
    case LINK:
        error = hd_port_link_name(run->port, &got, "%s", path);
        return answer_text(run, error, got);
    case TARGET:
        error = hd_port_link(run->port, &got, "%s", path);
        return answer_text(run, error, got);
    case NODE:
        return answer_node(run->port, path);
    case MEMBERS:
        return answer_members(run->port, path);
    case CHANGE:
        return answer_change(run, path);
    case NOTE:
        error = hd_port_link_name(run->port, &got, "%s", path);
        return answer_note(run, error, got, text);
    case ONLY:
        return answer_only(run, path, text);
    case FILL:
        return answer_fill(run->port, path);
    case EMPTY:
        return answer_empty(run->port, path);
    case SETTLE:
        return answer_settle(run->port, path);
    case AWAIT:
        return answer_await(run->port, path, text);
    case EXISTS:
        return g_strdup(hd_port_exists(run->port, "%s", path) ? "yes" : "no");
    default:
        return ask_system(run, verb, path, text);
    }
}

static void
run_row(Run *run, guint number, const HdConformanceRow *row)
{
    static const char *const verbs[] = {
        [WRITE] = "write",   [READ] = "read",       [LINK] = "link",       [TARGET] = "target",
        [EXISTS] = "exists", [NODE] = "node",       [MEMBERS] = "members", [CHANGE] = "change",
        [NOTE] = "note",     [ONLY] = "only",       [FILL] = "fill",       [EMPTY] = "empty",
        [SETTLE] = "settle", [AWAIT] = "await",     [MAC] = "mac",         [VF_GET] = "vf-get",
        [VF_SET] = "vf-set", [SET_MAC] = "set-mac", [LOAD] = "load",       [UNLOAD] = "unload",
        [UNIT] = "unit",     [HOLD] = "hold",       [DROP] = "drop"};
    g_autofree char *path = fill_in(run, row->path);
    bool is_note = row->verb == NOTE || row->verb == ONLY;
    g_autofree char *text = row->text != NULL && !is_note ? fill_in(run, row->text) : NULL;
    g_autofree char *shown = row->text != NULL ? g_strescape(row->text, NULL) : NULL;
    g_autofree char *answer = ask(run, row->verb, path, is_note ? row->text : text);
    printf("%03u %s %s%s%s%s -> %s\n", number, verbs[row->verb], row->path,
           shown != NULL ? " \"" : "", shown != NULL ? shown : "", shown != NULL ? "\"" : "",
           answer);
}

void
hd_conformance_run_rows_holding(HdPort *port, HdConformanceHold hold, const HdConformanceRow *rows,
                                guint row_count, const HdConformanceName *names, guint name_count)
{
    g_autoptr(GHashTable) first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Run run = {port, hold, names, name_count, notes, first, NULL};
    for (guint i = 0; i < row_count; i++)
        run_row(&run, i + 1, &rows[i]);
    g_free(run.made_up);
}

void
hd_conformance_run_rows(HdPort *port, const HdConformanceRow *rows, guint row_count,
                        const HdConformanceName *names, guint name_count)
{
    hd_conformance_run_rows_holding(port, NULL, rows, row_count, names, name_count);
}
