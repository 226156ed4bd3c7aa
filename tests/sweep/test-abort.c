/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * No memory at each allocation of prepare, release and reconcile, in the process itself
 * and in its workers. GLib aborts then; what libc allocates for itself fails. Here the
 * journal, the locks and the workers are real, on a host that outlives each process
 * (hd-shared.h). Afterwards the host is as before, at the latest by a reconcile.
 *
 * usage: test-abort [--long]: every allocation, not a share of them
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-fake-host.h"
#include "hd-shared.h"
#include "hd-state.h"

/* In short so many of the allocations of each verb. */
#define SHARE 120

typedef struct {
    atomic_bool is_counting;
    atomic_ullong count, fail_at;
} Counter;

static Counter *counter;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static bool
fails_now(void)
{
    if (counter == NULL || !atomic_load(&counter->is_counting) ||
        atomic_fetch_add(&counter->count, 1) + 1 != atomic_load(&counter->fail_at))
        return false;
    errno = ENOMEM;
    return true;
}

/* In the place of libc's, for GLib too, which has to see them. */
#define SEEN __attribute__((visibility("default")))

SEEN void *
malloc(size_t size)
{
    return fails_now() ? NULL : __libc_malloc(size);
}

SEEN void *
calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __libc_calloc(count, size);
}

SEEN void *
realloc(void *memory, size_t size)
{
    return fails_now() ? NULL : __libc_realloc(memory, size);
}

typedef enum { PREPARE, RELEASE, RECONCILE, VERBS } Verb;

static const char *const verb_names[VERBS] = {"prepare", "release", "reconcile"};

static HdShared *shared;

static HdState *
new_state(void)
{
    const HdConfig config = hd_config_default();
    return hd_state_new(hd_shared_port(shared), &config);
}

static HdRequest *
new_request(void)
{
    return hd_fake_request("vm", VM_A, "0000:01:00.0", "0000:02:00.1", NULL);
}

static bool
do_verb(Verb verb, HdState *state, const HdRequest *request)
{
    g_autoptr(GPtrArray) reports = NULL;
    switch (verb) {
    case PREPARE:
        return hd_state_prepare(state, request, 0, NULL);
    case RELEASE:
        return hd_state_release(state, VM_A, NULL);
    case RECONCILE:
    case VERBS:
        break;
    }
    return hd_state_reconcile(state, &reports, NULL);
}

G_NORETURN static void
be_child(Verb verb, guint64 fail_at)
{
    const struct rlimit none = {0, 0};
    g_autoptr(HdState) state = new_state();
    g_autoptr(HdRequest) request = new_request();
    (void)setrlimit(RLIMIT_CORE, &none);
    if (freopen("/dev/null", "w", stderr) == NULL)
        _exit(EXIT_FAILURE);
    atomic_store(&counter->count, 0);
    atomic_store(&counter->fail_at, fail_at);
    atomic_store(&counter->is_counting, true);
    bool is_done = do_verb(verb, state, request);
    _exit(is_done ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Runs @verb in a process of its own, and waits for it and all its workers. Returns its status. */
static int
run_child(Verb verb, guint64 fail_at)
{
    int status = 0;
    (void)fflush(stdout);
    pid_t pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (pid == 0)
        be_child(verb, fail_at);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        continue;
    atomic_store(&counter->is_counting, false);
    return status;
}

/* Returns whether the host is as it was. */
static bool
try(Verb verb, guint64 fail_at, const char *before, guint *ret_aborts)
{
    g_autoptr(HdState) state = new_state();
    g_autoptr(HdRequest) request = new_request();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    if (verb != PREPARE)
        g_assert_true(hd_state_prepare(state, request, 0, NULL));
    const int status = run_child(verb, fail_at);
    *ret_aborts += WIFSIGNALED(status);
    bool is_fine = hd_state_reconcile(state, &reports, &error);
    g_autofree char *now = hd_shared_dump(shared);
    if (is_fine && g_str_equal(now, before))
        return true;
    g_print("not ok - %s without memory at allocation %" G_GUINT64_FORMAT ": %s\n%swanted\n%s",
            verb_names[verb], fail_at, error != NULL ? error->message : "", now, before);
    return false;
}

static bool
sweep(Verb verb, bool is_long, const char *before)
{
    guint aborts = 0, tries = 0;
    if (!try(verb, 0, before, &aborts))
        return false;
    const guint64 all = atomic_load(&counter->count);
    const guint64 stride = is_long ? 1 : MAX(all / SHARE, 1);
    for (guint64 fail_at = 1; fail_at <= all; fail_at += stride, tries++) {
        if (!try(verb, fail_at, before, &aborts))
            return false;
    }
    bool is_tried = all > 0 && aborts > tries / 4;
    g_print("%s - %s: %" G_GUINT64_FORMAT " allocations, %u tried without memory, of which the "
            "process itself aborted in %u\n",
            is_tried ? "ok" : "not ok", verb_names[verb], all, tries, aborts);
    return is_tried;
}

int
main(int argc, char **argv)
{
    const bool is_long = argc > 1 && g_str_equal(argv[1], "--long");
    /* GLib before 2.76 has an allocator of its own for small things. */
    if (g_strcmp0(getenv("G_SLICE"), "always-malloc") != 0) {
        (void)setenv("G_SLICE", "always-malloc", 1);
        (void)execv("/proc/self/exe", argv);
        return EXIT_FAILURE;
    }
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    shared = hd_shared_new(2, 2);
    counter =
        mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    g_assert_true(counter != MAP_FAILED);
    g_autofree char *before = hd_shared_dump(shared);
    bool is_fine = true;
    for (Verb verb = PREPARE; is_fine && verb < VERBS; verb++)
        is_fine = sweep(verb, is_long, before);
    hd_shared_free(shared);
    return is_fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
