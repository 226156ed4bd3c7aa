/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a capture: never a crash, no path that leads out of its folder, and what is read is
 * written alike.
 */
#include <string.h>

#include "hd-capture.h"
#include "hd-fuzz.h"

static void
check_path(const char *path)
{
    g_autofree char *framed = g_strconcat("/", path, "/", NULL);
    g_assert_true(*path != '\0' && *path != '/');
    g_assert_null(strstr(framed, "/../"));
    g_assert_null(strstr(framed, "//"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *body = g_strndup((const char *)bytes, length);
    g_autofree char *text = g_strconcat("hostdevctl-capture 1\n", body, "\nend\n", NULL);
    g_autoptr(HdCapture) capture = NULL;
    g_autoptr(HdCapture) again = NULL;
    if (!hd_capture_parse(text, &capture, NULL))
        return 0;
    g_autoptr(GPtrArray) paths = hd_capture_paths(capture);
    for (guint i = 0; i < paths->len; i++)
        check_path(g_ptr_array_index(paths, i));
    g_autofree char *first = hd_capture_format(capture);
    g_assert_true(hd_capture_parse(first, &again, NULL));
    g_autofree char *second = hd_capture_format(again);
    g_assert_cmpstr(first, ==, second);
    return 0;
}
