/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Capabilities, by the two bare system calls: libcap-ng would be one more library in a
 * hook that every VM start waits for.
 */
#include "hd-privileges.h"

#include <sys/syscall.h>
#include <unistd.h>

bool
hd_privileges_keep(uint64_t wanted)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, sets) != 0)
        return false;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        sets[i].permitted &= (uint32_t)(wanted >> (32 * i));
        sets[i].effective &= sets[i].permitted;
        sets[i].inheritable = 0;
    }
    return syscall(SYS_capset, &header, sets) == 0;
}
