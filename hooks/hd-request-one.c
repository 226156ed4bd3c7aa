/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From an OpenNebula guest's metadata to the file it names: what is in there belongs to
 * the request as if the domain XML had said it.
 */
#include "hd-request-one.h"

#include <errno.h>
#include <string.h>

#include "hd-vf-net.h"
#include "hd-xml-apart.h"

/* The keys that our own metadata has set, one guint for each wish. */
static GArray *
remember_known(const HdRequest *request)
{
    GArray *known = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        g_array_append_val(known, wish->vf.known);
    }
    return known;
}

/* As OpenNebula does it: with a representor, only the MAC is set on the PF. */
static void
leave_vlans_to_the_switch(HdPort *port, HdRequest *request, const GArray *known)
{
    const guint vlan = hd_vf_key_group(HD_VF_VLAN);
    for (guint i = 0; i < request->wishes->len; i++) {
        HdWish *wish = g_ptr_array_index(request->wishes, i);
        bool is_one_s =
            (wish->vf.known & vlan) != 0 && (g_array_index(known, guint, i) & vlan) == 0;
        if (hd_wish_is_pci(wish) && is_one_s && hd_vf_net_is_switched(port, &wish->address))
            wish->vf.known &= ~vlan;
    }
}

bool
hd_request_add_one(HdPort *port, HdRequest *request, GError **ret_error)
{
    g_autofree char *text = NULL;
    if (request->one_folder == NULL || !hd_request_is_ours(request))
        return true;
    int error = hd_port_read(port, &text, "%s/vm.xml", request->one_folder);
    if (error == ENOENT)
        return true;
    if (error != 0)
        return hd_error_set_errno(ret_error, HD_ERROR_INPUT, error, "read /%s/vm.xml",
                                  request->one_folder);
    g_autoptr(GArray) known = remember_known(request);
    if (!hd_xml_apart_read_one(text, strlen(text), request, ret_error))
        return false;
    leave_vlans_to_the_switch(port, request, known);
    return true;
}
