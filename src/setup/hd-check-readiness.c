/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: iommufd and live migration with a device: nobody has to have them, so that only a device
 * that could be migrated, and can't, is worth a warning.
 */
#include "hd-check-private.h"
#include "hd-readiness-probe.h"

static void
add(HdCheck *check, HdLevel level, const char *topic, const char *what, const HdDevice *device,
    const HdReadiness *readiness)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    g_autofree char *lacks = hd_readiness_text(readiness);
    hd_findings_add(check->findings, level, topic, NULL, "%s: %s %s%s%s%s", name.text, what,
                    readiness->is_ready ? "would work" : "would not work: ", lacks,
                    readiness->is_ready && readiness->driver != NULL ? ", by " : "",
                    readiness->is_ready && readiness->driver != NULL ? readiness->driver : "");
}

void
hd_check_readiness(HdCheck *check, const HdDevice *device)
{
    const HdReadinessFacts facts = hd_readiness_probe(check->port, device);
    g_autoptr(HdReadiness) iommufd = hd_readiness_iommufd(&facts);
    g_autoptr(HdReadiness) migration = hd_readiness_migration(&facts);
    const bool could_be = migration->driver != NULL && device->is_vf;
    if (device->is_bridge)
        return;
    add(check, HD_LEVEL_OK, "iommufd", "iommufd", device, iommufd);
    add(check, could_be && !migration->is_ready ? HD_LEVEL_WARNING : HD_LEVEL_OK, "migration",
        "live migration of its VM", device, migration);
}
