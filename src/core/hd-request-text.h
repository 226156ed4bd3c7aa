/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_REQUEST_TEXT_H
#define HD_REQUEST_TEXT_H

#include "hd-request.h"

/** Returns: (transfer full): all of @request as lines; see hd_request_parse(). */
char *hd_request_format(const HdRequest *request);

/**
 * hd_request_parse:
 * @text: lines of hd_request_format(), whoever wrote them: every word is checked as if it came from
 *   outside, by the functions that made it
 * @ret_request: (transfer full)
 *
 * Returns: whether it is a request that domain XML could have asked for.
 */
bool hd_request_parse(const char *text, HdRequest **ret_request);

#endif
