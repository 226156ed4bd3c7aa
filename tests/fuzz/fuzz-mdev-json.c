/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a definition of mdevctl's: one line or a specification that is fit for paths, and
 * that is written and read alike.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-mdev-json.h"
#include "hd-text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = g_strndup((const char *)bytes, length);
    const HdUuid uuid = {"aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa"};
    HdMdevSpec *read = NULL, *reread = NULL;
    g_autoptr(GError) error = NULL;
    if (!hd_mdev_json_parse(text, "file", &uuid, "mtty", &read, &error)) {
        g_assert_true(strchr(error->message, '\n') == NULL &&
                      strchr(error->message, '\033') == NULL);
        return 0;
    }
    g_autoptr(HdMdevSpec) spec = read;
    g_assert_true(hd_text_is_name(spec->type));
    g_autofree char *written = hd_mdev_json_format(spec);
    g_assert_true(hd_mdev_json_parse(written, "file", &uuid, "mtty", &reread, NULL));
    g_autoptr(HdMdevSpec) again = reread;
    g_assert_cmpuint(again->attributes->len, ==, spec->attributes->len);
    return 0;
}
