/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call of mdevctl's callout or notifier. Whatever we don't refuse is passed on
 * with status 2: mdevctl asks the first script that does not say so, and the vendor's
 * must not be kept from being asked.
 */
#include "hd-callout.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-mdev-json.h"

typedef struct {
    const char *event, *action, *state;
    HdUuid uuid;
} Call;

/* Options come in pairs; of one given twice the last counts. */
static bool
parse(int argc, char *const *argv, Call *call)
{
    const char *uuid = NULL;
    *call = (Call){"", "", "", {""}};
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];
        if (strcmp(argv[i], "-e") == 0)
            call->event = value;
        else if (strcmp(argv[i], "-a") == 0)
            call->action = value;
        else if (strcmp(argv[i], "-s") == 0)
            call->state = value;
        else if (strcmp(argv[i], "-u") == 0)
            uuid = value;
    }
    return uuid != NULL && hd_uuid_parse(uuid, &call->uuid);
}

static bool
is_one_of(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

static int
judge(HdState *state, const Call *call, char **ret_message)
{
    static const char *const ends[] = {"stop", "undefine", "modify", NULL};
    if (!is_one_of(call->action, ends))
        return HD_CALLOUT_PASS;
    g_autofree char *user = hd_state_mdev_user(state, &call->uuid);
    if (user == NULL)
        return HD_CALLOUT_PASS;
    *ret_message =
        g_strdup_printf("mdev %s is held by %s; shut that VM down first", call->uuid.text, user);
    return HD_CALLOUT_REFUSED;
}

static int
note(HdState *state, const Call *call)
{
    bool is_start = strcmp(call->action, "start") == 0;
    bool is_stop = strcmp(call->action, "stop") == 0;
    if (strcmp(call->state, "success") == 0 && (is_start || is_stop))
        (void)hd_state_mdev_note(state, &call->uuid, is_start, NULL);
    return HD_CALLOUT_DONE;
}

/* Only we know what was written to an mdev that we have made: sysfs need not show it again. */
static int
answer(HdState *state, const Call *call, char **ret_output)
{
    g_autoptr(GPtrArray) records = NULL;
    if (strcmp(call->action, "attributes") != 0 || !hd_state_records(state, &records, NULL))
        return HD_CALLOUT_PASS;
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        for (guint j = 0; j < record->goals->len; j++) {
            const HdRecordGoal *entry = hd_record_goal(record, j);
            const HdGoal *goal = entry->goal;
            if (entry->step == HD_STEP_UNDONE || !hd_goal_claims_mdev(goal, &call->uuid) ||
                !goal->is_made || goal->attributes->len == 0)
                continue;
            *ret_output = hd_mdev_json_format_attributes(goal->attributes);
            return HD_CALLOUT_DONE;
        }
    }
    return HD_CALLOUT_PASS;
}

int
hd_callout_run(HdPort *port, int argc, char *const *argv, HdEventLog log, char **ret_output,
               char **ret_message)
{
    HdConfig config = hd_config_default();
    Call call;
    if (!parse(argc, argv, &call))
        return HD_CALLOUT_PASS;
    /* A broken configuration must not keep mdevctl from working. */
    (void)hd_state_load_config(port, &config, NULL);
    g_autoptr(HdState) state = hd_state_new(port, &config);
    hd_state_set_log(state, log, NULL);
    if (strcmp(call.event, "pre") == 0)
        return judge(state, &call, ret_message);
    if (strcmp(call.event, "notify") == 0)
        return note(state, &call);
    if (strcmp(call.event, "get") == 0)
        return answer(state, &call, ret_output);
    return HD_CALLOUT_PASS;
}

void
hd_callout_drain(int fd)
{
    struct stat status;
    char chunk[4096];
    gint64 deadline = g_get_monotonic_time() + G_USEC_PER_SEC;
    /* A terminal, or /dev/null, is nobody's pipe. */
    if (fstat(fd, &status) != 0 || !(S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        return;
    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int left_ms = (int)((deadline - g_get_monotonic_time()) / 1000);
        if (left_ms <= 0 || poll(&poller, 1, left_ms) <= 0)
            return;
        ssize_t count = read(fd, chunk, sizeof chunk);
        if (count == 0 || (count < 0 && errno != EINTR))
            return;
    }
}
