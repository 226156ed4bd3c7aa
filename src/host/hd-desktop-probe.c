/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which card shows the host's console? Guides guess; sysfs and the map of I/O memory know.
 */
#include "hd-desktop-probe.h"

#include <string.h>

#include "hd-gpu.h"
#include "hd-iomem.h"
#include "hd-unit.h"

#define GRAPHICS  "sys/class/graphics"
#define CONSOLES  "sys/class/vtconsole"
#define PLATFORM  "sys/bus/platform/devices"
#define FIRMWARES "-framebuffer."

/* The last PCI address in a path: ".../0000:00:01.0/0000:01:00.0/graphics/fb0". */
static bool
find_address(const char *path, HdPciAddress *ret_address)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (guint i = g_strv_length(parts); i-- > 0;) {
        if (hd_pci_address_parse(parts[i], ret_address))
            return true;
    }
    return false;
}

static void
find_boot_display(HdPort *port, const GPtrArray *devices, HdDesktop *desktop)
{
    for (guint i = 0; i < devices->len && !desktop->has_boot_display; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        g_autofree char *text = NULL;
        if (!hd_gpu_is_display(&device->id) ||
            hd_port_read(port, &text, "sys/bus/pci/devices/%s/boot_vga",
                         hd_pci_address_text(&device->address).text) != 0 ||
            !g_str_equal(text, "1"))
            continue;
        desktop->has_boot_display = true;
        desktop->boot_display = device->address;
    }
}

/* Those that a driver of the card has made; the firmware's have a device of their own. */
static void
read_framebuffers(HdPort *port, HdDesktop *desktop)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, GRAPHICS) != 0)
        return;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *target = NULL;
        if (!g_str_has_prefix(name, "fb") || !g_ascii_isdigit(name[2]) ||
            hd_port_link(port, &target, GRAPHICS "/%s", name) != 0 ||
            strstr(target, FIRMWARES) != NULL)
            continue;
        HdFramebuffer *framebuffer = hd_desktop_add_framebuffer(desktop, name);
        framebuffer->has_function = find_address(target, &framebuffer->address);
    }
}

static void
add_firmware_s(HdPort *port, const char *name, HdDesktop *desktop)
{
    g_autofree char *driver = NULL;
    g_autofree char *target = NULL;
    /* Before Linux 5.18 the device stayed, with its driver, when a card's own took its screen away.
     */
    bool has_screen = hd_port_exists(port, PLATFORM "/%s/graphics", name) ||
                      hd_port_exists(port, PLATFORM "/%s/drm", name);
    if (!has_screen || hd_port_link_name(port, &driver, PLATFORM "/%s/driver", name) != 0 ||
        hd_port_link(port, &target, PLATFORM "/%s", name) != 0)
        return;
    HdFramebuffer *framebuffer = hd_desktop_add_framebuffer(desktop, name);
    framebuffer->platform = g_strdup(name);
    framebuffer->driver = g_steal_pointer(&driver);
    g_autofree char *aperture = hd_iomem_framebuffer(port, &framebuffer->address);
    framebuffer->has_function = find_address(target, &framebuffer->address) || aperture != NULL;
    if (!framebuffer->has_function && desktop->has_boot_display) {
        framebuffer->has_function = true;
        framebuffer->address = desktop->boot_display;
    }
}

static void
read_firmware_s(HdPort *port, HdDesktop *desktop)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, PLATFORM) != 0)
        return;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (strstr(name, FIRMWARES) != NULL)
            add_firmware_s(port, name, desktop);
    }
}

static void
read_console(HdPort *port, HdDesktop *desktop)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(port, &names, CONSOLES) != 0)
        return;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *name = NULL;
        g_autofree char *bind = NULL;
        const char *console = g_ptr_array_index(names, i);
        if (hd_port_read(port, &name, CONSOLES "/%s/name", console) != 0 ||
            hd_port_read(port, &bind, CONSOLES "/%s/bind", console) != 0 || !g_str_equal(bind, "1"))
            continue;
        desktop->is_console_bound |= strstr(name, "frame buffer") != NULL;
        desktop->is_text_mode |= strstr(name, "VGA+") != NULL;
    }
}

static void
read_units(HdPort *port, const char *listed, HdDesktop *desktop)
{
    g_autoptr(GPtrArray) units = NULL;
    if (!hd_units_parse(listed, &units))
        return;
    for (guint i = 0; i < units->len; i++) {
        const char *unit = g_ptr_array_index(units, i);
        g_autoptr(GPtrArray) checked = NULL;
        g_autofree char *real = hd_unit_resolve(port, unit);
        if (!hd_units_parse(real, &checked))
            continue;
        g_ptr_array_add(desktop->unit_names, g_strdup(unit));
        g_ptr_array_add(desktop->unit_names, g_strdup(real));
        if (!hd_unit_is_active(port, real))
            continue;
        g_ptr_array_add(desktop->units, g_steal_pointer(&real));
        g_ptr_array_add(desktop->unit_aliases, g_strdup(unit));
    }
}

static void
read_driver(HdPort *port, const HdGpuDriver *driver, HdDesktop *desktop)
{
    g_autoptr(GPtrArray) names = NULL;
    for (const char *const *module = driver->dependants; *module != NULL; module++) {
        if (hd_port_exists(port, "sys/module/%s", *module))
            g_ptr_array_add(desktop->modules, g_strdup(*module));
    }
    if (*driver->dependants == NULL ||
        hd_port_list(port, &names, "sys/bus/pci/drivers/%s", driver->driver) != 0)
        return;
    for (guint i = 0; i < names->len; i++) {
        HdPciAddress address;
        if (hd_pci_address_parse(g_ptr_array_index(names, i), &address))
            hd_desktop_add_function(desktop, &address, driver->driver);
    }
}

static void
read_drivers(HdPort *port, const GPtrArray *devices, HdDesktop *desktop)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        const HdGpuDriver *driver = hd_gpu_find_driver(device->binding.driver);
        if (driver != NULL && g_hash_table_add(seen, (gpointer)driver))
            read_driver(port, driver, desktop);
    }
}

/* What is in the snapshot for a request may go with it: by its group, if not by itself. */
static bool
has_card(const HdRequest *request, const GPtrArray *devices)
{
    bool binds = request == NULL;
    for (guint i = 0; !binds && i < request->wishes->len; i++)
        binds = hd_wish_is_bound_by_us(g_ptr_array_index(request->wishes, i));
    for (guint i = 0; binds && i < devices->len; i++) {
        const HdDevice *device = g_ptr_array_index(devices, i);
        if (hd_gpu_is_display(&device->id) && !device->is_vf)
            return true;
    }
    return false;
}

void
hd_desktop_probe(HdPort *port, const HdRequest *request, const HdConfig *config, HdHost *host)
{
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    if (!has_card(request, devices))
        return;
    HdDesktop *desktop = hd_desktop_new();
    desktop->keeps_d3cold = config->keeps_d3cold;
    find_boot_display(port, devices, desktop);
    read_framebuffers(port, desktop);
    read_firmware_s(port, desktop);
    read_console(port, desktop);
    read_units(port, config->stop_units, desktop);
    read_drivers(port, devices, desktop);
    hd_host_set_desktop(host, desktop);
}
