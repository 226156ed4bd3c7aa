/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A port that looks over the shoulder of whoever reads the host: a capture holds what the
 * command has read, no more, and so it can't lack anything that the same command asks
 * for when it is replayed.
 */
#include "hd-port-record.h"

#include <errno.h>
#include <string.h>

#include "hd-link-walk.h"
#include "hd-port-answers.h"
#include "hd-port-refuse.h"
#include "hd-record-processes.h"

typedef struct {
    HdPort port;
    HdPortOps ops;
    HdPort *inner;
    HdCapture *capture;
    HdLinkWalk *walk;
    GHashTable *folders; /* path -> GPtrArray of names: those that were listed */
} HdPortRecord;

static HdPortRecord *
record_of(HdPort *port)
{
    return (HdPortRecord *)port;
}

/* Of processes only what says that a device is in use. */
static bool
is_of_process(const char *path)
{
    return g_str_has_prefix(path, "proc/") && g_ascii_isdigit(path[strlen("proc/")]);
}

static bool
is_interesting_node(const char *target)
{
    static const char *const folders[] = {"/dev/vfio/", "/dev/dri/",     "/dev/nvidia",
                                          "/dev/kfd",   "/dev/snd/",     "/dev/nvme",
                                          "/dev/sd",    "/dev/bus/usb/", "/dev/tty"};
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        if (g_str_has_prefix(target, folders[i]))
            return true;
    }
    return false;
}

static void
add(HdPortRecord *record, const char *path, HdCaptureKind kind, const char *bytes, gsize length)
{
    hd_capture_add(record->capture, path, kind, bytes, length);
}

static void
add_link(const char *path, const char *target, gpointer record)
{
    add(record, path, HD_CAPTURE_LINK, target, strlen(target));
}

static char *
resolve(HdPortRecord *record, const char *path, bool follow)
{
    return hd_link_walk_resolve(record->walk, path, follow);
}

static void
add_file(HdPort *port, const char *path, const char *bytes, gsize length)
{
    HdPortRecord *record = record_of(port);
    g_autofree char *place = resolve(record, path, true);
    add(record, place, HD_CAPTURE_FILE, bytes, length);
}

static int
record_read(HdPort *port, const char *path, char **ret_text)
{
    char *text = NULL;
    int error = record_of(port)->inner->ops->read(record_of(port)->inner, path, &text);
    if (error != 0)
        return error;
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    add_file(port, path, line, strlen(line));
    *ret_text = text;
    return 0;
}

static int
record_load(HdPort *port, const char *path, GString **ret_bytes)
{
    int error = record_of(port)->inner->ops->load(record_of(port)->inner, path, ret_bytes);
    if (error == 0)
        add_file(port, path, (*ret_bytes)->str, (*ret_bytes)->len);
    return error;
}

/* These lines, and those that somebody else has asked for, are all that is known, unless somebody
   reads the whole. */
static void
add_lines(HdPortRecord *record, const char *place, const char *lines)
{
    const HdCaptureEntry *known = hd_capture_find(record->capture, place);
    const char *before = known != NULL && known->bytes != NULL ? known->bytes->str : "";
    g_autofree char *all = g_strconcat(before, lines, NULL);
    if (known == NULL || strstr(before, lines) == NULL)
        add(record, place, HD_CAPTURE_FILE, all, strlen(all));
}

static int
record_read_lines(HdPort *port, const char *path, const char *prefix, char **ret_text)
{
    HdPortRecord *record = record_of(port);
    int error = record->inner->ops->read_lines(record->inner, path, prefix, ret_text);
    g_autofree char *place = error == 0 ? resolve(record, path, true) : NULL;
    if (error == 0)
        add_lines(record, place, *ret_text);
    return error;
}

/* The mode of a device's node is a question of its own. */
static void
add_state(HdPortRecord *record, const char *place, const HdFileState *state)
{
    bool is_node = g_str_has_prefix(place, "dev/") && !state->is_folder;
    g_autofree char *mode = g_strdup_printf("%04o", state->mode);
    if (is_node)
        add(record, place, HD_CAPTURE_NODE, mode, strlen(mode));
    else if (state->is_folder && hd_capture_find(record->capture, place) == NULL)
        add(record, place, HD_CAPTURE_FOLDER, NULL, 0);
    else
        add(record, place, HD_CAPTURE_PRESENT, NULL, 0);
}

static void
add_presence(HdPort *port, const char *path)
{
    HdPortRecord *record = record_of(port);
    HdFileState state = {0};
    g_autofree char *place = resolve(record, path, true);
    (void)record->inner->ops->get_file(record->inner, path, &state);
    add_state(record, place, &state);
}

static int
record_get_file(HdPort *port, const char *path, HdFileState *ret_state)
{
    int error = record_of(port)->inner->ops->get_file(record_of(port)->inner, path, ret_state);
    if (error == 0)
        add_presence(port, path);
    return error;
}

static bool
record_exists(HdPort *port, const char *path)
{
    bool exists = record_of(port)->inner->ops->exists(record_of(port)->inner, path);
    if (exists)
        add_presence(port, path);
    return exists;
}

static int
record_link(HdPort *port, const char *path, char **ret_target)
{
    HdPortRecord *record = record_of(port);
    int error = record->inner->ops->link(record->inner, path, ret_target);
    if (error == 0 && (!is_of_process(path) || is_interesting_node(*ret_target))) {
        g_autofree char *place = resolve(record, path, false);
        add(record, place, HD_CAPTURE_LINK, *ret_target, strlen(*ret_target));
    }
    return error;
}

static void
unref_names(gpointer names)
{
    g_ptr_array_unref(names);
}

static int
note_list(HdPort *port, const char *path, int error, GPtrArray *const *names)
{
    HdPortRecord *record = record_of(port);
    if (error != 0)
        return error;
    g_autofree char *place = resolve(record, path, true);
    if (!is_of_process(place))
        add(record, place, HD_CAPTURE_FOLDER, NULL, 0);
    const GPtrArray *known = g_hash_table_lookup(record->folders, place);
    if (known == NULL || known->len < (*names)->len)
        g_hash_table_replace(record->folders, g_strdup(place), g_ptr_array_ref(*names));
    return 0;
}

static int
record_list(HdPort *port, const char *path, GPtrArray **ret_names)
{
    HdPort *inner = record_of(port)->inner;
    return note_list(port, path, inner->ops->list(inner, path, ret_names), ret_names);
}

/* Of a folder that was listed twice the longer list counts. */
static int
record_list_folders(HdPort *port, const char *path, GPtrArray **ret_names)
{
    HdPort *inner = record_of(port)->inner;
    return note_list(port, path, inner->ops->list_folders(inner, path, ret_names), ret_names);
}

/* Only a matter of speed, and of a device that is replaced meanwhile. */
static void
record_focus(HdPort *port, const char *folder)
{
    record_of(port)->inner->ops->focus(record_of(port)->inner, folder);
}

/* A node of a captured machine is nobody's; who it has to belong to is not replayed. */
static int
record_get_node(HdPort *port, const char *path, HdNodeState *ret_state)
{
    return record_of(port)->inner->ops->get_node(record_of(port)->inner, path, ret_state);
}

/* @question: "open", "claimed"; answered by whether there is a file. */
static void
answer(HdPort *port, const char *question, const char *subject, const char *text)
{
    g_autofree char *path = g_strdup_printf(HD_PORT_ANSWERS "/%s/%s", question, subject);
    add(record_of(port), path, HD_CAPTURE_FILE, text, strlen(text));
}

static int
record_node_is_open(HdPort *port, const char *path, bool *ret_open)
{
    int error = record_of(port)->inner->ops->node_is_open(record_of(port)->inner, path, ret_open);
    if (error == 0 && *ret_open)
        answer(port, "open", path, "1\n");
    return error;
}

static int
record_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed)
{
    int error =
        record_of(port)->inner->ops->block_is_claimed(record_of(port)->inner, path, ret_claimed);
    if (error == 0 && *ret_claimed)
        answer(port, "claimed", path, "1\n");
    return error;
}

static int
record_net_addresses(HdPort *port, const char *interface, GPtrArray **ret_addresses)
{
    HdPort *inner = record_of(port)->inner;
    int error = inner->ops->net_addresses(inner, interface, ret_addresses);
    if (error != 0 || (*ret_addresses)->len == 0)
        return error;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < (*ret_addresses)->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(*ret_addresses, i));
    answer(port, "addresses", interface, text->str);
    return 0;
}

static int
record_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings)
{
    HdPort *inner = record_of(port)->inner;
    int error = inner->ops->vf_get(inner, interface, index, ret_settings);
    if (error != 0)
        return error;
    g_autofree char *settings = hd_vf_settings_format(ret_settings);
    g_autofree char *subject = g_strdup_printf("%s/%u", interface, index);
    answer(port, "vf", subject, settings);
    return 0;
}

/* Once each: the first that fits is found. */
static void
append_line(HdPort *port, const char *path, const char *line)
{
    const HdCaptureEntry *entry = hd_capture_find(record_of(port)->capture, path);
    const char *before = entry != NULL ? entry->bytes->str : "";
    g_autofree char *framed = g_strconcat("\n", before, NULL);
    g_autofree char *wanted = g_strconcat("\n", line, NULL);
    g_autofree char *text = g_strconcat(before, line, NULL);
    if (strstr(framed, wanted) == NULL)
        add(record_of(port), path, HD_CAPTURE_FILE, text, strlen(text));
}

/* Only the users and groups that were asked for: the machine's others are nobody's business. */
static int
record_find_owner(HdPort *port, const char *user, const char *group, guint *ret_uid, guint *ret_gid)
{
    HdPort *inner = record_of(port)->inner;
    int error = inner->ops->find_owner(inner, user, group, ret_uid, ret_gid);
    if (error != 0)
        return error;
    g_autofree char *passwd =
        g_strdup_printf("%s:x:%u:%u::/:/bin/false\n", user, *ret_uid, *ret_gid);
    g_autofree char *groups = g_strdup_printf("%s:x:%u:\n", group, *ret_gid);
    append_line(port, "etc/passwd", passwd);
    append_line(port, "etc/group", groups);
    return 0;
}

static void
record_settle(HdPort *port, guint deadline_ms)
{
    record_of(port)->inner->ops->settle(record_of(port)->inner, deadline_ms);
}

static void
record_pause(HdPort *port, guint ms)
{
    record_of(port)->inner->ops->pause(record_of(port)->inner, ms);
}

static gint64
record_now(HdPort *port)
{
    return record_of(port)->inner->ops->now(record_of(port)->inner);
}

static const HdPortOps reading = {
    .read = record_read,
    .load = record_load,
    .read_lines = record_read_lines,
    .get_file = record_get_file,
    .link = record_link,
    .list = record_list,
    .list_folders = record_list_folders,
    .focus = record_focus,
    .exists = record_exists,
    .get_node = record_get_node,
    .node_is_open = record_node_is_open,
    .block_is_claimed = record_block_is_claimed,
    .net_addresses = record_net_addresses,
    .vf_get = record_vf_get,
    .find_owner = record_find_owner,
    .settle = record_settle,
    .pause = record_pause,
    .now = record_now,
};

HdPort *
hd_port_record_new(HdPort *inner, HdCapture *capture)
{
    HdPortRecord *record = g_new0(HdPortRecord, 1);
    record->ops = reading;
    hd_port_refuse_changes(&record->ops);
    record->port.ops = &record->ops;
    record->inner = inner;
    record->capture = capture;
    record->walk = hd_link_walk_new(inner, add_link, record);
    record->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_names);
    return &record->port;
}

/* Without its fds, a process has nothing to say; their names are those of the recorded links. */
static void
add_names(HdPort *port, const char *folder, const GPtrArray *names)
{
    HdPortRecord *record = record_of(port);
    for (guint i = 0; !g_str_has_prefix(folder, "proc") && i < names->len; i++) {
        g_autofree char *path = g_strconcat(folder, "/", (char *)g_ptr_array_index(names, i), NULL);
        HdFileState state = {0};
        if (hd_capture_find(record->capture, path) != NULL ||
            hd_link_walk_target(record->walk, path) != NULL)
            continue;
        (void)record->inner->ops->get_file(record->inner, path, &state);
        add_state(record, path, &state);
    }
}

void
hd_port_record_finish(HdPort *port)
{
    GHashTableIter iter;
    gpointer folder, names;
    if (port == NULL)
        return;
    HdPortRecord *record = record_of(port);
    g_hash_table_iter_init(&iter, record->folders);
    while (g_hash_table_iter_next(&iter, &folder, &names))
        add_names(port, folder, names);
    hd_record_processes_drop(record->capture);
    hd_link_walk_free(record->walk);
    g_hash_table_unref(record->folders);
    g_free(record);
}
