/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PORT_H
#define HD_PORT_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "hd-goal.h"
#include "hd-vf-settings.h"

/**
 * HdPort:
 * The only way to the kernel and to disk. Everything outside the process goes
 * through these verbs, over one root directory: the real port (hd-port-real.h)
 * over "/" or --sysroot, the fake kernel of the tests over its model.
 *
 * Paths are relative to that root, without a leading slash ("sys/bus/pci/...").
 * Verbs return 0 or an errno value: errnos of sysfs files are answers, which the
 * caller may expect (EBUSY, ENODEV); a GError is made where the step is known.
 */
typedef struct HdPort HdPort;

/** A held lock. Freed by hd_port_unlock(). */
typedef struct HdLock HdLock;

/** How a job of hd_port_run_jobs() ended. */
typedef enum {
    HD_JOB_DONE,   /* the work succeeded */
    HD_JOB_FAILED, /* it failed; message says why */
    HD_JOB_LATE,   /* it has not returned by the deadline; it goes on in the background */
} HdJobResult;

/**
 * HdJob:
 * One piece of work that may block in the kernel.
 */
typedef struct {
    /**
     * Runs the work in a process of its own. Returns success; else sets *ret_error. Locks
     * that it takes end with that process, after late().
     */
    bool (*work)(HdPort *port, gpointer data, GError **ret_error);
    /** Runs there instead of a result when nobody waits any more: puts things back. */
    void (*late)(HdPort *port, gpointer data);
    gpointer data;
    HdJobResult result; /* out */
    char *message;      /* out: (nullable): of FAILED; owned by the caller */
    HdErrorCode code;   /* out: kind of error, of FAILED */
    pid_t worker;       /* out: of LATE */
} HdJob;

/** HdFileState: what is known of a file without reading it. */
typedef struct {
    bool is_folder;
    guint uid, gid, mode; /* mode: permissions only */
    gint64 modified;      /* microseconds since 1970 */
} HdFileState;

typedef struct {
    int (*read)(HdPort *port, const char *path, char **ret_text);
    int (*load)(HdPort *port, const char *path, GString **ret_bytes);
    int (*read_lines)(HdPort *port, const char *path, const char *prefix, char **ret_text);
    int (*get_file)(HdPort *port, const char *path, HdFileState *ret_state);
    int (*write)(HdPort *port, const char *path, const char *text);
    int (*link)(HdPort *port, const char *path, char **ret_target);
    int (*list)(HdPort *port, const char *path, GPtrArray **ret_names);
    int (*list_folders)(HdPort *port, const char *path, GPtrArray **ret_names);
    bool (*exists)(HdPort *port, const char *path);
    void (*focus)(HdPort *port, const char *folder);
    int (*get_node)(HdPort *port, const char *path, HdNodeState *ret_state);
    int (*set_node)(HdPort *port, const char *path, const HdNodeState *state);
    int (*load_module)(HdPort *port, const char *module);
    int (*unload_module)(HdPort *port, const char *module);
    int (*set_unit)(HdPort *port, const char *unit, bool is_active);
    int (*node_is_open)(HdPort *port, const char *path, bool *ret_open);
    int (*block_is_claimed)(HdPort *port, const char *path, bool *ret_claimed);
    int (*net_addresses)(HdPort *port, const char *interface, GPtrArray **ret_addresses);
    int (*vf_get)(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings);
    int (*vf_set)(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
                  HdVfKey key);
    int (*net_set_mac)(HdPort *port, const char *interface, const HdMac *mac);
    int (*find_owner)(HdPort *port, const char *user, const char *group, guint *ret_uid,
                      guint *ret_gid);
    void (*settle)(HdPort *port, guint deadline_ms);
    void (*pause)(HdPort *port, guint ms);
    guint (*await_close)(HdPort *port, const GPtrArray *nodes, guint ms);
    int (*save)(HdPort *port, const char *path, const char *text);
    int (*discard)(HdPort *port, const char *path);
    int (*append)(HdPort *port, const char *path, const char *text);
    int (*remove)(HdPort *port, const char *path);
    int (*lock)(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock);
    void (*unlock)(HdPort *port, HdLock *lock);
    bool (*is_locked)(HdPort *port, const char *path);
    void (*run_jobs)(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms);
    bool (*is_abandoned)(HdPort *port);
    gint64 (*now)(HdPort *port);
} HdPortOps;

/** The first member of every port. */
struct HdPort {
    const HdPortOps *ops;
};

/**
 * hd_port_read:
 * @ret_text: (transfer full): the content, one trailing newline taken off;
 *   untouched on failure
 * @path_format: path relative to the root
 *
 * At most 8 MiB. Returns: 0 or an errno value; EFBIG above the limit.
 */
int hd_port_read(HdPort *port, char **ret_text, const char *path_format, ...) G_GNUC_PRINTF(3, 4);

/**
 * hd_port_read_lines:
 * @prefix: what a line has to begin with; at most 255 bytes
 * @ret_text: (transfer full): the lines of the file that do, whatever its size; "" when none does
 *
 * Only these lines are kept in memory. Returns: 0 or an errno value.
 */
int hd_port_read_lines(HdPort *port, const char *prefix, char **ret_text, const char *path_format,
                       ...) G_GNUC_PRINTF(4, 5);

/**
 * hd_port_load:
 * @ret_bytes: (transfer full): the content, every byte of it
 *
 * At most 8 MiB. Returns: 0 or an errno value; EFBIG above the limit.
 */
int hd_port_load(HdPort *port, GString **ret_bytes, const char *path_format, ...)
    G_GNUC_PRINTF(3, 4);

/** @ret_state: of the file that a link leads to. Returns: 0 or an errno value. */
int hd_port_get_file(HdPort *port, HdFileState *ret_state, const char *path_format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * hd_port_write:
 * @text: what to write, in one write(); never empty (sysfs ignores empty writes)
 *
 * Success means that the kernel took the text, not that it had an effect: read
 * back what matters. May block for as long as the kernel likes: only in a job.
 *
 * Returns: 0 or an errno value.
 */
int hd_port_write(HdPort *port, const char *text, const char *path_format, ...) G_GNUC_PRINTF(3, 4);

/** @ret_target: (transfer full): the link's text. Returns: 0 or an errno value (EINVAL: no link).
 */
int hd_port_link(HdPort *port, char **ret_target, const char *path_format, ...) G_GNUC_PRINTF(3, 4);

/**
 * hd_port_link_name:
 * Like hd_port_link(), but only the last component: the driver's, group's, device's name.
 */
int hd_port_link_name(HdPort *port, char **ret_name, const char *path_format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * hd_port_list:
 * @ret_names: (transfer full) (element-type utf8): names in a directory, sorted,
 *   without "." and ".."
 *
 * Returns: 0 or an errno value.
 */
int hd_port_list(HdPort *port, GPtrArray **ret_names, const char *path_format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * hd_port_list_folders:
 * @ret_names: (transfer full) (element-type utf8): as hd_port_list(), but only the folders; links
 *   to folders are none
 *
 * Returns: 0 or an errno value.
 */
int hd_port_list_folders(HdPort *port, GPtrArray **ret_names, const char *path_format, ...)
    G_GNUC_PRINTF(3, 4);

/** Returns: whether the path exists (links followed). */
bool hd_port_exists(HdPort *port, const char *path_format, ...) G_GNUC_PRINTF(2, 3);

/**
 * hd_port_focus:
 * @folder: (nullable): NULL ends it
 *
 * What is read below @folder from now on is read from the very folder that is there now, without
 * looking its path up each time: a device that is replaced meanwhile gives errors, and never the
 * facts of its successor. For one pass over one device; not over a job.
 */
void hd_port_focus(HdPort *port, const char *folder);

/** Owner and mode of a device node. present = false where there is none. Returns: 0 or errno. */
int hd_port_get_node(HdPort *port, const char *path, HdNodeState *ret_state);

/** Sets owner and mode of an existing device node; links are not followed. Returns: 0 or errno. */
int hd_port_set_node(HdPort *port, const char *path, const HdNodeState *state);

/**
 * Whether anyone has the VFIO group node @path open ("dev/vfio/12"): the kernel lets it be opened
 * only once. It is opened and closed for that, which does nothing to the device. A node that isn't
 * there is not open. Returns: 0 or errno.
 */
int hd_port_node_is_open(HdPort *port, const char *path, bool *ret_open);

/**
 * hd_port_load_module:
 * @module: a module name, [A-Za-z0-9_-]+
 *
 * Like `modprobe -b`: blacklists are obeyed. Returns: 0, or ENOENT when modprobe failed,
 * EINVAL for a bad name.
 */
int hd_port_load_module(HdPort *port, const char *module);

/**
 * Unloads exactly the module @module, which nothing may use. Only in a job. Returns: 0, or errno:
 * ENOENT: not loaded; EAGAIN: in use.
 */
int hd_port_unload_module(HdPort *port, const char *module);

/**
 * hd_port_set_unit:
 * @unit: name of a systemd unit (hd_unit_is_name())
 *
 * Starts the unit, or stops it, and waits until that is done. Only in a job. Returns: 0, or ENOENT
 * when it failed, EINVAL for a bad name.
 */
int hd_port_set_unit(HdPort *port, const char *unit, bool is_active);

/**
 * Whether the kernel itself has a block device in exclusive use (mounted anywhere, swap, md, dm,
 * zfs, ...): opens the node with O_EXCL. @path: "dev/nvme0n1". Returns: 0 or errno.
 */
int hd_port_block_is_claimed(HdPort *port, const char *path, bool *ret_claimed);

/**
 * @ret_addresses: (transfer full) (element-type utf8): the IP addresses of a network
 *   interface of this host, link-local IPv6 left out. Returns: 0 or errno.
 */
int hd_port_net_addresses(HdPort *port, const char *interface, GPtrArray **ret_addresses);

/**
 * hd_port_vf_get:
 * @interface: network interface of the PF
 * @index: number of the VF
 * @ret_settings: what the PF's driver reports (RTM_GETLINK with RTEXT_FILTER_VF)
 *
 * Returns: 0; ENODEV: no such interface; ENOENT: no such VF, or the driver reports nothing;
 * EOVERFLOW: there are more VFs than the kernel can tell of; or another errno value.
 */
int hd_port_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings);

/**
 * hd_port_vf_set:
 * @settings: whole settings; those that belong to @key are written
 * @key: the one to write. VLAN, qos and proto are one to the kernel, and so are the two rates.
 *
 * Waits for the kernel's RTNL lock: only in a job. Returns: 0 or the errno of the PF's driver:
 * EINVAL, EPERM, EOPNOTSUPP, EPROTONOSUPPORT, EBUSY or EAGAIN (VF in reset), ...
 */
int hd_port_vf_set(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
                   HdVfKey key);

/** Gives a network interface of the host a MAC address. Only in a job. Returns: 0 or errno. */
int hd_port_net_set_mac(HdPort *port, const char *interface, const HdMac *mac);

/** Looks user and group names up ("+N" and plain numbers are ids). Returns: 0, ENOENT or errno. */
int hd_port_find_owner(HdPort *port, const char *user, const char *group, guint *ret_uid,
                       guint *ret_gid);

/** Waits until udev has handled the events so far, at most @deadline_ms. */
void hd_port_settle(HdPort *port, guint deadline_ms);

/** Waits @ms: between two tries of something that only time will allow. */
void hd_port_pause(HdPort *port, guint ms);

/**
 * hd_port_await_close:
 * @nodes: (element-type utf8): paths of nodes: "dev/dri/card0"
 * @ms: how long at most
 *
 * Waits until somebody closes one of the nodes. Returns: how long that was, in milliseconds; at
 * least 1.
 */
guint hd_port_await_close(HdPort *port, const GPtrArray *nodes, guint ms);

/**
 * hd_port_save:
 * @path: a file below etc/, var/lib/hostdevctl/, or a boot loader's below boot/ or efi/; its
 * folders are made where they lack
 *
 * Replaces the file's content whole or not at all, and synced. Owner, mode and SELinux label stay
 * those of the file that was there; a new one is root's, mode 0644. Links in the way are not
 * followed. Returns: 0 or errno.
 */
int hd_port_save(HdPort *port, const char *path, const char *text);

/** Unlinks a file, as hd_port_save() makes it. Returns: 0 or errno. */
int hd_port_discard(HdPort *port, const char *path);

/**
 * hd_port_append:
 * Appends to a file of ours below run/hostdevctl (made 0600, its folders 0700), then
 * fdatasync. All or, on a crash, any beginning of @text is there afterwards.
 * Returns: 0 or errno.
 */
int hd_port_append(HdPort *port, const char *path, const char *text);

/** Unlinks a file of ours; below run/hostdevctl/claim an empty folder too. Returns: 0 or errno. */
int hd_port_remove(HdPort *port, const char *path);

/**
 * hd_port_lock:
 * @path: file of ours that is locked, made when @create
 * @wait_ms: how long to wait for another holder; 0 does not wait
 * @ret_lock: (transfer full): ends with hd_port_unlock() or with the process
 *
 * A file that was removed or replaced while waiting is tried again.
 * Returns: 0; ENOENT when it does not exist and @create is false; EWOULDBLOCK when
 * another process still has it after @wait_ms; or another errno value.
 */
int hd_port_lock(HdPort *port, const char *path, bool create, guint wait_ms, HdLock **ret_lock);

/** Gives a lock back. NULL is fine. */
void hd_port_unlock(HdPort *port, HdLock *lock);

/** Folder of the locks of those who move a device; each is called as what its goal is about. */
#define HD_PORT_DEVICE_LOCKS "run/hostdevctl/device"

/** Returns: whether anybody has @path locked. Any number may look at once; who locks it meanwhile
   has to wait for a moment. */
bool hd_port_is_locked(HdPort *port, const char *path);

/**
 * hd_port_run_jobs:
 * Runs all jobs at once, each in a process of its own that holds none of our
 * descriptors, and waits until each has ended or @deadline_ms is over. A job that
 * is late goes on by itself: when its work returns, it calls late().
 */
void hd_port_run_jobs(HdPort *port, HdJob *jobs, gsize count, guint deadline_ms);

/** In a job: whether nobody waits for its result any more. */
bool hd_port_is_abandoned(HdPort *port);

/** Returns: wall-clock time in microseconds since 1970, for display only. */
gint64 hd_port_now(HdPort *port);

#endif
