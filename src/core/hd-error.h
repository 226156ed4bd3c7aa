/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_ERROR_H
#define HD_ERROR_H

#include <glib.h>
#include <stdbool.h>

/**
 * HdErrorCode:
 * What kind of unexpected thing happened. Expected outcomes (a refusal, a busy
 * device) are named values of the function concerned, never one of these.
 *
 * @HD_ERROR_INPUT:  what we were given is not acceptable (XML, address, option)
 * @HD_ERROR_CONFIG: /etc/hostdevctl can't be used as it is
 * @HD_ERROR_KERNEL: the kernel refused a step or did not do what it said
 * @HD_ERROR_LOCKED: another process holds the state; the bounded wait is over
 * @HD_ERROR_STUCK:  a write into the kernel did not return by its deadline
 * @HD_ERROR_TAKEN:  somebody else has done it first; nothing of ours is there
 * @HD_ERROR_STATE:  our own state in /run can't be read or written
 * @HD_ERROR_REFUSED: policy says no; the message is the refusal's sentence
 * @HD_ERROR_USAGE:  the command line is wrong
 */
typedef enum {
    HD_ERROR_INPUT,
    HD_ERROR_CONFIG,
    HD_ERROR_KERNEL,
    HD_ERROR_LOCKED,
    HD_ERROR_STUCK,
    HD_ERROR_TAKEN,
    HD_ERROR_STATE,
    HD_ERROR_REFUSED,
    HD_ERROR_USAGE,
} HdErrorCode;

/** The error domain of everything in this project. */
#define HD_ERROR (hd_error_quark())
GQuark hd_error_quark(void);

/**
 * hd_error_set:
 * @ret_error: (nullable): where the error goes; must not hold one already
 * @code: kind of error
 * @format: one sentence for a person, without a final dot; what is not printable in it is shown as
 *   hd_text_printable() does, and what is longer than 1000 characters is cut
 *
 * Returns: always false, so that a failing function can `return hd_error_set(...)`.
 */
bool hd_error_set(GError **ret_error, HdErrorCode code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * hd_error_set_lines:
 * @text: several lines on purpose, each of which the caller has made printable: what another
 *   program has said
 *
 * Returns: always false.
 */
bool hd_error_set_lines(GError **ret_error, HdErrorCode code, const char *text);

/**
 * hd_error_set_errno:
 * @ret_error: (nullable): where the error goes
 * @code: kind of error
 * @errnum: the errno value of the failing step
 * @format: the step and the path, e.g. "write vfio-pci to sys/.../driver_override"
 *
 * The message becomes "<step>: <text of errnum>", or what to do where that text does not tell.
 *
 * Returns: always false.
 */
bool hd_error_set_errno(GError **ret_error, HdErrorCode code, int errnum, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/** Returns: whether @error is set and of kind @code. */
bool hd_error_is(const GError *error, HdErrorCode code);

#endif
