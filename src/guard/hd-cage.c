/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A process that reads what strangers wrote, and can do nothing else: each lock here
 * would do alone, and a kernel that lacks some has the others.
 */
#include "hd-cage.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hd-descriptors.h"
#include "hd-limits.h"
#include "hd-privileges.h"

#define NOBODY      65534
#define CPU_SECONDS 5

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The numbers of Landlock are the same on all architectures. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self  446
#endif
#define ASK_VERSION 1U

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#endif

bool
hd_cage_empty(int fd)
{
    if (!hd_descriptors_silence(STDIN_FILENO, STDERR_FILENO) ||
        (fd != HD_CAGE_FD && dup2(fd, HD_CAGE_FD) < 0))
        return false;
    hd_descriptors_close(HD_CAGE_FD + 1, ~0U);
    (void)signal(SIGXCPU, SIG_DFL);
    return true;
}

/* No file, pipe or socket can be opened, no process started, no file made longer. */
static bool
limit(uint64_t most_bytes)
{
    const struct {
        __rlimit_resource_t resource;
        rlim_t soft, hard;
    } limits[] = {
        {RLIMIT_CORE, 0, 0},
        {RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1},
        {RLIMIT_AS, most_bytes, most_bytes},
        {RLIMIT_FSIZE, 0, 0},
        {RLIMIT_NPROC, 0, 0},
        {RLIMIT_NOFILE, 0, 0},
    };
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct rlimit now;
        if (getrlimit(limits[i].resource, &now) != 0)
            return false;
        const rlim_t hard = now.rlim_max < limits[i].hard ? now.rlim_max : limits[i].hard;
        const rlim_t soft = limits[i].soft < hard ? limits[i].soft : hard;
        const struct rlimit both = {soft, hard}, one = {soft, now.rlim_max};
        /* valgrind leaves no hard limit on descriptors to be changed. */
        if (setrlimit(limits[i].resource, &both) != 0 && setrlimit(limits[i].resource, &one) != 0)
            return false;
    }
    return true;
}

/* An ordinary user stays who he is; he has no capabilities to lose. */
static bool
drop_root(void)
{
    bool is_nobody =
        geteuid() != 0 || (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
                           setresuid(NOBODY, NOBODY, NOBODY) == 0);
    /* A container may have no such user; it may have no capabilities either. */
    return (is_nobody || errno == EPERM || errno == EINVAL) && hd_privileges_keep(0);
}

/* A ruleset without a rule: nothing on disk, no TCP, no abstract socket, no signal to others. */
static void
close_files(void)
{
    static const struct {
        uint64_t fs, net, scope;
    } known[] = {{0x1fff, 0, 0}, {0x3fff, 0, 0}, {0x7fff, 0, 0},
                 {0x7fff, 3, 0}, {0xffff, 3, 0}, {0xffff, 3, 3}};
    static const size_t sizes[] = {8, 8, 8, 16, 16, 24};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
    if (version < 1)
        return;
    const size_t at = (size_t)version > COUNT(known) ? COUNT(known) - 1 : (size_t)version - 1;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &known[at], sizes[at], 0);
    if (rules < 0)
        return;
    (void)syscall(SYS_landlock_restrict_self, rules, 0);
    (void)close(rules);
}

#ifdef ARCHITECTURE

/* What malloc, GLib and libxml2 need to compute; the argument checks are below. Anything else
   isn't there (ENOSYS): a new C library that tries something newer falls back. */
static const int calls[] = {
    SYS_read,          SYS_write,      SYS_close,        SYS_brk,
    SYS_munmap,        SYS_mremap,     SYS_madvise,      SYS_futex,
    SYS_exit,          SYS_exit_group, SYS_rt_sigreturn, SYS_rt_sigprocmask,
    SYS_clock_gettime, SYS_getrandom,  SYS_sched_yield,  SYS_restart_syscall,
    SYS_sysinfo,
};

#define STATEMENT(code, value)     ((struct sock_filter)BPF_STMT((code), (value)))
#define JUMP(code, value, yes, no) ((struct sock_filter)BPF_JUMP((code), (value), (yes), (no)))
#define LOAD(field)                STATEMENT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IS(value, yes, no)         JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), (yes), (no))
#define RETURN(value)              STATEMENT(BPF_RET | BPF_K, (value))
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW_HALF 4
#else
#define LOW_HALF 0
#endif
#define LOAD_PROT                                                                                  \
    STATEMENT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]) + LOW_HALF)
#define IS_EXEC JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1)

static void
close_calls(void)
{
    struct sock_filter program[COUNT(calls) * 2 + 16];
    const uint32_t absent = SECCOMP_RET_ERRNO | ENOSYS;
    unsigned short length = 0;
    program[length++] = LOAD(arch);
    program[length++] = IS(ARCHITECTURE, 1, 0);
    program[length++] = RETURN(absent);
    program[length++] = LOAD(nr);
    for (size_t i = 0; i < COUNT(calls); i++) {
        program[length++] = IS(calls[i], 0, 1);
        program[length++] = RETURN(SECCOMP_RET_ALLOW);
    }
    /* Memory may be had, but none that can be executed. */
    program[length++] = IS(SYS_mmap, 2, 0);
    program[length++] = IS(SYS_mprotect, 1, 0);
    program[length++] = RETURN(absent);
    program[length++] = LOAD_PROT;
    program[length++] = IS_EXEC;
    program[length++] = RETURN(absent);
    program[length++] = RETURN(SECCOMP_RET_ALLOW);
    const struct sock_fprog filter = {length, program};
    (void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}

#else

static void
close_calls(void)
{
}

#endif

bool
hd_cage_close(void)
{
    const uint64_t most_bytes = hd_limits_mapped() + HD_LIMITS_MEMORY;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    close_files();
    if (!limit(most_bytes) || !drop_root())
        return false;
    /* Another user, another life: both are reset by the change. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return false;
    close_calls();
    return true;
}
