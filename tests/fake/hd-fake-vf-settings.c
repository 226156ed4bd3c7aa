/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The network settings of VFs as a PF's driver keeps them: the rules and errnos of igb
 * (drivers/net/ethernet/intel/igb, igb_ndo_set_vf_*) and of the kernel's rtnetlink before it.
 */
#include "hd-fake-private.h"

#include <errno.h>

#define MAX_RATE 1000

void
hd_fake_vf_settings_reset(HdFakeVf *vf)
{
    vf->has_admin_mac = false;
    vf->settings = (HdVfSettings){.known = (1U << HD_VF_KEY_COUNT) - 1,
                                  .proto = 0x8100,
                                  .spoofchk = true,
                                  .link_state = HD_VF_LINK_AUTO};
}

/* The VF's own interface learns of it at its next probe. */
static int
set_mac(HdFakeVf *vf, const HdMac *mac)
{
    if ((mac->bytes[0] & 1) != 0)
        return EINVAL;
    vf->has_admin_mac = !hd_mac_is_zero(mac);
    vf->settings.mac = *mac;
    return 0;
}

static int
set_vlan(HdFakeVf *vf, const HdVfSettings *settings)
{
    if (settings->vlan > 4095 || settings->qos > 7)
        return EINVAL;
    if (settings->proto != 0x8100)
        return EPROTONOSUPPORT;
    vf->settings.vlan = settings->vlan;
    vf->settings.qos = settings->qos;
    return 0;
}

static int
set_rate(HdFakeVf *vf, const HdVfSettings *settings)
{
    if (settings->min_rate != 0 || settings->max_rate > MAX_RATE)
        return EINVAL;
    vf->settings.max_rate = settings->max_rate;
    return 0;
}

static int
set_key(HdFakeVf *vf, const HdVfSettings *settings, HdVfKey key)
{
    switch (key) {
    case HD_VF_MAC:
        return set_mac(vf, &settings->mac);
    case HD_VF_VLAN:
    case HD_VF_QOS:
    case HD_VF_PROTO:
        return set_vlan(vf, settings);
    case HD_VF_MIN_RATE:
    case HD_VF_MAX_RATE:
        return set_rate(vf, settings);
    case HD_VF_SPOOFCHK:
        vf->settings.spoofchk = settings->spoofchk;
        return 0;
    case HD_VF_TRUST:
        vf->settings.trust = settings->trust;
        return 0;
    case HD_VF_LINK_STATE:
        break;
    }
    return EOPNOTSUPP;
}

static bool
is_in_reset(HdFake *fake, const HdFakeVf *vf)
{
    GHashTable *busy = fake->sriov->busy;
    guint times = GPOINTER_TO_UINT(g_hash_table_lookup(busy, vf->address));
    if (times > 0)
        g_hash_table_replace(busy, g_strdup(vf->address), GUINT_TO_POINTER(times - 1));
    return times > 0;
}

/* igb compares a rate with the speed of the link. */
static bool
has_link(HdFake *fake, const char *interface)
{
    g_autofree char *path = g_strdup_printf("sys/class/net/%s/carrier", interface);
    g_autofree char *carrier = NULL;
    return hd_fake_tree_read(fake->tree, path, &carrier) == 0 && g_str_has_prefix(carrier, "1");
}

static int
set(HdFake *fake, const char *interface, guint index, const HdVfSettings *settings, HdVfKey key)
{
    const HdFakeSriovPf *pf = hd_fake_net_find_pf(fake, interface);
    if (!hd_fake_net_exists(fake, interface))
        return ENODEV;
    if (pf == NULL || key == HD_VF_LINK_STATE)
        return EOPNOTSUPP;
    HdFakeVf *vf = hd_fake_sriov_vf_at(pf, index);
    if (vf == NULL)
        return key == HD_VF_SPOOFCHK && pf->count == 0 ? EOPNOTSUPP : EINVAL;
    if (is_in_reset(fake, vf))
        return EAGAIN;
    if (key == HD_VF_MAC && fake->sriov->refuses_no_mac && hd_mac_is_zero(&settings->mac))
        return EINVAL;
    if ((key == HD_VF_MIN_RATE || key == HD_VF_MAX_RATE) && !has_link(fake, interface))
        return EINVAL;
    return (fake->sriov->ignored >> key & 1) != 0 ? 0 : set_key(vf, settings, key);
}

int
hd_fake_vf_set(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
               HdVfKey key)
{
    HdFake *fake = hd_fake_of(port);
    int error = hd_fake_before_mutation(fake);
    if (error != 0)
        return error;
    return hd_fake_after_mutation(fake, set(fake, interface, index, settings, key));
}

int
hd_fake_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings)
{
    HdFake *fake = hd_fake_of(port);
    const HdFakeSriovPf *pf = hd_fake_net_find_pf(fake, interface);
    if (fake->is_dead)
        return EIO;
    if (!hd_fake_net_exists(fake, interface))
        return ENODEV;
    const HdFakeVf *vf = pf != NULL ? hd_fake_sriov_vf_at(pf, index) : NULL;
    if (vf == NULL)
        return ENOENT;
    *ret_settings = vf->settings;
    return 0;
}
