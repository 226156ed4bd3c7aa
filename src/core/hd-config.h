/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFIG_H
#define HD_CONFIG_H

#include <glib.h>
#include <stdbool.h>

#include "hd-policy.h"

/** HdAclMode: what a start does about a cgroup_device_acl that lacks a node. */
typedef enum {
    HD_ACL_MODE_FIX,   /* "fix": adds it, and logs that libvirt's daemon must be restarted */
    HD_ACL_MODE_CHECK, /* "check": logs what lacks */
    HD_ACL_MODE_OFF,   /* "off": does not look */
} HdAclMode;

/**
 * HdConfig:
 * What /etc/hostdevctl/hostdevctl.conf and conf.d say. A plain value.
 */
typedef struct {
    HdPolicy policy;       /* [policy] RULE = refuse|allow */
    guint device_deadline; /* [timeouts] device: seconds until a kernel step counts as stuck */
    guint lock_deadline;   /* [timeouts] lock: seconds to wait for other hooks */
    HdAclMode acl;         /* [policy] acl = fix|check|off */
    bool allocates_pages;  /* [hugepages] allocate: missing huge pages are allocated */
    guint64 pages_max_kb;  /* [hugepages] max: at most so much memory at once; 0: no bound */
    char stop_units[512];  /* [gpu] stop-units: that a VM's start may stop; "": none */
    bool keeps_d3cold;     /* [gpu] d3cold = off|keep: graphics cards may lose their power */
    guint unit_deadline;   /* [timeouts] unit: seconds for a unit to stop or start */
} HdConfig;

/** Returns: what holds without any file. */
HdConfig hd_config_default(void);

/**
 * hd_config_parse:
 * @text: content of one file, in the key-file format of GLib
 * @file: its name, for messages
 * @config: changed in place where the file sets something; untouched on failure
 *
 * Strict: an unknown section, key or value is an error that names it (%HD_ERROR_CONFIG).
 */
bool hd_config_parse(const char *text, const char *file, HdConfig *config, GError **ret_error);

#endif
