/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * gcov writes its counters to files when a process calls exit(). Workers end by _exit(), the reader
 * of XML can open no file by then, and what the sweeps kill says nothing at all. So all children of
 * a process count in its own memory, and it writes for them. Linked into whatever the coverage
 * build links; the product knows nothing of it.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* From counters.ld; each program and module has its own. */
extern __attribute__((visibility("hidden"))) char hd_counters_start[], hd_counters_end[];

/* Calls that the linker turns to here (--wrap), and what they were. */
void __wrap___gcov_exit(void);
__attribute__((weak)) void __real___gcov_exit(void); /* not where nothing is counted */
_Noreturn void __wrap__exit(int status);
_Noreturn void __real__exit(int status);

static pid_t owner;

/* Before anything is counted. */
__attribute__((constructor(101))) static void
share_counters(void)
{
    const size_t length = (size_t)(hd_counters_end - hd_counters_start);
    owner = getpid();
    if (length > 0 && mmap(hd_counters_start, length, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        abort();
}

/* Called once for each object file; it writes for all. */
void
__wrap___gcov_exit(void)
{
    if (getpid() == owner && __real___gcov_exit != NULL)
        __real___gcov_exit();
}

void
__wrap__exit(int status)
{
    __wrap___gcov_exit();
    __real__exit(status);
}
