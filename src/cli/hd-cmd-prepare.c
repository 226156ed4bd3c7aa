/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * prepare and release by hand: what the hook does, for a person who needs it.
 */
#include <signal.h>
#include <unistd.h>

#include "hd-cmd.h"
#include "hd-error.h"
#include "hd-text.h"

static HdExit
run_prepare(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(HdState) state = NULL;
    /* The terminal may be of the desktop that is stopped for the card. */
    (void)signal(SIGHUP, SIG_IGN);
    if (!hd_cmd_request(cmd, cmd->arguments[0], &request, ret_error) ||
        (state = hd_cmd_state(cmd, ret_error)) == NULL ||
        !hd_state_prepare(state, request, (guint64)getppid(), ret_error))
        return HD_EXIT_FAILED;
    return HD_EXIT_DONE;
}

/* A VM that runs still uses what would be taken from it. */
static bool
check_not_running(HdState *state, const char *key, GError **ret_error)
{
    g_autoptr(GPtrArray) records = NULL;
    if (!hd_state_records(state, &records, ret_error))
        return false;
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        g_autofree char *name = hd_text_printable(record->name, 64);
        if (g_str_equal(record->key, key) && hd_state_liveness(state, record) == HD_VM_RUNNING)
            return hd_error_set(ret_error, HD_ERROR_REFUSED,
                                "VM '%s' is running; shut it down first", name);
    }
    return true;
}

static HdExit
run_release(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    if (state == NULL)
        return HD_EXIT_FAILED;
    g_autofree char *key = hd_state_find_key(state, cmd->arguments[0]);
    if (key == NULL) {
        (void)hd_error_set(ret_error, HD_ERROR_INPUT,
                           "no VM '%s' holds anything; see "
                           "'hostdevctl status'",
                           cmd->arguments[0]);
        return HD_EXIT_FAILED;
    }
    bool released =
        check_not_running(state, key, ret_error) && hd_state_release(state, key, ret_error);
    return released ? HD_EXIT_DONE : HD_EXIT_FAILED;
}

const HdCmdInfo hd_cmd_prepare = {
    "prepare", "DOMAIN|FILE|-", "take a VM's devices, as the hook does", 1, 1, true,
    NULL,      run_prepare,
};

const HdCmdInfo hd_cmd_release = {
    "release", "DOMAIN|UUID", "give back what a VM holds", 1, 1, true, NULL, run_release,
};
