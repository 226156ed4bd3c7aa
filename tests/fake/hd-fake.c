/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules of the kernel's driver core, PCI bus and VFIO, as reliability notes and
 * the lab's conformance run say they are: answers (errnos), effects, and the cases
 * where the answer is "yes" and there is no effect.
 */
#include "hd-fake.h"

#include <errno.h>
#include <string.h>

#include "hd-fake-tree.h"

#define PAGE 4096

typedef struct {
    HdFakeDevice facts; /* strings owned by the strings below */
    char *address, *native;
    char *driver, *override;
    bool is_blocked, is_unbinding;
    int probe_error;
} Device;

struct HdLock {
    char *path;
    bool is_job_s;
};

struct HdFake {
    HdPort port;
    HdFakeTree *tree;
    GHashTable *devices; /* address -> Device* */
    GHashTable *drivers; /* name -> (gpointer) loaded */
    GHashTable *nodes;   /* path -> HdNodeState* */
    GHashTable *locks;   /* path -> HdLock* */
    GHashTable *claimed_blocks, *net_addresses;
    bool in_job, is_abandoned, is_dead;
    guint mutations, fail_at, die_at;
    int fail_error;
    bool die_after;
    gint64 clock;
};

static void
free_device(gpointer data)
{
    Device *device = data;
    g_free(device->address);
    g_free(device->native);
    g_free(device->driver);
    g_free(device->override);
    g_free(device);
}

static void
free_lock(gpointer data)
{
    HdLock *lock = data;
    g_free(lock->path);
    g_free(lock);
}

static HdFake *
fake_of(HdPort *port)
{
    return (HdFake *)port;
}

static Device *
find_device(HdFake *fake, const char *address)
{
    return g_hash_table_lookup(fake->devices, address);
}

/* --- the model, and how it shows in the tree ------------------------------------------------- */

static char *
device_path(const char *address, const char *attribute)
{
    return g_strdup_printf("sys/devices/pci0000:00/%s/%s", address, attribute);
}

static void
show_override(HdFake *fake, const Device *device)
{
    g_autofree char *path = device_path(device->address, "driver_override");
    hd_fake_tree_set_file(fake->tree, path, device->override != NULL ? device->override : "(null)");
}

static bool
is_vfio(const char *driver)
{
    return driver != NULL &&
           (g_str_has_suffix(driver, "vfio-pci") || g_str_has_suffix(driver, "vfio_pci"));
}

static bool
group_has_vfio(HdFake *fake, int group)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fake->devices);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Device *device = value;
        if (device->facts.group == group && is_vfio(device->driver))
            return true;
    }
    return false;
}

static void
show_nodes(HdFake *fake, int group)
{
    g_autofree char *path = g_strdup_printf("dev/vfio/%d", group);
    if (!group_has_vfio(fake, group)) {
        g_hash_table_remove(fake->nodes, path);
        return;
    }
    if (g_hash_table_contains(fake->nodes, path))
        return;
    HdNodeState *node = g_new0(HdNodeState, 1);
    *node = (HdNodeState){true, 0, 0, 0600};
    g_hash_table_replace(fake->nodes, g_strdup(path), node);
}

static void
set_driver(HdFake *fake, Device *device, const char *driver)
{
    g_autofree char *link = device_path(device->address, "driver");
    if (device->driver != NULL) {
        g_autofree char *back =
            g_strdup_printf("sys/bus/pci/drivers/%s/%s", device->driver, device->address);
        hd_fake_tree_unset(fake->tree, back);
        hd_fake_tree_unset(fake->tree, link);
    }
    g_autofree char *next = g_strdup(driver);
    g_free(device->driver);
    device->driver = g_steal_pointer(&next);
    if (driver != NULL) {
        g_autofree char *target = g_strdup_printf("../../../bus/pci/drivers/%s", driver);
        g_autofree char *back =
            g_strdup_printf("sys/bus/pci/drivers/%s/%s", driver, device->address);
        g_autofree char *home =
            g_strdup_printf("../../../../devices/pci0000:00/%s", device->address);
        hd_fake_tree_set_link(fake->tree, link, target);
        hd_fake_tree_set_link(fake->tree, back, home);
    }
    if (device->facts.group >= 0)
        show_nodes(fake, device->facts.group);
}

static bool
is_loaded(HdFake *fake, const char *driver)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(fake->drivers, driver)) != 0;
}

/* pci_match_device(): an override is the only match; vfio drivers match only through one. */
static bool
matches(const Device *device, const char *driver)
{
    if (device->override != NULL)
        return g_str_equal(device->override, driver);
    return g_strcmp0(device->native, driver) == 0;
}

static int
probe(HdFake *fake, Device *device, const char *driver)
{
    if (is_vfio(driver) && device->probe_error != 0)
        return device->probe_error;
    if (is_vfio(driver) && device->facts.class_code >> 8 == 0x0604)
        return EINVAL;
    if (is_vfio(driver) && device->facts.vf_count > 0)
        return EBUSY;
    if (is_vfio(driver) && device->facts.group < 0)
        return EINVAL;
    set_driver(fake, device, driver);
    return 0;
}

/* --- stores ----------------------------------------------------------------------------------- */

static char *
first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

static int
store_override(HdFake *fake, Device *device, const char *text)
{
    if (strlen(text) >= PAGE - 1)
        return EINVAL;
    g_autofree char *line = first_line(text);
    g_free(device->override);
    device->override = *line != '\0' ? g_strdup(line) : NULL;
    show_override(fake, device);
    return 0;
}

static int
store_bind(HdFake *fake, const char *driver, const char *text)
{
    g_autofree char *address = first_line(text);
    Device *device = find_device(fake, address);
    if (device == NULL || device->is_unbinding || !matches(device, driver))
        return ENODEV;
    if (device->driver != NULL)
        return EBUSY;
    return probe(fake, device, driver);
}

static int
store_unbind(HdFake *fake, const char *driver, const char *text)
{
    g_autofree char *address = first_line(text);
    Device *device = find_device(fake, address);
    if (device == NULL || g_strcmp0(device->driver, driver) != 0)
        return ENODEV;
    if (device->is_blocked) {
        device->is_unbinding = true;
        fake->is_abandoned = true;
    }
    set_driver(fake, device, NULL);
    return 0;
}

static int
store_probe(HdFake *fake, const char *text)
{
    g_autofree char *address = first_line(text);
    Device *device = find_device(fake, address);
    if (device == NULL)
        return ENODEV;
    const char *driver = device->override != NULL ? device->override : device->native;
    /* Bound already, nothing matches, probe fails: the answer is "yes" all the same. */
    if (device->driver == NULL && driver != NULL && is_loaded(fake, driver))
        (void)probe(fake, device, driver);
    return 0;
}

/* sys/bus/pci/devices/<address>/<attribute> */
static int
store_device(HdFake *fake, char *const *parts, const char *text)
{
    Device *device = parts[0] != NULL ? find_device(fake, parts[0]) : NULL;
    if (device == NULL || parts[1] == NULL)
        return ENOENT;
    if (g_str_equal(parts[1], "driver_override"))
        return store_override(fake, device, text);
    if (g_str_equal(parts[1], "driver") && g_strcmp0(parts[2], "unbind") == 0)
        return device->driver != NULL ? store_unbind(fake, device->driver, text) : ENOENT;
    return EACCES;
}

static int
store_driver(HdFake *fake, char *const *parts, const char *text)
{
    if (parts[0] == NULL || !is_loaded(fake, parts[0]) || parts[1] == NULL)
        return ENOENT;
    if (g_str_equal(parts[1], "bind"))
        return store_bind(fake, parts[0], text);
    if (g_str_equal(parts[1], "unbind"))
        return store_unbind(fake, parts[0], text);
    return ENOENT;
}

static int
store(HdFake *fake, const char *path, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    if (*text == '\0')
        return 0;
    if (g_str_has_prefix(path, "sys/bus/pci/devices/"))
        return store_device(fake, parts + 4, text);
    if (g_str_has_prefix(path, "sys/bus/pci/drivers/"))
        return store_driver(fake, parts + 4, text);
    if (g_str_equal(path, "sys/bus/pci/drivers_probe"))
        return store_probe(fake, text);
    return ENOENT;
}

/* --- faults ----------------------------------------------------------------------------------- */

/* Every mutating call passes here. Returns 0 when it may have its effect, else what it answers. */
static int
before_mutation(HdFake *fake)
{
    if (fake->is_dead)
        return EIO;
    fake->mutations++;
    if (fake->mutations == fake->fail_at)
        return fake->fail_error;
    if (fake->mutations == fake->die_at && !fake->die_after) {
        fake->is_dead = true;
        return EIO;
    }
    return 0;
}

static int
after_mutation(HdFake *fake, int error)
{
    if (fake->mutations == fake->die_at && fake->die_after)
        fake->is_dead = true;
    return error;
}

/* --- verbs ------------------------------------------------------------------------------------ */

static int
fake_read(HdPort *port, const char *path, char **ret_text)
{
    return fake_of(port)->is_dead ? EIO : hd_fake_tree_read(fake_of(port)->tree, path, ret_text);
}

static int
fake_write(HdPort *port, const char *path, const char *text)
{
    HdFake *fake = fake_of(port);
    int error = before_mutation(fake);
    return error != 0 ? error : after_mutation(fake, store(fake, path, text));
}

static int
fake_link(HdPort *port, const char *path, char **ret_target)
{
    return fake_of(port)->is_dead ? EIO : hd_fake_tree_link(fake_of(port)->tree, path, ret_target);
}

static int
fake_list(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return fake_of(port)->is_dead ? EIO : hd_fake_tree_list(fake_of(port)->tree, path, ret_names);
}

static bool
fake_exists(HdPort *port, const char *path)
{
    g_autofree char *real = hd_fake_tree_resolve(fake_of(port)->tree, path, true);
    return real != NULL;
}

static int
fake_get_node(HdPort *port, const char *path, HdNodeState *ret_state)
{
    const HdNodeState *node = g_hash_table_lookup(fake_of(port)->nodes, path);
    *ret_state = node != NULL ? *node : (HdNodeState){0};
    return fake_of(port)->is_dead ? EIO : 0;
}

static int
fake_set_node(HdPort *port, const char *path, const HdNodeState *state)
{
    HdFake *fake = fake_of(port);
    HdNodeState *node = g_hash_table_lookup(fake->nodes, path);
    int error = before_mutation(fake);
    if (error != 0)
        return error;
    if (node == NULL)
        return after_mutation(fake, ENOENT);
    *node = *state;
    return after_mutation(fake, 0);
}

static void
show_driver(HdFake *fake, const char *name)
{
    g_autofree char *bind = g_strdup_printf("sys/bus/pci/drivers/%s/bind", name);
    g_autofree char *module = g_strdup_printf("sys/bus/pci/drivers/%s/module", name);
    g_autofree char *target = g_strdup_printf("../../../../module/%s", name);
    g_autofree char *folder = g_strdup_printf("sys/module/%s", name);
    hd_fake_tree_set_file(fake->tree, bind, "");
    hd_fake_tree_set_folder(fake->tree, folder);
    hd_fake_tree_set_link(fake->tree, module, target);
}

static int
fake_load_module(HdPort *port, const char *module)
{
    HdFake *fake = fake_of(port);
    int error = before_mutation(fake);
    if (error != 0)
        return error;
    if (!g_hash_table_contains(fake->drivers, module))
        return after_mutation(fake, ENOENT);
    if (is_loaded(fake, module))
        return after_mutation(fake, 0);
    g_hash_table_replace(fake->drivers, g_strdup(module), GINT_TO_POINTER(1));
    show_driver(fake, module);
    /* A new driver takes every unbound device that it matches. */
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fake->devices);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Device *device = value;
        if (device->driver == NULL && !device->is_unbinding && matches(device, module))
            (void)probe(fake, device, module);
    }
    return after_mutation(fake, 0);
}

static int
fake_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed)
{
    *ret_claimed = g_hash_table_contains(fake_of(port)->claimed_blocks, path);
    return 0;
}

static int
fake_net_addresses(HdPort *port, const char *interface, GPtrArray **ret_addresses)
{
    const char *address = g_hash_table_lookup(fake_of(port)->net_addresses, interface);
    *ret_addresses = g_ptr_array_new_with_free_func(g_free);
    if (address != NULL)
        g_ptr_array_add(*ret_addresses, g_strdup(address));
    return 0;
}

static int
fake_find_owner(HdPort *port, const char *user, const char *group, guint *ret_uid, guint *ret_gid)
{
    (void)port;
    if (!g_str_equal(user, "libvirt-qemu") || !g_str_equal(group, "libvirt-qemu"))
        return ENOENT;
    *ret_uid = 64055;
    *ret_gid = 64055;
    return 0;
}

static void
fake_settle(HdPort *port, guint deadline_ms)
{
    (void)port;
    (void)deadline_ms;
}

static int
fake_append(HdPort *port, const char *path, const char *text)
{
    HdFake *fake = fake_of(port);
    bool torn = fake->mutations + 1 == fake->die_at && !fake->die_after && !fake->is_dead;
    int error = before_mutation(fake);
    if (error != 0 && !torn)
        return error;
    g_autofree char *real = hd_fake_tree_resolve(fake->tree, path, true);
    g_autofree char *old = NULL;
    if (real != NULL)
        (void)hd_fake_tree_read(fake->tree, path, &old);
    /* A crash in the middle of an append leaves half of it. */
    g_autofree char *part = torn ? g_strndup(text, strlen(text) / 2) : g_strdup(text);
    g_autofree char *all =
        g_strconcat(old != NULL ? old : "", old != NULL && *old != '\0' ? "\n" : "", part, NULL);
    hd_fake_tree_set_file(fake->tree, path, all);
    return torn ? EIO : after_mutation(fake, 0);
}

static int
fake_remove(HdPort *port, const char *path)
{
    HdFake *fake = fake_of(port);
    int error = before_mutation(fake);
    if (error != 0)
        return error;
    hd_fake_tree_unset(fake->tree, path);
    return after_mutation(fake, 0);
}

static int
fake_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    (void)wait_ms;
    HdFake *fake = fake_of(port);
    if (fake->is_dead)
        return EIO;
    if (g_hash_table_contains(fake->locks, path))
        return EWOULDBLOCK;
    if (!fake_exists(port, path)) {
        if (!create)
            return ENOENT;
        int error = before_mutation(fake);
        if (error != 0)
            return error;
        hd_fake_tree_set_file(fake->tree, path, "");
        (void)after_mutation(fake, 0);
    }
    HdLock *lock = g_new0(HdLock, 1);
    *lock = (HdLock){g_strdup(path), fake->in_job};
    g_hash_table_replace(fake->locks, g_strdup(path), lock);
    *ret_lock = lock;
    return 0;
}

static void
fake_unlock(HdPort *port, HdLock *lock)
{
    if (lock != NULL)
        g_hash_table_remove(fake_of(port)->locks, lock->path);
}

static gboolean
is_job_lock(gpointer key, gpointer value, gpointer data)
{
    (void)key;
    (void)data;
    return ((HdLock *)value)->is_job_s;
}

static void
disown_job_locks(HdFake *fake)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fake->locks);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        ((HdLock *)value)->is_job_s = false;
}

/* One after the other; a job that would block is late, and its worker keeps its locks. */
static void
fake_run_jobs(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms)
{
    (void)deadline_ms;
    HdFake *fake = fake_of(port);
    for (gsize i = 0; i < count; i++) {
        g_autoptr(GError) error = NULL;
        fake->in_job = true;
        fake->is_abandoned = false;
        bool success = jobs[i].work(port, jobs[i].data, &error);
        fake->in_job = false;
        jobs[i].result = success ? HD_JOB_DONE : HD_JOB_FAILED;
        if (error != NULL) {
            jobs[i].message = g_strdup(error->message);
            jobs[i].code = (HdErrorCode)error->code;
        }
        if (fake->is_abandoned) {
            jobs[i].result = HD_JOB_LATE;
            jobs[i].worker = 4242;
            disown_job_locks(fake);
        }
        fake->is_abandoned = false;
        g_hash_table_foreach_remove(fake->locks, is_job_lock, NULL);
    }
}

static bool
fake_is_abandoned(HdPort *port)
{
    return fake_of(port)->is_abandoned;
}

static gint64
fake_now(HdPort *port)
{
    return ++fake_of(port)->clock;
}

static const HdPortOps fake_ops = {
    .read = fake_read,
    .write = fake_write,
    .link = fake_link,
    .list = fake_list,
    .exists = fake_exists,
    .get_node = fake_get_node,
    .set_node = fake_set_node,
    .load_module = fake_load_module,
    .block_is_claimed = fake_block_is_claimed,
    .net_addresses = fake_net_addresses,
    .find_owner = fake_find_owner,
    .settle = fake_settle,
    .append = fake_append,
    .remove = fake_remove,
    .lock = fake_lock,
    .unlock = fake_unlock,
    .run_jobs = fake_run_jobs,
    .is_abandoned = fake_is_abandoned,
    .now = fake_now,
};

/* --- vocabulary of the tests ------------------------------------------------------------------ */

HdFake *
hd_fake_new(void)
{
    HdFake *fake = g_new0(HdFake, 1);
    fake->port.ops = &fake_ops;
    fake->tree = hd_fake_tree_new();
    fake->devices = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_device);
    fake->drivers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fake->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fake->locks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_lock);
    fake->claimed_blocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fake->net_addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    hd_fake_tree_set_folder(fake->tree, "sys/bus/pci/devices");
    hd_fake_tree_set_folder(fake->tree, "sys/bus/pci/drivers");
    hd_fake_tree_set_file(fake->tree, "sys/bus/pci/drivers_probe", "");
    hd_fake_tree_set_folder(fake->tree, "sys/kernel/iommu_groups");
    hd_fake_tree_set_file(fake->tree, "proc/sys/kernel/random/boot_id", "boot-1\n");
    hd_fake_tree_set_file(fake->tree, "proc/uptime", "1000.00 2000.00\n");
    hd_fake_add_driver(fake, "vfio-pci", false);
    return fake;
}

void
hd_fake_free(HdFake *fake)
{
    if (fake == NULL)
        return;
    hd_fake_tree_free(fake->tree);
    g_hash_table_unref(fake->devices);
    g_hash_table_unref(fake->drivers);
    g_hash_table_unref(fake->nodes);
    g_hash_table_unref(fake->locks);
    g_hash_table_unref(fake->claimed_blocks);
    g_hash_table_unref(fake->net_addresses);
    g_free(fake);
}

HdPort *
hd_fake_port(HdFake *fake)
{
    return &fake->port;
}

void
hd_fake_add_driver(HdFake *fake, const char *name, bool loaded)
{
    g_hash_table_replace(fake->drivers, g_strdup(name), GINT_TO_POINTER(loaded));
    if (loaded)
        show_driver(fake, name);
}

void
hd_fake_unload_driver(HdFake *fake, const char *name)
{
    g_autofree char *folder = g_strdup_printf("sys/bus/pci/drivers/%s", name);
    g_hash_table_replace(fake->drivers, g_strdup(name), GINT_TO_POINTER(0));
    hd_fake_tree_unset(fake->tree, folder);
}

static void
show_facts(HdFake *fake, const HdFakeDevice *facts)
{
    const struct {
        const char *name;
        guint value, digits;
    } attributes[] = {{"vendor", facts->vendor, 4},
                      {"device", facts->device, 4},
                      {"subsystem_vendor", facts->vendor, 4},
                      {"subsystem_device", 0, 4},
                      {"class", facts->class_code, 6}};
    for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++) {
        g_autofree char *path = device_path(facts->address, attributes[i].name);
        g_autofree char *text =
            g_strdup_printf("0x%0*x", (int)attributes[i].digits, attributes[i].value);
        hd_fake_tree_set_file(fake->tree, path, text);
    }
    if (facts->vf_total > 0) {
        g_autofree char *total = device_path(facts->address, "sriov_totalvfs");
        g_autofree char *count = device_path(facts->address, "sriov_numvfs");
        g_autofree char *total_text = g_strdup_printf("%u", facts->vf_total);
        g_autofree char *count_text = g_strdup_printf("%u", facts->vf_count);
        hd_fake_tree_set_file(fake->tree, total, total_text);
        hd_fake_tree_set_file(fake->tree, count, count_text);
    }
}

static void
show_group(HdFake *fake, const HdFakeDevice *facts)
{
    if (facts->group < 0)
        return;
    g_autofree char *link = device_path(facts->address, "iommu_group");
    g_autofree char *target = g_strdup_printf("../../../kernel/iommu_groups/%d", facts->group);
    g_autofree char *back =
        g_strdup_printf("sys/kernel/iommu_groups/%d/devices/%s", facts->group, facts->address);
    g_autofree char *home = g_strdup_printf("../../../../devices/pci0000:00/%s", facts->address);
    hd_fake_tree_set_link(fake->tree, back, home);
    hd_fake_tree_set_link(fake->tree, link, target);
}

void
hd_fake_add_device(HdFake *fake, const HdFakeDevice *facts)
{
    Device *device = g_new0(Device, 1);
    g_autofree char *bus = g_strdup_printf("sys/bus/pci/devices/%s", facts->address);
    g_autofree char *home = g_strdup_printf("../../../devices/pci0000:00/%s", facts->address);
    device->facts = *facts;
    device->address = g_strdup(facts->address);
    device->native = g_strdup(facts->native);
    device->override = g_strdup(facts->override);
    g_hash_table_replace(fake->devices, device->address, device);
    hd_fake_tree_set_link(fake->tree, bus, home);
    show_facts(fake, facts);
    show_override(fake, device);
    show_group(fake, facts);
    if (facts->driver != NULL)
        set_driver(fake, device, facts->driver);
}

void
hd_fake_remove_device(HdFake *fake, const char *address)
{
    g_autofree char *bus = g_strdup_printf("sys/bus/pci/devices/%s", address);
    g_autofree char *home = g_strdup_printf("sys/devices/pci0000:00/%s", address);
    Device *device = find_device(fake, address);
    g_autofree char *back =
        g_strdup_printf("sys/kernel/iommu_groups/%d/devices/%s", device->facts.group, address);
    set_driver(fake, device, NULL);
    hd_fake_tree_unset(fake->tree, bus);
    hd_fake_tree_unset(fake->tree, home);
    hd_fake_tree_unset(fake->tree, back);
    g_hash_table_remove(fake->devices, address);
}

void
hd_fake_set_file(HdFake *fake, const char *path, const char *text)
{
    hd_fake_tree_set_file(fake->tree, path, text);
}

void
hd_fake_set_link(HdFake *fake, const char *path, const char *target)
{
    hd_fake_tree_set_link(fake->tree, path, target);
}

void
hd_fake_unset(HdFake *fake, const char *path)
{
    hd_fake_tree_unset(fake->tree, path);
}

void
hd_fake_add_process(HdFake *fake, guint pid, const char *name, const char *cmdline,
                    const char *open)
{
    g_autofree char *base = g_strdup_printf("proc/%u", pid);
    g_autofree char *comm = g_strconcat(base, "/comm", NULL);
    g_autofree char *command = g_strconcat(base, "/cmdline", NULL);
    g_autofree char *stat = g_strconcat(base, "/stat", NULL);
    g_autofree char *fd = g_strconcat(base, "/fd/5", NULL);
    g_autofree char *stat_text = g_strdup_printf(
        "%u (%s) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0", pid, name, 1000 + pid);
    hd_fake_tree_set_file(fake->tree, comm, name);
    hd_fake_tree_set_file(fake->tree, command, cmdline);
    hd_fake_tree_set_file(fake->tree, stat, stat_text);
    if (open != NULL)
        hd_fake_tree_set_link(fake->tree, fd, open);
}

void
hd_fake_kill_process(HdFake *fake, guint pid)
{
    g_autofree char *base = g_strdup_printf("proc/%u", pid);
    hd_fake_tree_unset(fake->tree, base);
}

void
hd_fake_claim_block(HdFake *fake, const char *path)
{
    g_hash_table_add(fake->claimed_blocks, g_strdup(path));
}

void
hd_fake_set_net_address(HdFake *fake, const char *interface, const char *address)
{
    g_hash_table_replace(fake->net_addresses, g_strdup(interface), g_strdup(address));
}

void
hd_fake_block(HdFake *fake, const char *address)
{
    find_device(fake, address)->is_blocked = true;
}

void
hd_fake_let_go(HdFake *fake, const char *address)
{
    Device *device = find_device(fake, address);
    g_autofree char *lock = g_strdup_printf("run/hostdevctl/device/%s", address);
    device->is_blocked = device->is_unbinding = false;
    g_hash_table_remove(fake->locks, lock);
}

void
hd_fake_fail_probe(HdFake *fake, const char *address, int error)
{
    find_device(fake, address)->probe_error = error;
}

guint
hd_fake_mutations(const HdFake *fake)
{
    return fake->mutations;
}

void
hd_fake_fail_at(HdFake *fake, guint number, int error)
{
    fake->fail_at = number;
    fake->fail_error = error;
}

void
hd_fake_die_at(HdFake *fake, guint number, bool after)
{
    fake->die_at = number;
    fake->die_after = after;
}

void
hd_fake_revive(HdFake *fake)
{
    fake->is_dead = false;
    fake->mutations = fake->fail_at = fake->die_at = 0;
    g_hash_table_remove_all(fake->locks);
}

bool
hd_fake_is_dead(const HdFake *fake)
{
    return fake->is_dead;
}

char *
hd_fake_binding(HdFake *fake, const char *address)
{
    const Device *device = find_device(fake, address);
    if (device == NULL)
        return g_strdup("gone");
    return g_strdup_printf("%s %s", device->driver != NULL ? device->driver : "-",
                           device->override != NULL ? device->override : "-");
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

char *
hd_fake_dump(HdFake *fake)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GList) addresses = g_list_sort(g_hash_table_get_keys(fake->devices), compare_texts);
    g_autoptr(GList) paths = g_list_sort(g_hash_table_get_keys(fake->nodes), compare_texts);
    for (GList *item = addresses; item != NULL; item = item->next) {
        g_autofree char *binding = hd_fake_binding(fake, item->data);
        g_string_append_printf(text, "%s %s\n", (char *)item->data, binding);
    }
    for (GList *item = paths; item != NULL; item = item->next) {
        const HdNodeState *node = g_hash_table_lookup(fake->nodes, item->data);
        g_string_append_printf(text, "/%s %u:%u %04o\n", (char *)item->data, node->uid, node->gid,
                               node->mode);
    }
    return g_string_free(text, FALSE);
}
