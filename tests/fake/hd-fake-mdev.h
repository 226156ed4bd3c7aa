/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_MDEV_H
#define HD_FAKE_MDEV_H

#include "hd-fake.h"

/* Shared by the fake's mdev files: what there is (hd-fake-mdev.c), what a write does
   (hd-fake-mdev-store.c), the words of the tests (hd-fake-mdev-words.c). */

/** HdFakeMdevKind: a type of a parent. */
typedef struct {
    char *id, *folder;
    guint instances, weight;
    guint drain; /* instances that another program takes at the next create */
} HdFakeMdevKind;

typedef struct {
    char *name, *folder, *driver;
    GPtrArray *kinds; /* HdFakeMdevKind* */
    guint capacity;
    guint drained; /* units that another program has */
    int full_error;
} HdFakeMdevParent;

typedef struct {
    char *uuid, *folder;
    HdFakeMdevParent *parent;
    HdFakeMdevKind *kind;
    guint number;
    bool is_ghost; /* its remove blocks: only folder, group and node are left; the uuid is taken */
} HdFakeMdev;

/** HdFakeMdevs: all of a fake. */
typedef struct {
    GPtrArray *parents; /* HdFakeMdevParent* */
    GHashTable *all;    /* uuid -> HdFakeMdev* */
    GHashTable *held;   /* uuids that a process uses */
    GHashTable *unseen; /* those of them whose node seems not to be open */
    GHashTable *busy;   /* uuid -> number of removes that are yet to fail */
    guint created;
} HdFakeMdevs;

HdFakeMdevs *hd_fake_mdevs_new(void);
void hd_fake_mdevs_free(HdFakeMdevs *mdevs);

/** Returns: (transfer none) (nullable): the one of that name. */
HdFakeMdevParent *hd_fake_mdev_find_parent(HdFake *fake, const char *name);
HdFakeMdevKind *hd_fake_mdev_find_kind(const HdFakeMdevParent *parent, const char *id);

/** Returns: how many more of @kind fit. */
guint hd_fake_mdev_available(HdFake *fake, const HdFakeMdevParent *parent,
                             const HdFakeMdevKind *kind);
/** Shows that number, of all kinds of @parent. */
void hd_fake_mdev_show_available(HdFake *fake, const HdFakeMdevParent *parent);

/** Makes an mdev, removes it, or only all but its folder, group and node; no rule is asked. */
void hd_fake_mdev_add(HdFake *fake, HdFakeMdevParent *parent, HdFakeMdevKind *kind,
                      const char *uuid);
void hd_fake_mdev_remove(HdFake *fake, const HdFakeMdev *mdev);
void hd_fake_mdev_hide(HdFake *fake, const HdFakeMdev *mdev);

/**
 * What the mdev core does and answers when @text is written to @path, links followed.
 * Returns: whether @path is its file at all; *ret_error is only then set.
 */
bool hd_fake_mdev_store(HdFake *fake, const char *path, const char *text, int *ret_error);

/** Returns: whether a process uses the mdev whose VFIO node is @path. */
bool hd_fake_mdev_node_is_held(HdFake *fake, const char *path);

/** The parent @name leaves the host with its mdevs; no such parent is fine. */
void hd_fake_mdev_forget_parent(HdFake *fake, const char *name);

/** Appends the mdevs' lines of hd_fake_dump(). */
void hd_fake_mdev_dump(HdFake *fake, GString *text);

#endif
