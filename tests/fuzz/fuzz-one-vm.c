/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as OpenNebula's vm.xml of a VM that has a NIC's function, an interface and a disk: one
 * line, or settings of VFs for those that it has; it adds no device and moves none.
 */
#include <string.h>

#include "hd-fuzz.h"
#include "hd-xml-one.h"

#define UUID "5f0e1f3a-1c2b-4d3e-8f90-aabbccddeeff"

static HdRequest *
new_request(void)
{
    static const HdWishKind kinds[] = {HD_WISH_PCI, HD_WISH_INTERFACE, HD_WISH_NVME};
    HdUuid uuid;
    g_assert_true(hd_uuid_parse(UUID, &uuid));
    HdRequest *request = hd_request_new("one-42", &uuid);
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        HdWish *wish = hd_request_add(request, kinds[i]);
        wish->address = (HdPciAddress){0, 7, 0x10, (guint8)i};
    }
    /* What our metadata has said stays. */
    HdWish *first = g_ptr_array_index(request->wishes, 0);
    g_assert_null(hd_vf_settings_set(&first->vf, "vlan", "7"));
    return request;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(HdRequest) plain = new_request();
    g_autoptr(HdRequest) request = new_request();
    g_autoptr(GError) error = NULL;
    bool is_read = hd_xml_one_read((const char *)bytes, length, request, &error);
    hd_fuzz_check_outcome(is_read, error);
    hd_fuzz_check_wishes(request);
    hd_fuzz_check_same_devices(plain, request);
    const HdWish *nic = g_ptr_array_index(request->wishes, 0);
    const HdWish *interface = g_ptr_array_index(request->wishes, 1);
    const HdWish *disk = g_ptr_array_index(request->wishes, 2);
    g_assert_true(hd_vf_settings_has(&nic->vf, HD_VF_VLAN) && nic->vf.vlan == 7);
    g_assert_false(hd_vf_settings_has(&interface->vf, HD_VF_MAC));
    g_assert_cmpuint(disk->vf.known, ==, 0);
    return 0;
}
