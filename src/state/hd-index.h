/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_INDEX_H
#define HD_INDEX_H

#include "hd-port.h"
#include "hd-record.h"
#include "hd-request.h"

/**
 * The index of claims: run/hostdevctl/claim/<subject>/<key> is an empty file that says "look into
 * the journal <key> if you want to know who has <subject>". It holds no truth of its own: who has
 * what is read from the journals. A hint that is left over costs a look; none is ever missing,
 * since a journal's hints are there before its goals are and go after they have been undone, all
 * under that journal's lock.
 *
 * Subjects are addresses, UUIDs, and the kinds of goal of which a decision has to know them all
 * ("mdev", "usb", "desktop").
 */

/** Returns: (transfer full) (element-type utf8): the subjects of the goals of @record, each once.
 */
GPtrArray *hd_index_subjects(const HdRecord *record);

/**
 * hd_index_wanted:
 * @and_pages: the huge pages that others have matter too
 *
 * Returns: (transfer full) (element-type utf8): what a decision about @request has to know the
 * owners of: its devices, the members of their IOMMU groups, their PFs and VFs.
 */
GPtrArray *hd_index_wanted(HdPort *port, const HdRequest *request, bool and_pages);

/** Returns: whether @subjects has the function @address. */
bool hd_index_has(const GPtrArray *subjects, const HdPciAddress *address);

/** Returns: whether @subjects has what belongs to the host's desktop: a graphics card is wanted. */
bool hd_index_has_desktop(const GPtrArray *subjects);

/** Adds the hints of the journal @key, which the caller has locked. Returns: 0 or errno. */
int hd_index_add(HdPort *port, const GPtrArray *subjects, const char *key);

/** Removes them. What can't be removed is left over. */
void hd_index_remove(HdPort *port, const GPtrArray *subjects, const char *key);

/**
 * @ret_keys: (transfer full) (element-type utf8): owners whose journals may be about @subject
 *
 * Returns: 0, or an errno value: then all journals have to be read.
 */
int hd_index_keys(HdPort *port, const char *subject, GPtrArray **ret_keys);

/** Returns: (transfer full) (element-type utf8): all subjects of which there are hints. */
GPtrArray *hd_index_all(HdPort *port);

/**
 * Whether the journals that there are have hints; those of an older hostdevctl have none. Is set
 * when they have got them.
 */
bool hd_index_is_whole(HdPort *port);
void hd_index_set_whole(HdPort *port);

#endif
