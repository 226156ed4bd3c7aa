/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * systemd's units, where they have a card open: read from the files that systemd leaves for others
 * below /run, stopped and started by systemctl.
 */
#include "hd-unit.h"

#include <string.h>

#include "hd-desktop.h"
#include "hd-error.h"
#include "hd-text.h"

char *
hd_unit_resolve(HdPort *port, const char *unit)
{
    g_autofree char *target = NULL;
    if (hd_port_link_name(port, &target, "etc/systemd/system/%s", unit) == 0 &&
        hd_unit_is_name(target))
        return g_steal_pointer(&target);
    return g_strdup(unit);
}

bool
hd_unit_exists(HdPort *port, const char *unit)
{
    static const char *const folders[] = {"etc/systemd/system", "run/systemd/system",
                                          "usr/lib/systemd/system", "lib/systemd/system"};
    const char *at = strchr(unit, '@');
    g_autofree char *template =
        at != NULL ? g_strdup_printf("%.*s@%s", (int)(at - unit), unit, strrchr(unit, '.'))
                   : g_strdup(unit);
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        if (hd_port_exists(port, "%s/%s", folders[i], unit) ||
            hd_port_exists(port, "%s/%s", folders[i], template))
            return true;
    }
    return false;
}

bool
hd_unit_is_active(HdPort *port, const char *unit)
{
    g_autofree char *invocation = NULL;
    return hd_port_link(port, &invocation, "run/systemd/units/invocation:%s", unit) == 0;
}

/* The path of the unified hierarchy: "/system.slice/gdm.service". */
static char *
read_cgroup(HdPort *port, const char *pid)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "proc/%s/cgroup", pid) != 0)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "0::/"))
            return g_strdup(*line + strlen("0::/"));
    }
    return NULL;
}

static char *
value_of(const char *text, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        gsize length = strlen(key);
        if (strncmp(*line, key, length) == 0 && (*line)[length] == '=')
            return hd_text_printable(*line + length + 1, 32);
    }
    return NULL;
}

/* "session-3.scope", as logind knows it */
static char *
describe_session(HdPort *port, const char *scope)
{
    g_autofree char *number = g_strndup(scope + strlen("session-"),
                                        strlen(scope) - strlen("session-") - strlen(".scope"));
    g_autofree char *text = NULL;
    if (!hd_text_is_name(number) ||
        hd_port_read(port, &text, "run/systemd/sessions/%s", number) != 0)
        return g_strdup_printf("session %s", number);
    g_autofree char *user = value_of(text, "USER");
    g_autofree char *seat = value_of(text, "SEAT");
    return g_strconcat("session ", number, user != NULL ? " of " : "", user != NULL ? user : "",
                       seat != NULL ? " on " : "", seat, NULL);
}

static bool
is_session(const char *name)
{
    return g_str_has_prefix(name, "session-") && g_str_has_suffix(name, ".scope");
}

/* "user.slice/user-1000.slice/user@1000.service/session.slice/pipewire.service" */
static char *
describe_user_s(HdPort *port, char *const *parts)
{
    const char *unit = NULL, *user = "?";
    for (; *parts != NULL; parts++) {
        if (is_session(*parts))
            return describe_session(port, *parts);
        if (g_str_has_prefix(*parts, "user@"))
            user = *parts + strlen("user@");
        else if (hd_unit_is_name(*parts))
            unit = *parts;
    }
    int length = (int)strcspn(user, ".");
    return unit != NULL ? g_strdup_printf("%s of user %.*s", unit, length, user)
                        : g_strdup_printf("a program of user %.*s", length, user);
}

char *
hd_unit_of_process(HdPort *port, const char *pid, char **ret_words)
{
    g_autofree char *cgroup = read_cgroup(port, pid);
    *ret_words = NULL;
    if (cgroup == NULL)
        return NULL;
    g_auto(GStrv) parts = g_strsplit(cgroup, "/", -1);
    if (g_strcmp0(parts[0], "user.slice") == 0) {
        *ret_words = describe_user_s(port, parts + 1);
        return NULL;
    }
    for (char **part = parts; *part != NULL; part++) {
        if (!hd_unit_is_name(*part))
            continue;
        *ret_words = g_strdup(*part);
        return g_strdup(*part);
    }
    return NULL;
}

bool
hd_unit_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error)
{
    if (hd_unit_is_active(port, goal->name) == !forward)
        return true;
    int error = hd_port_set_unit(port, goal->name, !forward);
    if (hd_unit_is_active(port, goal->name) == !forward)
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s can't be %s%s%s; see 'systemctl status %s'",
                        goal->name, forward ? "stopped" : "started again", error != 0 ? ": " : "",
                        error != 0 ? g_strerror(error) : "", goal->name);
}
