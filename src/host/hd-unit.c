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

#define MOST_LINKS 8

static const char *const folders[] = {
    "etc/systemd/system",           "run/systemd/system",     "run/systemd/generator",
    "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
    "run/systemd/generator.late",
};

/* Debian's display-manager.service is a link to gdm3.service, and that one to gdm.service. */
static char *
follow(HdPort *port, const char *unit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *target = NULL;
        if (hd_port_link_name(port, &target, "%s/%s", folders[i], unit) == 0)
            return hd_unit_is_name(target) ? g_steal_pointer(&target) : NULL;
        if (hd_port_exists(port, "%s/%s", folders[i], unit))
            return NULL;
    }
    return NULL;
}

char *
hd_unit_resolve(HdPort *port, const char *unit)
{
    char *name = g_strdup(unit);
    for (guint i = 0; i < MOST_LINKS; i++) {
        char *target = follow(port, name);
        if (target == NULL)
            break;
        g_free(name);
        name = target;
    }
    return name;
}

bool
hd_unit_exists(HdPort *port, const char *unit)
{
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

void
hd_unit_owner_clear(HdUnitOwner *owner)
{
    g_clear_pointer(&owner->words, g_free);
    g_clear_pointer(&owner->unit, g_free);
}

/* systemd's path: "0::/system.slice/gdm.service"; beside cgroup v1 "1:name=systemd:/...". */
static char *
read_cgroup(HdPort *port, const char *pid)
{
    g_autofree char *text = NULL;
    if (hd_port_read(port, &text, "proc/%s/cgroup", pid) != 0)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    char *path = NULL;
    for (char **line = lines; *line != NULL; line++) {
        const char *named = strstr(*line, ":name=systemd:/");
        if (named == NULL && (path != NULL || !g_str_has_prefix(*line, "0::/")))
            continue;
        g_free(path);
        path = g_strdup(named != NULL ? named + strlen(":name=systemd:/") : *line + strlen("0::/"));
    }
    return path;
}

/* A line "KEY=value" of logind's; NULL: there is none, or it is empty. */
static char *
value_of(const char *text, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        gsize length = strlen(key);
        if (strncmp(*line, key, length) == 0 && (*line)[length] == '=')
            return (*line)[length + 1] != '\0' ? hd_text_printable(*line + length + 1, 32) : NULL;
    }
    return NULL;
}

/* Between a prefix and a suffix: a number, or what logind calls a session. */
static char *
middle_of(const char *name, const char *prefix, const char *suffix)
{
    if (!g_str_has_prefix(name, prefix) || !g_str_has_suffix(name, suffix))
        return NULL;
    char *middle = g_strndup(name + strlen(prefix), strlen(name) - strlen(prefix) - strlen(suffix));
    if (!hd_text_is_name(middle))
        g_clear_pointer(&middle, g_free);
    return middle;
}

static void
find_session(HdPort *port, const char *session, HdUnitOwner *owner)
{
    g_autofree char *text = NULL;
    owner->words = g_strdup_printf("session %s", session);
    if (hd_port_read(port, &text, "run/systemd/sessions/%s", session) != 0)
        return;
    g_autofree char *user = value_of(text, "USER");
    g_autofree char *seat = value_of(text, "SEAT");
    owner->is_seated = seat != NULL;
    g_free(owner->words);
    owner->words = g_strconcat("session ", session, user != NULL ? " of " : "",
                               user != NULL ? user : "", seat != NULL ? " on " : "", seat, NULL);
}

static void
find_user(HdPort *port, const char *user, char *const *below, HdUnitOwner *owner)
{
    g_autofree char *text = NULL;
    const char *unit = NULL;
    for (; *below != NULL; below++)
        unit = hd_unit_is_name(*below) ? *below : unit;
    owner->words = unit != NULL ? g_strdup_printf("%s of user %s", unit, user)
                                : g_strdup_printf("a program of user %s", user);
    if (hd_port_read(port, &text, "run/systemd/users/%s", user) != 0)
        return;
    g_autofree char *seats = value_of(text, "SEATS");
    owner->is_seated = seats != NULL;
}

/* "user.slice/user-1000.slice/session-3.scope", or ".../user@1000.service/session.slice/..." */
static void
find_person(HdPort *port, char *const *parts, HdUnitOwner *owner)
{
    if (g_strv_length((char **)parts) < 3)
        return;
    g_autofree char *session = middle_of(parts[2], "session-", ".scope");
    g_autofree char *user = middle_of(parts[2], "user@", ".service");
    if (session != NULL)
        find_session(port, session, owner);
    else if (user != NULL)
        find_user(port, user, parts + 3, owner);
}

void
hd_unit_find_owner(HdPort *port, const char *pid, HdUnitOwner *ret_owner)
{
    g_autofree char *cgroup = read_cgroup(port, pid);
    *ret_owner = (HdUnitOwner){0};
    if (cgroup == NULL)
        return;
    g_auto(GStrv) parts = g_strsplit(cgroup, "/", -1);
    if (g_strcmp0(parts[0], "user.slice") == 0) {
        find_person(port, parts, ret_owner);
        return;
    }
    /* What is below a scope is a container's, whatever it is called there. */
    for (char **part = parts; *part != NULL && !g_str_has_suffix(*part, ".scope"); part++) {
        if (!hd_unit_is_name(*part))
            continue;
        ret_owner->unit = g_strdup(*part);
        ret_owner->words = g_strdup(*part);
        return;
    }
}

bool
hd_unit_reach(HdPort *port, const HdGoal *goal, bool forward, GError **ret_error)
{
    if (hd_unit_is_active(port, goal->name) == !forward)
        return true;
    (void)hd_port_set_unit(port, goal->name, !forward);
    if (hd_unit_is_active(port, goal->name) == !forward)
        return true;
    return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s can't be %s; see 'systemctl status %s'",
                        goal->name, forward ? "stopped" : "started again", goal->name);
}
