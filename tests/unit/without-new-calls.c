/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a program on a kernel that lacks Landlock, seccomp, openat2 and close_range, or a container
 * manager that hides them: a filter answers ENOSYS, which the program's children inherit.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(NUMBER)                                                                               \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NUMBER, 0, 1),                                             \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)

#define LANDLOCK 444 /* and two more; the same on all architectures */

int
main(int argc, char **argv)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        CALL(LANDLOCK),
        CALL(LANDLOCK + 1),
        CALL(LANDLOCK + 2),
        CALL(SYS_seccomp),
        CALL(SYS_openat2),
        CALL(SYS_close_range),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof program / sizeof *program, program};
    if (argc < 2)
        return 2;
    /* Root may without; else the program would lack more than the calls. */
    if (geteuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return 2;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0 ||
        syscall(SYS_openat2, -1, "", NULL, 0) != -1 || errno != ENOSYS) {
        perror("without-new-calls");
        return 2;
    }
    (void)execv(argv[1], argv + 1);
    perror(argv[1]);
    return 2;
}
