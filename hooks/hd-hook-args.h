/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_HOOK_ARGS_H
#define HD_HOOK_ARGS_H

#include <stdbool.h>

/**
 * HdHookOperation: what a call of libvirt's qemu hook means to us.
 *
 * @HD_HOOK_IGNORE:  nothing to do: success, silently
 * @HD_HOOK_PREPARE: "prepare begin": take the devices; failure stops the start
 * @HD_HOOK_START:   "start begin": libvirt has prepared its devices; say again what it has written
 *                   over; failure stops the start
 * @HD_HOOK_MIGRATE: "migrate begin": a VM comes from another host; what is printed replaces its
 *                   XML; failure stops it
 * @HD_HOOK_RESTORE: "restore begin": likewise from a saved image; failure is left to the prepare
 *                   that follows
 * @HD_HOOK_RELEASE: "release end": give them back; always success
 */
typedef enum {
    HD_HOOK_IGNORE,
    HD_HOOK_PREPARE,
    HD_HOOK_START,
    HD_HOOK_MIGRATE,
    HD_HOOK_RESTORE,
    HD_HOOK_RELEASE,
} HdHookOperation;

/** HdHookArgs: the arguments of one call; strings are borrowed from argv. */
typedef struct {
    HdHookOperation operation;
    const char *name; /* the VM's name; may begin with '-' */
    const char *word; /* the operation as libvirt says it */
    bool is_heard;    /* a failure stops something; else success is the only answer: libvirt
                         drops the others, or, at reconnect, kills the VM */
} HdHookArgs;

/**
 * hd_hook_args_parse:
 * Reads libvirt's five arguments by place, never as options (a VM may be called "--help").
 * Operations that aren't ours or that don't exist yet, and calls by anything but libvirt, are
 * IGNORE. Follows docs/hooks.rst of libvirt 9.0 to 12.8.
 */
HdHookArgs hd_hook_args_parse(int argc, char *const *argv);

/**
 * hd_hook_args_failure:
 * Returns: the exit status of a call that could not be carried out. Of a refused restore
 * libvirt 11.3 takes a managed save for started; the prepare that follows will fail for the same
 * reason, and is heard.
 */
int hd_hook_args_failure(const HdHookArgs *args);

#endif
