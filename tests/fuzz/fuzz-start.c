/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as domain XML, through the whole hook, on a host of its own: a start that fails leaves
 * the host as it was, and so does a start with the release after it. The release gets the XML that
 * the input ends with, which need not be the one that the VM was started with.
 */
#include <string.h>

#include "hd-fuzz-host.h"
#include "hd-fuzz.h"
#include "hd-hook.h"

/* What goes to the system's log can be shown there too. */
static void
check_event(const HdEvent *event, gpointer data)
{
    hd_fuzz_check_line(event->message);
    if (event->owner != NULL)
        hd_fuzz_check_line(event->owner);
    for (guint i = 0; event->devices != NULL && i < event->devices->len; i++)
        hd_fuzz_check_line(g_ptr_array_index(event->devices, i));
}

/* libvirt calls with the name that stands in the XML; else it would be refused and nothing more. */
static char *
name_in(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = g_strndup((const char *)bytes, length);
    const char *name = strstr(text, "<name>");
    const char *end = name != NULL ? strchr(name + 6, '<') : NULL;
    return end != NULL ? g_strndup(name + 6, (gsize)(end - name - 6)) : g_strdup("web");
}

/* The reader of the XML refuses, it doesn't die. */
static void
check_message(const char *message)
{
    hd_fuzz_check_line(message);
    g_assert_null(strstr(message, "the XML can't be read: its reader "));
    g_assert_null(strstr(message, "the XML can't be read: the answer of its reader"));
}

static int
call(HdPort *port, const char *operation, const char *sub, const uint8_t *bytes, size_t length)
{
    g_autofree char *name = name_in(bytes, length);
    char *argv[] = {
        (char *)"/etc/libvirt/hooks/qemu", name, (char *)operation, (char *)sub, (char *)"-", NULL};
    const HdHookStdin input = {(char *)bytes, length, 0};
    const HdHookCall hook = {5, argv, &input, 1, check_event, NULL, NULL};
    g_autofree char *message = NULL;
    GString *output = NULL;
    int status = hd_hook_run(port, &hook, &output, &message);
    g_assert_true(output == NULL && (status == 0) == (message == NULL));
    if (message != NULL)
        check_message(message);
    return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    HdFake *fake = hd_fuzz_host();
    HdPort *port = hd_fake_port(fake);
    const uint8_t *cut = length > 0 ? memchr(bytes, '\0', length) : NULL;
    size_t first = cut != NULL ? (size_t)(cut - bytes) : length;
    const uint8_t *later = cut != NULL ? cut + 1 : bytes;
    size_t later_length = cut != NULL ? length - first - 1 : length;
    g_autofree char *before = hd_fake_dump(fake);
    if (call(port, "prepare", "begin", bytes, first) == 0) {
        (void)call(port, "start", "begin", bytes, first);
        g_assert_cmpint(call(port, "release", "end", later, later_length), ==, 0);
        g_assert_cmpint(call(port, "release", "end", bytes, first), ==, 0);
    }
    g_autofree char *after = hd_fake_dump(fake);
    g_assert_cmpstr(before, ==, after);
    return 0;
}
