/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any words as a call of mdevctl's, on a host where a VM has one mdev: it can't be talked into
 * letting that go, and what it refuses, it refuses in one line. Words end at newlines.
 */
#include "hd-callout.h"

#include "hd-fake-host.h"
#include "hd-fuzz.h"

#define MDEV "11111111-2222-4333-8444-555555555555"

/* A host where VM A runs. */
static HdFake *
new_host(void)
{
    HdUuid uuid, mdev;
    HdFake *fake = hd_fake_host_new();
    const HdConfig config = hd_config_default();
    g_assert_true(hd_uuid_parse(VM_A, &uuid));
    g_assert_true(hd_uuid_parse(MDEV, &mdev));
    g_autoptr(HdRequest) request = hd_request_new("web", &uuid);
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    wish->uuid = mdev;
    wish->mdev = hd_mdev_spec_new(&mdev, "mtty-2", "mtty");
    g_autoptr(HdState) state = hd_state_new(hd_fake_port(fake), &config);
    g_assert_true(hd_state_prepare(state, request, 0, NULL));
    hd_fake_add_process(fake, 501, "qemu", "qemu -uuid " VM_A " -S", NULL);
    return fake;
}

/* The same one until something is changed in it. */
static HdFake *
get_host(void)
{
    static HdFake *fake;
    static guint mutations;
    if (fake != NULL && hd_fake_mutations(fake) != mutations)
        g_clear_pointer(&fake, hd_fake_free);
    if (fake == NULL)
        fake = new_host();
    mutations = hd_fake_mutations(fake);
    return fake;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    g_auto(GStrv) words = g_strsplit(text, "\n", 32);
    HdFake *fake = get_host();
    HdPort *port = hd_fake_port(fake);
    g_autofree char *output = NULL;
    g_autofree char *message = NULL;
    g_autofree char *before = hd_fake_dump(fake);
    int status = hd_callout_run(port, (int)g_strv_length(words), words, NULL, &output, &message);
    g_assert_true(status >= HD_CALLOUT_DONE && status <= HD_CALLOUT_PASS);
    g_assert_true((status == HD_CALLOUT_REFUSED) == (message != NULL));
    g_assert_true(output == NULL || status == HD_CALLOUT_DONE);
    if (message != NULL)
        hd_fuzz_check_line(message);
    g_autofree char *after = hd_fake_dump(fake);
    g_assert_cmpstr(before, ==, after);
    char *stop[] = {(char *)"callout", (char *)"-e", (char *)"pre", (char *)"-a",
                    (char *)"stop",    (char *)"-u", (char *)MDEV,  NULL};
    g_autofree char *held = NULL;
    g_autofree char *nothing = NULL;
    g_assert_cmpint(hd_callout_run(port, 7, stop, NULL, &nothing, &held), ==, HD_CALLOUT_REFUSED);
    hd_fuzz_check_line(held);
    return 0;
}
