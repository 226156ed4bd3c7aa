/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Has a device open through VFIO, as a QEMU would that doesn't end, until it is killed: a whole
 * QEMU takes seconds to start in the lab, and this is done hundreds of times.
 *
 * usage: hold GROUP ADDRESS; says "held" when it has it
 */
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int
fail(const char *what)
{
    perror(what);
    return 1;
}

int
main(int argc, char **argv)
{
    char path[64];
    if (argc != 3)
        return 2;
    (void)snprintf(path, sizeof path, "/dev/vfio/%s", argv[1]);
    int container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
    int group = open(path, O_RDWR | O_CLOEXEC);
    if (container < 0 || group < 0)
        return fail(path);
    if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) != 0 ||
        ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0)
        return fail("the group's IOMMU");
    if (ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[2]) < 0)
        return fail(argv[2]);
    (void)puts("held");
    (void)fflush(stdout);
    for (;;)
        (void)pause();
}
