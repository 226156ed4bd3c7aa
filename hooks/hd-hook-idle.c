/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Most calls of the hook are for VMs that have nothing of the host. They are known here,
 * at the price of a few words looked for, before any library but C's is loaded.
 */
#include "hd-hook-idle.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hd-xml-mention.h"

/* So many UUIDs are looked up; XML with more of them is for the parser. */
#define MAX_UUIDS 64

/* Whether there is such a file, or can't be known that there is none. */
static bool
may_exist(int length, const char *path)
{
    return length < 0 || length >= PATH_MAX || access(path, F_OK) == 0;
}

/* The user's scripts for this call: see hd_replay_find(), which has the last word. */
static bool
may_have_scripts(const char *root, int argc, char *const *argv)
{
    char path[PATH_MAX];
    if (argc < 4 || strcmp(argv[0], HD_HOOK_DIR "/qemu") != 0)
        return false;
    return may_exist(snprintf(path, sizeof path, "%s" HD_HOOK_DIR "/qemu.d/%s/%s/%s", root, argv[1],
                              argv[2], argv[3]),
                     path);
}

static bool
has_journal(const char *root, const char *key)
{
    char path[PATH_MAX];
    return may_exist(snprintf(path, sizeof path, "%s/run/hostdevctl/vm/%s", root, key), path);
}

/* The VM's own UUID is among those in its XML; a journal that has another's name is not its. */
static bool
has_nothing(const char *root, const HdHookStdin *input)
{
    char uuid[HD_XML_UUID_SIZE];
    size_t cursor = 0;
    unsigned int count = 0;
    if (!hd_xml_scan_is_whole(input->bytes, input->length))
        return false;
    while (hd_xml_scan_next_uuid(input->bytes, input->length, &cursor, uuid)) {
        if (++count > MAX_UUIDS || has_journal(root, uuid))
            return false;
    }
    return count > 0;
}

bool
hd_hook_idle_by_call(const char *root, int argc, char *const *argv)
{
    return hd_hook_args_parse(argc, argv).operation == HD_HOOK_IGNORE &&
           !may_have_scripts(root, argc, argv);
}

bool
hd_hook_idle_by_xml(const char *root, int argc, char *const *argv, const HdHookStdin *input)
{
    if (input->error != 0 || may_have_scripts(root, argc, argv))
        return false;
    switch (hd_hook_args_parse(argc, argv).operation) {
    case HD_HOOK_PREPARE:
        return !hd_xml_scan_mentions_devices(input->bytes, input->length) &&
               !hd_xml_scan_mentions_pages(input->bytes, input->length) && has_nothing(root, input);
    case HD_HOOK_START:
    case HD_HOOK_MIGRATE:
    case HD_HOOK_RESTORE:
        return !hd_xml_scan_mentions_devices(input->bytes, input->length);
    case HD_HOOK_RELEASE:
        return has_nothing(root, input);
    default:
        return true;
    }
}
