/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An owner that has nothing frees nothing: an error path calls it with NULL, and no other test may.
 */
#include "hd-acl.h"
#include "hd-capture.h"
#include "hd-card.h"
#include "hd-claim.h"
#include "hd-desktop.h"
#include "hd-fingerprint.h"
#include "hd-host.h"
#include "hd-imported-mapping.h"
#include "hd-mapping.h"
#include "hd-mdev-bus.h"
#include "hd-node-device.h"
#include "hd-plan.h"
#include "hd-readiness.h"
#include "hd-request.h"
#include "hd-rom.h"
#include "hd-test.h"
#include "hd-vf-set.h"
#include "hd-virconf.h"

START_TEST(nothing)
{
    hd_acl_free(NULL);
    hd_capture_free(NULL);
    hd_card_free(NULL);
    hd_claim_free(NULL);
    hd_desktop_free(NULL);
    hd_holder_free(NULL);
    hd_vf_net_free(NULL);
    hd_device_free(NULL);
    hd_fingerprint_free(NULL);
    hd_goal_free(NULL);
    hd_host_free(NULL);
    hd_imported_mapping_free(NULL);
    hd_usb_device_free(NULL);
    hd_tty_free(NULL);
    hd_mapping_free(NULL);
    hd_mdev_bus_free(NULL);
    hd_mdev_spec_free(NULL);
    hd_mdev_parent_free(NULL);
    hd_mdev_type_free(NULL);
    hd_mdev_free(NULL);
    hd_node_device_free(NULL);
    hd_plan_free(NULL);
    hd_readiness_free(NULL);
    hd_request_free(NULL);
    hd_rom_free(NULL);
    hd_vf_set_free(NULL);
    hd_vgpu_free(NULL);
    hd_virconf_entry_free(NULL);
}
END_TEST

HD_TEST_MAIN("free", tcase_add_test(tcase, nothing))
