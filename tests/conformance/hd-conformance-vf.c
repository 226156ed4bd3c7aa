/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings of VFs as rows of a table write them. The product's own reader of settings takes no
 * wrong ones, which a table must be able to ask for.
 */
#include "hd-conformance-vf.h"

#include <stdlib.h>

/* @ret_interface: (transfer full) */
static guint
split_vf(const char *vf, char **ret_interface)
{
    g_auto(GStrv) words = g_strsplit(vf, " ", 2);
    g_assert_cmpuint(g_strv_length(words), ==, 2);
    *ret_interface = g_strdup(words[0]);
    return (guint)strtoul(words[1], NULL, 10);
}

/* Returns the key that it sets. */
static HdVfKey
read_setting(const char *text, HdVfSettings *settings)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 4);
    guint number[3] = {0};
    for (guint i = 0; i < 3 && words[0] != NULL && i + 1 < g_strv_length(words); i++)
        number[i] = (guint)strtoul(words[i + 1], NULL, 0);
    if (g_str_equal(words[0], "mac")) {
        g_assert_true(hd_mac_parse(words[1], &settings->mac));
        return HD_VF_MAC;
    }
    if (g_str_equal(words[0], "vlan")) {
        settings->vlan = number[0];
        settings->qos = number[1];
        settings->proto = (guint16)number[2];
        return HD_VF_VLAN;
    }
    if (g_str_equal(words[0], "rate")) {
        settings->min_rate = number[0];
        settings->max_rate = number[1];
        return HD_VF_MAX_RATE;
    }
    settings->spoofchk = settings->trust = number[0] != 0;
    settings->link_state = (HdVfLink)number[0];
    if (g_str_equal(words[0], "spoofchk"))
        return HD_VF_SPOOFCHK;
    return g_str_equal(words[0], "trust") ? HD_VF_TRUST : HD_VF_LINK_STATE;
}

int
hd_conformance_vf_get(HdPort *port, const char *vf, HdVfSettings *ret_settings)
{
    g_autofree char *interface = NULL;
    guint index = split_vf(vf, &interface);
    return hd_port_vf_get(port, interface, index, ret_settings);
}

int
hd_conformance_vf_set(HdPort *port, const char *vf, const char *text)
{
    HdVfSettings settings = {0};
    g_autofree char *interface = NULL;
    guint index = split_vf(vf, &interface);
    HdVfKey key = read_setting(text, &settings);
    return hd_port_vf_set(port, interface, index, &settings, key);
}
