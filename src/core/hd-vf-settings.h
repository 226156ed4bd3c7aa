/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VF_SETTINGS_H
#define HD_VF_SETTINGS_H

#include <glib.h>
#include <stdbool.h>

/** HdMac: an Ethernet address. */
typedef struct {
    guint8 bytes[6];
} HdMac;

/** Room for a MAC address as text. */
typedef struct {
    char text[18];
} HdMacText;

/** Reads "52:54:00:12:34:56". Returns: whether @text is one; else @ret_mac is untouched. */
bool hd_mac_parse(const char *text, HdMac *ret_mac);
/** Returns: the address in lower case. */
HdMacText hd_mac_text(const HdMac *mac);
/** Returns: whether both are the same. */
bool hd_mac_equal(const HdMac *a, const HdMac *b);
/** Returns: whether it is 00:00:00:00:00:00, which PF drivers take for "none". */
bool hd_mac_is_zero(const HdMac *mac);

/** HdVfKey: one thing that a PF's driver can be told about a VF. */
typedef enum {
    HD_VF_MAC,        /* "mac": the VF's administrative MAC address */
    HD_VF_VLAN,       /* "vlan": 0: none */
    HD_VF_QOS,        /* "qos": priority, 0 to 7, with a VLAN only */
    HD_VF_PROTO,      /* "proto": 802.1Q or 802.1ad */
    HD_VF_SPOOFCHK,   /* "spoofchk": on, off */
    HD_VF_TRUST,      /* "trust": on, off */
    HD_VF_MIN_RATE,   /* "min_rate": Mbit/s sent, 0: no limit */
    HD_VF_MAX_RATE,   /* "max_rate": Mbit/s sent, 0: no limit */
    HD_VF_LINK_STATE, /* "link_state": auto, enable, disable */
} HdVfKey;
#define HD_VF_KEY_COUNT (HD_VF_LINK_STATE + 1)

/** HdVfLink: with the numbers of the kernel's IFLA_VF_LINK_STATE_*. */
typedef enum {
    HD_VF_LINK_AUTO,
    HD_VF_LINK_ENABLE,
    HD_VF_LINK_DISABLE,
} HdVfLink;

/**
 * HdVfSettings:
 * Network settings of one VF; a plain value. Only keys in @known say anything: a driver does not
 * report all, a person does not ask for all.
 */
typedef struct {
    guint known; /* a bit, 1 << HdVfKey, each */
    HdMac mac;
    guint vlan, qos;
    guint16 proto; /* 0x8100, 0x88a8 */
    bool spoofchk, trust;
    guint min_rate, max_rate; /* Mbit/s */
    HdVfLink link_state;
} HdVfSettings;

/** Returns: the name of @key in metadata, configuration and messages. */
const char *hd_vf_key_name(HdVfKey key);

/**
 * Returns: the keys (bits, as in `known`) that one write to the PF's driver sets together with
 * @key: VLAN, priority and protocol, or both rates; else @key alone. Follows rtnetlink's IFLA_VF_*.
 */
guint hd_vf_key_group(HdVfKey key);

/** Returns: whether @settings says something about @key. */
bool hd_vf_settings_has(const HdVfSettings *settings, HdVfKey key);

/**
 * hd_vf_settings_set:
 * Sets one key from text as people write it; yes and no are fine for on and off.
 *
 * Returns: NULL, or what a good value is ("say on or off"); @settings is untouched then. For an
 * unknown key: the keys there are.
 */
const char *hd_vf_settings_set(HdVfSettings *settings, const char *key, const char *value);

/**
 * hd_vf_settings_check:
 * Returns: NULL, or what is wrong with these wishes together: qos or proto without a VLAN.
 */
const char *hd_vf_settings_check(const HdVfSettings *settings);

/** Returns: (transfer full): "mac=52:54:...,vlan=10,..." of what is known; "" for nothing. */
char *hd_vf_settings_format(const HdVfSettings *settings);

/**
 * Reads hd_vf_settings_format()'s text, with any value that a driver may have reported. Returns:
 * whether it is such a text.
 */
bool hd_vf_settings_parse(const char *text, HdVfSettings *ret_settings);

/** Returns: (transfer full): the value of one known key as text. */
char *hd_vf_settings_value(const HdVfSettings *settings, HdVfKey key);

/**
 * Returns: @base with all that @over knows put over it. A VLAN without qos and proto of its own
 * gets 0 and 802.1Q, not those of an earlier VLAN.
 */
HdVfSettings hd_vf_settings_overlay(const HdVfSettings *base, const HdVfSettings *over);

/**
 * Returns: what has to be written to get @wish from @now: the wishes, and with them what the kernel
 * only takes together with them (VLAN, qos and proto; both rates).
 */
HdVfSettings hd_vf_settings_target(const HdVfSettings *now, const HdVfSettings *wish);

/** Returns: whether @now has @key as @target says; true where @target says nothing. */
bool hd_vf_settings_has_reached(const HdVfSettings *now, const HdVfSettings *target, HdVfKey key);

/** Returns: whether @now has all that @target says. */
bool hd_vf_settings_is_reached(const HdVfSettings *now, const HdVfSettings *target);

#endif
