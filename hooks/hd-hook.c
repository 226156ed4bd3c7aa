/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call of the hook, from arguments and XML to an exit status. Apart from main()
 * so that tests can run it over another root than "/".
 */
#include "hd-hook.h"

#include <stdlib.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-hook-args.h"
#include "hd-hook-input.h"
#include "hd-request-one.h"
#include "hd-relocation.h"
#include "hd-text.h"
#include "hd-xml-apart.h"
#include "hd-xml-scan.h"

/* What libvirt drops (the failure of a release) or shows once (a refusal) is kept in the log. */
static void
log_problem(HdEventLog log, const HdHookArgs *args, const GError *error)
{
    if (log == NULL)
        return;
    g_autofree char *name = hd_text_printable(args->name, 64);
    g_autofree char *word = hd_text_printable(args->word, 64);
    g_autofree char *line = g_strdup_printf(
        "%s %s of '%s': %s", args->is_heard ? "refused" : "incomplete", word, name, error->message);
    const char *owner = *name != '\0' ? name : NULL;
    const HdEvent event = {HD_EVENT_FAILED, owner, NULL, NULL, g_strdelimit(line, "\n", ' ')};
    log(&event, NULL);
}

static HdState *
open_state(HdPort *port, HdEventLog log, GError **ret_error)
{
    HdConfig config;
    if (!hd_state_load_config(port, &config, ret_error))
        return NULL;
    HdState *state = hd_state_new(port, &config);
    hd_state_set_log(state, log, NULL);
    return state;
}

/* Whose devices are taken and given back is decided by root, not by the reader of the XML: the name
   is libvirt's, and the UUID stands in the text. */
static bool
check_identity(const HdRequest *request, const char *name, const GString *xml, GError **ret_error)
{
    HdUuid uuid = {""};
    gsize cursor = 0;
    while (!hd_uuid_equal(&uuid, &request->uuid) &&
           hd_xml_scan_next_uuid(xml->str, xml->len, &cursor, uuid.text))
        ;
    if (g_str_equal(request->name, name) && hd_uuid_equal(&uuid, &request->uuid))
        return true;
    g_autofree char *shown = hd_text_printable(name, 64);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "the XML is not that of VM '%s'", shown);
}

/* The journal of the VM @name, whose UUID stands somewhere in its XML: without a look at all
 * others. */
static char *
find_key_by_words(HdState *state, const char *name, const GString *xml)
{
    HdUuid uuid;
    gsize cursor = 0;
    while (xml != NULL && hd_xml_scan_next_uuid(xml->str, xml->len, &cursor, uuid.text)) {
        if (hd_state_has_key(state, uuid.text, name))
            return g_strdup(uuid.text);
    }
    return NULL;
}

/* The journal is the VM's only if it has its name: XML is written by the VM's owner, who may call
   the VM what he likes, but not as another one is called. */
static char *
find_key(HdState *state, const char *name, const GString *xml)
{
    char *key = find_key_by_words(state, name, xml);
    return key != NULL ? key : hd_state_find_named(state, name);
}

/* The VM that has a journal, if it has. What was taken is given back, and a VM that has its devices
   goes on, even if the configuration has been broken since. @ret_state, @ret_key: untouched: it has
   none, and needs neither configuration nor lock. */
static void
find_owner(HdPort *port, const char *name, const GString *xml, HdEventLog log, HdState **ret_state,
           char **ret_key)
{
    HdConfig config = hd_config_default();
    g_autoptr(HdState) reader = hd_state_new(port, &config);
    g_autofree char *key = find_key(reader, name, xml);
    if (key == NULL || !hd_port_exists(port, "run/hostdevctl/vm/%s", key))
        return;
    (void)hd_state_load_config(port, &config, NULL);
    *ret_state = hd_state_new(port, &config);
    hd_state_set_log(*ret_state, log, NULL);
    *ret_key = g_steal_pointer(&key);
}

/* @ret_is_ours: untouched: nothing is asked of us */
static bool
prepare(HdPort *port, const char *name, const GString *xml, guint64 caller, HdEventLog log,
        bool *ret_is_ours, GError **ret_error)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(HdState) state = NULL;
    bool may_have_devices = hd_xml_scan_mentions_devices(xml->str, xml->len);
    /* A VM without host devices pays for these scans and nothing else, whatever else it holds. */
    if (!may_have_devices && !hd_xml_scan_mentions_pages(xml->str, xml->len))
        return true;
    if (!may_have_devices) {
        state = open_state(port, log, ret_error);
        if (state == NULL || !hd_state_allocates_pages(state))
            return state != NULL;
    }
    if (!hd_xml_apart_parse(xml->str, xml->len, &request, ret_error))
        return false;
    if (!hd_request_is_ours(request))
        return true;
    if (!check_identity(request, name, xml, ret_error))
        return false;
    if (!hd_request_add_one(port, request, ret_error))
        return false;
    if (state == NULL)
        state = open_state(port, log, ret_error);
    *ret_is_ours = true;
    return state != NULL && hd_state_prepare(state, request, caller, ret_error);
}

/* What a VM has left of an earlier start, and doesn't ask for any more. */
static void
drop_leftovers(HdPort *port, const char *name, const GString *xml, HdEventLog log)
{
    g_autoptr(HdState) state = NULL;
    g_autofree char *key = NULL;
    find_owner(port, name, xml, log, &state, &key);
    if (key != NULL)
        (void)hd_state_drop_leftovers(state, key, NULL);
}

/* A VM without a mapping keeps its XML, to the byte and without our help. */
static bool
arrive(HdPort *port, const char *name, const GString *xml, guint64 caller, HdEventLog log,
       GString **ret_output, GError **ret_error)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GArray) moves = NULL;
    if (!hd_xml_scan_mentions_devices(xml->str, xml->len))
        return true;
    if (!hd_xml_apart_parse(xml->str, xml->len, &request, ret_error) ||
        !check_identity(request, name, xml, ret_error))
        return false;
    if (!hd_relocation_is_asked(request))
        return true;
    g_autoptr(HdState) state = open_state(port, log, ret_error);
    if (state == NULL)
        return false;
    if (!hd_state_arrive(state, request, caller, &moves, ret_error))
        return false;
    if (moves->len == 0 ||
        hd_xml_apart_rewrite(xml->str, xml->len, request, moves, ret_output, ret_error))
        return true;
    (void)hd_state_release(state, request->uuid.text, NULL);
    return false;
}

/* Only a VM with devices or pages of ours has a journal. */
static void
find_starting(HdPort *port, const char *name, const GString *xml, HdEventLog log,
              HdState **ret_state, char **ret_key)
{
    if (hd_xml_scan_mentions_devices(xml->str, xml->len) ||
        hd_xml_scan_mentions_pages(xml->str, xml->len))
        find_owner(port, name, xml, log, ret_state, ret_key);
}

static bool
confirm(HdPort *port, const char *name, const GString *xml, HdEventLog log, GError **ret_error)
{
    g_autoptr(HdState) state = NULL;
    g_autofree char *key = NULL;
    find_starting(port, name, xml, log, &state, &key);
    return key == NULL || hd_state_confirm(state, key, ret_error);
}

/* Their scripts may take longer than libvirt is given to start a VM that is prepared. */
static bool
keep(HdPort *port, const HdHookCall *call, const HdHookArgs *args, const GString *xml,
     GError **ret_error)
{
    g_autoptr(HdState) state = NULL;
    g_autofree char *key = NULL;
    bool is_start = args->operation == HD_HOOK_START || args->operation == HD_HOOK_PREPARE;
    if (!is_start || call->theirs == NULL)
        return true;
    find_starting(port, args->name, xml, call->log, &state, &key);
    return key == NULL || hd_state_keep(state, key, (guint64)getpid(), ret_error);
}

static bool
release(HdPort *port, const char *name, const GString *xml, HdEventLog log, GError **ret_error)
{
    g_autoptr(HdState) state = NULL;
    g_autofree char *key = NULL;
    find_owner(port, name, xml, log, &state, &key);
    return key == NULL || hd_state_release(state, key, ret_error);
}

/* The operations whose failure stops the VM. */
static bool
begin(HdPort *port, const HdHookCall *call, const HdHookArgs *args, const GString *xml,
      GString **ret_output, GError **ret_error)
{
    bool is_ours = false;
    switch (args->operation) {
    case HD_HOOK_PREPARE:
        if (!prepare(port, args->name, xml, call->caller, call->log, &is_ours, ret_error))
            return false;
        if (!is_ours)
            drop_leftovers(port, args->name, xml, call->log);
        return true;
    case HD_HOOK_START:
        return confirm(port, args->name, xml, call->log, ret_error);
    case HD_HOOK_MIGRATE:
    case HD_HOOK_RESTORE:
        return arrive(port, args->name, xml, call->caller, call->log, ret_output, ret_error);
    default:
        return true;
    }
}

static bool
run_theirs(const HdHookCall *call, const GString *xml, GError **ret_error)
{
    return call->theirs == NULL || hd_replay_run(call->theirs, xml, call->origin, ret_error);
}

/* Theirs may want what they find here to be the host's again: ours comes first. */
static void
end(HdPort *port, const HdHookCall *call, const HdHookArgs *args, const GString *xml)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) nothing = g_string_new(NULL);
    if (!release(port, args->name, xml, call->log, &error))
        log_problem(call->log, args, error);
    g_clear_error(&error);
    if (!run_theirs(call, xml != NULL ? xml : nothing, &error))
        log_problem(call->log, args, error);
}

int
hd_hook_run(HdPort *port, const HdHookCall *call, GString **ret_output, char **ret_message)
{
    const HdHookArgs args = hd_hook_args_parse(call->argc, call->argv);
    g_autoptr(GError) error = NULL;
    g_autoptr(HdHookInput) xml = NULL;
    if (args.operation == HD_HOOK_IGNORE && call->theirs == NULL)
        return 0;
    bool has_xml = hd_hook_input_take(call->input, &xml, &error);
    if (args.operation == HD_HOOK_RELEASE) {
        end(port, call, &args, xml);
        return 0;
    }
    bool is_kept = has_xml && keep(port, call, &args, xml, &error);
    bool is_theirs = is_kept && !run_theirs(call, xml, &error);
    if (is_kept && !is_theirs && begin(port, call, &args, xml, ret_output, &error))
        return 0;
    /* Ours has been logged where it was decided, with the devices that it is about. */
    if (is_theirs || !hd_error_is(error, HD_ERROR_REFUSED))
        log_problem(call->log, &args, error);
    int status = is_theirs && args.is_heard ? EXIT_FAILURE : hd_hook_args_failure(&args);
    if (status != EXIT_SUCCESS)
        *ret_message = g_strdup(error->message);
    return status;
}
