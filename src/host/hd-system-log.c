/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The system's log. GLib speaks the journal's protocol, so that the hook needs no
 * library for it.
 */
#include "hd-system-log.h"

#include <syslog.h>

static void
add_field(GArray *fields, const char *key, const char *value)
{
    const GLogField field = {key, value, -1};
    if (value != NULL)
        g_array_append_val(fields, field);
}

void
hd_system_log(const HdEvent *event, gpointer data)
{
    (void)data;
    g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(GLogField));
    bool is_bad = event->kind == HD_EVENT_LEFT || event->kind == HD_EVENT_FAILED;
    add_field(fields, "MESSAGE", event->message);
    add_field(fields, "PRIORITY", is_bad ? "4" : "6");
    add_field(fields, "SYSLOG_IDENTIFIER", "hostdevctl");
    add_field(fields, "SYSLOG_FACILITY", "3");
    add_field(fields, "HOSTDEVCTL_EVENT", hd_event_kind_name(event->kind));
    add_field(fields, "HOSTDEVCTL_OWNER", event->owner);
    add_field(fields, "HOSTDEVCTL_KEY", event->key);
    for (guint i = 0; event->devices != NULL && i < event->devices->len; i++)
        add_field(fields, "HOSTDEVCTL_DEVICE", g_ptr_array_index(event->devices, i));
    if (g_log_writer_journald(G_LOG_LEVEL_INFO, &g_array_index(fields, GLogField, 0), fields->len,
                              NULL) == G_LOG_WRITER_HANDLED)
        return;
    openlog("hostdevctl", LOG_PID, LOG_DAEMON);
    syslog(is_bad ? LOG_WARNING : LOG_INFO, "%s", event->message);
}
