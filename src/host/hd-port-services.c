/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The few things that are not files: loading a module, waiting for udev, the
 * machine's addresses, users and groups. Programs are run by absolute path with a
 * fixed environment and no descriptor of ours.
 */
#include "hd-port-services.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-desktop.h"
#include "hd-gpu.h"
#include "hd-port-within.h"
#include "hd-text.h"

/* The hook has small limits, a umask of its own and is deaf to polite signals. What a line of
   modprobe.d or a unit starts may live long, and finds what root's programs find. */
static int
spawn(pid_t *ret_pid, const char *program, const posix_spawn_file_actions_t *actions,
      char *const *arguments, char *const *environment)
{
    static const int lifted[] = {RLIMIT_AS, RLIMIT_FSIZE};
    struct rlimit own[G_N_ELEMENTS(lifted)];
    posix_spawnattr_t attributes;
    sigset_t all, none;
    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    if (posix_spawnattr_init(&attributes) != 0)
        return ENOMEM;
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    (void)posix_spawnattr_setsigdefault(&attributes, &all);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    for (gsize i = 0; i < G_N_ELEMENTS(lifted); i++) {
        (void)getrlimit(lifted[i], &own[i]);
        const struct rlimit hard = {own[i].rlim_max, own[i].rlim_max};
        (void)setrlimit(lifted[i], &hard);
    }
    const mode_t mask = umask(022);
    int error = posix_spawn(ret_pid, program, actions, &attributes, arguments, environment);
    (void)umask(mask);
    for (gsize i = 0; i < G_N_ELEMENTS(lifted); i++)
        (void)setrlimit(lifted[i], &own[i]);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

/* Runs the first of @programs that exists. Returns its exit status, or -1. */
static int
run(const char *const *programs, char *const *arguments)
{
    char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C",
                                 NULL};
    posix_spawn_file_actions_t actions;
    int status = -1;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        (void)posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    for (; *programs != NULL && status == -1; programs++) {
        pid_t pid;
        if (spawn(&pid, *programs, &actions, arguments, environment) != 0)
            continue;
        int wait_status = 0;
        while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
            continue;
        status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 255;
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return status;
}

int
hd_port_services_load_module(const char *module)
{
    static const char *const programs[] = {"/usr/sbin/modprobe", "/sbin/modprobe", NULL};
    if (!hd_text_is_name(module) || *module == '-')
        return EINVAL;
    /* A module that was loaded by name in spite of a blacklist comes back likewise. */
    char *const arguments[] = {(char *)"modprobe",
                               (char *)(hd_gpu_is_dependant(module) ? "-q" : "-qb"), (char *)"--",
                               (char *)module, NULL};
    return run(programs, arguments) == 0 ? 0 : ENOENT;
}

int
hd_port_services_unload_module(const char *module)
{
    if (!hd_text_is_name(module))
        return EINVAL;
    return syscall(SYS_delete_module, module, O_NONBLOCK) == 0 ? 0 : errno;
}

int
hd_port_services_set_unit(const char *unit, bool is_active)
{
    static const char *const programs[] = {"/usr/bin/systemctl", "/bin/systemctl", NULL};
    if (!hd_unit_is_name(unit))
        return EINVAL;
    char *const arguments[] = {(char *)"systemctl",
                               (char *)"--quiet",
                               (char *)"--no-ask-password",
                               (char *)(is_active ? "start" : "stop"),
                               (char *)"--",
                               (char *)unit,
                               NULL};
    /* What was started too often of late would not be started once more. */
    char *const forget[] = {(char *)"systemctl", (char *)"--quiet", (char *)"reset-failed",
                            (char *)"--",        (char *)unit,      NULL};
    if (is_active)
        (void)run(programs, forget);
    return run(programs, arguments) == 0 ? 0 : ENOENT;
}

bool
hd_port_services_settle(guint deadline_ms)
{
    static const char *const programs[] = {"/usr/bin/udevadm", "/bin/udevadm", NULL};
    g_autofree char *timeout = g_strdup_printf("--timeout=%u", (deadline_ms + 999) / 1000);
    char *const arguments[] = {(char *)"udevadm", (char *)"settle", timeout, NULL};
    return run(programs, arguments) == 0;
}

/* Returns the address as text; NULL for families and scopes that don't count as use. */
static char *
address_text(const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address == NULL)
        return NULL;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)address;
        return g_strdup(inet_ntop(AF_INET, &in->sin_addr, text, sizeof text));
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)address;
        if (!IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
            return g_strdup(inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text));
    }
    return NULL;
}

/* glibc tells an IPv4 address's label, "eth0:1", where it has one; no interface has a colon. */
static bool
is_of_interface(const char *label, const char *interface)
{
    gsize length = strcspn(label, ":");
    return strlen(interface) == length && strncmp(label, interface, length) == 0;
}

int
hd_port_services_addresses(const char *interface, GPtrArray **ret_addresses)
{
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) != 0)
        return errno;
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
        char *text = is_of_interface(one->ifa_name, interface) ? address_text(one->ifa_addr) : NULL;
        if (text != NULL)
            g_ptr_array_add(addresses, text);
    }
    freeifaddrs(all);
    *ret_addresses = addresses;
    return 0;
}

/* libvirt's form: "+N" is always a number, "N" too when no such name exists. */
static bool
parse_id(const char *text, guint *ret_id)
{
    guint64 number;
    if (*text == '+')
        text++;
    if (!hd_text_unsigned(text, 10, 0, G_MAXUINT - 1, &number))
        return false;
    *ret_id = (guint)number;
    return true;
}

/* Returns NULL with errno. */
static FILE *
open_file(int root, const char *path)
{
    int fd = -1;
    errno = hd_port_within_read(root, path, &fd);
    return errno == 0 ? fdopen(fd, "re") : NULL;
}

static int
find_user(int root, const char *name, guint *ret_uid)
{
    if (parse_id(name, ret_uid))
        return 0;
    FILE *file = open_file(root, "etc/passwd");
    if (file == NULL)
        return errno;
    const struct passwd *entry;
    while ((entry = fgetpwent(file)) != NULL && strcmp(entry->pw_name, name) != 0)
        continue;
    if (entry != NULL)
        *ret_uid = entry->pw_uid;
    (void)fclose(file);
    return entry != NULL ? 0 : ENOENT;
}

static int
find_group(int root, const char *name, guint *ret_gid)
{
    if (parse_id(name, ret_gid))
        return 0;
    FILE *file = open_file(root, "etc/group");
    if (file == NULL)
        return errno;
    const struct group *entry;
    while ((entry = fgetgrent(file)) != NULL && strcmp(entry->gr_name, name) != 0)
        continue;
    if (entry != NULL)
        *ret_gid = entry->gr_gid;
    (void)fclose(file);
    return entry != NULL ? 0 : ENOENT;
}

int
hd_port_services_find_owner(int root, const char *user, const char *group, guint *ret_uid,
                            guint *ret_gid)
{
    guint uid = G_MAXUINT, gid = G_MAXUINT;
    int error = find_user(root, user, &uid);
    if (error == 0)
        error = find_group(root, group, &gid);
    if (error != 0)
        return error;
    *ret_uid = uid;
    *ret_gid = gid;
    return 0;
}
