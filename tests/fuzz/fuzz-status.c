/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as libvirt's live status of a VM: one line, or a VM whose words are fit for paths; and
 * the live status that is shown to others says the same.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-xml-prune.h"
#include "hd-xml-status.h"

static char *
keep_name(const char *kind, const char *name, gpointer data)
{
    return g_strdup(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    HdRequest *read = NULL, *reread = NULL;
    guint64 pid = 0, same_pid = 0;
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    bool is_status = hd_xml_status_parse((const char *)bytes, length, &read, &pid, &error);
    g_autoptr(HdRequest) vm = read;
    hd_fuzz_check_outcome(is_status, error);
    if (!is_status)
        return 0;
    hd_fuzz_check_wishes(vm);
    g_assert_cmpuint(pid, <=, G_MAXINT);
    g_assert_true(hd_xml_prune((const char *)bytes, length, keep_name, NULL, &text, NULL));
    g_assert_true(hd_xml_status_parse(text, strlen(text), &reread, &same_pid, NULL));
    g_autoptr(HdRequest) again = reread;
    hd_fuzz_check_same_devices(vm, again);
    g_assert_cmpuint(pid, ==, same_pid);
    return 0;
}
