/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Is anything of the host on this disk? From the disk upwards through `holders`, each
 * layer is looked for among mounts, swaps and btrfs members; O_EXCL is the last net. A loop
 * device is no holder of what it stands on, nor does it keep it.
 */
#include "hd-holder-block.h"

#include <errno.h>
#include <string.h>

#include "hd-text.h"

#define MAX_LAYERS 16

/* The tables that every disk is looked up in, read once per device. */
typedef struct {
    HdPort *port;
    GPtrArray *holders;
    char **mounts;    /* lines of mountinfo */
    char **swaps;     /* lines of /proc/swaps */
    GPtrArray *loops; /* of char*: "loop0 /dev/nvme0n1": a loop device and its file */
} Search;

static gboolean
has_text(gconstpointer holder, gconstpointer text)
{
    return g_str_equal(((const HdHolder *)holder)->text, text);
}

static void
add(Search *search, char *text, char *remedy)
{
    g_autoptr(HdHolder) holder = hd_holder_new(HD_RULE_STORAGE, text, remedy);
    if (!g_ptr_array_find_with_equal_func(search->holders, text, has_text, NULL))
        g_ptr_array_add(search->holders, g_steal_pointer(&holder));
}

/* What is not there is an answer; what can't be read may be a use. */
static void
add_unknown(Search *search, const char *what, int error)
{
    if (error != 0 && error != ENOENT)
        add(search,
            g_strdup_printf("whether %s is in use can't be told (%s)", what, g_strerror(error)),
            g_strdup("look at it by hand"));
}

/* mountinfo writes blanks and backslashes as octal. */
static char *
unescape(const char *text)
{
    g_autofree char *plain = g_strcompress(text);
    return hd_text_printable(plain, 128);
}

/* "/dev/nvme0n1p1", or "/dev/mapper/vg-root (LVM volume) on /dev/nvme0n1p2". */
static char *
describe(Search *search, const char *name, const char *below)
{
    g_autofree char *dm_name = NULL;
    g_autofree char *dm_uuid = NULL;
    g_autofree char *plain = hd_text_printable(name, 64);
    if (hd_port_read(search->port, &dm_name, "sys/class/block/%s/dm/name", name) != 0)
        return below == NULL ? g_strdup_printf("/dev/%s", plain)
                             : g_strdup_printf("/dev/%s on %s", plain, below);
    (void)hd_port_read(search->port, &dm_uuid, "sys/class/block/%s/dm/uuid", name);
    const char *kind = dm_uuid != NULL && g_str_has_prefix(dm_uuid, "LVM-")     ? " (LVM volume)"
                       : dm_uuid != NULL && g_str_has_prefix(dm_uuid, "CRYPT-") ? " (encrypted)"
                                                                                : "";
    g_autofree char *shown = hd_text_printable(dm_name, 64);
    return g_strdup_printf("/dev/mapper/%s%s on %s", shown, kind, below != NULL ? below : "it");
}

/* Fields of mountinfo: id parent major:minor root mountpoint options... - type source options */
static bool
find_mounts(Search *search, const char *name, const char *what)
{
    g_autofree char *number = NULL;
    bool found = false;
    int error = hd_port_read(search->port, &number, "sys/class/block/%s/dev", name);
    add_unknown(search, what, error);
    if (error != 0)
        return false;
    for (char **line = search->mounts; *line != NULL && !found; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, " ", -1);
        const char *tail = strstr(*line, " - ");
        if (g_strv_length(fields) < 6 || tail == NULL)
            continue;
        g_auto(GStrv) source = g_strsplit(tail + 3, " ", 3);
        g_autofree char *node = g_strdup_printf("/dev/%s", name);
        found = g_str_equal(fields[2], number) ||
                (g_strv_length(source) > 1 && g_str_equal(source[1], node));
        if (!found)
            continue;
        g_autofree char *place = unescape(fields[4]);
        add(search, g_strdup_printf("%s is mounted on %s", what, place),
            g_strdup_printf("unmount %s", place));
    }
    return found;
}

static bool
find_swap(Search *search, const char *name, const char *what)
{
    g_autofree char *node = g_strdup_printf("/dev/%s ", name);
    for (char **line = search->swaps; *line != NULL; line++) {
        if (!g_str_has_prefix(*line, node))
            continue;
        add(search, g_strdup_printf("%s is swap space", what),
            g_strdup_printf("swapoff /dev/%s", name));
        return true;
    }
    return false;
}

/* A btrfs of several disks shows only one of them among the mounts. */
static bool
find_btrfs(Search *search, const char *name, const char *what)
{
    g_autoptr(GPtrArray) systems = NULL;
    int error = hd_port_list(search->port, &systems, "sys/fs/btrfs");
    add_unknown(search, what, error);
    if (error != 0)
        return false;
    for (guint i = 0; i < systems->len; i++) {
        const char *system = g_ptr_array_index(systems, i);
        if (!hd_port_exists(search->port, "sys/fs/btrfs/%s/devices/%s", system, name))
            continue;
        add(search, g_strdup_printf("%s is part of the mounted btrfs %s", what, system),
            g_strdup("unmount it, or remove the disk from it"));
        return true;
    }
    return false;
}

/* The kernel keeps a disk as soon as it keeps one of its partitions, and the other way round. */
static bool
is_explained(Search *search, const char *name, const GPtrArray *used)
{
    for (guint i = 0; i < used->len; i++) {
        const char *other = g_ptr_array_index(used, i);
        if (hd_port_exists(search->port, "sys/class/block/%s/%s", name, other) ||
            hd_port_exists(search->port, "sys/class/block/%s/%s", other, name))
            return true;
    }
    return false;
}

/* Whatever it is, the kernel keeps it for itself; udev may know a name for it. @used: disks of
   which the use is known; @name is added when it is one. */
static void
find_claim(Search *search, const char *name, GPtrArray *used)
{
    g_autofree char *path = g_strdup_printf("dev/%s", name);
    g_autofree char *what = describe(search, name, NULL);
    g_autofree char *number = NULL;
    g_autofree char *udev = NULL;
    bool is_claimed = false;
    int error = hd_port_block_is_claimed(search->port, path, &is_claimed);
    /* ENXIO, ENOMEDIUM: an empty drive; ENOENT: no node for anyone to use. */
    if (error != ENXIO && error != ENOMEDIUM)
        add_unknown(search, what, error);
    if (error != 0 || !is_claimed || is_explained(search, name, used))
        return;
    g_ptr_array_add(used, (gpointer)name);
    const char *type = NULL;
    if (hd_port_read(search->port, &number, "sys/class/block/%s/dev", name) == 0 &&
        hd_port_read(search->port, &udev, "run/udev/data/b%s", number) == 0)
        type = strstr(udev, "E:ID_FS_TYPE=");
    g_autofree char *kind = type != NULL ? g_strndup(type + 13, strcspn(type + 13, "\n")) : NULL;
    g_autofree char *shown = hd_text_printable(kind != NULL ? kind : "no known kind", 32);
    add(search, g_strdup_printf("%s is kept by the kernel (%s)", what, shown),
        g_strdup("stop what uses it"));
}

/* What stands on it. */
static GPtrArray *
list_above(Search *search, const char *name, const char *what, guint layer)
{
    GPtrArray *above = NULL;
    g_autofree char *node = g_strdup_printf(" /dev/%s", name);
    int error = layer < MAX_LAYERS
                    ? hd_port_list(search->port, &above, "sys/class/block/%s/holders", name)
                    : ELOOP;
    add_unknown(search, what, error);
    if (above == NULL)
        above = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; error != ELOOP && i < search->loops->len; i++) {
        const char *loop = g_ptr_array_index(search->loops, i);
        gsize length = strcspn(loop, " ");
        if (g_str_equal(loop + length, node))
            g_ptr_array_add(above, g_strndup(loop, length));
    }
    return above;
}

static char *
remedy_for(const char *layer)
{
    return g_str_has_prefix(layer, "loop")
               ? g_strdup_printf("detach it (losetup -d /dev/%s)", layer)
               : g_strdup("deactivate it (vgchange -an, mdadm --stop, dmsetup remove)");
}

static bool
find_uses(Search *search, const char *name, const char *below, guint layer)
{
    g_autofree char *what = describe(search, name, below);
    bool found = find_mounts(search, name, what);
    found |= find_swap(search, name, what);
    found |= find_btrfs(search, name, what);
    g_autoptr(GPtrArray) above = list_above(search, name, what, layer);
    for (guint i = 0; i < above->len; i++) {
        const char *upper = g_ptr_array_index(above, i);
        if (!find_uses(search, upper, what, layer + 1)) {
            g_autofree char *upper_what = describe(search, upper, what);
            add(search, g_strdup_printf("%s is active", upper_what), remedy_for(upper));
        }
        found = true;
    }
    return found;
}

/* Backwards the second time: partitions, which can say more, come after their disk. */
static void
find_all(Search *search, const GPtrArray *disks)
{
    g_autoptr(GPtrArray) used = g_ptr_array_new();
    for (guint i = 0; i < disks->len; i++) {
        char *name = g_ptr_array_index(disks, i);
        if (find_uses(search, name, NULL, 0))
            g_ptr_array_add(used, name);
    }
    for (guint i = disks->len; i > 0; i--) {
        char *name = g_ptr_array_index(disks, i - 1);
        if (!g_ptr_array_find(used, name, NULL))
            find_claim(search, name, used);
    }
}

static void
read_loops(Search *search)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(search->port, &names, "sys/class/block");
    add_unknown(search, "one of its disks", error);
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *file = NULL;
        if (g_str_has_prefix(name, "loop") &&
            hd_port_read(search->port, &file, "sys/class/block/%s/loop/backing_file", name) == 0)
            g_ptr_array_add(search->loops, g_strconcat(name, " ", file, NULL));
    }
}

void
hd_holder_block_find(HdPort *port, const HdSysfsTree *tree, GPtrArray *holders)
{
    g_autofree char *mounts = NULL;
    g_autofree char *swaps = NULL;
    if (tree->disks->len == 0)
        return;
    if (hd_port_read(port, &mounts, "proc/self/mountinfo") != 0) {
        g_ptr_array_add(holders,
                        hd_holder_new(HD_RULE_STORAGE,
                                      g_strdup("whether its disks are mounted can't be told"),
                                      g_strdup("mount /proc")));
        return;
    }
    int error = hd_port_read(port, &swaps, "proc/swaps");
    g_auto(GStrv) mount_lines = g_strsplit(mounts, "\n", -1);
    g_auto(GStrv) swap_lines = g_strsplit(swaps != NULL ? swaps : "", "\n", -1);
    g_autoptr(GPtrArray) loops = g_ptr_array_new_with_free_func(g_free);
    Search search = {port, holders, mount_lines, swap_lines, loops};
    add_unknown(&search, "one of its disks", error);
    read_loops(&search);
    find_all(&search, tree->disks);
}
