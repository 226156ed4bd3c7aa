/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_H
#define HD_CAPTURE_H

#include <glib.h>
#include <stdbool.h>

#include "hd-error.h"

/** HdCaptureKind: what is known of one path. */
typedef enum {
    HD_CAPTURE_PRESENT, /* it is there; nobody has asked for more */
    HD_CAPTURE_FOLDER,
    HD_CAPTURE_FILE,
    HD_CAPTURE_LINK,
    HD_CAPTURE_NODE, /* of a device; its bytes are its mode: "0660" */
} HdCaptureKind;

/** HdCaptureEntry: one path of a captured machine. */
typedef struct {
    HdCaptureKind kind;
    GString *bytes; /* FILE: its content; LINK: where it leads; NODE; else empty */
} HdCaptureEntry;

/**
 * HdCapture:
 * A part of a machine's file system as text: what the command reads to tell of its devices. Paths
 * are relative to the root, without links on their way.
 */
typedef struct HdCapture HdCapture;

/** Returns: (transfer full): nothing yet. */
HdCapture *hd_capture_new(void);
void hd_capture_free(HdCapture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdCapture, hd_capture_free)

/**
 * hd_capture_add:
 * @bytes: (nullable): @length of them; copied
 *
 * Adds what is known of @path; PRESENT never replaces anything. A link's absolute target becomes a
 * relative one, but for those of descriptors in /proc.
 */
void hd_capture_add(HdCapture *capture, const char *path, HdCaptureKind kind, const char *bytes,
                    gsize length);

/** Forgets @path; what is below it stays. */
void hd_capture_remove(HdCapture *capture, const char *path);

/** Returns: (transfer none) (nullable): what is known of @path. */
const HdCaptureEntry *hd_capture_find(const HdCapture *capture, const char *path);

/** Returns: (transfer container) (element-type utf8): all paths, sorted; borrowed from @capture. */
GPtrArray *hd_capture_paths(const HdCapture *capture);

/** Returns: (transfer full): the whole as text, a line an entry, for a person to read before it
 * is sent. */
char *hd_capture_format(const HdCapture *capture);

/**
 * hd_capture_parse:
 * @text: from anybody
 * @ret_capture: (transfer full)
 *
 * Returns: false on %HD_ERROR_INPUT: torn, not a capture, or with paths that lead elsewhere.
 */
bool hd_capture_parse(const char *text, HdCapture **ret_capture, GError **ret_error);

/** Returns: whether @text begins as a capture does. */
bool hd_capture_is_one(const char *text);

#endif
