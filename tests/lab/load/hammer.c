/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Load for the lab: several callers that start and end VMs through the installed hook, as
 * libvirt's daemon does, want the same cards, and have their hooks killed at any moment. Who was
 * given a card enters itself in a table outside of the product; two at once are a double
 * grant. A hook that fails has to say why, and of what it says only what others and kills can be
 * the cause of is a refusal. Plain libc, since it runs where the product runs.
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

#define MAX_SAID 512

typedef struct {
    atomic_uint holders[CARDS]; /* 0: nobody */
    atomic_uint grants, refusals, killed, crashed, others, doubles, wrong, unclaimed;
    atomic_uint slowest_refusal_ms, late_refusals;
    char other[CALLERS][MAX_SAID]; /* the last that each caller had; only it writes there */
} Table;

static Table *table;

/* Another VM has the card, or somebody is at work on it, or on what a killed hook has left. */
static const char *const refusals[] = {
    "(rule: held)",
    "another hostdevctl is working for this VM",
    "another hostdevctl has been deciding for",
    "an earlier worker still waits for its driver to let go",
    "an earlier start has left something behind: ",
};

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

/* What a hook should not come to. */
static void
note_other(unsigned vm, const char *operation, int status, const char *said)
{
    (void)atomic_fetch_add(WIFSIGNALED(status) ? &table->crashed : &table->others, 1);
    (void)snprintf(table->other[vm - 1], MAX_SAID, "%s: wait status 0x%x: %.400s", operation,
                   (unsigned)status, said);
}

/* A negative @status: it was killed, as it was meant to be. */
typedef struct {
    int status;
    char said[MAX_SAID];
} Answer;

/* The first line of what stderr got. */
static void
read_said(int fd, Answer *answer)
{
    ssize_t length = pread(fd, answer->said, sizeof answer->said - 1, 0);
    answer->said[length > 0 ? length : 0] = '\0';
    answer->said[strcspn(answer->said, "\n")] = '\0';
    (void)close(fd);
}

/* Calls the hook; kills it after @kill_ms, unless negative. Stderr goes to a file: what a killed
   hook leaves running may keep that as long as it likes. */
static Answer
call_hook(unsigned vm, unsigned cards, const char *operation, const char *sub, int kill_ms)
{
    Answer answer;
    char name[32];
    int status = 0;
    int xml = open_xml(vm, cards);
    int said = memfd_create("said", MFD_CLOEXEC);
    (void)snprintf(name, sizeof name, "hammer%u", vm);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        (void)dup2(xml, STDIN_FILENO);
        (void)dup2(null, STDOUT_FILENO);
        (void)dup2(said, STDERR_FILENO);
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
    read_said(said, &answer);
    const bool is_ours = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && kill_ms >= 0;
    answer.status = is_ours ? -1 : status;
    (void)atomic_fetch_add(&table->killed, is_ours ? 1 : 0);
    return answer;
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

static bool
is_refusal(const Answer *answer)
{
    bool is_known = false;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        is_known |= strstr(answer->said, refusals[i]) != NULL;
    return is_known && WIFEXITED(answer->status) && WEXITSTATUS(answer->status) == 1;
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

/* libvirt listens to no failure of a release, so there is to be none. */
static void
release(unsigned vm, unsigned cards, int kill_ms)
{
    const Answer answer = call_hook(vm, cards, "release", "end", kill_ms);
    if (answer.status > 0)
        note_other(vm, "release", answer.status, answer.said);
}

/* One start, and the end if it has come to that. */
static void
run_vm(unsigned vm, unsigned *seed, bool kills)
{
    const unsigned cards = 1u << dice(seed, CARDS) | (dice(seed, 2) ? 1u << dice(seed, CARDS) : 0);
    const bool kills_start = kills && dice(seed, 2);
    const long begun = now_ms();
    const Answer answer =
        call_hook(vm, cards, "prepare", "begin", kills_start ? (int)dice(seed, 400) : -1);
    if (answer.status == 0) {
        change(vm, cards, true);
        (void)atomic_fetch_add(&table->grants, 1);
        check(vm, cards);
        (void)usleep(dice(seed, 20000));
        check(vm, cards);
        change(vm, cards, false);
        release(vm, cards, kills && !kills_start ? (int)dice(seed, 400) : -1);
    } else if (answer.status > 0) {
        if (is_refusal(&answer))
            note_refusal(now_ms() - begun);
        else
            note_other(vm, "prepare", answer.status, answer.said);
        (void)usleep(dice(seed, 500000));
    } else if (dice(seed, 2)) {
        /* libvirt hears that its hook has died, and says so; or it doesn't come to that. */
        release(vm, cards, -1);
    }
}

static void
print_figures(long seconds)
{
    (void)printf(
        "grants=%u\nrefusals=%u\nkilled=%u\ncrashed=%u\nothers=%u\ndoubles=%u\nwrong=%u\n"
        "unclaimed=%u\nslowest_refusal_ms=%u\nlate_refusals=%u\nseconds=%ld\n",
        atomic_load(&table->grants), atomic_load(&table->refusals), atomic_load(&table->killed),
        atomic_load(&table->crashed), atomic_load(&table->others), atomic_load(&table->doubles),
        atomic_load(&table->wrong), atomic_load(&table->unclaimed),
        atomic_load(&table->slowest_refusal_ms), atomic_load(&table->late_refusals), seconds);
    for (unsigned vm = 1; vm <= CALLERS; vm++) {
        if (table->other[vm - 1][0] != '\0')
            (void)printf("other of hammer%u: %s\n", vm, table->other[vm - 1]);
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
        release(vm, 1, -1);
        _exit(0);
    }
    while (wait(NULL) > 0 || errno == EINTR)
        continue;
    print_figures((now_ms() - begun) / 1000);
    return 0;
}
