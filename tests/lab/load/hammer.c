/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Load for the lab: several callers that start and end VMs through the installed hook, as
 * libvirt's daemon does, want the same cards, and have their hooks killed at any moment. Who was
 * given a card enters itself in a table outside of the product; two at once are a double
 * grant. Plain libc, since it runs where the product runs.
 *
 * usage: hammer GRANTS KILLS; prints figures, one "name=number" a line
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLERS 8
#define CARDS   8
#define HOOK    "/etc/libvirt/hooks/qemu"

typedef struct {
    atomic_uint holders[CARDS]; /* 0: nobody */
    atomic_uint grants, refusals, killed, doubles, wrong, unclaimed;
    atomic_uint slowest_refusal_ms, late_refusals;
} Table;

static Table *table;

static long
now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned
dice(unsigned *seed, unsigned sides)
{
    return (unsigned)rand_r(seed) % sides;
}

static bool
is_on_vfio(unsigned card)
{
    char path[128], target[256];
    (void)snprintf(path, sizeof path, "/sys/bus/pci/devices/0000:%02x:00.0/driver", card + 1);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    return strcmp(strrchr(target, '/'), "/vfio-pci") == 0;
}

static bool
is_claimed(unsigned vm, unsigned card)
{
    char path[128], text[16384], address[32];
    (void)snprintf(path, sizeof path, "/run/hostdevctl/vm/%08x-1111-4111-8111-111111111111", vm);
    (void)snprintf(address, sizeof address, "0000:%02x:00.0", card + 1);
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    text[length] = '\0';
    return strstr(text, address) != NULL;
}

/* A file without a name that holds the VM's XML. */
static int
open_xml(unsigned vm, unsigned cards)
{
    int fd = memfd_create("xml", MFD_CLOEXEC);
    (void)dprintf(fd,
                  "<domain type='qemu'><name>hammer%u</name>"
                  "<uuid>%08x-1111-4111-8111-111111111111</uuid><memory unit='MiB'>64</memory>"
                  "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>\n",
                  vm, vm);
    for (unsigned i = 0; i < CARDS; i++) {
        if ((cards >> i & 1) != 0)
            (void)dprintf(fd,
                          "<hostdev mode='subsystem' type='pci' managed='no'><source>"
                          "<address domain='0x0000' bus='0x%02x' slot='0x00' function='0x0'/>"
                          "</source></hostdev>\n",
                          i + 1);
    }
    (void)dprintf(fd, "</devices></domain>\n");
    (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Calls the hook; kills it after @kill_ms, unless negative. Returns its exit status; -1: killed. */
static int
call_hook(unsigned vm, unsigned cards, const char *operation, const char *sub, int kill_ms)
{
    char name[32];
    int status = 0;
    int xml = open_xml(vm, cards);
    (void)snprintf(name, sizeof name, "hammer%u", vm);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        (void)dup2(xml, STDIN_FILENO);
        (void)dup2(null, STDOUT_FILENO);
        (void)dup2(null, STDERR_FILENO);
        (void)execl(HOOK, HOOK, name, operation, sub, "-", NULL);
        _exit(127);
    }
    (void)close(xml);
    if (kill_ms >= 0) {
        (void)usleep((useconds_t)kill_ms * 1000);
        (void)kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    (void)atomic_fetch_add(&table->killed, 1);
    return -1;
}

static void
check(unsigned vm, unsigned cards)
{
    for (unsigned i = 0; i < CARDS; i++) {
        if ((cards >> i & 1) == 0)
            continue;
        (void)atomic_fetch_add(&table->wrong, is_on_vfio(i) ? 0 : 1);
        (void)atomic_fetch_add(&table->unclaimed, is_claimed(vm, i) ? 0 : 1);
    }
}

static void
change(unsigned vm, unsigned cards, bool takes)
{
    for (unsigned i = 0; i < CARDS; i++) {
        unsigned was = takes ? 0 : vm;
        if ((cards >> i & 1) != 0 &&
            !atomic_compare_exchange_strong(&table->holders[i], &was, takes ? vm : 0))
            (void)atomic_fetch_add(&table->doubles, 1);
    }
}

static void
note_refusal(long ms)
{
    unsigned slowest = atomic_load(&table->slowest_refusal_ms);
    (void)atomic_fetch_add(&table->refusals, 1);
    (void)atomic_fetch_add(&table->late_refusals, ms > 1000 ? 1 : 0);
    while (ms > (long)slowest &&
           !atomic_compare_exchange_weak(&table->slowest_refusal_ms, &slowest, (unsigned)ms))
        continue;
}

/* One start, and the end if it has come to that. */
static void
run_vm(unsigned vm, unsigned *seed, bool kills)
{
    const unsigned cards = 1u << dice(seed, CARDS) | (dice(seed, 2) ? 1u << dice(seed, CARDS) : 0);
    const bool kills_start = kills && dice(seed, 2);
    const long begun = now_ms();
    int status = call_hook(vm, cards, "prepare", "begin", kills_start ? (int)dice(seed, 400) : -1);
    if (status == 0) {
        change(vm, cards, true);
        (void)atomic_fetch_add(&table->grants, 1);
        check(vm, cards);
        (void)usleep(dice(seed, 20000));
        check(vm, cards);
        change(vm, cards, false);
        (void)call_hook(vm, cards, "release", "end",
                        kills && !kills_start ? (int)dice(seed, 400) : -1);
    } else if (status > 0) {
        note_refusal(now_ms() - begun);
        (void)usleep(dice(seed, 500000));
    } else if (dice(seed, 2)) {
        /* libvirt hears that its hook has died, and says so; or it doesn't come to that. */
        (void)call_hook(vm, cards, "release", "end", -1);
    }
}

int
main(int argc, char **argv)
{
    const unsigned grants = argc > 2 ? (unsigned)atoi(argv[1]) : 0;
    const unsigned kills = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
    if (grants == 0)
        return 2;
    table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (table == MAP_FAILED)
        return 1;
    const long begun = now_ms();
    for (unsigned vm = 1; vm <= CALLERS; vm++) {
        if (fork() != 0)
            continue;
        unsigned seed = vm;
        while (atomic_load(&table->grants) < grants || atomic_load(&table->killed) < kills)
            run_vm(vm, &seed, atomic_load(&table->killed) < kills && dice(&seed, 3) == 0);
        (void)call_hook(vm, 1, "release", "end", -1);
        _exit(0);
    }
    while (wait(NULL) > 0 || errno == EINTR)
        continue;
    (void)printf("grants=%u\nrefusals=%u\nkilled=%u\ndoubles=%u\nwrong=%u\nunclaimed=%u\n"
                 "slowest_refusal_ms=%u\nlate_refusals=%u\nseconds=%ld\n",
                 atomic_load(&table->grants), atomic_load(&table->refusals),
                 atomic_load(&table->killed), atomic_load(&table->doubles),
                 atomic_load(&table->wrong), atomic_load(&table->unclaimed),
                 atomic_load(&table->slowest_refusal_ms), atomic_load(&table->late_refusals),
                 (now_ms() - begun) / 1000);
    return 0;
}
