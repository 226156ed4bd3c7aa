/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's rules of a host that is a folder. Each write that is caught has one effect,
 * which is one system call: a link that comes or goes, a file that is replaced. So a kill
 * leaves no half of it, as with the kernel.
 */
#include "hd-shared.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-port-real.h"

#define DEVICES "sys/bus/pci/devices"
#define DRIVERS "sys/bus/pci/drivers"
#define NATIVE  "e1000e"

struct HdShared {
    HdPort *port;
    char *folder;
    guint groups, members;
};

/* One host a program: workers have no descriptor but the real port's, and need the place. */
static char *place;
static const HdPortOps *real_ops;

static char *
whole(const char *path)
{
    return g_build_filename(place, path, NULL);
}

static void
put(const char *path, const char *text)
{
    g_autofree char *file = whole(path);
    g_autofree char *folder = g_path_get_dirname(file);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void
point(const char *path, const char *target)
{
    g_autofree char *link = whole(path);
    g_autofree char *folder = g_path_get_dirname(link);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_cmpint(symlink(target, link), ==, 0);
}

static char *
attribute(const char *address, const char *name)
{
    return g_strdup_printf("sys/devices/pci0000:00/%s/%s", address, name);
}

/* As the driver core's device lock: it goes with its process. */
static int
lock_device(const char *address)
{
    g_autofree char *path = attribute(address, ".lock");
    g_autofree char *file = whole(path);
    int fd = open(file, O_RDWR | O_CLOEXEC);
    while (fd >= 0 && flock(fd, LOCK_EX) != 0 && errno == EINTR)
        continue;
    return fd;
}

static char *
override_of(HdPort *port, const char *address)
{
    char *text = NULL;
    return hd_port_read(port, &text, DEVICES "/%s/driver_override", address) == 0 ? text : NULL;
}

static int
unbind(HdPort *port, const char *driver, const char *address)
{
    g_autofree char *current = NULL;
    g_autofree char *path = attribute(address, "driver");
    g_autofree char *link = whole(path);
    if (hd_port_link_name(port, &current, "%s", path) != 0 || !g_str_equal(current, driver))
        return ENODEV;
    return unlink(link) != 0 ? errno : 0;
}

static int
bind(HdPort *port, const char *driver, const char *address)
{
    g_autofree char *override = override_of(port, address);
    g_autofree char *path = attribute(address, "driver");
    g_autofree char *target = g_strdup_printf("../../../bus/pci/drivers/%s", driver);
    g_autofree char *link = whole(path);
    bool matches = g_str_equal(override != NULL ? override : "", driver) ||
                   (g_strcmp0(override, "(null)") == 0 && g_str_equal(driver, NATIVE));
    if (!matches)
        return ENODEV;
    if (symlink(target, link) == 0)
        return 0;
    return errno == EEXIST ? EBUSY : errno;
}

static int
set_override(const char *address, const char *text)
{
    g_autofree char *path = attribute(address, "driver_override");
    g_autofree char *next_path = attribute(address, ".override");
    g_autofree char *file = whole(path);
    g_autofree char *next = whole(next_path);
    const char *shown = g_str_equal(text, "\n") ? "(null)\n" : text;
    int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno;
    bool is_written = write(fd, shown, strlen(shown)) == (ssize_t)strlen(shown);
    (void)close(fd);
    return is_written && rename(next, file) == 0 ? 0 : errno;
}

static int
shared_write(HdPort *port, const char *path, const char *text)
{
    g_autofree char *file = g_path_get_basename(path);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(folder);
    const bool is_override = g_str_equal(file, "driver_override");
    if (g_str_has_suffix(path, "/power/control")) {
        put(path, text);
        return 0;
    }
    const char *address = is_override ? name : text;
    int lock = lock_device(address);
    if (lock < 0)
        return ENODEV;
    int error = is_override                   ? set_override(address, text)
                : g_str_equal(file, "unbind") ? unbind(port, name, address)
                : g_str_equal(file, "bind")   ? bind(port, name, address)
                                              : ENOENT;
    (void)close(lock);
    return error;
}

static void
add_function(const char *address, guint group)
{
    const char *const files[][2] = {
        {"vendor", "0x8086\n"},
        {"device", "0x10d3\n"},
        {"subsystem_vendor", "0x1af4\n"},
        {"subsystem_device", "0x1100\n"},
        {"class", "0x020000\n"},
        {"modalias", "pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"},
        {"driver_override", "(null)\n"},
        {".lock", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = attribute(address, files[i][0]);
        put(path, files[i][1]);
    }
    g_autofree char *driver = attribute(address, "driver");
    g_autofree char *group_link = attribute(address, "iommu_group");
    g_autofree char *group_target = g_strdup_printf("../../../kernel/iommu_groups/%u", group);
    g_autofree char *member =
        g_strdup_printf("sys/kernel/iommu_groups/%u/devices/%s", group, address);
    g_autofree char *home = g_strdup_printf("../../../../devices/pci0000:00/%s", address);
    g_autofree char *device = g_strdup_printf(DEVICES "/%s", address);
    g_autofree char *device_home = g_strdup_printf("../../../devices/pci0000:00/%s", address);
    point(driver, "../../../bus/pci/drivers/" NATIVE);
    point(group_link, group_target);
    point(member, home);
    point(device, device_home);
}

static void
add_system(void)
{
    const char *const drivers[] = {NATIVE, "vfio-pci"};
    put("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
    put("proc/sys/kernel/osrelease", "6.12.0-shared\n");
    put("proc/uptime", "1000.00 2000.00\n");
    put("dev/vfio/vfio", "");
    put("etc/libvirt/qemu.conf", "#cgroup_device_acl = [ ]\n");
    put("run/.keep", "");
    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++) {
        g_autofree char *bind_path = g_strdup_printf(DRIVERS "/%s/bind", drivers[i]);
        g_autofree char *module = g_strdup_printf(DRIVERS "/%s/module", drivers[i]);
        g_autofree char *target = g_strdup_printf("../../../../module/%s", drivers[i]);
        g_autofree char *parameters = g_strdup_printf("sys/module/%s/refcnt", drivers[i]);
        put(bind_path, "");
        put(parameters, "0\n");
        point(module, target);
    }
}

/* A folder in memory where there is one: no disk is to be waited for. */
static char *
make_folder(void)
{
    g_autofree char *in_memory = g_strdup("/dev/shm/hostdevctl-shared.XXXXXX");
    if (g_mkdtemp_full(in_memory, 0755) != NULL)
        return g_steal_pointer(&in_memory);
    char *elsewhere = g_dir_make_tmp("hostdevctl-shared.XXXXXX", NULL);
    g_assert_nonnull(elsewhere);
    return elsewhere;
}

HdShared *
hd_shared_new(guint groups, guint members)
{
    static HdPortOps ops;
    HdShared *shared = g_new0(HdShared, 1);
    g_assert_null(place);
    shared->folder = place = make_folder();
    shared->groups = groups;
    shared->members = members;
    add_system();
    for (guint group = 0; group < groups; group++) {
        for (guint member = 0; member < members; member++) {
            const HdPciAddress address = hd_shared_address(group, member);
            add_function(hd_pci_address_text(&address).text, group + 1);
        }
    }
    shared->port = hd_port_real_new(place, NULL);
    g_assert_nonnull(shared->port);
    hd_port_real_trust(shared->port);
    real_ops = shared->port->ops;
    ops = *real_ops;
    ops.write = shared_write;
    shared->port->ops = &ops;
    return shared;
}

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *place_in_tree)
{
    (void)status;
    (void)type;
    (void)place_in_tree;
    return remove(path);
}

void
hd_shared_free(HdShared *shared)
{
    if (shared == NULL)
        return;
    hd_port_real_free(shared->port);
    (void)nftw(shared->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_free(shared->folder);
    place = NULL;
    g_free(shared);
}

HdPort *
hd_shared_port(HdShared *shared)
{
    return shared->port;
}

HdPciAddress
hd_shared_address(guint group, guint member)
{
    return (HdPciAddress){.bus = (guint8)(group + 1), .function = (guint8)member};
}

bool
hd_shared_is_on(HdShared *shared, guint group, guint member, const char *driver)
{
    const HdPciAddress address = hd_shared_address(group, member);
    g_autofree char *current = NULL;
    return hd_port_link_name(shared->port, &current, DEVICES "/%s/driver",
                             hd_pci_address_text(&address).text) == 0 &&
           g_str_equal(current, driver);
}

void
hd_shared_set_power(HdShared *shared, guint group, guint member, const char *control)
{
    (void)shared;
    const HdPciAddress address = hd_shared_address(group, member);
    g_autofree char *path = attribute(hd_pci_address_text(&address).text, "power/control");
    put(path, control);
}

void
hd_shared_add_process(HdShared *shared, guint pid)
{
    (void)shared;
    g_autofree char *path = g_strdup_printf("proc/%u/stat", pid);
    g_autofree char *text = g_strdup_printf(
        "%u (vm) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %" G_GINT64_FORMAT " 0 0\n", pid,
        g_get_monotonic_time());
    put(path, text);
}

void
hd_shared_remove_process(HdShared *shared, guint pid)
{
    (void)shared;
    g_autofree char *path = g_strdup_printf("proc/%u", pid);
    g_autofree char *folder = whole(path);
    g_autofree char *file = g_build_filename(folder, "stat", NULL);
    (void)unlink(file);
    (void)rmdir(folder);
}

static void
dump_names(HdShared *shared, const char *folder, GString *text)
{
    g_autoptr(GPtrArray) names = NULL;
    if (hd_port_list(shared->port, &names, "run/hostdevctl/%s", folder) != 0)
        return;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        /* That the index is whole is said once and stays said. */
        if (!g_str_equal(name, "whole"))
            g_string_append_printf(text, "%s/%s\n", folder, name);
    }
}

char *
hd_shared_dump(HdShared *shared)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < shared->groups * shared->members; i++) {
        const HdPciAddress address = hd_shared_address(i / shared->members, i % shared->members);
        const HdPciAddressText name = hd_pci_address_text(&address);
        g_autofree char *driver = NULL;
        g_autofree char *override = override_of(shared->port, name.text);
        (void)hd_port_link_name(shared->port, &driver, DEVICES "/%s/driver", name.text);
        g_string_append_printf(text, "%s %s %s\n", name.text, driver != NULL ? driver : "-",
                               override != NULL ? override : "-");
    }
    dump_names(shared, "vm", text);
    dump_names(shared, "claim", text);
    return g_string_free(text, FALSE);
}
