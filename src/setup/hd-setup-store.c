/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What set-ups have changed, with the bytes from before: the way back is kept before the
 * first byte is written.
 */
#include "hd-setup-store.h"

#include <errno.h>
#include <string.h>

#include "hd-setup-private.h"
#include "hd-text.h"

#define STORE    "var/lib/hostdevctl/setup"
#define MANIFEST STORE "/manifest"
#define BEFORE   STORE "/before"
#define PENDING  STORE "/pending" /* commands that have yet to be run, one a line */
#define ABSENT   "-"

/** HdKept: one line of the manifest. */
typedef struct {
    char *path;
    bool was_there;
    char *sum; /* of what we wrote last; ABSENT: we removed it */
    char *old; /* of what was there right before that, should it not have come to be written */
    bool is_foreign; /* others have changed it between two set-ups */
} HdKept;

static void
free_kept(gpointer data)
{
    HdKept *kept = data;
    g_free(kept->path);
    g_free(kept->sum);
    g_free(kept->old);
    g_free(kept);
}

static char *
sum_of(const char *text)
{
    return text != NULL ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1)
                        : g_strdup(ABSENT);
}

static HdKept *
find_kept(const GPtrArray *manifest, const char *path)
{
    for (guint i = 0; i < manifest->len; i++) {
        HdKept *kept = g_ptr_array_index(manifest, i);
        if (g_str_equal(kept->path, path))
            return kept;
    }
    return NULL;
}

/* Lines "path=... was=0|1 foreign=0|1 sum=... old=...". */
static bool
read_manifest(HdPort *port, GPtrArray **ret_manifest, GError **ret_error)
{
    g_autoptr(GPtrArray) manifest = g_ptr_array_new_with_free_func(free_kept);
    g_autofree char *text = NULL;
    if (!hd_setup_load(port, MANIFEST, &text, ret_error))
        return false;
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) words = g_strsplit(*line, " ", -1);
        HdKept *kept = g_new0(HdKept, 1);
        guint64 was = 0, foreign = 0;
        kept->path = hd_text_value(words, "path");
        kept->sum = hd_text_value(words, "sum");
        kept->old = hd_text_value(words, "old");
        g_ptr_array_add(manifest, kept);
        if (kept->path == NULL || kept->sum == NULL || kept->old == NULL ||
            !hd_text_number(words, "was", &was) || !hd_text_number(words, "foreign", &foreign))
            return hd_error_set(ret_error, HD_ERROR_STATE, "/" MANIFEST " is damaged");
        kept->was_there = was != 0;
        kept->is_foreign = foreign != 0;
    }
    *ret_manifest = g_steal_pointer(&manifest);
    return true;
}

static bool
put(HdPort *port, const char *path, const char *text, GError **ret_error)
{
    int error = text != NULL ? hd_port_save(port, path, text) : hd_port_discard(port, path);
    if (error == 0 || (text == NULL && error == ENOENT))
        return true;
    return hd_error_set_errno(ret_error, HD_ERROR_CONFIG, error, "%s /%s",
                              text != NULL ? "write" : "remove", path);
}

static bool
write_manifest(HdPort *port, const GPtrArray *manifest, GError **ret_error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < manifest->len; i++) {
        const HdKept *kept = g_ptr_array_index(manifest, i);
        g_autofree char *path = hd_text_pair("path", kept->path);
        g_string_append_printf(text, "%s was=%d foreign=%d sum=%s old=%s\n", path, kept->was_there,
                               kept->is_foreign, kept->sum, kept->old);
    }
    return put(port, MANIFEST, text->str, ret_error);
}

static bool
is_known(const HdKept *kept, const char *sum)
{
    return g_str_equal(sum, kept->sum) || g_str_equal(sum, kept->old);
}

/* The bytes from before the first set-up stay what they are. */
static bool
keep(HdPort *port, GPtrArray *manifest, const HdFileEdit *edit, GError **ret_error)
{
    HdKept *kept = find_kept(manifest, edit->path);
    g_autofree char *backup = g_strconcat(BEFORE "/", edit->path, NULL);
    g_autofree char *sum = sum_of(edit->before);
    if (kept == NULL) {
        if (edit->before != NULL && !put(port, backup, edit->before, ret_error))
            return false;
        kept = g_new0(HdKept, 1);
        kept->path = g_strdup(edit->path);
        kept->was_there = edit->before != NULL;
        g_ptr_array_add(manifest, kept);
    } else if (!is_known(kept, sum)) {
        kept->is_foreign = true;
    }
    g_free(kept->sum);
    g_free(kept->old);
    kept->sum = sum_of(edit->after);
    kept->old = g_steal_pointer(&sum);
    return true;
}

static bool
put_all(HdPort *port, const HdSetup *setup, GError **ret_error)
{
    for (guint i = 0; i < setup->edits->len; i++) {
        const HdFileEdit *edit = g_ptr_array_index(setup->edits, i);
        if (put(port, edit->path, edit->after, ret_error))
            continue;
        while (i-- > 0) {
            edit = g_ptr_array_index(setup->edits, i);
            (void)put(port, edit->path, edit->before, NULL);
        }
        return false;
    }
    return true;
}

bool
hd_setup_steps_left(HdPort *port, const GPtrArray *steps, GError **ret_error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < steps->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(steps, i));
    return put(port, PENDING, steps->len > 0 ? text->str : NULL, ret_error);
}

bool
hd_setup_apply(HdPort *port, const HdSetup *setup, GError **ret_error)
{
    g_autoptr(GPtrArray) manifest = NULL;
    if (setup->edits->len == 0)
        return true;
    if (!read_manifest(port, &manifest, ret_error))
        return false;
    for (guint i = 0; i < setup->edits->len; i++) {
        if (!keep(port, manifest, g_ptr_array_index(setup->edits, i), ret_error))
            return false;
    }
    /* First the commands: one that is not come to is not forgotten. */
    return hd_setup_steps_left(port, setup->steps, ret_error) &&
           write_manifest(port, manifest, ret_error) && put_all(port, setup, ret_error);
}

/* ---- the way back -------------------------------------------------------------------------------
 */

static bool
plan_back(HdPort *port, const HdKept *kept, bool force, HdSetup *setup, GError **ret_error)
{
    g_autofree char *backup = g_strconcat(BEFORE "/", kept->path, NULL);
    g_autofree char *before = NULL;
    g_autofree char *now = NULL;
    if (!hd_setup_load(port, kept->path, &now, ret_error) ||
        (kept->was_there && !hd_setup_load(port, backup, &before, ret_error)))
        return false;
    if (kept->was_there && before == NULL)
        return hd_error_set(ret_error, HD_ERROR_STATE, "/%s, as it was, is not in /%s any more",
                            kept->path, backup);
    /* The entry of a kernel that has been removed. */
    if (now == NULL && strstr(kept->path, "loader/entries/") != NULL)
        return true;
    g_autofree char *sum = sum_of(now);
    bool is_ours = is_known(kept, sum) && !kept->is_foreign;
    if (!force && !is_ours && g_strcmp0(now, before) != 0)
        return hd_error_set(ret_error, HD_ERROR_REFUSED,
                            "/%s has been changed by others since; compare it with /%s, and add "
                            "--force to give it up",
                            kept->path, kept->was_there ? backup : MANIFEST);
    hd_setup_edit(setup, kept->path, now, before);
    return true;
}

bool
hd_setup_plan_undo(HdPort *port, bool force, HdSetup **ret_setup, GError **ret_error)
{
    g_autoptr(HdSetup) setup = hd_setup_new();
    g_autoptr(GPtrArray) manifest = NULL;
    if (!read_manifest(port, &manifest, ret_error))
        return false;
    for (guint i = 0; i < manifest->len; i++) {
        if (!plan_back(port, g_ptr_array_index(manifest, i), force, setup, ret_error))
            return false;
    }
    hd_setup_plan_steps(port, setup);
    if (!hd_setup_add_pending(port, setup, ret_error))
        return false;
    *ret_setup = g_steal_pointer(&setup);
    return true;
}

bool
hd_setup_undo(HdPort *port, const HdSetup *setup, GError **ret_error)
{
    g_autoptr(GPtrArray) manifest = NULL;
    if (!read_manifest(port, &manifest, ret_error) ||
        !hd_setup_steps_left(port, setup->steps, ret_error) || !put_all(port, setup, ret_error))
        return false;
    if (manifest->len == 0)
        return true;
    /* First the manifest: what is left of the rest without it is in nobody's way. */
    if (!put(port, MANIFEST, NULL, ret_error))
        return false;
    for (guint i = 0; i < manifest->len; i++) {
        const HdKept *kept = g_ptr_array_index(manifest, i);
        g_autofree char *backup = g_strconcat(BEFORE "/", kept->path, NULL);
        if (kept->was_there)
            (void)hd_port_discard(port, backup);
    }
    return true;
}

bool
hd_setup_add_pending(HdPort *port, HdSetup *setup, GError **ret_error)
{
    g_autofree char *text = NULL;
    if (!hd_setup_load(port, PENDING, &text, ret_error))
        return false;
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0' && !hd_setup_step_is_void(port, setup, *line))
            hd_setup_add_step(setup, *line);
    }
    return true;
}
