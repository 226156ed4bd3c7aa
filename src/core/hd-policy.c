/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the owner of the host, or of one VM, has said about each rule. Layers:
 * built-in defaults < /etc/hostdevctl < the VM's metadata < one device's entry there.
 */
#include "hd-policy.h"

static const char *const rule_names[HD_RULE_COUNT] = {
    [HD_RULE_IOMMU] = "iommu",
    [HD_RULE_BRIDGE] = "bridge",
    [HD_RULE_COMPANIONS] = "companions",
    [HD_RULE_GROUP] = "group",
    [HD_RULE_STORAGE] = "storage",
    [HD_RULE_NETWORK] = "network",
    [HD_RULE_PROCESS] = "process",
    [HD_RULE_SRIOV] = "sriov",
    [HD_RULE_IDENTITY] = "identity",
    [HD_RULE_CONSOLE] = "console",
    [HD_RULE_CARD] = "card",
};

static const char *const choice_names[] = {
    [HD_CHOICE_SPREAD] = "spread",
    [HD_CHOICE_PACK] = "pack",
    [HD_CHOICE_NUMA] = "numa",
};

const char *
hd_rule_name(HdRule rule)
{
    return rule_names[rule];
}

HdPolicy
hd_policy_default(void)
{
    HdPolicy policy;
    for (guint i = 0; i < HD_RULE_COUNT; i++)
        policy.stance[i] = HD_STANCE_REFUSE;
    policy.stance[HD_RULE_COMPANIONS] = HD_STANCE_ALLOW;
    policy.choice = HD_CHOICE_SPREAD;
    return policy;
}

static HdStance
parse_stance(HdRule rule, const char *name)
{
    if (g_str_equal(name, "refuse"))
        return HD_STANCE_REFUSE;
    if (g_str_equal(name, "allow"))
        return HD_STANCE_ALLOW;
    if (rule == HD_RULE_COMPANIONS && g_str_equal(name, "bind"))
        return HD_STANCE_ALLOW;
    return HD_STANCE_UNSET;
}

static bool
set_choice(HdPolicy *policy, const char *name)
{
    for (guint i = HD_CHOICE_SPREAD; i < G_N_ELEMENTS(choice_names); i++) {
        if (!g_str_equal(choice_names[i], name))
            continue;
        policy->choice = (HdChoice)i;
        return true;
    }
    return false;
}

bool
hd_policy_set(HdPolicy *policy, const char *rule_name, const char *stance_name)
{
    if (g_str_equal(rule_name, HD_POLICY_CHOICE))
        return set_choice(policy, stance_name);
    for (guint i = 0; i < HD_RULE_COUNT; i++) {
        if (!g_str_equal(rule_names[i], rule_name))
            continue;
        HdStance stance = parse_stance((HdRule)i, stance_name);
        if (stance == HD_STANCE_UNSET)
            return false;
        policy->stance[i] = stance;
        return true;
    }
    return false;
}

HdPolicy
hd_policy_overlay(const HdPolicy *base, const HdPolicy *over)
{
    HdPolicy result = *base;
    for (guint i = 0; i < HD_RULE_COUNT; i++) {
        if (over->stance[i] != HD_STANCE_UNSET)
            result.stance[i] = over->stance[i];
    }
    if (over->choice != HD_CHOICE_UNSET)
        result.choice = over->choice;
    return result;
}

bool
hd_policy_allows(const HdPolicy *policy, HdRule rule)
{
    return policy->stance[rule] == HD_STANCE_ALLOW;
}
