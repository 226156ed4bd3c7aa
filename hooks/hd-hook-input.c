/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Standard input of a hook is written by libvirt, or by whoever calls it: it may be
 * closed, endless or never end. Reading it is bounded in size and time.
 */
#include "hd-hook-input.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-xml-scan.h"

#define DEADLINE_US ((gint64)10 * G_USEC_PER_SEC)
#define CHUNK       65536

void
hd_hook_input_free(HdHookInput *input)
{
    if (input != NULL)
        g_string_free(input, TRUE);
}

/* Returns 1 with data or end in sight, 0 when the time is over, -1 with errno. */
static int
wait_for_data(int fd, gint64 deadline)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    gint64 left_ms = (deadline - g_get_monotonic_time()) / 1000;
    if (left_ms <= 0)
        return 0;
    int count = poll(&poller, 1, (int)left_ms);
    return count < 0 && errno == EINTR ? wait_for_data(fd, deadline) : count;
}

bool
hd_hook_input_read(int fd, HdHookInput **ret_input, GError **ret_error)
{
    g_autoptr(HdHookInput) input = g_string_sized_new(CHUNK);
    gint64 deadline = g_get_monotonic_time() + DEADLINE_US;
    char chunk[CHUNK];
    while (input->len <= HD_XML_MAX_BYTES) {
        int ready = wait_for_data(fd, deadline);
        if (ready == 0)
            return hd_error_set(ret_error, HD_ERROR_INPUT,
                                "the domain XML did not arrive on stdin within 10 s");
        ssize_t count = ready < 0 ? -1 : read(fd, chunk, sizeof chunk);
        if (count < 0)
            return hd_error_set_errno(ret_error, HD_ERROR_INPUT, errno, "read the domain XML");
        if (count == 0) {
            *ret_input = g_steal_pointer(&input);
            return true;
        }
        g_string_append_len(input, chunk, count);
    }
    return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML is larger than %d MiB",
                        HD_XML_MAX_BYTES >> 20);
}
