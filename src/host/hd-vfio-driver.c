/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which vfio driver a device gets. It has to be libvirt's own choice: then libvirt
 * finds the device where it wants it and leaves it alone.
 */
#include "hd-vfio-driver.h"

#include <string.h>

#define FALLBACK "vfio-pci"
#define PREFIX   "alias vfio_pci:"

/* The fields of a PCI modalias, in order: vendor, device, subvendor, subdevice, class, subclass,
   interface. */
static const char *const field_marks[] = {"v", "d", "sv", "sd", "bc", "sc", "i"};
#define FIELDS G_N_ELEMENTS(field_marks)

typedef struct {
    const char *text[FIELDS];
    gsize length[FIELDS];
} Fields;

/* Splits "v00008086d*sv*..." at its lower-case marks; values are upper-case hex or "*". */
static bool
split_fields(const char *text, const char *end, Fields *ret_fields)
{
    Fields fields;
    for (gsize i = 0; i < FIELDS; i++) {
        gsize mark = strlen(field_marks[i]);
        if ((gsize)(end - text) < mark || strncmp(text, field_marks[i], mark) != 0)
            return false;
        text += mark;
        const char *start = text;
        while (text < end && (*text == '*' || g_ascii_isdigit(*text) || g_ascii_isupper(*text)))
            text++;
        fields.text[i] = start;
        fields.length[i] = (gsize)(text - start);
    }
    if (text != end)
        return false;
    *ret_fields = fields;
    return true;
}

static bool
is_wildcard(const Fields *fields, gsize i)
{
    return fields->length[i] == 1 && *fields->text[i] == '*';
}

/* Returns the number of wildcards of a pattern that matches, or -1. */
static int
match(const Fields *device, const Fields *pattern)
{
    int wildcards = 0;
    for (gsize i = 0; i < FIELDS; i++) {
        if (is_wildcard(pattern, i))
            wildcards++;
        else if (device->length[i] != pattern->length[i] ||
                 strncmp(device->text[i], pattern->text[i], device->length[i]) != 0)
            return -1;
    }
    return wildcards;
}

char *
hd_vfio_driver_best(const char *modalias, const char *aliases)
{
    Fields device, pattern;
    int best = G_MAXINT;
    g_autofree char *module = g_strdup(FALLBACK);
    if (modalias == NULL || !g_str_has_prefix(modalias, "pci:") ||
        !split_fields(modalias + 4, modalias + strlen(modalias), &device))
        return g_steal_pointer(&module);
    for (const char *line = strstr(aliases, PREFIX); line != NULL; line = strstr(line, PREFIX)) {
        bool is_start = line == aliases || line[-1] == '\n';
        line += strlen(PREFIX);
        const char *space = line + strcspn(line, " \n");
        if (!is_start || *space != ' ' || !split_fields(line, space, &pattern))
            continue;
        int wildcards = match(&device, &pattern);
        if (wildcards < 0 || wildcards >= best)
            continue;
        best = wildcards;
        g_free(module);
        module = g_strndup(space + 1, strcspn(space + 1, " \n"));
    }
    /* vfio_pci itself is in the list too, by its module's name. */
    if (g_str_equal(module, "vfio_pci"))
        return g_strdup(FALLBACK);
    return g_steal_pointer(&module);
}

char *
hd_vfio_driver_for(HdPort *port, const char *modalias)
{
    /* One per process, since each device of a host with hundreds asks. */
    static HdPort *cached_port;
    static char *cached_lines;
    g_autofree char *release = NULL;
    char *lines = NULL;
    if (modalias == NULL)
        return g_strdup(FALLBACK);
    if (cached_port == port)
        return hd_vfio_driver_best(modalias, cached_lines);
    if (hd_port_read(port, &release, "proc/sys/kernel/osrelease") != 0)
        return g_strdup(FALLBACK);
    /* A few out of some ten thousand. */
    if (hd_port_read_lines(port, PREFIX, &lines, "lib/modules/%s/modules.alias", release) != 0)
        return g_strdup(FALLBACK);
    g_free(cached_lines);
    cached_lines = lines;
    cached_port = port;
    return hd_vfio_driver_best(modalias, cached_lines);
}

static bool
has_driver(HdPort *port, const char *name)
{
    return hd_port_exists(port, "sys/bus/pci/drivers/%s", name);
}

/* The driver that module @module registers for PCI, by "pci:NAME" below its folder. */
static char *
driver_of_module(HdPort *port, const char *module)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, "sys/module/%s/drivers", module) != 0)
        return NULL;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (g_str_has_prefix(name, "pci:"))
            return g_strdup(name + strlen("pci:"));
    }
    return NULL;
}

char *
hd_vfio_driver_find(HdPort *port, const char *name)
{
    g_autofree char *module = g_strdelimit(g_strdup(name), "-", '_');
    if (has_driver(port, name))
        return g_strdup(name);
    if (has_driver(port, module))
        return g_steal_pointer(&module);
    return driver_of_module(port, module);
}

static bool
load(HdPort *port, gpointer data, GError **ret_error)
{
    (void)ret_error;
    return hd_port_load_module(port, data) == 0;
}

/* A job: a module that looks at cards when it comes, or a line of modprobe.d, may never return. */
bool
hd_vfio_driver_load(HdPort *port, const char *name, guint deadline_ms, GError **ret_error)
{
    HdJob job = {.work = load, .data = (gpointer)name};
    hd_port_run_jobs(port, &job, 1, deadline_ms);
    g_free(job.message);
    if (job.result == HD_JOB_LATE)
        return hd_error_set(ret_error, HD_ERROR_STUCK,
                            "driver '%s' is not available: its module has not come within %u s; "
                            "see 'dmesg' and the lines for it in /etc/modprobe.d",
                            name, deadline_ms / 1000);
    g_autofree char *driver = hd_vfio_driver_find(port, name);
    return driver != NULL ||
           hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "driver '%s' is not available: its module can't be loaded; try "
                        "'modprobe %s' and see whether it is blacklisted in /etc/modprobe.d",
                        name, name);
}
