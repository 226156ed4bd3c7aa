/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the system's log is told: kinds and devices as fields of their own, so that who had a
 * device when can be asked later, not only read.
 */
#include "hd-event.h"

const char *
hd_event_kind_name(HdEventKind kind)
{
    static const char *const names[] = {
        [HD_EVENT_NOTE] = "note", [HD_EVENT_TAKEN] = "taken",     [HD_EVENT_RETURNED] = "returned",
        [HD_EVENT_LEFT] = "left", [HD_EVENT_REFUSED] = "refused", [HD_EVENT_FAILED] = "failed",
    };
    return names[kind];
}

static char *
wish_name(const HdWish *wish)
{
    switch (wish->kind) {
    case HD_WISH_PCI:
    case HD_WISH_NVME:
    case HD_WISH_INTERFACE:
        return g_strdup(hd_pci_address_text(&wish->address).text);
    case HD_WISH_MDEV:
        return g_strdup(wish->uuid.text);
    case HD_WISH_TTY:
        return g_strdup(wish->path);
    case HD_WISH_USB:
        break;
    }
    return wish->usb.vendor != 0
               ? g_strdup_printf("usb-%04x:%04x", wish->usb.vendor, wish->usb.product)
               : g_strdup_printf("usb-%03u:%03u", wish->usb.bus, wish->usb.device);
}

GPtrArray *
hd_event_request_devices(const HdRequest *request)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < request->wishes->len; i++) {
        char *name = wish_name(g_ptr_array_index(request->wishes, i));
        if (name != NULL)
            g_ptr_array_add(names, name);
    }
    return names;
}
