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
    "sys/devices/pci0000:00/0000:00:14.0/usb1/1-5/product",
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
    /* A hub is refused, by its name. */
    HdWish *hub = hd_request_add(request, HD_WISH_USB);
    hub->usb = (HdUsbWish){0x05e3, 0x0610, 0, 0, HD_USB_MANDATORY};
    HdWish *port = hd_request_add(request, HD_WISH_TTY);
    port->path = g_strdup("/dev/ttyS1");
    return request;
}

/* How the places are on a host that nobody has touched. */
static void
remember(HdPort *port, char **texts)
{
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        (void)hd_port_read(port, &texts[i], "%s", places[i]);
}

static HdFake *
get_host(char ***ret_texts)
{
    static HdFake *fake;
    static char *texts[G_N_ELEMENTS(places)];
    if (fake == NULL) {
        fake = hd_fake_host_new();
        hd_fake_add_process(fake, 77, "reader", "reader", "dev/nvme0n1");
        remember(hd_fake_port(fake), texts);
    }
    *ret_texts = texts;
    return fake;
}

/* Each place gets the next part of the input; what has no part is as it was. */
static void
set_places(HdFake *fake, char **texts, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *part = at < length ? hd_fuzz_text(bytes + at, length - at) : g_strdup("");
        const char *text = *part != '\0' ? part : texts[i];
        if (text != NULL)
            hd_fake_set_file(fake, places[i], text);
        else
            hd_fake_unset(fake, places[i]);
        at += strlen(part) + 1;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char **texts = NULL;
    HdFake *fake = get_host(&texts);
    g_autoptr(HdRequest) request = new_request();
    g_autoptr(GError) error = NULL;
    HdPlan *made = NULL;
    HdConfig config = hd_config_default();
    set_places(fake, texts, bytes, length);
    config.allocates_pages = true;
    g_autoptr(HdState) state = hd_state_new(hd_fake_port(fake), &config);
    bool is_planned = hd_state_plan(state, request, &made, &error);
    g_autoptr(HdPlan) plan = made;
    hd_fuzz_check_outcome(is_planned, error);
    if (is_planned)
        hd_fuzz_check_plan(plan, request);
    return 0;
}
