/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fake as a port: its verbs, and the faults, deaths and late workers that tests ask
 * for at any mutating call.
 */
#include "hd-fake-private.h"
#include "hd-fake-services.h"

#include <errno.h>
#include <string.h>

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

HdFake *
hd_fake_of(HdPort *port)
{
    return (HdFake *)port;
}

int
hd_fake_before_mutation(HdFake *fake)
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

int
hd_fake_after_mutation(HdFake *fake, int error)
{
    if (fake->mutations == fake->die_at && fake->die_after)
        fake->is_dead = true;
    return error;
}

static int
fake_read(HdPort *port, const char *path, char **ret_text)
{
    HdFake *fake = hd_fake_of(port);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *address = g_path_get_basename(folder);
    const Device *device = hd_fake_find(fake, address);
    if (fake->is_dead)
        return EIO;
    /* It holds these back for as long as a driver lets go: whoever asks outside of a job hangs. */
    if (device != NULL && device->is_unbinding &&
        (g_str_has_suffix(path, "/driver_override") || g_str_has_suffix(path, "/sriov_numvfs"))) {
        g_assert(fake->in_job);
        fake->is_abandoned = true;
    }
    return hd_fake_tree_read(fake->tree, path, ret_text);
}

static int
fake_load(HdPort *port, const char *path, GString **ret_bytes)
{
    const char *content = hd_fake_tree_content(hd_fake_of(port)->tree, path);
    g_autofree char *real = hd_fake_tree_resolve(hd_fake_of(port)->tree, path, true);
    int error = 0;
    if (real != NULL && !hd_fake_of(port)->is_dead &&
        hd_fake_rom_load(hd_fake_of(port), real, ret_bytes, &error))
        return error;
    if (hd_fake_of(port)->is_dead || content == NULL)
        return content != NULL ? EIO : ENOENT;
    *ret_bytes = g_string_new(content);
    return 0;
}

static int
fake_read_lines(HdPort *port, const char *path, const char *prefix, char **ret_text)
{
    g_autofree char *text = NULL;
    int error = fake_read(port, path, &text);
    if (error != 0)
        return error;
    GString *kept = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, prefix))
            g_string_append_printf(kept, "%s\n", *line);
    }
    *ret_text = g_string_free(kept, FALSE);
    return 0;
}

static int
fake_get_file(HdPort *port, const char *path, HdFileState *ret_state)
{
    g_autofree char *real = hd_fake_tree_resolve(hd_fake_of(port)->tree, path, true);
    if (real == NULL)
        return ENOENT;
    *ret_state = (HdFileState){.mode = 0644};
    return 0;
}

static int
fake_write(HdPort *port, const char *path, const char *text)
{
    HdFake *fake = hd_fake_of(port);
    int error = hd_fake_before_mutation(fake);
    return error != 0 ? error : hd_fake_after_mutation(fake, hd_fake_store(fake, path, text));
}

static int
fake_link(HdPort *port, const char *path, char **ret_target)
{
    return hd_fake_of(port)->is_dead ? EIO
                                     : hd_fake_tree_link(hd_fake_of(port)->tree, path, ret_target);
}

static int
fake_list(HdPort *port, const char *path, GPtrArray **ret_names)
{
    return hd_fake_of(port)->is_dead ? EIO
                                     : hd_fake_tree_list(hd_fake_of(port)->tree, path, ret_names);
}

static int
fake_list_folders(HdPort *port, const char *path, GPtrArray **ret_names)
{
    HdFakeTree *tree = hd_fake_of(port)->tree;
    return hd_fake_of(port)->is_dead ? EIO : hd_fake_tree_list_folders(tree, path, ret_names);
}

static bool
fake_exists(HdPort *port, const char *path)
{
    g_autofree char *real = hd_fake_tree_resolve(hd_fake_of(port)->tree, path, true);
    return real != NULL;
}

static int
fake_get_node(HdPort *port, const char *path, HdNodeState *ret_state)
{
    const HdNodeState *node = g_hash_table_lookup(hd_fake_of(port)->nodes, path);
    *ret_state = node != NULL ? *node : (HdNodeState){0};
    return hd_fake_of(port)->is_dead ? EIO : 0;
}

static int
fake_set_node(HdPort *port, const char *path, const HdNodeState *state)
{
    HdFake *fake = hd_fake_of(port);
    HdNodeState *node = g_hash_table_lookup(fake->nodes, path);
    int error = hd_fake_before_mutation(fake);
    if (error != 0)
        return error;
    if (node == NULL)
        return hd_fake_after_mutation(fake, ENOENT);
    *node = *state;
    return hd_fake_after_mutation(fake, 0);
}

static int
fake_load_module(HdPort *port, const char *module)
{
    HdFake *fake = hd_fake_of(port);
    int error = hd_fake_before_mutation(fake);
    if (error != 0)
        return error;
    if (!g_hash_table_contains(fake->drivers, module))
        return hd_fake_after_mutation(fake, ENOENT);
    if (hd_fake_is_loaded(fake, module))
        return hd_fake_after_mutation(fake, 0);
    /* It may take for ever: nobody else has to wait for it. */
    g_assert(!g_hash_table_contains(fake->locks, "run/hostdevctl/lock"));
    if (g_strcmp0(fake->endless_module, module) == 0) {
        g_assert(fake->in_job);
        fake->is_abandoned = true;
        return hd_fake_after_mutation(fake, 0);
    }
    g_hash_table_replace(fake->drivers, g_strdup(module), GINT_TO_POINTER(1));
    hd_fake_show_driver(fake, module);
    /* A new driver takes every unbound device that it matches. */
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, fake->devices);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Device *device = value;
        if (device->driver == NULL && !device->is_unbinding && hd_fake_matches(device, module))
            (void)hd_fake_probe(fake, device, module);
    }
    return hd_fake_after_mutation(fake, 0);
}

static int
fake_append(HdPort *port, const char *path, const char *text)
{
    HdFake *fake = hd_fake_of(port);
    bool torn = fake->mutations + 1 == fake->die_at && !fake->die_after && !fake->is_dead;
    int error = hd_fake_before_mutation(fake);
    if (error != 0 && !torn)
        return error;
    const char *old = hd_fake_tree_content(fake->tree, path);
    /* A crash in the middle of an append leaves half of it. */
    g_autofree char *part = torn ? g_strndup(text, strlen(text) / 2) : g_strdup(text);
    g_autofree char *all = g_strconcat(old != NULL ? old : "", part, NULL);
    hd_fake_tree_set_file(fake->tree, path, all);
    return torn ? EIO : hd_fake_after_mutation(fake, 0);
}

/* As the real port: a folder of hints goes with the last of them, and that is a step of its own. */
static void
remove_empty_claim(HdFake *fake, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GPtrArray) left = NULL;
    if (!g_str_has_prefix(folder, "run/hostdevctl/claim/") ||
        hd_fake_tree_list(fake->tree, folder, &left) != 0 || left->len > 0 ||
        hd_fake_before_mutation(fake) != 0)
        return;
    hd_fake_tree_unset(fake->tree, folder);
    (void)hd_fake_after_mutation(fake, 0);
}

static int
fake_remove(HdPort *port, const char *path)
{
    HdFake *fake = hd_fake_of(port);
    int error = hd_fake_before_mutation(fake);
    if (error != 0)
        return error;
    bool was_there = fake_exists(port, path);
    hd_fake_tree_unset(fake->tree, path);
    (void)hd_fake_after_mutation(fake, 0);
    if (!fake->is_dead)
        remove_empty_claim(fake, path);
    return was_there ? 0 : ENOENT;
}

static int
fake_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    HdFake *fake = hd_fake_of(port);
    if (fake->is_dead)
        return EIO;
    if (g_hash_table_contains(fake->locks, path)) {
        fake->waited_ms += wait_ms;
        return EWOULDBLOCK;
    }
    if (!fake_exists(port, path)) {
        if (!create)
            return ENOENT;
        int error = hd_fake_before_mutation(fake);
        if (error != 0)
            return error;
        hd_fake_tree_set_file(fake->tree, path, "");
        (void)hd_fake_after_mutation(fake, 0);
    }
    HdLock *lock = g_new0(HdLock, 1);
    *lock = (HdLock){g_strdup(path), fake->in_job};
    g_hash_table_replace(fake->locks, g_strdup(path), lock);
    *ret_lock = lock;
    return 0;
}

static bool
fake_is_locked(HdPort *port, const char *path)
{
    return g_hash_table_contains(hd_fake_of(port)->locks, path);
}

static void
fake_unlock(HdPort *port, HdLock *lock)
{
    if (lock != NULL)
        g_hash_table_remove(hd_fake_of(port)->locks, lock->path);
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
    HdFake *fake = hd_fake_of(port);
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
    return hd_fake_of(port)->is_abandoned;
}

static gint64
fake_now(HdPort *port)
{
    return ++hd_fake_of(port)->clock;
}

static const HdPortOps fake_ops = {
    .read = fake_read,
    .load = fake_load,
    .read_lines = fake_read_lines,
    .get_file = fake_get_file,
    .write = fake_write,
    .link = fake_link,
    .list = fake_list,
    .list_folders = fake_list_folders,
    .exists = fake_exists,
    .get_node = fake_get_node,
    .set_node = fake_set_node,
    .load_module = fake_load_module,
    .unload_module = hd_fake_unload_module,
    .set_unit = hd_fake_set_unit,
    .await_close = hd_fake_await_close,
    .node_is_open = hd_fake_node_is_open,
    .block_is_claimed = hd_fake_block_is_claimed,
    .net_addresses = hd_fake_net_addresses,
    .vf_get = hd_fake_vf_get,
    .vf_set = hd_fake_vf_set,
    .net_set_mac = hd_fake_net_set_mac,
    .find_owner = hd_fake_find_owner,
    .settle = hd_fake_settle,
    .pause = hd_fake_pause,
    .save = hd_fake_save,
    .discard = hd_fake_discard,
    .append = fake_append,
    .remove = fake_remove,
    .lock = fake_lock,
    .unlock = fake_unlock,
    .is_locked = fake_is_locked,
    .run_jobs = fake_run_jobs,
    .is_abandoned = fake_is_abandoned,
    .now = fake_now,
};

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
    fake->open_nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fake->net_addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fake->mdevs = hd_fake_mdevs_new();
    fake->vgpus = hd_fake_vgpus_new();
    fake->sriov = hd_fake_sriov_new();
    fake->pages = hd_fake_pages_new();
    fake->desktop = hd_fake_desktop_new();
    fake->roms = hd_fake_roms_new();
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
    g_hash_table_unref(fake->open_nodes);
    g_free(fake->let_go_uuid);
    hd_fake_mdevs_free(fake->mdevs);
    hd_fake_vgpus_free(fake->vgpus);
    hd_fake_sriov_free(fake->sriov);
    hd_fake_pages_free(fake->pages);
    hd_fake_desktop_free(fake->desktop);
    hd_fake_roms_free(fake->roms);
    g_free(fake);
}

HdPort *
hd_fake_port(HdFake *fake)
{
    return &fake->port;
}

guint
hd_fake_waited_ms(const HdFake *fake)
{
    return fake->waited_ms;
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
