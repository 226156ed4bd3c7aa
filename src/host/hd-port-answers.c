/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Answers of a kernel that doesn't run here, from a captured machine's files.
 */
#include "hd-port-answers.h"

#include <errno.h>

static char *
read_answer(HdPort *port, const char *question, const char *subject)
{
    char *text = NULL;
    return hd_port_read(port, &text, HD_PORT_ANSWERS "/%s/%s", question, subject) == 0 ? text
                                                                                       : NULL;
}

bool
hd_port_answers_has(HdPort *port, const char *question, const char *path)
{
    g_autofree char *text = read_answer(port, question, path);
    return text != NULL;
}

GPtrArray *
hd_port_answers_addresses(HdPort *port, const char *interface)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = read_answer(port, "addresses", interface);
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
        g_ptr_array_add(addresses, g_strdup(lines[i]));
    return addresses;
}

int
hd_port_answers_vf(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings)
{
    g_autofree char *subject = g_strdup_printf("%s/%u", interface, index);
    g_autofree char *text = read_answer(port, "vf", subject);
    return text != NULL && hd_vf_settings_parse(text, ret_settings) ? 0 : ENODEV;
}
