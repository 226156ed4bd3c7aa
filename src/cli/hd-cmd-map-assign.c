/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * map assign: a VM whose device another one has gets a free one of the same mapping, in
 * its definition. At a start libvirt takes no XML back, so this can't be the hook's work.
 */
#include <stdio.h>
#include <string.h>

#include "hd-cmd-map.h"
#include "hd-error.h"
#include "hd-virt.h"
#include "hd-xml-apart.h"

typedef struct {
    HdState *state;
    GArray *moves;
} Assignment;

static bool
change(const char *xml, gpointer data, char **ret_xml, GError **ret_error)
{
    Assignment *assignment = data;
    g_autoptr(HdRequest) request = NULL;
    GString *text = NULL;
    gsize length = strlen(xml);
    if (!hd_xml_apart_parse(xml, length, &request, ret_error) ||
        !hd_state_relocate(assignment->state, request, &assignment->moves, ret_error))
        return false;
    if (assignment->moves->len == 0) {
        *ret_xml = NULL;
        return true;
    }
    if (!hd_xml_apart_rewrite(xml, length, request, assignment->moves, &text, ret_error))
        return false;
    *ret_xml = g_string_free(text, FALSE);
    return true;
}

bool
hd_cmd_map_assign(HdCmd *cmd, HdState *state, const char *domain, GError **ret_error)
{
    Assignment assignment = {.state = state};
    bool done = hd_virt_domain_change(cmd->connect, domain, change, &assignment, ret_error);
    g_autoptr(GArray) moves = assignment.moves;
    for (guint i = 0; done && moves != NULL && i < moves->len; i++) {
        const HdMove *move = &g_array_index(moves, HdMove, i);
        (void)printf("%s -> %s\n", hd_pci_address_text(&move->from).text,
                     hd_pci_address_text(&move->to).text);
    }
    return done;
}
