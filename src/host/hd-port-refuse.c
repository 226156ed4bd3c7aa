/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The verbs that change the machine, for a port that must not.
 */
#include "hd-port-refuse.h"

#include <errno.h>

static int
refuse_text(HdPort *port, const char *path, const char *text)
{
    return EROFS;
}

static int
refuse_path(HdPort *port, const char *path)
{
    return EROFS;
}

static int
refuse_node(HdPort *port, const char *path, const HdNodeState *state)
{
    return EROFS;
}

static int
refuse_vf(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
          HdVfKey key)
{
    return EROFS;
}

static int
refuse_mac(HdPort *port, const char *interface, const HdMac *mac)
{
    return EROFS;
}

static int
refuse_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock)
{
    return EROFS;
}

static int
refuse_unit(HdPort *port, const char *unit, bool is_active)
{
    return EROFS;
}

static guint
no_wait(HdPort *port, const GPtrArray *nodes, guint ms)
{
    return ms;
}

static void
no_unlock(HdPort *port, HdLock *lock)
{
}

static bool
never_locked(HdPort *port, const char *path)
{
    return false;
}

static void
no_jobs(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms)
{
    for (gsize i = 0; i < count; i++)
        jobs[i].result = HD_JOB_FAILED;
}

static bool
never_abandoned(HdPort *port)
{
    return false;
}

void
hd_port_refuse_changes(HdPortOps *ops)
{
    ops->write = refuse_text;
    ops->set_node = refuse_node;
    ops->load_module = refuse_path;
    ops->unload_module = refuse_path;
    ops->set_unit = refuse_unit;
    ops->await_close = no_wait;
    ops->vf_set = refuse_vf;
    ops->net_set_mac = refuse_mac;
    ops->save = refuse_text;
    ops->discard = refuse_path;
    ops->append = refuse_text;
    ops->remove = refuse_path;
    ops->lock = refuse_lock;
    ops->unlock = no_unlock;
    ops->is_locked = never_locked;
    ops->run_jobs = no_jobs;
    ops->is_abandoned = never_abandoned;
}
