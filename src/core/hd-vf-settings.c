/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a PF can be told about one of its VFs, as a value: the same words in metadata,
 * configuration, the journal and on the command line.
 */
#include "hd-vf-settings.h"

#include <string.h>

#include "hd-text.h"

#define PROTO_8021Q  0x8100
#define PROTO_8021AD 0x88a8
#define MAX_VLAN     4094

static const char *const key_names[HD_VF_KEY_COUNT] = {
    [HD_VF_MAC] = "mac",           [HD_VF_VLAN] = "vlan",         [HD_VF_QOS] = "qos",
    [HD_VF_PROTO] = "proto",       [HD_VF_SPOOFCHK] = "spoofchk", [HD_VF_TRUST] = "trust",
    [HD_VF_MIN_RATE] = "min_rate", [HD_VF_MAX_RATE] = "max_rate", [HD_VF_LINK_STATE] = "link_state",
};

static const char *const link_names[] = {
    [HD_VF_LINK_AUTO] = "auto",
    [HD_VF_LINK_ENABLE] = "enable",
    [HD_VF_LINK_DISABLE] = "disable",
};

bool
hd_mac_parse(const char *text, HdMac *ret_mac)
{
    HdMac mac;
    if (text == NULL || strlen(text) != 17)
        return false;
    for (guint i = 0; i < 6; i++) {
        const char *pair = text + (gsize)3 * i;
        int high = g_ascii_xdigit_value(pair[0]), low = g_ascii_xdigit_value(pair[1]);
        if (high < 0 || low < 0 || (i < 5 && pair[2] != ':'))
            return false;
        mac.bytes[i] = (guint8)(high << 4 | low);
    }
    *ret_mac = mac;
    return true;
}

HdMacText
hd_mac_text(const HdMac *mac)
{
    const guint8 *b = mac->bytes;
    HdMacText text;
    (void)g_snprintf(text.text, sizeof text.text, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2],
                     b[3], b[4], b[5]);
    return text;
}

bool
hd_mac_equal(const HdMac *a, const HdMac *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool
hd_mac_is_zero(const HdMac *mac)
{
    const HdMac zero = {{0}};
    return hd_mac_equal(mac, &zero);
}

const char *
hd_vf_key_name(HdVfKey key)
{
    return key_names[key];
}

bool
hd_vf_settings_has(const HdVfSettings *settings, HdVfKey key)
{
    return (settings->known >> key & 1) != 0;
}

static bool
parse_switch(const char *value, bool *ret_on)
{
    bool is_on = g_str_equal(value, "on") || g_str_equal(value, "yes");
    if (!is_on && !g_str_equal(value, "off") && !g_str_equal(value, "no"))
        return false;
    *ret_on = is_on;
    return true;
}

static bool
parse_number(const char *value, guint max, guint *ret_number)
{
    guint64 number;
    if (!hd_text_unsigned(value, 10, 0, max, &number))
        return false;
    *ret_number = (guint)number;
    return true;
}

/* A VM must not get an address that the network takes for a group's. */
static bool
parse_unicast(const char *value, HdMac *ret_mac)
{
    HdMac mac;
    if (!hd_mac_parse(value, &mac) || (mac.bytes[0] & 1) != 0)
        return false;
    *ret_mac = mac;
    return true;
}

static bool
parse_proto(const char *value, guint16 *ret_proto)
{
    bool is_ad = g_ascii_strcasecmp(value, "802.1ad") == 0;
    if (!is_ad && g_ascii_strcasecmp(value, "802.1Q") != 0)
        return false;
    *ret_proto = is_ad ? PROTO_8021AD : PROTO_8021Q;
    return true;
}

static bool
parse_link(const char *value, HdVfLink *ret_link)
{
    for (guint i = 0; i < G_N_ELEMENTS(link_names); i++) {
        if (!g_str_equal(link_names[i], value))
            continue;
        *ret_link = (HdVfLink)i;
        return true;
    }
    return false;
}

static const char *
set_key(HdVfSettings *settings, HdVfKey key, const char *value)
{
    switch (key) {
    case HD_VF_MAC:
        return parse_unicast(value, &settings->mac) ? NULL : "say a unicast MAC address";
    case HD_VF_VLAN:
        return parse_number(value, MAX_VLAN, &settings->vlan) ? NULL : "say 0 (none) to 4094";
    case HD_VF_QOS:
        return parse_number(value, 7, &settings->qos) ? NULL : "say 0 to 7";
    case HD_VF_PROTO:
        return parse_proto(value, &settings->proto) ? NULL : "say 802.1Q or 802.1ad";
    case HD_VF_SPOOFCHK:
        return parse_switch(value, &settings->spoofchk) ? NULL : "say on or off";
    case HD_VF_TRUST:
        return parse_switch(value, &settings->trust) ? NULL : "say on or off";
    case HD_VF_MIN_RATE:
        return parse_number(value, G_MAXINT, &settings->min_rate) ? NULL : "say Mbit/s, 0 for none";
    case HD_VF_MAX_RATE:
        return parse_number(value, G_MAXINT, &settings->max_rate) ? NULL : "say Mbit/s, 0 for none";
    case HD_VF_LINK_STATE:
        return parse_link(value, &settings->link_state) ? NULL : "say auto, enable or disable";
    }
    return "";
}

/* What a driver reports may be beyond what a person may ask for: 4095 is mlx4's "the VF's choice".
 */
static bool
parse_reported(HdVfSettings *settings, HdVfKey key, const char *value)
{
    switch (key) {
    case HD_VF_MAC:
        return hd_mac_parse(value, &settings->mac);
    case HD_VF_VLAN:
        return parse_number(value, G_MAXUINT, &settings->vlan);
    case HD_VF_QOS:
        return parse_number(value, G_MAXUINT, &settings->qos);
    case HD_VF_MIN_RATE:
        return parse_number(value, G_MAXUINT, &settings->min_rate);
    case HD_VF_MAX_RATE:
        return parse_number(value, G_MAXUINT, &settings->max_rate);
    case HD_VF_PROTO:
    case HD_VF_SPOOFCHK:
    case HD_VF_TRUST:
    case HD_VF_LINK_STATE:
        break;
    }
    return set_key(settings, key, value) == NULL;
}

static bool
find_key(const char *name, HdVfKey *ret_key)
{
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if (!g_str_equal(key_names[i], name))
            continue;
        *ret_key = (HdVfKey)i;
        return true;
    }
    return false;
}

const char *
hd_vf_settings_set(HdVfSettings *settings, const char *key, const char *value)
{
    HdVfKey known;
    if (find_key(key, &known)) {
        const char *problem = set_key(settings, known, value);
        if (problem == NULL)
            settings->known |= 1U << known;
        return problem;
    }
    return "there are mac, vlan, qos, proto, spoofchk, trust, min_rate, max_rate and link_state";
}

const char *
hd_vf_settings_check(const HdVfSettings *settings)
{
    bool has_vlan = hd_vf_settings_has(settings, HD_VF_VLAN) && settings->vlan != 0;
    bool needs_vlan = (hd_vf_settings_has(settings, HD_VF_QOS) && settings->qos != 0) ||
                      (hd_vf_settings_has(settings, HD_VF_PROTO) && settings->proto != PROTO_8021Q);
    return needs_vlan && !has_vlan ? "qos and proto are a VLAN's: name it too" : NULL;
}

char *
hd_vf_settings_value(const HdVfSettings *settings, HdVfKey key)
{
    switch (key) {
    case HD_VF_MAC:
        return g_strdup(hd_mac_text(&settings->mac).text);
    case HD_VF_VLAN:
        return g_strdup_printf("%u", settings->vlan);
    case HD_VF_QOS:
        return g_strdup_printf("%u", settings->qos);
    case HD_VF_PROTO:
        return g_strdup(settings->proto == PROTO_8021AD ? "802.1ad" : "802.1Q");
    case HD_VF_SPOOFCHK:
        return g_strdup(settings->spoofchk ? "on" : "off");
    case HD_VF_TRUST:
        return g_strdup(settings->trust ? "on" : "off");
    case HD_VF_MIN_RATE:
        return g_strdup_printf("%u", settings->min_rate);
    case HD_VF_MAX_RATE:
        return g_strdup_printf("%u", settings->max_rate);
    case HD_VF_LINK_STATE:
        break;
    }
    return g_strdup(link_names[settings->link_state]);
}

char *
hd_vf_settings_format(const HdVfSettings *settings)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if (!hd_vf_settings_has(settings, (HdVfKey)i))
            continue;
        g_autofree char *value = hd_vf_settings_value(settings, (HdVfKey)i);
        g_string_append_printf(text, "%s%s=%s", text->len > 0 ? "," : "", key_names[i], value);
    }
    return g_string_free(text, FALSE);
}

bool
hd_vf_settings_parse(const char *text, HdVfSettings *ret_settings)
{
    g_auto(GStrv) pairs = g_strsplit(text, ",", -1);
    HdVfSettings settings = {0};
    for (char **pair = pairs; *pair != NULL; pair++) {
        g_auto(GStrv) parts = g_strsplit(*pair, "=", 2);
        HdVfKey key;
        if (g_strv_length(parts) != 2 || !find_key(parts[0], &key) ||
            !parse_reported(&settings, key, parts[1]))
            return false;
        settings.known |= 1U << key;
    }
    *ret_settings = settings;
    return true;
}

guint
hd_vf_key_group(HdVfKey key)
{
    const guint vlan = 1U << HD_VF_VLAN | 1U << HD_VF_QOS | 1U << HD_VF_PROTO;
    const guint rate = 1U << HD_VF_MIN_RATE | 1U << HD_VF_MAX_RATE;
    const guint alone = 1U << key;
    return (alone & vlan) != 0 ? vlan : (alone & rate) != 0 ? rate : alone;
}

HdVfSettings
hd_vf_settings_overlay(const HdVfSettings *base, const HdVfSettings *over)
{
    HdVfSettings result = *base;
    if (hd_vf_settings_has(over, HD_VF_VLAN)) {
        result.qos = 0;
        result.proto = PROTO_8021Q;
        result.known |= 1U << HD_VF_QOS | 1U << HD_VF_PROTO;
    }
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if (!hd_vf_settings_has(over, (HdVfKey)i))
            continue;
        g_autofree char *value = hd_vf_settings_value(over, (HdVfKey)i);
        (void)hd_vf_settings_set(&result, key_names[i], value);
    }
    return result;
}

HdVfSettings
hd_vf_settings_target(const HdVfSettings *now, const HdVfSettings *wish)
{
    const guint vlan = hd_vf_key_group(HD_VF_VLAN);
    const guint rate = hd_vf_key_group(HD_VF_MAX_RATE);
    HdVfSettings target = hd_vf_settings_overlay(now, wish);
    target.known = wish->known;
    if ((wish->known & vlan) != 0)
        target.known |= vlan;
    if ((wish->known & rate) != 0)
        target.known |= rate;
    if (target.proto == 0)
        target.proto = PROTO_8021Q;
    return target;
}

bool
hd_vf_settings_has_reached(const HdVfSettings *now, const HdVfSettings *target, HdVfKey key)
{
    if (!hd_vf_settings_has(target, key))
        return true;
    if (!hd_vf_settings_has(now, key))
        return false;
    g_autofree char *is = hd_vf_settings_value(now, key);
    g_autofree char *wanted = hd_vf_settings_value(target, key);
    return g_str_equal(is, wanted);
}

bool
hd_vf_settings_is_reached(const HdVfSettings *now, const HdVfSettings *target)
{
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if (!hd_vf_settings_has_reached(now, target, (HdVfKey)i))
            return false;
    }
    return true;
}
