/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Making and removing a mediated device. This is the only file that writes create,
 * remove and attributes of mdevs. Follows the kernel's drivers/vfio/mdev.
 */
#include "hd-mdev-reach.h"

#include <errno.h>

#include "hd-mdev-probe.h"

#define MDEVS "sys/bus/mdev/devices"

/* A vendor's driver may need seconds to clean up after a VM. */
#define PAUSE_MS 100
#define TRIES    100

/* The uuid is taken although there is no such mdev: an earlier one is still being removed. */
static int
write_create(HdPort *port, const HdGoal *goal, const HdMdevPlace *place)
{
    for (guint try = 0;; try++) {
        int error = hd_port_write(port, goal->uuid.text,
                                  "sys/class/mdev_bus/%s/mdev_supported_types/%s/create",
                                  place->parent, place->type);
        if (error != EEXIST || try == TRIES || hd_port_is_abandoned(port) ||
            hd_port_exists(port, MDEVS "/%s", goal->uuid.text))
            return error;
        hd_port_pause(port, PAUSE_MS);
    }
}

/* No instance left (core: EUSERS; drivers differ), or the parent is leaving: the next may do. */
static bool
is_lost_race(int error)
{
    return error == EUSERS || error == ENOSPC || error == ENODEV || error == ENOENT ||
           error == EBUSY || error == ENOMEM;
}

static bool
fail_create(const HdGoal *goal, const HdMdevPlace *place, int error, GError **ret_error)
{
    if (error == EEXIST)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "mdev %s: an earlier one of that uuid is still being removed: some "
                            "process has it open",
                            goal->uuid.text);
    return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "mdev %s: make it as %s on %s",
                              goal->uuid.text, place->type, place->parent);
}

static bool
create(HdPort *port, const HdGoal *goal, GError **ret_error)
{
    const HdMdevPlace *place = NULL;
    int error = 0;
    for (guint i = 0; i < goal->places->len; i++) {
        place = g_ptr_array_index(goal->places, i);
        error = write_create(port, goal, place);
        if (error == 0 || !is_lost_race(error))
            break;
    }
    if (error == EEXIST && hd_port_exists(port, MDEVS "/%s", goal->uuid.text))
        return hd_error_set(ret_error, HD_ERROR_TAKEN,
                            "mdev %s: another program has made it since the start began",
                            goal->uuid.text);
    if (error != 0)
        return fail_create(goal, place, error, ret_error);
    return hd_port_exists(port, MDEVS "/%s", goal->uuid.text) ||
           hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "mdev %s: the kernel accepted it, but it is not there", goal->uuid.text);
}

/* Folders of sysfs are full of links to everywhere; an attribute is a file of the mdev itself. */
static bool
leads_out(HdPort *port, const HdGoal *goal, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    g_autoptr(GString) path = g_string_new(NULL);
    for (char **part = parts; *part != NULL; part++) {
        g_autofree char *target = NULL;
        g_string_append_printf(path, "/%s", *part);
        if (hd_port_link(port, &target, MDEVS "/%s%s", goal->uuid.text, path->str) == 0)
            return true;
    }
    return false;
}

static bool
write_attributes(HdPort *port, const HdGoal *goal, GError **ret_error)
{
    for (guint i = 0; i < goal->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(goal->attributes, i);
        if (leads_out(port, goal, attribute->name))
            return hd_error_set(ret_error, HD_ERROR_KERNEL,
                                "mdev %s: its attribute %s leads out of the mdev's folder",
                                goal->uuid.text, attribute->name);
        int error =
            hd_port_write(port, attribute->value, MDEVS "/%s/%s", goal->uuid.text, attribute->name);
        if (error != 0)
            return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error,
                                      "mdev %s: set its attribute %s", goal->uuid.text,
                                      attribute->name);
    }
    return true;
}

static bool
is_open(HdPort *port, const HdMdev *mdev)
{
    g_autofree char *node = g_strdup_printf("dev/vfio/%d", mdev->iommu_group);
    bool open = false;
    return mdev->iommu_group >= 0 && hd_port_node_is_open(port, node, &open) == 0 && open;
}

/* Old kernels answer EBUSY while it is open; EAGAIN: another program is removing it. */
static int
write_remove(HdPort *port, const HdMdev *mdev)
{
    int error = EBUSY;
    for (guint try = 0; try < TRIES; try++) {
        if (!is_open(port, mdev))
            error = hd_port_write(port, "1", MDEVS "/%s/remove", mdev->uuid.text);
        if (error != EBUSY && error != EAGAIN)
            break;
        hd_port_pause(port, PAUSE_MS);
    }
    return error == ENOENT || error == ENODEV ? 0 : error;
}

static bool
remove_it(HdPort *port, const HdGoal *goal, HdConverged *ret_outcome, GError **ret_error)
{
    g_autoptr(HdMdev) mdev = NULL;
    *ret_outcome = HD_CONVERGED_REACHED;
    if (!hd_mdev_probe_one(port, &goal->uuid, &mdev, ret_error))
        return false;
    if (mdev == NULL)
        return true;
    if (!hd_mdev_places_has(goal->places, mdev->parent, mdev->type)) {
        *ret_outcome = HD_CONVERGED_REPLACED;
        return true;
    }
    int error = write_remove(port, mdev);
    if (error == EBUSY)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "mdev %s is still in use: a process has /dev/vfio/%d open",
                            goal->uuid.text, mdev->iommu_group);
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, error, "mdev %s: remove it",
                                  goal->uuid.text);
    if (hd_port_is_abandoned(port))
        return hd_error_set(ret_error, HD_ERROR_STUCK, "mdev %s: nobody waits for it any more",
                            goal->uuid.text);
    return !hd_port_exists(port, MDEVS "/%s", goal->uuid.text) ||
           hd_error_set(ret_error, HD_ERROR_KERNEL,
                        "mdev %s: the kernel accepted its removal, but it is still there",
                        goal->uuid.text);
}

/* It was there when the start was decided. */
static bool
find(HdPort *port, const HdGoal *goal, GError **ret_error)
{
    return hd_port_exists(port, MDEVS "/%s", goal->uuid.text) ||
           hd_error_set(ret_error, HD_ERROR_KERNEL, "mdev %s: it has gone since the start began",
                        goal->uuid.text);
}

bool
hd_mdev_reach(HdPort *port, const HdGoal *goal, bool forward, HdConverged *ret_outcome,
              GError **ret_error)
{
    HdConverged outcome = HD_CONVERGED_REACHED;
    bool reached = true;
    if (!goal->is_made)
        reached = !forward || find(port, goal, ret_error);
    else if (!forward)
        reached = remove_it(port, goal, &outcome, ret_error);
    else
        reached = create(port, goal, ret_error) && write_attributes(port, goal, ret_error);
    if (reached)
        *ret_outcome = outcome;
    return reached;
}
