/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Standard input of a hook is written by libvirt, or by whoever calls it: it may be
 * closed, endless or never end. Reading it is bounded in size and time.
 */
#include "hd-hook-stdin.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "hd-xml-mention.h"

#define DEADLINE_MS 10000
#define FIRST_SIZE  65536

static int64_t
now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for data or the end. Returns 0, ETIMEDOUT or errno. */
static int
wait_for_data(int fd, int64_t deadline)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    int count = -1;
    do {
        int64_t left_ms = deadline - now_ms();
        count = left_ms > 0 ? poll(&poller, 1, (int)left_ms) : 0;
    } while (count < 0 && errno == EINTR);
    return count > 0 ? 0 : count < 0 ? errno : ETIMEDOUT;
}

/* Makes room for more. Returns 0 or errno. */
static int
grow(HdHookStdin *input, size_t *room)
{
    if (input->length < *room)
        return 0;
    size_t larger = *room == 0 ? FIRST_SIZE : *room * 2;
    char *bytes = realloc(input->bytes, larger);
    if (bytes == NULL)
        return ENOMEM;
    input->bytes = bytes;
    *room = larger;
    return 0;
}

HdHookStdin
hd_hook_stdin_read(int fd)
{
    HdHookStdin input = {NULL, 0, 0};
    int64_t deadline = now_ms() + DEADLINE_MS;
    size_t room = 0;
    ssize_t count = 1;
    while (input.error == 0 && count != 0) {
        input.error = input.length > HD_XML_MAX_BYTES ? EFBIG : grow(&input, &room);
        if (input.error == 0)
            input.error = wait_for_data(fd, deadline);
        if (input.error != 0)
            break;
        count = read(fd, input.bytes + input.length, room - input.length);
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            input.error = errno;
        input.length += count > 0 ? (size_t)count : 0;
    }
    return input;
}
