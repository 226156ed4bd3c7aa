/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as libvirt's qemu.conf, whose list gets two nodes: what comes of it is a file of the
 * same settings, with all that was in force before and the two, from which what was put in can be
 * cut out again to the byte; it needs no second edit, and the copy that is kept is the original.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-fuzz.h"
#include "hd-qemu-acl.h"
#include "hd-virconf.h"

#define FILE_PATH "etc/libvirt/qemu.conf"

static void
check_same_value(const HdVirconfEntry *a, const HdVirconfEntry *b)
{
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_cmpstr(a->value, ==, b->value);
    g_assert_true((a->items == NULL) == (b->items == NULL));
    for (guint i = 0; a->items != NULL && i < a->items->len; i++) {
        g_assert_cmpuint(i, <, b->items->len);
        g_assert_cmpstr(g_ptr_array_index(a->items, i), ==, g_ptr_array_index(b->items, i));
    }
}

/* Every setting is still there, the list among them; it alone may be new. */
static void
check_settings(const char *text, const char *changed)
{
    g_autoptr(GPtrArray) before = NULL;
    g_autoptr(GPtrArray) after = NULL;
    guint found = 0;
    g_assert_true(hd_virconf_parse(text, "file", &before, NULL));
    g_assert_true(hd_virconf_parse(changed, "file", &after, NULL));
    g_assert_cmpuint(after->len, <=, before->len + 1);
    for (guint i = 0; i < after->len; i++) {
        const HdVirconfEntry *entry = g_ptr_array_index(after, i);
        bool is_new = after->len > before->len && found == i &&
                      g_str_equal(entry->name, "cgroup_device_acl") &&
                      hd_virconf_find(before, entry->name) == NULL;
        if (!is_new)
            check_same_value(g_ptr_array_index(before, found++), entry);
    }
    g_assert_cmpuint(found, ==, before->len);
}

static void
check_change(const char *text, const char *changed, const GPtrArray *nodes)
{
    g_autoptr(HdAcl) before = NULL;
    g_autoptr(HdAcl) after = NULL;
    char *more = (char *)"untouched";
    g_assert_true(hd_acl_read(text, 9000, &before, NULL));
    g_assert_true(hd_acl_read(changed, 9000, &after, NULL));
    g_assert_true(after->is_active);
    for (guint i = 0; i < before->nodes->len; i++)
        g_assert_cmpstr(g_ptr_array_index(before->nodes, i), ==,
                        g_ptr_array_index(after->nodes, i));
    for (guint i = 0; i < nodes->len; i++)
        g_assert_true(hd_acl_has(after, g_ptr_array_index(nodes, i)));
    g_assert_cmpuint(after->nodes->len, <=, before->nodes->len + nodes->len);
    g_assert_true(hd_acl_add(changed, 9000, nodes, &more, NULL));
    g_assert_null(more);
    g_assert_true(hd_fuzz_is_within(text, changed));
    check_settings(text, changed);
}

/* The same over files, where there are two starts. */
static void
check_files(const char *text, const char *changed, const GPtrArray *nodes)
{
    g_autoptr(HdFake) fake = hd_fake_new();
    HdPort *port = hd_fake_port(fake);
    HdAclResult result;
    g_autofree char *now = NULL;
    g_autofree char *kept = NULL;
    hd_fake_set_file(fake, FILE_PATH, text);
    hd_fake_set_link(fake, "usr/lib64/libvirt.so.0", "libvirt.so.0.9000.0");
    g_assert_true(hd_qemu_acl_ensure(port, nodes, true, &result, NULL));
    g_assert_true(result == (changed != NULL ? HD_ACL_CHANGED : HD_ACL_FINE));
    g_assert_true(hd_qemu_acl_ensure(port, nodes, true, &result, NULL));
    g_assert_true(result == HD_ACL_FINE);
    if (changed == NULL)
        return;
    g_assert_cmpint(hd_port_read(port, &now, FILE_PATH), ==, 0);
    g_assert_cmpint(hd_port_read(port, &kept, HD_QEMU_ACL_BACKUP), ==, 0);
    g_assert_true(g_str_has_prefix(changed, now) && strlen(changed) - strlen(now) <= 1);
    g_assert_true(g_str_has_prefix(text, kept) && strlen(text) - strlen(kept) <= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    g_autofree char *changed = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    g_ptr_array_add(nodes, (gpointer) "/dev/vfio/vfio");
    g_ptr_array_add(nodes, (gpointer) "/dev/vfio/7");
    bool is_done = hd_acl_add(text, 9000, nodes, &changed, &error);
    hd_fuzz_check_outcome(is_done, error);
    if (!is_done)
        return 0;
    if (changed != NULL)
        check_change(text, changed, nodes);
    check_files(text, changed, nodes);
    return 0;
}
