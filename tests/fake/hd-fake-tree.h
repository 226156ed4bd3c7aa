/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_TREE_H
#define HD_FAKE_TREE_H

#include <glib.h>
#include <stdbool.h>

/** HdFakeTree: files, links and folders by path, relative to the root. No behaviour. */
typedef struct HdFakeTree HdFakeTree;

HdFakeTree *hd_fake_tree_new(void);
void hd_fake_tree_free(HdFakeTree *tree);

void hd_fake_tree_set_file(HdFakeTree *tree, const char *path, const char *text);
void hd_fake_tree_set_link(HdFakeTree *tree, const char *path, const char *target);
void hd_fake_tree_set_folder(HdFakeTree *tree, const char *path);

/** Links @path to @target, a path in the tree too, with the shortest way up and down as sysfs does.
 */
void hd_fake_tree_point(HdFakeTree *tree, const char *path, const char *target);

/** Removes @path and all below it. */
void hd_fake_tree_unset(HdFakeTree *tree, const char *path);

/** Returns: (transfer full) (nullable): @path with all links in it followed; NULL: dangling. */
char *hd_fake_tree_resolve(HdFakeTree *tree, const char *path, bool follow_last);

/** Returns: (transfer none) (nullable): a file's content to the last byte. */
const char *hd_fake_tree_content(HdFakeTree *tree, const char *path);

/** Each returns 0 or an errno value. */
int hd_fake_tree_read(HdFakeTree *tree, const char *path, char **ret_text);
int hd_fake_tree_link(HdFakeTree *tree, const char *path, char **ret_target);
int hd_fake_tree_list(HdFakeTree *tree, const char *path, GPtrArray **ret_names);
int hd_fake_tree_list_folders(HdFakeTree *tree, const char *path, GPtrArray **ret_names);

#endif
