/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_PRIVATE_H
#define HD_FAKE_PRIVATE_H

/* Shared by the fake's files: its kernel (rules), its mdevs, vGPUs and VFs, its port (verbs,
   faults), its vocabulary. */

#include "hd-fake-desktop.h"
#include "hd-fake-local.h"
#include "hd-fake-mdev.h"
#include "hd-fake-rom.h"
#include "hd-fake-sriov.h"
#include "hd-fake-tree.h"
#include "hd-fake-vgpu.h"
#include "hd-fake.h"

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
    GHashTable *claimed_blocks, *net_addresses, *open_nodes;
    HdFakeMdevs *mdevs;
    HdFakeVgpus *vgpus;
    HdFakeSriov *sriov;
    HdFakePages *pages;
    HdFakeDesktop *desktop;
    HdFakeRoms *roms;
    bool in_job, is_abandoned, is_dead;
    guint mutations, fail_at, die_at, waited_ms;
    int fail_error;
    bool die_after;
    gint64 clock;
    guint paused_ms, let_go_ms;
    const char *endless_module; /* (nullable): loading it does not end */
    char *let_go_uuid;          /* (nullable): mdev whose user ends after let_go_ms of pauses */
};

/** The fake behind @port. */
HdFake *hd_fake_of(HdPort *port);

/** Every mutating call passes here. Returns 0 when it may have its effect, else what it answers. */
int hd_fake_before_mutation(HdFake *fake);
/** ... and here, with its answer. */
int hd_fake_after_mutation(HdFake *fake, int error);

/** The function at @address, or NULL. */
Device *hd_fake_find(HdFake *fake, const char *address);

/** Path of an attribute in the tree. (transfer full) */
char *hd_fake_device_path(const char *address, const char *attribute);

/** Shows driver_override, or a driver's folder, in the tree. */
void hd_fake_show_override(HdFake *fake, const Device *device);
void hd_fake_show_driver(HdFake *fake, const char *name);

/** Shows power/control of a function that has just come: "on". */
void hd_fake_show_power(HdFake *fake, const Device *device);

/** Puts @device under @driver (NULL: none), links and nodes included, without asking any rule. */
void hd_fake_move(HdFake *fake, Device *device, const char *driver);

/** Shows or takes away a device node, as devtmpfs makes it. */
void hd_fake_show_node(HdFake *fake, const char *path);
void hd_fake_hide_node(HdFake *fake, const char *path);

/** Whether a driver is registered; whether it matches; what its probe answers (0 or errno). */
bool hd_fake_is_loaded(HdFake *fake, const char *driver);
bool hd_fake_matches(const Device *device, const char *driver);
int hd_fake_probe(HdFake *fake, Device *device, const char *driver);

/** An unbound device finds its driver, if that is there and takes it. */
void hd_fake_attach(HdFake *fake, Device *device);

/**
 * Reads a number as the kernel's kstrtoull() does: one newline at the end and a plus are fine,
 * "0x1" and "010" are numbers too. Returns: whether it is one; else *ret_number is untouched.
 */
bool hd_fake_parse_number(const char *text, guint64 *ret_number);

/** What the kernel does and answers when @text is written to @path. */
int hd_fake_store(HdFake *fake, const char *path, const char *text);

#endif
