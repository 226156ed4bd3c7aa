/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A captured machine as one text file, which a bug report can carry and --sysroot replays.
 *
 *     hostdevctl-capture 1
 *     in<TAB>sys/devices/pci0000:00/0000:00:1f.6
 *     file<TAB>vendor<TAB>0x8086\n
 *     link<TAB>driver<TAB>../../../bus/pci/drivers/e1000e
 *     folder<TAB>net
 *     also<TAB>msi_bus
 *     end
 */
#include "hd-capture.h"

#include <string.h>

#define HEADING "hostdevctl-capture 1\n"

static const char *const words[] = {
    [HD_CAPTURE_PRESENT] = "also", [HD_CAPTURE_FOLDER] = "folder", [HD_CAPTURE_FILE] = "file",
    [HD_CAPTURE_LINK] = "link",    [HD_CAPTURE_NODE] = "node",
};

struct HdCapture {
    GTree *entries; /* path -> HdCaptureEntry* */
};

static void
free_entry(gpointer data)
{
    HdCaptureEntry *entry = data;
    (void)g_string_free(entry->bytes, TRUE);
    g_free(entry);
}

static gint
compare_paths(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    return strcmp(a, b);
}

HdCapture *
hd_capture_new(void)
{
    HdCapture *capture = g_new0(HdCapture, 1);
    capture->entries = g_tree_new_full(compare_paths, NULL, g_free, free_entry);
    return capture;
}

void
hd_capture_free(HdCapture *capture)
{
    if (capture == NULL)
        return;
    g_tree_unref(capture->entries);
    g_free(capture);
}

static HdCaptureEntry *
entry_new(HdCaptureKind kind, const char *bytes, gsize length)
{
    HdCaptureEntry *entry = g_new0(HdCaptureEntry, 1);
    entry->kind = kind;
    entry->bytes = g_string_new_len(bytes != NULL ? bytes : "", (gssize)length);
    return entry;
}

/* What a process has open is only told, never followed. */
static bool
is_descriptor(const char *path)
{
    return g_str_has_prefix(path, "proc/") && strstr(path, "/fd/") != NULL;
}

static guint
count_slashes(const char *path)
{
    guint count = 0;
    for (; *path != '\0'; path++)
        count += *path == '/';
    return count;
}

/* "/usr/x" in "etc/a/b" is "../../usr/x": so it stays where the capture is laid out. NULL: as it
 * is. */
static char *
make_relative(const char *path, const char *target, gsize length)
{
    if (length == 0 || *target != '/' || is_descriptor(path))
        return NULL;
    GString *relative = g_string_new(NULL);
    for (guint i = count_slashes(path); i > 0; i--)
        g_string_append(relative, "../");
    g_string_append_len(relative, target + 1, (gssize)length - 1);
    return g_string_free(relative, FALSE);
}

void
hd_capture_add(HdCapture *capture, const char *path, HdCaptureKind kind, const char *bytes,
               gsize length)
{
    if (kind == HD_CAPTURE_PRESENT && g_tree_lookup(capture->entries, path) != NULL)
        return;
    g_autofree char *target =
        kind == HD_CAPTURE_LINK && bytes != NULL ? make_relative(path, bytes, length) : NULL;
    if (target != NULL) {
        bytes = target;
        length = strlen(target);
    }
    g_tree_replace(capture->entries, g_strdup(path), entry_new(kind, bytes, length));
}

void
hd_capture_remove(HdCapture *capture, const char *path)
{
    g_tree_remove(capture->entries, path);
}

const HdCaptureEntry *
hd_capture_find(const HdCapture *capture, const char *path)
{
    return g_tree_lookup(capture->entries, path);
}

static gboolean
collect_path(gpointer key, gpointer value, gpointer paths)
{
    (void)value;
    g_ptr_array_add(paths, key);
    return FALSE;
}

GPtrArray *
hd_capture_paths(const HdCapture *capture)
{
    GPtrArray *paths = g_ptr_array_new();
    g_tree_foreach(capture->entries, collect_path, paths);
    return paths;
}

/* Bytes above 127 stay as they are where they are UTF-8, so that text can be read. */
static char *
escape(const char *bytes, gsize length)
{
    GString *text = g_string_new(NULL);
    bool is_text = g_utf8_validate(bytes, (gssize)length, NULL);
    for (gsize i = 0; i < length; i++) {
        guchar byte = (guchar)bytes[i];
        if (byte == '\\')
            g_string_append(text, "\\\\");
        else if (byte == '\n')
            g_string_append(text, "\\n");
        else if (byte < ' ' || byte == 0x7f || (byte > 0x7f && !is_text))
            g_string_append_printf(text, "\\x%02x", byte);
        else
            g_string_append_c(text, (char)byte);
    }
    return g_string_free(text, FALSE);
}

static bool
unescape(const char *text, GString **ret_bytes)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    for (const char *cursor = text; *cursor != '\0'; cursor++) {
        if (*cursor != '\\') {
            g_string_append_c(bytes, *cursor);
        } else if (cursor[1] == '\\' || cursor[1] == 'n') {
            g_string_append_c(bytes, cursor[1] == 'n' ? '\n' : '\\');
            cursor++;
        } else if (cursor[1] == 'x' && g_ascii_isxdigit(cursor[2]) && g_ascii_isxdigit(cursor[3])) {
            g_string_append_c(bytes, (char)(g_ascii_xdigit_value(cursor[2]) << 4 |
                                            g_ascii_xdigit_value(cursor[3])));
            cursor += 3;
        } else {
            return false;
        }
    }
    *ret_bytes = g_steal_pointer(&bytes);
    return true;
}

static bool
has_bytes(HdCaptureKind kind)
{
    return kind == HD_CAPTURE_FILE || kind == HD_CAPTURE_LINK || kind == HD_CAPTURE_NODE;
}

static void
append_entry(GString *text, const char *path, const HdCaptureEntry *entry)
{
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *name = escape(base, strlen(base));
    g_autofree char *bytes = escape(entry->bytes->str, entry->bytes->len);
    bool says = has_bytes(entry->kind);
    g_string_append_printf(text, "%s\t%s%s%s\n", words[entry->kind], name, says ? "\t" : "",
                           says ? bytes : "");
}

static void
free_names(gpointer names)
{
    g_ptr_array_unref(names);
}

/* folder -> paths in it */
static GTree *
group_by_folder(const GPtrArray *paths)
{
    GTree *folders = g_tree_new_full(compare_paths, NULL, g_free, free_names);
    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *folder = g_path_get_dirname(g_ptr_array_index(paths, i));
        GPtrArray *inside = g_tree_lookup(folders, folder);
        if (inside == NULL) {
            inside = g_ptr_array_new();
            g_tree_insert(folders, g_strdup(folder), inside);
        }
        g_ptr_array_add(inside, g_ptr_array_index(paths, i));
    }
    return folders;
}

typedef struct {
    const HdCapture *capture;
    GString *text;
} Writing;

static gboolean
append_folder(gpointer key, gpointer value, gpointer data)
{
    const GPtrArray *inside = value;
    const Writing *writing = data;
    g_autofree char *folder = escape(key, strlen(key));
    g_string_append_printf(writing->text, "in\t%s\n", folder);
    for (guint i = 0; i < inside->len; i++) {
        const char *path = g_ptr_array_index(inside, i);
        append_entry(writing->text, path, hd_capture_find(writing->capture, path));
    }
    return FALSE;
}

char *
hd_capture_format(const HdCapture *capture)
{
    g_autoptr(GPtrArray) paths = hd_capture_paths(capture);
    g_autoptr(GTree) folders = group_by_folder(paths);
    Writing writing = {capture, g_string_new(HEADING)};
    g_tree_foreach(folders, append_folder, &writing);
    g_string_append(writing.text, "end\n");
    return g_string_free(writing.text, FALSE);
}

/* Relative, without empty parts, "." and "..": it stays below wherever it is put. */
static bool
is_inside(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        if (*parts[i] == '\0' || g_str_equal(parts[i], ".") || g_str_equal(parts[i], ".."))
            return false;
    }
    return parts[0] != NULL;
}

/* As the kernel's are: first up, not above the root, then down. Then no chain of such links leads
 * out. */
static bool
is_inner_link(const char *path, const char *target)
{
    guint up = 0;
    const char *rest = target;
    while (g_str_has_prefix(rest, "../")) {
        rest += strlen("../");
        up++;
    }
    if (is_descriptor(path))
        return true;
    if (g_str_equal(rest, "..")) {
        rest = "";
        up++;
    }
    return up <= count_slashes(path) && (*rest == '\0' ? up > 0 : is_inside(rest));
}

static bool
parse_entry(HdCapture *capture, const char *folder, char *const *fields)
{
    g_autoptr(GString) name = NULL;
    g_autoptr(GString) bytes = NULL;
    guint count = g_strv_length((char **)fields);
    for (gsize kind = 0; kind < G_N_ELEMENTS(words); kind++) {
        bool says = has_bytes((HdCaptureKind)kind);
        if (!g_str_equal(fields[0], words[kind]))
            continue;
        if (count != (says ? 3 : 2) || !unescape(fields[1], &name) ||
            !unescape(says ? fields[2] : "", &bytes))
            return false;
        bool is_name = strchr(name->str, '/') == NULL && strlen(name->str) == name->len &&
                       is_inside(name->str);
        g_autofree char *path = g_str_equal(folder, ".")
                                    ? g_strdup(name->str)
                                    : g_strconcat(folder, "/", name->str, NULL);
        if (!is_name || (kind == HD_CAPTURE_LINK &&
                         (strlen(bytes->str) != bytes->len || !is_inner_link(path, bytes->str))))
            return false;
        hd_capture_add(capture, path, (HdCaptureKind)kind, bytes->str, bytes->len);
        return true;
    }
    return false;
}

static bool
parse_line(HdCapture *capture, const char *line, char **folder)
{
    g_auto(GStrv) fields = g_strsplit(line, "\t", -1);
    g_autoptr(GString) path = NULL;
    if (fields[0] == NULL || !g_str_equal(fields[0], "in"))
        return fields[0] != NULL && *folder != NULL && parse_entry(capture, *folder, fields);
    if (g_strv_length(fields) != 2 || !unescape(fields[1], &path) ||
        strlen(path->str) != path->len || (!g_str_equal(path->str, ".") && !is_inside(path->str)))
        return false;
    g_free(*folder);
    *folder = g_strndup(path->str, path->len);
    return true;
}

/* A path through a link, or through a file, would be written elsewhere than it says. */
static const char *
find_detour(const HdCapture *capture)
{
    g_autoptr(GPtrArray) paths = hd_capture_paths(capture);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
            g_autofree char *above = g_strndup(path, (gsize)(slash - path));
            const HdCaptureEntry *entry = hd_capture_find(capture, above);
            if (entry != NULL && entry->kind != HD_CAPTURE_FOLDER &&
                entry->kind != HD_CAPTURE_PRESENT)
                return path;
        }
    }
    return NULL;
}

bool
hd_capture_is_one(const char *text)
{
    return g_str_has_prefix(text, HEADING);
}

bool
hd_capture_parse(const char *text, HdCapture **ret_capture, GError **ret_error)
{
    g_autoptr(HdCapture) capture = hd_capture_new();
    g_autofree char *folder = NULL;
    if (!hd_capture_is_one(text))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "it is not a capture of hostdevctl's");
    g_auto(GStrv) lines = g_strsplit(text + strlen(HEADING), "\n", -1);
    guint number = 0;
    while (lines[number] != NULL && !g_str_equal(lines[number], "end")) {
        /* Behind the last newline there is nothing. */
        bool is_last = lines[number + 1] == NULL;
        if (!is_last && !parse_line(capture, lines[number], &folder))
            return hd_error_set(ret_error, HD_ERROR_INPUT,
                                "line %u of the capture is not understood", number + 2);
        number++;
    }
    bool is_torn = lines[number] == NULL;
    if (is_torn)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "the capture is not complete: its end is missing");
    const char *detour = find_detour(capture);
    if (detour != NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the capture has a path through a link: %s",
                            detour);
    *ret_capture = g_steal_pointer(&capture);
    return true;
}
