/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One fake host for as many inputs as leave it alone.
 */
#include "hd-fuzz-host.h"

static HdFake *
new_host(void)
{
    HdFake *fake = hd_fake_host_new();
    hd_fake_set_file(fake, "etc/hostdevctl/hostdevctl.conf", "[hugepages]\nallocate = yes\n");
    hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/nics.conf", "[mapping]\nid = 8086:10d3\n");
    hd_fake_set_file(fake, "etc/hostdevctl/mappings.d/gpus.conf",
                     "[mapping]\ndevices = 0000:41:00.0; 0000:42:00.0; mtty\n");
    return fake;
}

HdFake *
hd_fuzz_host(void)
{
    static HdFake *fake;
    if (fake != NULL && hd_fake_mutations(fake) > 0)
        g_clear_pointer(&fake, hd_fake_free);
    if (fake == NULL)
        fake = new_host();
    return fake;
}
