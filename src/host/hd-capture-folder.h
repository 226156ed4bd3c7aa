/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CAPTURE_FOLDER_H
#define HD_CAPTURE_FOLDER_H

#include "hd-capture.h"

/**
 * hd_capture_folder_new:
 * @capture: a captured machine
 * @ret_folder: (transfer full): a new folder, nobody else's, that looks like it
 *
 * Returns: false on %HD_ERROR_INPUT.
 */
bool hd_capture_folder_new(const HdCapture *capture, char **ret_folder, GError **ret_error);

/** Removes a folder of hd_capture_folder_new(), and frees its name. NULL is fine. */
void hd_capture_folder_remove(char *folder);

#endif
