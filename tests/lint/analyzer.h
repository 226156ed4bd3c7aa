/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What gcc's analyzer can't know, as it looks at one file at a time: that these are always false.
 * Comes before each file that can have it; see check-analyzer.
 */
#if __has_include("hd-error.h") && __has_include(<glib.h>)
#include "hd-error.h"
#define hd_error_set(...)       ((hd_error_set)(__VA_ARGS__), false)
#define hd_error_set_errno(...) ((hd_error_set_errno)(__VA_ARGS__), false)
#define hd_error_set_lines(...) ((hd_error_set_lines)(__VA_ARGS__), false)
#endif
