/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one error domain. Errors are made here and nowhere else, so a wrong
 * domain or a forgotten errno text can't happen.
 */
#include "hd-error.h"

#include <errno.h>

#include "hd-text.h"

/* A message is one line on a terminal, a log or virt-manager's dialog, whoever has named what it
   is about; some words come from libraries, which quote what they have read as it is. */
#define MAX_CHARS 1000

GQuark
hd_error_quark(void)
{
    return g_quark_from_static_string("hostdevctl");
}

bool
hd_error_set(GError **ret_error, HdErrorCode code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    /* Twice: what is not printable has grown to several characters. */
    g_autofree char *printable = hd_text_printable(message, MAX_CHARS);
    g_autofree char *line = hd_text_printable(printable, MAX_CHARS);
    g_set_error_literal(ret_error, HD_ERROR, (int)code, line);
    return false;
}

bool
hd_error_set_lines(GError **ret_error, HdErrorCode code, const char *text)
{
    g_set_error_literal(ret_error, HD_ERROR, (int)code, text);
    return false;
}

/* Where the kernel's words don't say what to do. */
static const char *
explain(HdErrorCode code, int errnum)
{
    if (code == HD_ERROR_KERNEL && errnum == EROFS)
        return "/sys is read-only here, as in a container: do this on the host itself";
    if (code == HD_ERROR_KERNEL && errnum == EMEDIUMTYPE)
        return "/sys is not the kernel's sysfs here: do this on the host itself";
    if (code == HD_ERROR_INPUT && errnum == EMEDIUMTYPE)
        return "it is no regular file";
    if (code == HD_ERROR_CONFIG && errnum == EPERM)
        return "others than root may change it; chown root and chmod go-w";
    return g_strerror(errnum);
}

bool
hd_error_set_errno(GError **ret_error, HdErrorCode code, int errnum, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *step = g_strdup_vprintf(format, args);
    va_end(args);
    return hd_error_set(ret_error, code, "%s: %s", step, explain(code, errnum));
}

bool
hd_error_is(const GError *error, HdErrorCode code)
{
    return g_error_matches(error, HD_ERROR, (int)code);
}
