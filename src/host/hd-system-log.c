/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The system's log, in the words of the journal's own protocol (systemd, "Native Journal
 * Protocol"), so that the hook needs no library for it.
 */
#include "hd-system-log.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "hd-log-socket.h"

#define JOURNAL "/run/systemd/journal/socket"

/* "KEY=value"; a value with a line break has its length before it. */
static void
add_field(GString *text, const char *key, const char *value)
{
    if (value == NULL)
        return;
    if (strchr(value, '\n') == NULL) {
        g_string_append_printf(text, "%s=%s\n", key, value);
        return;
    }
    const guint64 length = GUINT64_TO_LE(strlen(value));
    g_string_append_printf(text, "%s\n", key);
    g_string_append_len(text, (const char *)&length, sizeof length);
    g_string_append_printf(text, "%s\n", value);
}

static void
add_devices(GString *text, const GPtrArray *devices)
{
    for (guint i = 0; devices != NULL && i < devices->len; i++)
        add_field(text, "HOSTDEVCTL_DEVICE", g_ptr_array_index(devices, i));
}

void
hd_system_log(const HdEvent *event, gpointer data)
{
    (void)data;
    g_autoptr(GString) text = g_string_new(NULL);
    bool is_bad = event->kind == HD_EVENT_LEFT || event->kind == HD_EVENT_FAILED;
    add_field(text, "MESSAGE", event->message);
    add_field(text, "PRIORITY", is_bad ? "4" : "6");
    add_field(text, "SYSLOG_IDENTIFIER", "hostdevctl");
    add_field(text, "SYSLOG_FACILITY", "3");
    add_field(text, "HOSTDEVCTL_EVENT", hd_event_kind_name(event->kind));
    add_field(text, "HOSTDEVCTL_OWNER", event->owner);
    add_field(text, "HOSTDEVCTL_KEY", event->key);
    const gsize without = text->len;
    add_devices(text, event->devices);
    int error = hd_log_socket_send(JOURNAL, text->str, text->len);
    /* More devices than a datagram has room for: the message says their number. */
    if (error == EMSGSIZE)
        error = hd_log_socket_send(JOURNAL, text->str, without);
    if (error != 0 && error != EAGAIN)
        hd_log_socket_say(HD_LOG_SOCKET_SYSLOG, is_bad ? LOG_WARNING : LOG_INFO, event->message);
}
