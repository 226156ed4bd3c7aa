/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as what the kernel says of things that others may name: mount points, swap files,
 * processes, USB devices, network interfaces. What is made of it in a plan is one printable line,
 * and a host whose words can't be read gives nothing away. Parts are apart by NUL.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-fuzz.h"
#include "hd-state.h"

static const char *const places[] = {
    "proc/self/mountinfo",
    "proc/swaps",
    "proc/net/route",
    "proc/net/ipv6_route",
    "proc/77/comm",
    "sys/bus/usb/devices/1-2/product",
    "sys/class/tty/console/active",
    "sys/class/block/nvme0n1/dm/name",
    "etc/libvirt/qemu.conf",
    "proc/meminfo",
};

static HdRequest *
new_request(void)
{
    HdRequest *request =
        hd_fake_request("web", VM_A, "0000:01:00.0", "0000:03:00.0", "0000:07:00.0", NULL);
    HdWish *stick = hd_request_add(request, HD_WISH_USB);
    stick->usb = (HdUsbWish){0x0781, 0x5567, 0, 0, HD_USB_MANDATORY};
    HdWish *port = hd_request_add(request, HD_WISH_TTY);
    port->path = g_strdup("/dev/ttyS1");
    return request;
}

/* Each place gets the next part of the input; what has no part stays as it is. */
static void
set_places(HdFake *fake, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    for (guint i = 0; i < G_N_ELEMENTS(places) && at < length; i++) {
        g_autofree char *part = hd_fuzz_text(bytes + at, length - at);
        if (*part != '\0')
            hd_fake_set_file(fake, places[i], part);
        at += strlen(part) + 1;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(HdFake) fake = hd_fake_host_new();
    g_autoptr(HdRequest) request = new_request();
    g_autoptr(GError) error = NULL;
    HdPlan *made = NULL;
    HdConfig config = hd_config_default();
    hd_fake_add_process(fake, 77, "reader", "reader", "dev/nvme0n1");
    set_places(fake, bytes, length);
    config.allocates_pages = true;
    g_autoptr(HdState) state = hd_state_new(hd_fake_port(fake), &config);
    bool is_planned = hd_state_plan(state, request, &made, &error);
    g_autoptr(HdPlan) plan = made;
    hd_fuzz_check_outcome(is_planned, error);
    if (is_planned)
        hd_fuzz_check_plan(plan, request);
    return 0;
}
