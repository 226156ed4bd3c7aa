/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table about mediated devices. tests/conformance/expected-mdev.txt holds what Linux 6.12
 * answers with its sample driver mtty; the fake is compared with it in every test run, the real
 * kernel with the fake in the lab.
 */
#include "hd-conformance-mdev.h"

#include "hd-conformance-row.h"

/* %P parent, %T type, %O other type, %U a uuid, %X the same in capitals, %V another, %F one that
   FILL makes, %G group of %U */
#define BUS    "sys/class/mdev_bus/%P"
#define TYPE   BUS "/mdev_supported_types/%T/"
#define OTHER  BUS "/mdev_supported_types/%O/"
#define MDEVS  "sys/bus/mdev/devices"
#define MDEV   MDEVS "/%U"
#define GROUPS "sys/kernel/iommu_groups/%G"

static const HdConformanceRow rows[] = {
    /* How the parent is. */
    {TARGET, BUS, NULL},
    {EXISTS, BUS "/numa_node", NULL},
    {MEMBERS, BUS "/mdev_supported_types", NULL},
    {READ, TYPE "name", NULL},
    {READ, TYPE "description", NULL},
    {READ, TYPE "device_api", NULL},
    {MEMBERS, TYPE "devices", NULL},
    {WRITE, TYPE "name", "x"},
    {WRITE, TYPE "available_instances", "9"},
    {CHANGE, TYPE "available_instances", NULL},
    {CHANGE, OTHER "available_instances", NULL},
    {MEMBERS, MDEVS, NULL},
    /* A create that isn't one. */
    {WRITE, TYPE "create", ""},
    {WRITE, TYPE "create", "short"},
    {WRITE, TYPE "create", "<35>"},
    {WRITE, TYPE "create", "<36>"},
    {WRITE, TYPE "create", "<37>"},
    {WRITE, TYPE "create", " %U"},
    {WRITE, TYPE "create", "{%U"},
    {WRITE, TYPE "create", "%U\n\n"},
    {WRITE, TYPE "create", "aaaaaaaa+0000-4000-8000-00000000000a"},
    {WRITE, TYPE "create", "aaaaaaaa00004000800000000000000a"},
    {WRITE, BUS "/mdev_supported_types/nosuchtype/create", "%U"},
    {WRITE, "sys/class/mdev_bus/nosuchparent/mdev_supported_types/%T/create", "%U"},
    {MEMBERS, MDEVS, NULL},
    /* Capitals become small, and the 37th byte may be anything. */
    {WRITE, TYPE "create", "%Xx"},
    {EXISTS, MDEV, NULL},
    {EXISTS, MDEVS "/%X", NULL},
    {MEMBERS, MDEVS, NULL},
    {NOTE, MDEV "/iommu_group", "%G"},
    /* All its places. */
    {TARGET, MDEV, NULL},
    {TARGET, MDEV "/mdev_type", NULL},
    {TARGET, MDEV "/iommu_group", NULL},
    {TARGET, MDEV "/driver", NULL},
    {TARGET, "sys/bus/mdev/drivers/%P/%U", NULL},
    {TARGET, TYPE "devices/%U", NULL},
    {EXISTS, OTHER "devices/%U", NULL},
    {TARGET, GROUPS "/devices/%U", NULL},
    {MEMBERS, GROUPS "/devices", NULL},
    {READ, GROUPS "/name", NULL},
    {READ, GROUPS "/type", NULL},
    {MEMBERS, MDEV "/vfio-dev", NULL},
    {EXISTS, BUS "/%U", NULL},
    {READ, MDEV "/mdev_type/device_api", NULL},
    {EXISTS, MDEV "/numa_node", NULL},
    {NODE, "dev/vfio/%G", NULL},
    {CHANGE, TYPE "available_instances", NULL},
    {CHANGE, OTHER "available_instances", NULL},
    /* The same uuid again, of whatever type. */
    {WRITE, TYPE "create", "%U"},
    {WRITE, TYPE "create", "%X\n"},
    {WRITE, OTHER "create", "%U"},
    {CHANGE, OTHER "available_instances", NULL},
    /* Another, of the other type. */
    {WRITE, OTHER "create", "%V\n"},
    {LINK, MDEVS "/%V/mdev_type", NULL},
    {CHANGE, TYPE "available_instances", NULL},
    {CHANGE, OTHER "available_instances", NULL},
    /* An attribute. */
    {READ, MDEV "/power/control", NULL},
    {WRITE, MDEV "/power/control", "off"},
    {WRITE, MDEV "/power/control", "on"},
    {READ, MDEV "/power/control", NULL},
    {WRITE, MDEV "/power/control", "ON"},
    {WRITE, MDEV "/power/control", "auto\n"},
    {READ, MDEV "/power/control", NULL},
    {WRITE, MDEV "/power/nothing", "on"},
    {READ, MDEV "/nothing", NULL},
    /* A remove that isn't one. */
    {WRITE, MDEV "/remove", ""},
    {WRITE, MDEV "/remove", "0"},
    {WRITE, MDEV "/remove", "0\n"},
    {WRITE, MDEV "/remove", "x"},
    {WRITE, MDEV "/remove", "1x"},
    {WRITE, MDEV "/remove", "1 "},
    {WRITE, MDEV "/remove", " 1"},
    {WRITE, MDEV "/remove", "-1"},
    {WRITE, MDEV "/remove", "\n"},
    {WRITE, MDEV "/remove", "18446744073709551616"},
    {EXISTS, MDEV, NULL},
    /* One that is. */
    {WRITE, MDEV "/remove", "1"},
    {WRITE, MDEV "/remove", "1"},
    {EXISTS, MDEV, NULL},
    {EXISTS, BUS "/%U", NULL},
    {EXISTS, TYPE "devices/%U", NULL},
    {EXISTS, "sys/bus/mdev/drivers/%P/%U", NULL},
    {EXISTS, GROUPS, NULL},
    {NODE, "dev/vfio/%G", NULL},
    {CHANGE, TYPE "available_instances", NULL},
    {WRITE, MDEVS "/%V/remove", "+0x2\n"},
    {EXISTS, MDEVS "/%V", NULL},
    {CHANGE, OTHER "available_instances", NULL},
    /* No room: a uuid is looked at first, then whether it is taken, then the room. */
    {FILL, TYPE "create", NULL},
    {READ, TYPE "available_instances", NULL},
    {READ, OTHER "available_instances", NULL},
    {WRITE, TYPE "create", "%U"},
    {WRITE, OTHER "create", "%U"},
    {WRITE, TYPE "create", "short"},
    {WRITE, TYPE "create", "%F"},
    {EXISTS, MDEV, NULL},
    {EXISTS, TYPE "devices/%U", NULL},
    {EMPTY, MDEVS, NULL},
    {CHANGE, TYPE "available_instances", NULL},
    {CHANGE, OTHER "available_instances", NULL},
    /* Made again, and removed by its parent's path. */
    {WRITE, OTHER "create", "%U"},
    {LINK, MDEV "/mdev_type", NULL},
    {WRITE, BUS "/%U/remove", "1\n"},
    {EXISTS, MDEV, NULL},
    {MEMBERS, MDEVS, NULL},
    {CHANGE, OTHER "available_instances", NULL},
};

guint
hd_conformance_mdev_run(HdPort *port, const HdConformanceMdevTarget *target)
{
    const HdConformanceName names[] = {
        {"%P", target->parent},
        {"%T", target->type},
        {"%O", target->other},
        {"%U", "aaaaaaaa-0000-4000-8000-00000000000a"},
        {"%X", "AAAAAAAA-0000-4000-8000-00000000000A"},
        {"%V", "bbbbbbbb-0000-4000-8000-00000000000b"},
        {"%F", "ffffffff-0000-4000-8000-000000000000"},
    };
    hd_conformance_run_rows(port, rows, G_N_ELEMENTS(rows), names, G_N_ELEMENTS(names));
    return G_N_ELEMENTS(rows);
}
