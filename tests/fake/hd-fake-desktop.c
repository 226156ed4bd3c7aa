/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel and systemd do about screens, the console and units, as the lab's machine
 * "desktop" shows it; NVIDIA's driver and resizable BARs, which no lab has, as their sources say.
 */
#include "hd-fake-private.h"

#include <errno.h>
#include <string.h>

#include "hd-desktop.h"

#define CONSOLE "sys/class/vtconsole/vtcon1"
#define DUMMY   "sys/class/vtconsole/vtcon0"

typedef struct {
    char *address;
    guint number;
    bool is_shown;
} Card;

typedef struct {
    char *name, *driver, *address;
    bool is_bound, is_gone;
} Screen;

typedef struct {
    HdFakeUnit facts;
    char *name, *comm, *open;
    bool is_active;
    guint ends_at; /* in awaited ms; 0: not due */
} Unit;

struct HdFakeDesktop {
    GPtrArray *cards, *screens, *units;
    GHashTable *d3cold_victims;
    GHashTable *reset_methods; /* address -> those that it has, in their usual order */
    bool keeps_console, is_console_known;
    guint console_screen; /* number of the framebuffer that the console was put on first */
    guint awaited_ms;
};

static void
free_card(gpointer data)
{
    Card *card = data;
    g_free(card->address);
    g_free(card);
}

static void
free_screen(gpointer data)
{
    Screen *screen = data;
    g_free(screen->name);
    g_free(screen->driver);
    g_free(screen->address);
    g_free(screen);
}

static void
free_unit(gpointer data)
{
    Unit *unit = data;
    g_free(unit->name);
    g_free(unit->comm);
    g_free(unit->open);
    g_free(unit);
}

HdFakeDesktop *
hd_fake_desktop_new(void)
{
    HdFakeDesktop *desktop = g_new0(HdFakeDesktop, 1);
    desktop->cards = g_ptr_array_new_with_free_func(free_card);
    desktop->screens = g_ptr_array_new_with_free_func(free_screen);
    desktop->units = g_ptr_array_new_with_free_func(free_unit);
    desktop->d3cold_victims = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    desktop->reset_methods = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return desktop;
}

void
hd_fake_desktop_free(HdFakeDesktop *desktop)
{
    g_ptr_array_unref(desktop->cards);
    g_ptr_array_unref(desktop->screens);
    g_ptr_array_unref(desktop->units);
    g_hash_table_unref(desktop->d3cold_victims);
    g_hash_table_unref(desktop->reset_methods);
    g_free(desktop);
}

static bool
has_screen(const HdFakeDesktop *desktop)
{
    for (guint i = 0; i < desktop->cards->len; i++) {
        if (((const Card *)g_ptr_array_index(desktop->cards, i))->is_shown)
            return true;
    }
    for (guint i = 0; i < desktop->screens->len; i++) {
        if (((const Screen *)g_ptr_array_index(desktop->screens, i))->is_bound)
            return true;
    }
    return false;
}

/* Who lets go of the console leaves it to the dummy. */
static void
bind_console(HdFake *fake, bool is_bound)
{
    hd_fake_tree_set_file(fake->tree, CONSOLE "/bind", is_bound ? "1\n" : "0\n");
    hd_fake_tree_set_file(fake->tree, DUMMY "/bind", is_bound ? "0\n" : "1\n");
}

/* fbcon goes with the last framebuffer, and takes the console again when the first comes. */
static void
update_console(HdFake *fake)
{
    HdFakeDesktop *desktop = fake->desktop;
    bool has_any = has_screen(desktop);
    if (has_any && !desktop->is_console_known) {
        hd_fake_tree_set_file(fake->tree, CONSOLE "/name", "(M) frame buffer device\n");
        hd_fake_tree_set_file(fake->tree, DUMMY "/name", "(S) dummy device\n");
        bind_console(fake, true);
    } else if (!has_any && desktop->is_console_known) {
        bind_console(fake, false);
        hd_fake_tree_unset(fake->tree, CONSOLE);
    }
    desktop->is_console_known = has_any;
}

static void
show_card(HdFake *fake, Card *card, bool is_shown)
{
    g_autofree char *fb = g_strdup_printf("sys/class/graphics/fb%u", card->number);
    g_autofree char *drm = g_strdup_printf("drm/card%u", card->number);
    g_autofree char *graphics = g_strdup_printf("graphics/fb%u", card->number);
    g_autofree char *drm_home = hd_fake_device_path(card->address, drm);
    g_autofree char *drm_folder = g_path_get_dirname(drm_home);
    g_autofree char *fb_home = hd_fake_device_path(card->address, graphics);
    g_autofree char *fb_folder = g_path_get_dirname(fb_home);
    g_autofree char *uevent = g_strconcat(drm_home, "/uevent", NULL);
    g_autofree char *name = g_strdup_printf("DEVNAME=dri/card%u\n", card->number);
    card->is_shown = is_shown;
    /* The console goes with its framebuffer, and to that again, whatever others there are. */
    if (fake->desktop->is_console_known && card->number == fake->desktop->console_screen)
        bind_console(fake, is_shown);
    if (is_shown) {
        hd_fake_tree_set_folder(fake->tree, fb_home);
        hd_fake_tree_point(fake->tree, fb, fb_home);
        hd_fake_tree_set_file(fake->tree, uevent, name);
    } else {
        hd_fake_tree_unset(fake->tree, fb);
        hd_fake_tree_unset(fake->tree, fb_folder);
        hd_fake_tree_unset(fake->tree, drm_folder);
    }
}

static void
set_attribute(HdFake *fake, const char *address, const char *name, const char *value)
{
    g_autofree char *path = hd_fake_device_path(address, name);
    hd_fake_tree_set_file(fake->tree, path, value);
}

void
hd_fake_show_power(HdFake *fake, const Device *device)
{
    set_attribute(fake, device->address, "power/control", "on\n");
}

void
hd_fake_give_settings(HdFake *fake, const char *address, const char *reset_methods)
{
    g_autofree char *line = g_strconcat(reset_methods, "\n", NULL);
    set_attribute(fake, address, "d3cold_allowed", "1\n");
    set_attribute(fake, address, "reset_method", line);
    g_hash_table_replace(fake->desktop->reset_methods, g_strdup(address), g_strdup(reset_methods));
}

void
hd_fake_make_card(HdFake *fake, const char *address, guint number, bool is_boot)
{
    Card *card = g_new0(Card, 1);
    const Device *device = hd_fake_find(fake, address);
    card->address = g_strdup(address);
    card->number = number;
    g_ptr_array_add(fake->desktop->cards, card);
    set_attribute(fake, address, "boot_vga", is_boot ? "1\n" : "0\n");
    set_attribute(fake, address, "config", "\x02\x10");
    hd_fake_give_settings(fake, address, "flr bus");
    show_card(fake, card, g_strcmp0(device->driver, device->native) == 0);
    update_console(fake);
}

static void
show_screen(HdFake *fake, Screen *screen, bool is_bound)
{
    g_autofree char *home = g_strconcat("sys/devices/platform/", screen->name, NULL);
    g_autofree char *bus = g_strconcat("sys/bus/platform/devices/", screen->name, NULL);
    g_autofree char *driver = g_strconcat("sys/bus/platform/drivers/", screen->driver, NULL);
    g_autofree char *link = g_strconcat(home, "/driver", NULL);
    screen->is_bound = is_bound;
    hd_fake_tree_set_folder(fake->tree, home);
    g_autofree char *bind = g_strconcat(driver, "/bind", NULL);
    g_autofree char *graphics = g_strconcat(home, "/graphics", NULL);
    g_autofree char *unbind = g_strconcat(driver, "/unbind", NULL);
    hd_fake_tree_set_file(fake->tree, bind, "");
    hd_fake_tree_set_file(fake->tree, unbind, "");
    hd_fake_tree_point(fake->tree, bus, home);
    if (is_bound) {
        hd_fake_tree_set_folder(fake->tree, graphics);
        hd_fake_tree_point(fake->tree, link, driver);
    } else {
        hd_fake_tree_unset(fake->tree, graphics);
        hd_fake_tree_unset(fake->tree, link);
    }
    if (screen->is_gone) {
        hd_fake_tree_unset(fake->tree, bus);
        hd_fake_tree_unset(fake->tree, home);
    }
    update_console(fake);
}

void
hd_fake_add_firmware_screen(HdFake *fake, const char *name, const char *driver, const char *address)
{
    Screen *screen = g_new0(Screen, 1);
    screen->name = g_strdup(name);
    screen->driver = g_strdup(driver);
    screen->address = g_strdup(address);
    g_ptr_array_add(fake->desktop->screens, screen);
    show_screen(fake, screen, true);
}

void
hd_fake_keep_console(HdFake *fake)
{
    fake->desktop->keeps_console = true;
}

void
hd_fake_make_nvidia(HdFake *fake, const char *address, guint minor)
{
    g_autofree char *path = g_strdup_printf("proc/driver/nvidia/gpus/%s/information", address);
    g_autofree char *text = g_strdup_printf("Model: A card\nDevice Minor: \t %u\n", minor);
    hd_fake_tree_set_file(fake->tree, path, text);
}

static void
show_unit(HdFake *fake, Unit *unit, bool is_active)
{
    g_autofree char *link = g_strconcat("run/systemd/units/invocation:", unit->name, NULL);
    unit->is_active = is_active;
    if (is_active)
        hd_fake_tree_set_link(fake->tree, link, "0123456789abcdef0123456789abcdef");
    else
        hd_fake_tree_unset(fake->tree, link);
}

static void
start_process(HdFake *fake, const Unit *unit)
{
    g_autofree char *path = g_strdup_printf("proc/%u/cgroup", unit->facts.pid);
    g_autofree char *text = g_strdup_printf("0::/system.slice/%s\n", unit->name);
    hd_fake_add_process(fake, unit->facts.pid, unit->comm, unit->comm, unit->open);
    hd_fake_tree_set_file(fake->tree, path, text);
}

void
hd_fake_add_unit(HdFake *fake, const HdFakeUnit *facts)
{
    Unit *unit = g_new0(Unit, 1);
    unit->facts = *facts;
    unit->name = g_strdup(facts->name);
    unit->comm = g_strdup(facts->comm);
    unit->open = g_strdup(facts->open);
    g_ptr_array_add(fake->desktop->units, unit);
    show_unit(fake, unit, true);
    start_process(fake, unit);
}

static Unit *
find_unit(HdFake *fake, const char *name)
{
    for (guint i = 0; i < fake->desktop->units->len; i++) {
        Unit *unit = g_ptr_array_index(fake->desktop->units, i);
        if (g_str_equal(unit->name, name))
            return unit;
    }
    return NULL;
}

bool
hd_fake_unit_is_active(HdFake *fake, const char *name)
{
    return find_unit(fake, name)->is_active;
}

static int
stop(HdFake *fake, Unit *unit)
{
    if (unit->facts.refuses_stop)
        return ENOENT;
    show_unit(fake, unit, false);
    if (unit->facts.lingers_ms > 0)
        unit->ends_at = fake->desktop->awaited_ms + unit->facts.lingers_ms;
    else if (!unit->facts.never_ends)
        hd_fake_kill_process(fake, unit->facts.pid);
    return 0;
}

/* Without its card a display manager ends at once. */
static bool
lacks_card(HdFake *fake, const Unit *unit)
{
    for (guint i = 0; unit->open != NULL && i < fake->desktop->cards->len; i++) {
        const Card *card = g_ptr_array_index(fake->desktop->cards, i);
        g_autofree char *node = g_strdup_printf("/dev/dri/card%u", card->number);
        if (g_str_equal(unit->open, node) && hd_fake_find(fake, card->address) != NULL)
            return !card->is_shown;
    }
    return false;
}

static int
start(HdFake *fake, Unit *unit)
{
    if (unit->facts.refuses_start || lacks_card(fake, unit))
        return ENOENT;
    show_unit(fake, unit, true);
    unit->ends_at = 0;
    start_process(fake, unit);
    return 0;
}

int
hd_fake_set_unit(HdPort *port, const char *name, bool is_active)
{
    HdFake *fake = hd_fake_of(port);
    Unit *unit = find_unit(fake, name);
    int error = hd_unit_is_name(name) ? hd_fake_before_mutation(fake) : EINVAL;
    if (error != 0)
        return error;
    return hd_fake_after_mutation(fake, unit == NULL ? ENOENT
                                        : is_active  ? start(fake, unit)
                                                     : stop(fake, unit));
}

guint
hd_fake_await_close(HdPort *port, const GPtrArray *nodes, guint ms)
{
    HdFake *fake = hd_fake_of(port);
    (void)nodes;
    fake->desktop->awaited_ms += ms;
    for (guint i = 0; i < fake->desktop->units->len; i++) {
        Unit *unit = g_ptr_array_index(fake->desktop->units, i);
        if (unit->ends_at == 0 || unit->ends_at > fake->desktop->awaited_ms)
            continue;
        unit->ends_at = 0;
        hd_fake_kill_process(fake, unit->facts.pid);
    }
    return ms;
}

/* Whether a process has the node open. */
static bool
is_open(HdFake *fake, const char *node)
{
    g_autoptr(GPtrArray) pids = NULL;
    if (hd_fake_tree_list(fake->tree, "proc", &pids) != 0)
        return false;
    for (guint i = 0; i < pids->len; i++) {
        g_autofree char *path = g_strdup_printf("proc/%s/fd/5", (char *)g_ptr_array_index(pids, i));
        g_autofree char *target = NULL;
        if (hd_fake_tree_link(fake->tree, path, &target) == 0 && g_str_equal(target, node))
            return true;
    }
    return false;
}

/* A card that is open keeps the module of its driver, even when the driver has lost it. */
static bool
is_card_open(HdFake *fake, const char *module)
{
    for (guint i = 0; i < fake->desktop->cards->len; i++) {
        const Card *card = g_ptr_array_index(fake->desktop->cards, i);
        g_autofree char *node = g_strdup_printf("/dev/dri/card%u", card->number);
        if (g_strcmp0(hd_fake_find(fake, card->address)->native, module) == 0 &&
            is_open(fake, node))
            return true;
    }
    return false;
}

static bool
is_module_busy(HdFake *fake, const char *module)
{
    return is_card_open(fake, module) ||
           (g_str_equal(module, "nvidia_modeset") && hd_fake_is_loaded(fake, "nvidia_drm")) ||
           (g_str_equal(module, "nvidia_uvm") && is_open(fake, "/dev/nvidia-uvm"));
}

/* A driver that goes lets go of all that it has (driver_unregister()). */
static void
leave_driver(HdFake *fake, const char *driver)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fake->devices);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Device *device = value;
        if (g_strcmp0(device->driver, driver) == 0)
            hd_fake_move(fake, device, NULL);
    }
}

int
hd_fake_unload_module(HdPort *port, const char *module)
{
    HdFake *fake = hd_fake_of(port);
    g_autofree char *folder = g_strconcat("sys/module/", module, NULL);
    int error = hd_fake_before_mutation(fake);
    if (error != 0)
        return error;
    if (!hd_fake_is_loaded(fake, module))
        return hd_fake_after_mutation(fake, ENOENT);
    if (is_module_busy(fake, module))
        return hd_fake_after_mutation(fake, EAGAIN);
    leave_driver(fake, module);
    hd_fake_unload_driver(fake, module);
    hd_fake_tree_unset(fake->tree, folder);
    return hd_fake_after_mutation(fake, 0);
}

bool
hd_fake_desktop_blocks(HdFake *fake, const char *address, const char *driver)
{
    g_autofree char *path = g_strdup_printf("proc/driver/nvidia/gpus/%s/information", address);
    const char *text = hd_fake_tree_content(fake->tree, path);
    if (text == NULL || g_strcmp0(driver, "nvidia") != 0)
        return false;
    g_autofree char *node =
        g_strdup_printf("/dev/nvidia%u", (guint)g_ascii_strtoull(strrchr(text, ' '), NULL, 10));
    return hd_fake_is_loaded(fake, "nvidia_drm") || hd_fake_is_loaded(fake, "nvidia_uvm") ||
           hd_fake_is_loaded(fake, "nvidia_modeset") || is_open(fake, node);
}

static bool
is_vfio(const char *driver)
{
    return driver != NULL &&
           (g_str_has_suffix(driver, "vfio-pci") || g_str_has_suffix(driver, "vfio_pci"));
}

static const char *
attribute_of(HdFake *fake, const char *address, const char *name)
{
    g_autofree char *path = hd_fake_device_path(address, name);
    return hd_fake_tree_content(fake->tree, path);
}

/* vfio allows a device it gets to sleep, and wakes one it leaves (pm_runtime_allow(), _forbid()).
 */
static void
change_power(HdFake *fake, const char *address, const char *from, const char *driver)
{
    if (is_vfio(driver))
        set_attribute(fake, address, "power/control", "auto\n");
    else if (is_vfio(from))
        set_attribute(fake, address, "power/control", "on\n");
    if (is_vfio(driver) && g_hash_table_contains(fake->desktop->d3cold_victims, address) &&
        g_strcmp0(attribute_of(fake, address, "d3cold_allowed"), "1\n") == 0)
        set_attribute(fake, address, "config", "\xff\xff");
}

void
hd_fake_desktop_moved(HdFake *fake, const char *address, const char *from, const char *driver)
{
    HdFakeDesktop *desktop = fake->desktop;
    const Device *device = hd_fake_find(fake, address);
    change_power(fake, address, from, driver);
    for (guint i = 0; i < desktop->cards->len; i++) {
        Card *card = g_ptr_array_index(desktop->cards, i);
        if (g_str_equal(card->address, address))
            show_card(fake, card, driver != NULL && g_strcmp0(driver, device->native) == 0);
    }
    for (guint i = 0; i < desktop->screens->len; i++) {
        Screen *screen = g_ptr_array_index(desktop->screens, i);
        if (!g_str_equal(screen->address, address) || driver == NULL)
            continue;
        screen->is_gone = true;
        show_screen(fake, screen, false);
    }
    update_console(fake);
}

void
hd_fake_die_in_d3cold(HdFake *fake, const char *address)
{
    g_hash_table_add(fake->desktop->d3cold_victims, g_strdup(address));
}

static void
show_resources(HdFake *fake, const char *address, guint bar, guint64 mb)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < 6; i++) {
        guint64 base = G_GUINT64_CONSTANT(0x4000000000) + ((guint64)i << 36);
        if (i == bar)
            g_string_append_printf(text,
                                   "0x%016" G_GINT64_MODIFIER "x 0x%016" G_GINT64_MODIFIER
                                   "x 0x000000000014220c\n",
                                   base, base + (mb << 20) - 1);
        else
            g_string_append(text, "0x0000000000000000 0x0000000000000000 0x0000000000000000\n");
    }
    g_autofree char *all = g_string_free(text, FALSE);
    set_attribute(fake, address, "resource", all);
}

void
hd_fake_set_bar(HdFake *fake, const char *address, guint bar, guint64 mb, guint64 sizes)
{
    g_autofree char *name = g_strdup_printf("resource%u_resize", bar);
    g_autofree char *text = g_strdup_printf("%016" G_GINT64_MODIFIER "x\n", sizes);
    set_attribute(fake, address, name, text);
    show_resources(fake, address, bar, mb);
}

/* resourceN_resize: the exponent, of a function without a driver (pci-sysfs.c). */
static int
store_resize(HdFake *fake, const Device *device, const char *attribute, const char *text)
{
    guint64 exponent, sizes = 0;
    const char *possible = attribute_of(fake, device->address, attribute);
    if (!hd_fake_parse_number(text, &exponent))
        return EINVAL;
    if (device->driver != NULL || device->is_unbinding)
        return EBUSY;
    sizes = g_ascii_strtoull(possible, NULL, 16);
    if (exponent > 63 || (sizes >> exponent & 1) == 0)
        return EINVAL;
    show_resources(fake, device->address, (guint)(attribute[strlen("resource")] - '0'),
                   G_GUINT64_CONSTANT(1) << exponent);
    return 0;
}

static int
store_power(HdFake *fake, const char *path, const char *text)
{
    /* One newline at the end is fine (sysfs_streq()). */
    g_autofree char *line = g_strndup(text, strlen(text) - (g_str_has_suffix(text, "\n") ? 1 : 0));
    if (!g_str_equal(line, "on") && !g_str_equal(line, "auto"))
        return EINVAL;
    g_autofree char *value = g_strconcat(line, "\n", NULL);
    hd_fake_tree_set_file(fake->tree, path, value);
    return 0;
}

static int
store_d3cold(HdFake *fake, const char *path, const char *text)
{
    guint64 number;
    if (!hd_fake_parse_number(text, &number))
        return EINVAL;
    hd_fake_tree_set_file(fake->tree, path, number != 0 ? "1\n" : "0\n");
    return 0;
}

/* The bus is reset only where there is nothing else on it. */
static bool
is_alone(HdFake *fake, const char *address)
{
    for (char function = '0'; function < '8'; function++) {
        g_autofree char *other =
            g_strdup_printf("%.*s%c", (int)strlen(address) - 1, address, function);
        if (!g_str_equal(other, address) && hd_fake_find(fake, other) != NULL)
            return false;
    }
    return true;
}

/* (transfer full) (array zero-terminated=1): the ways that the function has now. */
static char **
list_methods(HdFake *fake, const char *address)
{
    g_auto(GStrv) usual =
        g_strsplit(g_hash_table_lookup(fake->desktop->reset_methods, address), " ", -1);
    g_autoptr(GPtrArray) methods = g_ptr_array_new();
    for (char **word = usual; *word != NULL; word++) {
        if (!g_str_equal(*word, "bus") || is_alone(fake, address))
            g_ptr_array_add(methods, g_strdup(*word));
    }
    g_ptr_array_add(methods, NULL);
    return (char **)g_ptr_array_steal(methods, NULL);
}

/* The line that reset_method then has; NULL: not all of them are the function's. */
static char *
read_methods(const char *line, char *const *known)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    g_autoptr(GString) methods = g_string_new(NULL);
    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        if (!g_strv_contains((const char *const *)known, *word))
            return NULL;
        g_string_append_printf(methods, "%s%s", methods->len > 0 ? " " : "", *word);
    }
    return g_strdup(methods->str);
}

static int
store_reset_method(HdFake *fake, const Device *device, const char *path, const char *text)
{
    g_auto(GStrv) known = list_methods(fake, device->address);
    g_autofree char *line = g_strndup(text, strcspn(text, "\n"));
    g_autofree char *methods =
        g_str_equal(line, "default") ? g_strjoinv(" ", known) : read_methods(line, known);
    if (methods == NULL)
        return EINVAL;
    g_autofree char *value = g_strconcat(methods, *methods != '\0' ? "\n" : "", NULL);
    hd_fake_tree_set_file(fake->tree, path, value);
    return 0;
}

/* Says yes to anything, as the kernel does: a number that isn't 0 binds (simple_strtoul()). */
static int
store_console(HdFake *fake, const char *text)
{
    bool binds = g_ascii_isdigit(*text) && g_ascii_strtoull(text, NULL, 0) != 0;
    if (!fake->desktop->keeps_console)
        bind_console(fake, binds);
    return 0;
}

static int
store_screen(HdFake *fake, const char *driver, bool is_bind, const char *text)
{
    for (guint i = 0; i < fake->desktop->screens->len; i++) {
        Screen *screen = g_ptr_array_index(fake->desktop->screens, i);
        if (!g_str_equal(screen->driver, driver) || !g_str_equal(screen->name, text))
            continue;
        if (screen->is_gone || screen->is_bound == is_bind)
            return ENODEV;
        show_screen(fake, screen, is_bind);
        return 0;
    }
    return ENODEV;
}

static bool
store_attribute(HdFake *fake, const char *path, const char *text, int *ret_error)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    Device *device = g_strv_length(parts) >= 5 ? hd_fake_find(fake, parts[3]) : NULL;
    if (device == NULL || hd_fake_tree_content(fake->tree, path) == NULL)
        return false;
    if (g_str_equal(parts[4], "power") && g_strcmp0(parts[5], "control") == 0)
        *ret_error = store_power(fake, path, text);
    else if (g_str_equal(parts[4], "d3cold_allowed"))
        *ret_error = store_d3cold(fake, path, text);
    else if (g_str_equal(parts[4], "reset_method"))
        *ret_error = store_reset_method(fake, device, path, text);
    else if (g_str_has_prefix(parts[4], "resource") && g_str_has_suffix(parts[4], "_resize"))
        *ret_error = store_resize(fake, device, parts[4], text);
    else
        return false;
    return true;
}

bool
hd_fake_desktop_store(HdFake *fake, const char *path, const char *text, int *ret_error)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    if (g_str_equal(path, DUMMY "/bind")) {
        *ret_error = 0; /* yes, and nothing */
        return true;
    }
    if (g_str_equal(path, CONSOLE "/bind") && fake->desktop->is_console_known) {
        *ret_error = store_console(fake, text);
        return true;
    }
    if (g_str_has_prefix(path, "sys/bus/platform/drivers/") && g_strv_length(parts) == 6) {
        *ret_error = store_screen(fake, parts[4], g_str_equal(parts[5], "bind"), text);
        return true;
    }
    return g_str_has_prefix(path, "sys/devices/") && store_attribute(fake, path, text, ret_error);
}

static void
dump_attribute(HdFake *fake, const char *address, const char *name, const char *usual,
               GString *text)
{
    const char *value = attribute_of(fake, address, name);
    if (value != NULL && g_strcmp0(value, usual) != 0)
        g_string_append_printf(text, "%s %s %s", address, name, value);
}

void
hd_fake_desktop_dump(HdFake *fake, GString *text)
{
    const HdFakeDesktop *desktop = fake->desktop;
    const char *console = hd_fake_tree_content(fake->tree, CONSOLE "/bind");
    g_autoptr(GList) addresses =
        g_list_sort(g_hash_table_get_keys(fake->devices), (GCompareFunc)strcmp);
    for (GList *item = addresses; item != NULL; item = item->next) {
        dump_attribute(fake, item->data, "power/control", "on\n", text);
        dump_attribute(fake, item->data, "d3cold_allowed", NULL, text);
        dump_attribute(fake, item->data, "reset_method", NULL, text);
        dump_attribute(fake, item->data, "resource", NULL, text);
    }
    if (console != NULL)
        g_string_append_printf(text, "console %s", console);
    for (guint i = 0; i < desktop->screens->len; i++) {
        const Screen *screen = g_ptr_array_index(desktop->screens, i);
        g_string_append_printf(text, "%s %s\n", screen->name,
                               screen->is_bound ? screen->driver : "-");
    }
    for (guint i = 0; i < desktop->units->len; i++) {
        const Unit *unit = g_ptr_array_index(desktop->units, i);
        g_string_append_printf(text, "%s %s\n", unit->name, unit->is_active ? "active" : "-");
    }
    const char *const modules[] = {"nvidia_uvm", "nvidia_drm", "nvidia_modeset"};
    for (gsize i = 0; i < G_N_ELEMENTS(modules); i++) {
        if (hd_fake_is_loaded(fake, modules[i]))
            g_string_append_printf(text, "module %s\n", modules[i]);
    }
}
