/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The domain XML for whoever has GLib, and in words why there is none.
 */
#include "hd-hook-input.h"

#include <errno.h>
#include <stdlib.h>

#include "hd-error.h"
#include "hd-xml-mention.h"

void
hd_hook_input_free(HdHookInput *input)
{
    if (input != NULL)
        g_string_free(input, TRUE);
}

bool
hd_hook_input_take(const HdHookStdin *read, HdHookInput **ret_input, GError **ret_error)
{
    switch (read->error) {
    case 0:
        *ret_input = g_string_new_len(read->bytes, (gssize)read->length);
        return true;
    case ETIMEDOUT:
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "the domain XML did not arrive on stdin within 10 s");
    case EFBIG:
        return hd_error_set(ret_error, HD_ERROR_INPUT, "the domain XML is larger than %d MiB",
                            HD_XML_MAX_BYTES >> 20);
    default:
        return hd_error_set_errno(ret_error, HD_ERROR_INPUT, read->error, "read the domain XML");
    }
}

bool
hd_hook_input_read(int fd, HdHookInput **ret_input, GError **ret_error)
{
    const HdHookStdin read = hd_hook_stdin_read(fd);
    bool is_taken = hd_hook_input_take(&read, ret_input, ret_error);
    free(read.bytes);
    return is_taken;
}
