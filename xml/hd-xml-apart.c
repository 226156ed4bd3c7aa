/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Both sides of the wall between the parser and root: what the child does and says, and
 * what the parent takes from it.
 */
#include "hd-xml-apart.h"

#include <string.h>

#include "hd-apart.h"
#include "hd-mdev-line.h"
#include "hd-request-text.h"
#include "hd-text.h"
#include "hd-xml-changes.h"
#include "hd-xml-late.h"

/* Of a host that starts a hundred VMs at once; a loop is ended by the limit on CPU time before. */
#define DEADLINE_MS 30000

/* What is split has no more parts than these, whatever the child says. */
#define MAX_WORDS 4096
#define MAX_NAMES 65536

typedef GString HdReply;

static void
free_reply(HdReply *reply)
{
    (void)g_string_free(reply, TRUE);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdReply, free_reply)

/* What the child has by the fork: the text, and the other things that its work needs. */
typedef struct {
    const HdXmlLate *late; /* set in the child */
    const char *bytes;
    gsize length;
    HdRequest *request;  /* of read_one */
    const GArray *moves; /* of rewrite, with wanted */
    const HdRequest *wanted;
    GHashTable *names; /* of prune: (nullable): other names by kind and name */
} Job;

static bool
load(gpointer data, GError **ret_error)
{
    Job *job = data;
    job->late = hd_xml_late_find(ret_error);
    return job->late != NULL;
}

static bool
run(bool (*work)(gpointer data, GString *reply, GError **ret_error), Job *job, GString **ret_reply,
    GError **ret_error)
{
    const HdApart apart = {load, work, job, "the XML", DEADLINE_MS};
    return hd_apart_run(&apart, ret_reply, ret_error);
}

/* The child is not in order, whatever the XML is. */
static bool
fail_reply(GError **ret_error)
{
    return hd_error_set(ret_error, HD_ERROR_INPUT,
                        "the XML can't be read: its reader gave an answer that makes no sense");
}

static void
append_request(GString *reply, const HdRequest *request)
{
    g_autofree char *text = hd_request_format(request);
    g_string_append(reply, text);
}

static bool
do_parse(gpointer data, GString *reply, GError **ret_error)
{
    const Job *job = data;
    g_autoptr(HdRequest) request = NULL;
    if (!job->late->parse(job->bytes, job->length, &request, ret_error))
        return false;
    append_request(reply, request);
    return true;
}

bool
hd_xml_apart_parse(const char *bytes, gsize length, HdRequest **ret_request, GError **ret_error)
{
    Job job = {.bytes = bytes, .length = length};
    g_autoptr(HdReply) reply = NULL;
    return run(do_parse, &job, &reply, ret_error) &&
           (hd_request_parse(reply->str, ret_request) || fail_reply(ret_error));
}

static bool
do_rewrite(gpointer data, GString *reply, GError **ret_error)
{
    const Job *job = data;
    const HdXmlRewriting what = {job->bytes, job->length, job->wanted, job->moves};
    return job->late->find_changes(&what, reply, ret_error);
}

bool
hd_xml_apart_rewrite(const char *bytes, gsize length, const HdRequest *request, const GArray *moves,
                     GString **ret_text, GError **ret_error)
{
    Job job = {.bytes = bytes, .length = length, .wanted = request, .moves = moves};
    g_autoptr(HdReply) reply = NULL;
    return run(do_rewrite, &job, &reply, ret_error) &&
           (hd_xml_changes_apply(reply->str, bytes, length, moves, ret_text) ||
            fail_reply(ret_error));
}

static bool
do_read_one(gpointer data, GString *reply, GError **ret_error)
{
    const Job *job = data;
    if (!job->late->read_one(job->bytes, job->length, job->request, ret_error))
        return false;
    append_request(reply, job->request);
    return true;
}

static bool
is_same_device(const HdWish *a, const HdWish *b)
{
    return a->kind == b->kind && hd_pci_address_equal(&a->address, &b->address) &&
           hd_uuid_equal(&a->uuid, &b->uuid);
}

/* Only the settings of VFs are taken over: nothing else of a request is OpenNebula's to say. */
static bool
take_settings(HdRequest *request, const HdRequest *read)
{
    bool is_same = request->wishes->len == read->wishes->len;
    for (guint i = 0; is_same && i < read->wishes->len; i++)
        is_same = is_same_device(g_ptr_array_index(request->wishes, i),
                                 g_ptr_array_index(read->wishes, i));
    for (guint i = 0; is_same && i < read->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(read->wishes, i);
        ((HdWish *)g_ptr_array_index(request->wishes, i))->vf = wish->vf;
    }
    return is_same;
}

bool
hd_xml_apart_read_one(const char *bytes, gsize length, HdRequest *request, GError **ret_error)
{
    Job job = {.bytes = bytes, .length = length, .request = request};
    g_autoptr(HdReply) reply = NULL;
    g_autoptr(HdRequest) read = NULL;
    return run(do_read_one, &job, &reply, ret_error) &&
           ((hd_request_parse(reply->str, &read) && take_settings(request, read)) ||
            fail_reply(ret_error));
}

/* The first line is the process, the others are the VM. */
static bool
do_read_status(gpointer data, GString *reply, GError **ret_error)
{
    const Job *job = data;
    g_autoptr(HdRequest) vm = NULL;
    guint64 pid;
    if (!job->late->read_status(job->bytes, job->length, &vm, &pid, ret_error))
        return false;
    g_string_append_printf(reply, "%" G_GUINT64_FORMAT "\n", pid);
    append_request(reply, vm);
    return true;
}

bool
hd_xml_apart_read_status(const char *bytes, gsize length, HdRequest **ret_vm, guint64 *ret_pid,
                         GError **ret_error)
{
    Job job = {.bytes = bytes, .length = length};
    g_autoptr(HdReply) reply = NULL;
    guint64 pid;
    if (!run(do_read_status, &job, &reply, ret_error))
        return false;
    g_auto(GStrv) parts = g_strsplit(reply->str, "\n", 2);
    if (g_strv_length(parts) != 2 || !hd_text_unsigned(parts[0], 10, 0, G_MAXINT, &pid) ||
        !hd_request_parse(parts[1], ret_vm))
        return fail_reply(ret_error);
    *ret_pid = pid;
    return true;
}

static bool
do_read_mdev(gpointer data, GString *reply, GError **ret_error)
{
    const Job *job = data;
    g_autoptr(HdMdevSpec) spec = NULL;
    if (!job->late->read_mdev(job->bytes, job->length, &spec, ret_error))
        return false;
    g_autofree char *line = hd_mdev_spec_format(spec);
    g_string_append(reply, line);
    return true;
}

bool
hd_xml_apart_read_mdev(const char *bytes, gsize length, HdMdevSpec **ret_spec, GError **ret_error)
{
    Job job = {.bytes = bytes, .length = length};
    g_autoptr(HdReply) reply = NULL;
    if (!run(do_read_mdev, &job, &reply, ret_error))
        return false;
    g_auto(GStrv) words = g_strsplit(reply->str, " ", MAX_WORDS);
    return (g_strcmp0(words[0], "mdev") == 0 && hd_mdev_spec_parse(words + 1, ret_spec)) ||
           fail_reply(ret_error);
}

/* In the first child: notes what would be renamed. */
static char *
note_name(const char *kind, const char *name, gpointer reply)
{
    g_autofree char *pair = hd_text_pair(kind, name);
    g_string_append_printf(reply, "%s\n", pair);
    return NULL;
}

static bool
do_find_names(gpointer data, GString *reply, GError **ret_error)
{
    const Job *job = data;
    g_autofree char *text = NULL;
    return job->late->prune(job->bytes, job->length, note_name, reply, &text, ret_error);
}

/* In the second: says what the parent has decided. */
static char *
find_other_name(const char *kind, const char *name, gpointer names)
{
    g_autofree char *pair = hd_text_pair(kind, name);
    return g_strdup(g_hash_table_lookup(names, pair));
}

static bool
do_prune(gpointer data, GString *reply, GError **ret_error)
{
    const Job *job = data;
    g_autofree char *text = NULL;
    if (!job->late->prune(job->bytes, job->length, find_other_name, job->names, &text, ret_error))
        return false;
    g_string_append(reply, text);
    return true;
}

/* "vm=NAME", "mapping=NAME" */
static bool
rename_all(const char *lines, HdXmlRename rename, gpointer data, GHashTable *names)
{
    g_auto(GStrv) list = g_strsplit(lines, "\n", MAX_NAMES);
    for (char **line = list; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, "=", 2);
        char *words[] = {*line, NULL};
        g_autofree char *name = hd_text_value(words, parts[0]);
        if (name == NULL || !g_utf8_validate(name, -1, NULL) || !hd_text_is_name(parts[0]))
            return false;
        char *other = rename(parts[0], name, data);
        if (other != NULL)
            g_hash_table_replace(names, g_strdup(*line), other);
    }
    return true;
}

bool
hd_xml_apart_prune(const char *bytes, gsize length, HdXmlRename rename, gpointer data,
                   char **ret_text, GError **ret_error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Job job = {.bytes = bytes, .length = length, .names = names};
    g_autoptr(HdReply) found = NULL;
    g_autoptr(HdReply) reply = NULL;
    if (!run(do_find_names, &job, &found, ret_error))
        return false;
    if (!rename_all(found->str, rename, data, names))
        return fail_reply(ret_error);
    if (!run(do_prune, &job, &reply, ret_error))
        return false;
    if (!g_utf8_validate_len(reply->str, reply->len, NULL))
        return fail_reply(ret_error);
    *ret_text = g_strdup(reply->str);
    return true;
}
