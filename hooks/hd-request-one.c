/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From an OpenNebula guest's metadata to the file it names: what is in there belongs to
 * the request as if the domain XML had said it.
 */
#include "hd-request-one.h"

#include <errno.h>
#include <string.h>

#include "hd-vf-net.h"
#include "hd-xml-one.h"

/* As OpenNebula does it: with a representor, only the MAC is set on the PF. */
static void
leave_vlans_to_the_switch(HdPort *port, HdRequest *request)
{
    const guint vlan = 1U << HD_VF_VLAN | 1U << HD_VF_QOS | 1U << HD_VF_PROTO;
    for (guint i = 0; i < request->wishes->len; i++) {
        HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_wish_is_pci(wish) && (wish->vf.known & vlan) != 0 &&
            hd_vf_net_is_switched(port, &wish->address))
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
    if (!hd_xml_one_read(text, strlen(text), request, ret_error))
        return false;
    leave_vlans_to_the_switch(port, request);
    return true;
}
