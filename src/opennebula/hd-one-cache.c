/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A card on vfio-pci has no interface any more, but OpenNebula wants the name that it had.
 * The cache is below /var/tmp, where anybody may have been before us.
 */
#include "hd-one-cache.h"

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hd-port-within.h"

#define DATABASE "one_db"
#define NAMES    "pci_net_names"

/* The longest that the kernel lets an interface be called by (ALTIFNAMSIZ). */
#define MAX_NAME 127

struct HdOneCache {
    int database; /* -1: there is none */
    int names;    /* -1: there is none yet */
};

static bool
is_trusted(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    bool is_ours = status.st_uid == 0 || status.st_uid == geteuid() || geteuid() == 0;
    return is_ours && (status.st_mode & S_IWOTH) == 0;
}

static int
open_folder(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || is_trusted(fd))
        return fd;
    (void)close(fd);
    return -1;
}

HdOneCache *
hd_one_cache_new(const char *root)
{
    HdOneCache *cache = g_new0(HdOneCache, 1);
    int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), below = -1;
    cache->database = -1;
    /* Another machine's folders don't lead to this one's. */
    if (fd >= 0 && hd_port_within_open(fd, "var/tmp", true, &below) == 0)
        cache->database = open_folder(below, DATABASE);
    cache->names = cache->database >= 0 ? open_folder(cache->database, NAMES) : -1;
    if (below >= 0)
        (void)close(below);
    if (fd >= 0)
        (void)close(fd);
    return cache;
}

void
hd_one_cache_free(HdOneCache *cache)
{
    if (cache == NULL)
        return;
    if (cache->database >= 0)
        (void)close(cache->database);
    if (cache->names >= 0)
        (void)close(cache->names);
    g_free(cache);
}

/* What no interface can be called is not said to be one's name. */
static bool
is_name(const char *text)
{
    gsize length = strlen(text);
    for (const char *c = text; *c != '\0'; c++) {
        if ((guchar)*c <= ' ' || *c == 0x7f || strchr("/\"\\", *c) != NULL)
            return false;
    }
    return length > 0 && length <= MAX_NAME && g_utf8_validate(text, -1, NULL);
}

char *
hd_one_cache_get(HdOneCache *cache, const HdPciAddress *address)
{
    char text[MAX_NAME + 16];
    struct stat status;
    if (cache->names < 0)
        return NULL;
    int fd = openat(cache->names, hd_pci_address_text(address).text,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    bool is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    ssize_t count = is_file ? read(fd, text, sizeof text - 1) : -1;
    (void)close(fd);
    if (count < 0)
        return NULL;
    text[count] = '\0';
    g_strstrip(text);
    return strlen(text) <= MAX_NAME && is_name(text) ? g_strdup(text) : NULL;
}

static bool
write_file(int folder, const char *name, const char *text)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return false;
    bool is_written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    return close(fd) == 0 && is_written;
}

/* Root, when a person runs us, leaves no files in another user's folder. */
static bool
is_own(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && status.st_uid == geteuid();
}

void
hd_one_cache_put(HdOneCache *cache, const HdPciAddress *address, const char *name)
{
    if (cache->database < 0 || !is_own(cache->database) || !is_name(name))
        return;
    if (cache->names < 0 && mkdirat(cache->database, NAMES, 0755) == 0)
        cache->names = open_folder(cache->database, NAMES);
    if (cache->names < 0 || !is_own(cache->names))
        return;
    const HdPciAddressText text = hd_pci_address_text(address);
    g_autofree char *beside = g_strdup_printf(".%s.%d", text.text, (int)getpid());
    g_autofree char *line = g_strconcat(name, "\n", NULL);
    if (!write_file(cache->names, beside, line) ||
        renameat(cache->names, beside, cache->names, text.text) != 0)
        (void)unlinkat(cache->names, beside, 0);
}
