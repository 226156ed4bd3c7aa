/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table that keeps the fake honest. Each row is one call through the port; the
 * answer, an errno name or a text, is printed. tests/conformance/expected.txt holds
 * what Linux 6.12 answers; the fake is compared with it in every test run, the real
 * kernel in the lab.
 */
#include "hd-conformance.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef enum { WRITE, READ, LINK, EXISTS, NODE, MEMBERS } Verb;

typedef struct {
    Verb verb;
    const char *path; /* %A address, %O other, %B bridge, %D driver, %W wrong driver, %G group */
    const char *text; /* of WRITE; "<4094>" and the like: that many 'a' */
} Row;

#define DEV   "sys/bus/pci/devices/%A/"
#define DRV   "sys/bus/pci/drivers/"
#define PROBE "sys/bus/pci/drivers_probe"

static const Row rows[] = {
    /* How it is. */
    {READ, DEV "driver_override", NULL},
    {LINK, DEV "driver", NULL},
    {LINK, DEV "driver/module", NULL},
    {EXISTS, DEV "iommu_group", NULL},
    {MEMBERS, "sys/kernel/iommu_groups/%G/devices", NULL},
    {EXISTS, DEV "physfn", NULL},
    {LINK, DEV "physfn", NULL},
    {LINK, DEV "vendor", NULL},
    {READ, DEV "nothing", NULL},
    {READ, "sys/bus/pci/devices/ffff:00:00.0/vendor", NULL},
    {EXISTS, DRV "%D/%A", NULL},
    {NODE, "dev/vfio/%G", NULL},
    /* driver_override: store, clear, limits. */
    {WRITE, DEV "driver_override", "abc"},
    {READ, DEV "driver_override", NULL},
    {LINK, DEV "driver", NULL},
    {WRITE, DEV "driver_override", ""},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "abc\ndef"},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "two words"},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "\n"},
    {READ, DEV "driver_override", NULL},
    {WRITE, DEV "driver_override", "<4094>"},
    {WRITE, DEV "driver_override", "\n"},
    {WRITE, DEV "driver_override", "<4095>"},
    {WRITE, DEV "driver_override", "<4096>"},
    {READ, DEV "driver_override", NULL},
    /* bind and probe of a bound device. */
    {WRITE, DRV "%D/bind", "%A"},
    {WRITE, DRV "%W/bind", "%A"},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "%W/unbind", "%A"},
    {WRITE, DRV "vfio-pci/unbind", "%A"},
    {WRITE, DRV "nosuchdriver/bind", "%A"},
    {WRITE, DRV "%D/bind", "ffff:00:00.0"},
    {WRITE, DRV "%D/bind", "rubbish"},
    {WRITE, DRV "%D/unbind", "ffff:00:00.0"},
    {WRITE, PROBE, "ffff:00:00.0"},
    {WRITE, PROBE, "rubbish"},
    {WRITE, PROBE, ""},
    /* An override alone moves nothing; a bind through it while bound is refused. */
    {WRITE, DEV "driver_override", "vfio-pci"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {WRITE, DRV "%D/bind", "%A"},
    /* The way to vfio-pci. */
    {WRITE, DRV "%D/unbind", "%A"},
    {LINK, DEV "driver", NULL},
    {EXISTS, DRV "%D/%A", NULL},
    {WRITE, DRV "%D/unbind", "%A"},
    {WRITE, DEV "driver/unbind", "%A"},
    {WRITE, DRV "%D/bind", "%A"},
    {WRITE, DRV "%W/bind", "%A"},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {LINK, DEV "driver", NULL},
    {EXISTS, DRV "vfio-pci/%A", NULL},
    {NODE, "dev/vfio/%G", NULL},
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    /* Clearing the override leaves it bound. */
    {WRITE, DEV "driver_override", "\n"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "%D/unbind", "%A"},
    {WRITE, DRV "vfio-pci/unbind", "%A"},
    {LINK, DEV "driver", NULL},
    {NODE, "dev/vfio/%G", NULL},
    /* vfio-pci takes nothing without an override. */
    {WRITE, DRV "vfio-pci/bind", "%A"},
    {LINK, DEV "driver", NULL},
    /* The text "(null)" is a name that no driver has, and reads as if unset. */
    {WRITE, DEV "driver_override", "(null)"},
    {READ, DEV "driver_override", NULL},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DRV "%D/bind", "%A"},
    /* An override to a driver that doesn't exist: the probe says yes and does nothing. */
    {WRITE, DEV "driver_override", "nosuchdriver"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    /* And back, by override and bind. */
    {WRITE, DEV "driver_override", "%D"},
    {WRITE, DRV "%D/bind", "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DEV "driver_override", "\n"},
    {LINK, DEV "driver", NULL},
    {READ, DEV "driver_override", NULL},
    /* By drivers_probe: override first, then native. */
    {WRITE, DEV "driver_override", "vfio-pci"},
    {WRITE, DEV "driver/unbind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    {WRITE, DEV "driver_override", "\n"},
    {WRITE, DEV "driver/unbind", "%A"},
    {WRITE, PROBE, "%A"},
    {LINK, DEV "driver", NULL},
    /* Another device's name through this one's driver link: it is the driver that counts. */
    {WRITE, DEV "driver/unbind", "%O"},
    {LINK, "sys/bus/pci/devices/%O/driver", NULL},
    {WRITE, PROBE, "%O"},
    {LINK, "sys/bus/pci/devices/%O/driver", NULL},
    {LINK, DEV "driver", NULL},
    /* A trailing newline is fine. */
    {WRITE, DRV "%D/unbind", "%A\n"},
    {WRITE, DRV "%D/bind", "%A\n"},
    {LINK, DEV "driver", NULL},
    /* A bridge is not for vfio-pci. */
    {READ, "sys/bus/pci/devices/%B/driver_override", NULL},
    {LINK, "sys/bus/pci/devices/%B/driver", NULL},
};

static char *
fill_in(const char *text, const HdConformanceTarget *target, const char *group)
{
    GString *result = g_string_new(text);
    const char *const pairs[][2] = {{"%A", target->address}, {"%O", target->other},
                                    {"%B", target->bridge},  {"%D", target->driver},
                                    {"%W", target->wrong},   {"%G", group}};
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
        (void)g_string_replace(result, pairs[i][0], pairs[i][1], 0);
    guint length;
    char end;
    if (sscanf(result->str, "<%u%c", &length, &end) == 2 && end == '>') {
        g_string_set_size(result, length);
        memset(result->str, 'a', length);
    }
    return g_string_free(result, FALSE);
}

static const char *
errno_name(int error)
{
    return error == 0 ? "OK" : strerrorname_np(error);
}

static char *
answer_text(int error, char *text, const HdConformanceTarget *target)
{
    g_autofree char *owned = text;
    if (error != 0)
        return g_strdup(errno_name(error));
    if (g_str_equal(owned, target->driver))
        return g_strdup("%D");
    return g_strdup_printf("\"%s\"", owned);
}

static char *
answer_members(HdPort *port, const char *path)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, "%s", path);
    return error != 0 ? g_strdup(errno_name(error)) : g_strdup_printf("%u members", names->len);
}

static char *
answer_node(HdPort *port, const char *path)
{
    HdNodeState node;
    int error = hd_port_get_node(port, path, &node);
    if (error != 0)
        return g_strdup(errno_name(error));
    if (!node.present)
        return g_strdup("absent");
    return g_strdup_printf("%u:%u %04o", node.uid, node.gid, node.mode);
}

static char *
ask(HdPort *port, const Row *row, const char *path, const char *text,
    const HdConformanceTarget *target)
{
    char *got = NULL;
    int error;
    switch (row->verb) {
    case WRITE:
        return g_strdup(errno_name(hd_port_write(port, text, "%s", path)));
    case READ:
        error = hd_port_read(port, &got, "%s", path);
        return answer_text(error, got, target);
    case LINK:
        error = hd_port_link_name(port, &got, "%s", path);
        return answer_text(error, got, target);
    case NODE:
        return answer_node(port, path);
    case MEMBERS:
        return answer_members(port, path);
    case EXISTS:
        break;
    }
    return g_strdup(hd_port_exists(port, "%s", path) ? "yes" : "no");
}

guint
hd_conformance_run(HdPort *port, const HdConformanceTarget *target)
{
    static const char *const verbs[] = {"write", "read", "link", "exists", "node", "members"};
    g_autofree char *group = NULL;
    (void)hd_port_load_module(port, "vfio-pci");
    if (hd_port_link_name(port, &group, "sys/bus/pci/devices/%s/iommu_group", target->address) != 0)
        group = g_strdup("none");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = fill_in(rows[i].path, target, group);
        g_autofree char *text = rows[i].text != NULL ? fill_in(rows[i].text, target, group) : NULL;
        g_autofree char *shown = rows[i].text != NULL ? g_strescape(rows[i].text, NULL) : NULL;
        g_autofree char *answer = ask(port, &rows[i], path, text, target);
        printf("%03u %s %s%s%s%s -> %s\n", i + 1, verbs[rows[i].verb], rows[i].path,
               shown != NULL ? " \"" : "", shown != NULL ? shown : "", shown != NULL ? "\"" : "",
               answer);
    }
    return G_N_ELEMENTS(rows);
}
