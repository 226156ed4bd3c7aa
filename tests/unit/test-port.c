/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The real port over a folder of its own: what it reads and writes, and what it refuses
 * to touch in our state folder.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hd-port-real.h"
#include "hd-port-services.h"
#include "hd-test.h"

#define LOCK "run/hostdevctl/vm/a"

static char *root;
static HdPort *port;

/* What readdir() is to fail with. */
static int failing_readdir;

struct dirent *
readdir(DIR *folder)
{
    struct dirent *(*real)(DIR *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "readdir64");
    errno = failing_readdir != 0 ? failing_readdir : errno;
    return failing_readdir != 0 ? NULL : real(folder);
}

/* What getifaddrs() is to tell: the names of IPv4 addresses, of which the last byte counts up. */
static const char *const labels[] = {"eno2:1", "eno2", "eno20", "eno", "eno20:1"};
static struct sockaddr_in told[G_N_ELEMENTS(labels)];
static struct ifaddrs entries[G_N_ELEMENTS(labels)];

int
getifaddrs(struct ifaddrs **ret_all)
{
    for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
        told[i].sin_family = AF_INET;
        told[i].sin_addr.s_addr = htonl(0xc0000201 + i);
        entries[i].ifa_next = i + 1 < G_N_ELEMENTS(labels) ? &entries[i + 1] : NULL;
        entries[i].ifa_name = (char *)labels[i];
        entries[i].ifa_addr = (struct sockaddr *)&told[i];
    }
    *ret_all = entries;
    return 0;
}

void
freeifaddrs(struct ifaddrs *all)
{
    ck_assert_ptr_eq(all, entries);
}

static void
put(const char *path, const char *text)
{
    g_autofree char *full = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(full);
    ck_assert_int_eq(g_mkdir_with_parents(folder, 0755), 0);
    ck_assert(g_file_set_contents(full, text, -1, NULL));
}

static char *
full(const char *path)
{
    return g_build_filename(root, path, NULL);
}

static void
setup(void)
{
    root = g_dir_make_tmp("hostdevctl-port-XXXXXX", NULL);
    put("run/.keep", "");
    port = hd_port_real_new(root, NULL);
    ck_assert_ptr_nonnull(port);
}

static void
teardown(void)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", root);
    hd_port_real_free(port);
    ck_assert_int_eq(system(command), 0);
    g_free(root);
}

START_TEST(reads)
{
    g_autofree char *text = NULL;
    g_autofree char *more = NULL;
    put("sys/a", "0x8086\n");
    ck_assert_int_eq(hd_port_read(port, &text, "sys/%s", "a"), 0);
    ck_assert_str_eq(text, "0x8086");
    ck_assert_int_eq(hd_port_read(port, &more, "sys/none"), ENOENT);
    ck_assert_int_eq(hd_port_read(port, &more, "sys"), EISDIR);
    ck_assert_ptr_null(more);
    ck_assert(hd_port_exists(port, "sys/a") && !hd_port_exists(port, "sys/b"));
}
END_TEST

/* sysfs gives a ROM a page at a time, as a pipe of packets does; other attributes come whole. */
START_TEST(a_rom_is_read_to_its_end)
{
    g_autoptr(GString) bytes = NULL;
    char page[4096];
    put("sys/card/vendor", "");
    g_autofree char *path = full("sys/card/rom");
    hd_port_real_trust(port);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    int writer = open(path, O_WRONLY);
    ck_assert_int_eq(fcntl(writer, F_SETFL, O_DIRECT), 0);
    for (int i = 0; i < 5; i++) {
        memset(page, 'a' + i, sizeof page);
        ck_assert_int_eq(write(writer, page, sizeof page), sizeof page);
    }
    (void)close(writer);
    ck_assert_int_eq(hd_port_load(port, &bytes, "sys/card/rom"), 0);
    ck_assert_uint_eq(bytes->len, 5 * sizeof page);
    ck_assert_int_eq(bytes->str[bytes->len - 1], 'e');
    (void)close(reader);
}
END_TEST

START_TEST(fields_of_proc_become_words)
{
    g_autofree char *path = full("cmdline");
    g_autofree char *text = NULL;
    ck_assert(g_file_set_contents(path, "qemu\0-uuid\0x\0", 13, NULL));
    ck_assert_int_eq(hd_port_read(port, &text, "cmdline"), 0);
    ck_assert_str_eq(text, "qemu -uuid x ");
}
END_TEST

/* The file is read through a window of 64 KiB; here its edge is at each place of what is wanted. */
START_TEST(lines_at_the_edge)
{
    for (guint edge = 1; edge <= 2; edge++) {
        for (guint before = edge * 65536 - 40; before <= edge * 65536 + 8; before++) {
            g_autofree char *filler = g_strnfill(before, 'x');
            g_autofree char *apart =
                g_strconcat("a:0\n", filler, "\na:1\n a:no\na:2\nb:no\na:no", NULL);
            g_autofree char *within = g_strconcat(filler, "a:no\na:3\n", NULL);
            g_autofree char *lines = NULL, *line = NULL;
            put("apart", apart);
            put("within", within);
            ck_assert_int_eq(hd_port_read_lines(port, "a:", &lines, "apart"), 0);
            ck_assert_str_eq(lines, "a:0\na:1\na:2\n");
            ck_assert_int_eq(hd_port_read_lines(port, "a:", &line, "within"), 0);
            ck_assert_str_eq(line, "a:3\n");
        }
    }
}
END_TEST

START_TEST(never_leaves_the_root)
{
    static const char *const paths[] = {"/etc/passwd", "../etc/passwd", "sys/../../etc/passwd",
                                        "sys/.."};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *text = NULL;
        ck_assert_int_eq(hd_port_read(port, &text, "%s", paths[i]), EINVAL);
        ck_assert_int_eq(hd_port_write(port, "x", "%s", paths[i]), EINVAL);
        ck_assert(!hd_port_exists(port, "%s", paths[i]));
    }
}
END_TEST

START_TEST(writes_without_making)
{
    g_autofree char *text = NULL;
    put("sys/bind", "old-text");
    ck_assert_int_eq(hd_port_write(port, "new", "sys/bind"), 0);
    ck_assert_int_eq(hd_port_read(port, &text, "sys/bind"), 0);
    ck_assert_str_eq(text, "new-text");
    ck_assert_int_eq(hd_port_write(port, "x", "sys/none"), ENOENT);
    ck_assert(!hd_port_exists(port, "sys/none"));
}
END_TEST

START_TEST(links_and_lists)
{
    g_autofree char *link = full("sys/driver");
    g_autofree char *name = NULL;
    g_autoptr(GPtrArray) names = NULL;
    put("sys/b", "");
    put("sys/a", "");
    ck_assert_int_eq(symlink("../../bus/pci/drivers/nvme", link), 0);
    ck_assert_int_eq(hd_port_link_name(port, &name, "sys/driver"), 0);
    ck_assert_str_eq(name, "nvme");
    ck_assert_int_eq(hd_port_link(port, &name, "sys/a"), EINVAL);
    ck_assert_int_eq(hd_port_list(port, &names, "sys"), 0);
    ck_assert_uint_eq(names->len, 3);
    ck_assert_str_eq(g_ptr_array_index(names, 0), "a");
    ck_assert_str_eq(g_ptr_array_index(names, 2), "driver");
}
END_TEST

/* A disk that fails is not an empty folder. */
START_TEST(folder_that_can_t_be_read_is_not_empty)
{
    g_autoptr(GPtrArray) names = NULL;
    put("sys/a", "");
    failing_readdir = EIO;
    ck_assert_int_eq(hd_port_list(port, &names, "sys"), EIO);
    ck_assert_int_eq(hd_port_list_folders(port, &names, "sys"), EIO);
    ck_assert_ptr_null(names);
}
END_TEST

START_TEST(nodes)
{
    g_autofree char *link = full("dev/vfio/7");
    HdNodeState state = {0};
    put("dev/vfio/12", "");
    ck_assert_int_eq(hd_port_get_node(port, "dev/vfio/13", &state), 0);
    ck_assert(!state.present);
    state = (HdNodeState){true, geteuid(), getegid(), 0640};
    ck_assert_int_eq(hd_port_set_node(port, "dev/vfio/12", &state), 0);
    ck_assert_int_eq(hd_port_get_node(port, "dev/vfio/12", &state), 0);
    ck_assert_uint_eq(state.mode, 0640);
    ck_assert_int_eq(symlink("12", link), 0);
    ck_assert_int_eq(hd_port_set_node(port, "dev/vfio/7", &state), ENXIO);
}
END_TEST

START_TEST(owners)
{
    guint uid = 0, gid = 0;
    put("etc/passwd", "root:x:0:0::/:/bin/sh\nlibvirt-qemu:x:64055:108::/:/bin/false\n");
    put("etc/group", "kvm:x:104:\nlibvirt-qemu:x:64055:\n");
    ck_assert_int_eq(hd_port_find_owner(port, "libvirt-qemu", "kvm", &uid, &gid), 0);
    ck_assert_uint_eq(uid, 64055);
    ck_assert_uint_eq(gid, 104);
    ck_assert_int_eq(hd_port_find_owner(port, "+7", "8", &uid, &gid), 0);
    ck_assert_uint_eq(uid, 7);
    ck_assert_uint_eq(gid, 8);
    ck_assert_int_eq(hd_port_find_owner(port, "oneadmin", "kvm", &uid, &gid), ENOENT);
}
END_TEST

START_TEST(state_files)
{
    g_autofree char *folder = full("run/hostdevctl/vm");
    g_autofree char *text = NULL;
    struct stat status;
    ck_assert_int_eq(hd_port_append(port, LOCK, "one\n"), 0);
    ck_assert_int_eq(hd_port_append(port, LOCK, "two\n"), 0);
    ck_assert_int_eq(hd_port_read(port, &text, LOCK), 0);
    ck_assert_str_eq(text, "one\ntwo");
    ck_assert_int_eq(stat(folder, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0700);
    ck_assert_int_eq(hd_port_remove(port, LOCK), 0);
    ck_assert_int_eq(hd_port_remove(port, LOCK), ENOENT);
    ck_assert_int_eq(hd_port_append(port, "etc/passwd", "x"), EPERM);
    ck_assert_int_eq(hd_port_append(port, "run/other/file", "x"), EPERM);
}
END_TEST

/* Plants @what at the journal's place; our verbs must refuse it and leave the victim alone. */
START_TEST(planted_files_are_refused)
{
    g_autofree char *place = full(LOCK);
    g_autofree char *victim = full("victim");
    g_autofree char *text = NULL;
    HdLock *lock = NULL;
    put("victim", "precious");
    ck_assert_int_eq(hd_port_append(port, LOCK, "x"), 0);
    ck_assert_int_eq(unlink(place), 0);
    switch (_i) {
    case 0:
        ck_assert_int_eq(symlink("../../../victim", place), 0);
        break;
    case 1:
        ck_assert_int_eq(link(victim, place), 0);
        break;
    case 2:
        ck_assert_int_eq(mkfifo(place, 0600), 0);
        break;
    case 3:
        put(LOCK, "");
        ck_assert_int_eq(chmod(place, 0666), 0);
        break;
    case 4:
        put(LOCK, "");
        ck_assert(geteuid() != 0 || chown(place, 12345, 0) == 0);
        break;
    default:
        ck_assert_int_eq(mkdir(place, 0700), 0);
    }
    if (_i == 4 && geteuid() != 0)
        return; /* only root can plant another user's file */
    ck_assert_int_ne(hd_port_append(port, LOCK, "x"), 0);
    ck_assert_int_ne(hd_port_lock(port, LOCK, true, 0, &lock), 0);
    ck_assert_ptr_null(lock);
    ck_assert(g_file_get_contents(victim, &text, NULL, NULL));
    ck_assert_str_eq(text, "precious");
}
END_TEST

START_TEST(planted_folder_is_refused)
{
    g_autofree char *place = full("run/hostdevctl");
    g_autofree char *elsewhere = full("elsewhere");
    ck_assert_int_eq(mkdir(elsewhere, 0700), 0);
    if (_i == 0)
        ck_assert_int_eq(symlink("../elsewhere", place), 0);
    else
        ck_assert(mkdir(place, 0700) == 0 && chmod(place, 0777) == 0);
    g_autofree char *inside = full("run/hostdevctl/vm");
    ck_assert(_i < 2 || mkdir(inside, 0700) == 0);
    ck_assert_int_ne(hd_port_append(port, LOCK, "x"), 0);
    ck_assert(!hd_port_exists(port, "elsewhere/vm"));
}
END_TEST

/* Over "/", which root alone may write to: the same folder, from inside. Returns in the child. */
static void
enter(void)
{
    g_autofree char *proc = full("proc");
    ck_assert_msg(geteuid() == 0, "this test needs root");
    ck_assert(unshare(CLONE_NEWNS) == 0 &&
              mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
              mkdir(proc, 0755) == 0 && mount("/proc", proc, "none", MS_BIND | MS_REC, NULL) == 0);
    ck_assert(chroot(root) == 0 && chdir("/") == 0);
    hd_port_real_free(port);
    port = hd_port_real_new("/", NULL);
    ck_assert_ptr_nonnull(port);
}

/* Runs @test in there. Its asserts end the child with another status. */
static void
run_inside(void (*test)(void))
{
    int status = 0;
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        enter();
        test();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static int
read_it(const char *path)
{
    g_autofree char *text = NULL;
    return hd_port_read(port, &text, "%s", path);
}

#define CONFIG "etc/hostdevctl/hostdevctl.conf"

static void
read_planted(void)
{
    ck_assert_int_eq(hd_port_append(port, LOCK, "x"), 0);
    ck_assert_int_eq(read_it(LOCK), 0);
    ck_assert_int_eq(chmod("/" LOCK, 0620), 0);
    ck_assert_int_eq(read_it(LOCK), EPERM);
    ck_assert(chmod("/" LOCK, 0600) == 0 && link("/" LOCK, "/second") == 0);
    ck_assert_int_eq(read_it(LOCK), EPERM);
    ck_assert(unlink("/second") == 0 && chown("/" LOCK, 12345, 0) == 0);
    ck_assert_int_eq(read_it(LOCK), EPERM);
    ck_assert(chown("/" LOCK, 0, 0) == 0 && rename("/" LOCK, "/real") == 0);
    ck_assert_int_eq(read_it(LOCK), ENOENT);
    ck_assert_int_eq(symlink("/real", "/" LOCK), 0);
    ck_assert_int_eq(read_it(LOCK), ELOOP);
    ck_assert(rename("/run/hostdevctl/vm", "/moved") == 0 &&
              symlink("/moved", "/run/hostdevctl/vm") == 0 && unlink("/moved/a") == 0 &&
              rename("/real", "/moved/a") == 0);
    ck_assert_int_ne(read_it(LOCK), 0);
    ck_assert_int_ne(hd_port_append(port, LOCK, "x"), 0);
}

START_TEST(planted_state_is_not_read)
{
    run_inside(read_planted);
}
END_TEST

static void
read_settings(void)
{
    ck_assert_int_eq(read_it(CONFIG), 0);
    ck_assert_int_eq(chmod("/" CONFIG, 0664), 0);
    ck_assert_int_eq(read_it(CONFIG), EPERM);
    ck_assert(chmod("/" CONFIG, 0644) == 0 && chown("/" CONFIG, 12345, 0) == 0);
    ck_assert_int_eq(read_it(CONFIG), EPERM);
    /* Kept elsewhere by the owner's tools. */
    ck_assert(chown("/" CONFIG, 0, 0) == 0 && rename("/" CONFIG, "/kept") == 0 &&
              symlink("/kept", "/" CONFIG) == 0);
    ck_assert_int_eq(read_it(CONFIG), 0);
    ck_assert_int_eq(chown("/kept", 12345, 0), 0);
    ck_assert_int_eq(read_it(CONFIG), EPERM);
    ck_assert(unlink("/" CONFIG) == 0 && mkfifo("/" CONFIG, 0644) == 0);
    ck_assert_int_eq(read_it(CONFIG), EPERM);
}

START_TEST(settings_that_others_may_change_are_not_read)
{
    put(CONFIG, "");
    run_inside(read_settings);
}
END_TEST

static void
write_attribute(void)
{
    g_autofree char *text = NULL;
    ck_assert_int_eq(hd_port_write(port, "1", "sys/a"), EMEDIUMTYPE);
    ck_assert_int_eq(hd_port_read(port, &text, "sys/a"), 0);
    ck_assert_str_eq(text, "0");
    ck_assert_int_eq(hd_port_write(port, "1", "elsewhere"), 0);
}

/* The folder of an OpenNebula guest may be anybody's. A pipe that is opened for reading lets its
   writer in. */
START_TEST(devices_and_pipes_are_not_opened_as_files)
{
    g_autofree char *pipe = full("pipe");
    g_autofree char *device = full("device");
    g_autofree char *link = full("link");
    g_autofree char *text = NULL;
    put("file", "text");
    hd_port_real_trust(port);
    ck_assert_int_eq(mkfifo(pipe, 0666), 0);
    ck_assert_int_eq(symlink("/dev/null", device), 0);
    ck_assert_int_eq(symlink("file", link), 0);
    ck_assert_int_eq(hd_port_read(port, &text, "device"), EMEDIUMTYPE);
    ck_assert_int_eq(hd_port_read(port, &text, "pipe"), EMEDIUMTYPE);
    ck_assert_int_eq(hd_port_read_lines(port, "a", &text, "pipe"), EMEDIUMTYPE);
    ck_assert_int_eq(hd_port_read(port, &text, "."), EISDIR);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(hd_port_read(port, &text, "link"), 0);
    ck_assert_str_eq(text, "text");
}
END_TEST

START_TEST(what_is_no_sysfs_is_not_written)
{
    put("sys/a", "0");
    put("elsewhere", "0");
    run_inside(write_attribute);
}
END_TEST

#define NODE   "dev/vfio/12"
#define UEVENT "sys/dev/char/1:3/uevent"

static void
give_node(void)
{
    const HdNodeState wanted = {true, 0, 12345, 0660};
    struct stat status;
    ck_assert_int_eq(mknod("/" NODE, S_IFCHR | 0600, makedev(1, 3)), 0);
    ck_assert_int_eq(hd_port_set_node(port, NODE, &wanted), ENXIO);
    ck_assert_int_eq(rename("/" UEVENT ".other", "/" UEVENT), 0);
    ck_assert_int_eq(hd_port_set_node(port, NODE, &wanted), ENXIO);
    ck_assert(stat("/" NODE, &status) == 0 && status.st_gid == 0);
    ck_assert_int_eq(rename("/" UEVENT ".right", "/" UEVENT), 0);
    ck_assert_int_eq(hd_port_set_node(port, NODE, &wanted), 0);
    ck_assert(stat("/" NODE, &status) == 0 && status.st_gid == 12345);
    ck_assert_uint_eq(status.st_mode & 07777, 0660);
}

/* 1:3 is /dev/null: a node by our name that is another device's. */
START_TEST(nodes_of_other_devices_are_not_given)
{
    put("dev/vfio/vfio", "");
    put(UEVENT ".other", "MAJOR=1\nMINOR=3\nDEVNAME=null\n");
    put(UEVENT ".right", "MAJOR=1\nMINOR=3\nDEVNAME=vfio/12\nDEVMODE=0666\n");
    run_inside(give_node);
}
END_TEST

/* None of these gets as far as modprobe. */
START_TEST(module_names_are_no_options)
{
    static const char *const names[] = {"-r", "--remove", "a b", "../x", "/tmp/x.ko", "", "a;b"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        ck_assert_int_eq(hd_port_services_load_module(names[i]), EINVAL);
}
END_TEST

/* What modprobe.d has it start may live on: it finds what it would find without us. */
/* There is room for half a line; then there is room again. */
START_TEST(half_a_line_is_none)
{
    const struct rlimit small = {16, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
    g_autofree char *text = NULL;
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(hd_port_append(port, LOCK, "1234567890\n"), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ck_assert_int_eq(hd_port_append(port, LOCK, "torn in two\n"), ENOSPC);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
    ck_assert_int_eq(hd_port_append(port, LOCK, "commit\n"), 0);
    ck_assert_int_eq(hd_port_read(port, &text, LOCK), 0);
    ck_assert_str_eq(text, "1234567890\ncommit");
}
END_TEST

/* `ip address add 192.0.2.1/24 dev eno2 label eno2:1` */
START_TEST(addresses_with_a_label_count)
{
    g_autoptr(GPtrArray) addresses = NULL;
    ck_assert_int_eq(hd_port_services_addresses("eno2", &addresses), 0);
    ck_assert_uint_eq(addresses->len, 2);
    ck_assert_str_eq(g_ptr_array_index(addresses, 0), "192.0.2.1");
    ck_assert_str_eq(g_ptr_array_index(addresses, 1), "192.0.2.2");
}
END_TEST

START_TEST(programs_find_what_root_s_programs_find)
{
    const struct rlimit small = {1 << 20, RLIM_INFINITY};
    struct rlimit kept;
    g_autofree char *said = full("said");
    g_autofree char *script = g_strdup_printf(
        "#!/bin/sh\n{ umask; ulimit -f; grep SigIgn /proc/self/status; } >%s\n", said);
    g_autofree char *text = NULL;
    ck_assert_msg(geteuid() == 0, "this test needs root");
    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("none", "/usr/sbin", "tmpfs", 0, NULL), 0);
    ck_assert(g_file_set_contents_full("/usr/sbin/modprobe", script, -1, G_FILE_SET_CONTENTS_NONE,
                                       0755, NULL));
    (void)umask(077);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ck_assert(signal(SIGTERM, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(hd_port_services_load_module("vfio_pci"), 0);
    ck_assert(g_file_get_contents(said, &text, NULL, NULL));
    /* Of the real-time signals two are the C library's own. */
    ck_assert(g_str_has_prefix(text, "0022\nunlimited\nSigIgn:\t"));
    ck_assert_uint_eq(g_ascii_strtoull(strrchr(text, '\t') + 1, NULL, 16) & G_MAXINT32, 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &kept), 0);
    ck_assert_uint_eq(kept.rlim_cur, small.rlim_cur);
    ck_assert_uint_eq(umask(0), 077);
}
END_TEST

START_TEST(lock_excludes)
{
    HdLock *first = NULL, *second = NULL;
    ck_assert_int_eq(hd_port_lock(port, LOCK, false, 0, &first), ENOENT);
    ck_assert_int_eq(hd_port_lock(port, LOCK, true, 0, &first), 0);
    ck_assert_int_eq(hd_port_lock(port, LOCK, true, 0, &second), EWOULDBLOCK);
    ck_assert_int_eq(hd_port_lock(port, LOCK, true, 30, &second), EWOULDBLOCK);
    ck_assert(hd_port_is_locked(port, LOCK));
    hd_port_unlock(port, first);
    /* Who only looks is not in the way of others who do. */
    g_autofree char *file = full(LOCK);
    int looker = open(file, O_RDONLY);
    ck_assert_int_eq(flock(looker, LOCK_SH), 0);
    ck_assert(!hd_port_is_locked(port, LOCK) && !hd_port_is_locked(port, LOCK "b"));
    (void)close(looker);
    ck_assert_int_eq(hd_port_lock(port, LOCK, true, 0, &second), 0);
    hd_port_unlock(port, second);
}
END_TEST

/* A child holds the lock, removes the file and goes: the waiter gets a lock on a file that exists.
 */
START_TEST(lock_on_removed_file_is_taken_again)
{
    HdLock *lock = NULL;
    int ready[2], go[2];
    char byte = 0;
    ck_assert(pipe(ready) == 0 && pipe(go) == 0);
    pid_t child = fork();
    if (child == 0) {
        HdLock *theirs = NULL;
        bool good = hd_port_lock(port, LOCK, true, 0, &theirs) == 0 &&
                    write(ready[1], "r", 1) == 1 && read(go[0], &byte, 1) == 1 &&
                    hd_port_remove(port, LOCK) == 0;
        hd_port_unlock(port, theirs);
        _exit(good ? 0 : 1);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(hd_port_lock(port, LOCK, true, 0, &lock), EWOULDBLOCK);
    ck_assert_int_eq(write(go[1], "g", 1), 1);
    ck_assert_int_eq(hd_port_lock(port, LOCK, true, 10000, &lock), 0);
    ck_assert(hd_port_exists(port, LOCK));
    hd_port_unlock(port, lock);
}
END_TEST

HD_TEST_MAIN("port", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, reads); tcase_add_test(tcase, a_rom_is_read_to_its_end);
             tcase_add_test(tcase, fields_of_proc_become_words);
             tcase_add_test(tcase, lines_at_the_edge); tcase_add_test(tcase, never_leaves_the_root);
             tcase_add_test(tcase, writes_without_making); tcase_add_test(tcase, links_and_lists);
             tcase_add_test(tcase, folder_that_can_t_be_read_is_not_empty);
             tcase_add_test(tcase, nodes); tcase_add_test(tcase, owners);
             tcase_add_test(tcase, state_files);
             tcase_add_loop_test(tcase, planted_files_are_refused, 0, 6);
             tcase_add_loop_test(tcase, planted_folder_is_refused, 0, 3);
             tcase_add_test(tcase, planted_state_is_not_read);
             tcase_add_test(tcase, settings_that_others_may_change_are_not_read);
             tcase_add_test(tcase, devices_and_pipes_are_not_opened_as_files);
             tcase_add_test(tcase, what_is_no_sysfs_is_not_written);
             tcase_add_test(tcase, nodes_of_other_devices_are_not_given);
             tcase_add_test(tcase, module_names_are_no_options);
             tcase_add_test(tcase, half_a_line_is_none);
             tcase_add_test(tcase, addresses_with_a_label_count);
             tcase_add_test(tcase, programs_find_what_root_s_programs_find);
             tcase_add_test(tcase, lock_excludes);
             tcase_add_test(tcase, lock_on_removed_file_is_taken_again))
