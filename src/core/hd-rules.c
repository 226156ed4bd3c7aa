/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules: may this function leave the host? One small check each, with the
 * sentence that `virsh start` shows. docs/errors.md has an entry for every one.
 */
#include "hd-rules.h"

#include "hd-desktop-planner.h"
#include "hd-gpu.h"
#include "hd-text.h"

static bool
apply_to(HdPlan *plan, const HdPolicy *policy, HdRule rule, const char *subject, const char *reason,
         const char *remedy)
{
    if (hd_policy_allows(policy, rule)) {
        hd_plan_note(plan, "%s %s (allowed by policy: %s)", subject, reason, hd_rule_name(rule));
        return true;
    }
    hd_plan_refuse_subject(plan, subject, hd_rule_name(rule), g_strdup(reason), g_strdup(remedy));
    return false;
}

/* A rule applies: refuse, unless the policy relaxes it. Returns whether it is relaxed. */
static bool
apply_rule(HdPlan *plan, const HdPolicy *policy, HdRule rule, const HdPciAddress *address,
           const char *reason, const char *remedy)
{
    return apply_to(plan, policy, rule, hd_pci_address_text(address).text, reason, remedy);
}

static bool
refuse_device(const HdDevice *device, HdPlan *plan, const char *rule, char *reason,
              const char *remedy)
{
    hd_plan_refuse(plan, &device->address, rule, reason, g_strdup(remedy));
    return false;
}

/* Not a rule anyone can relax: two VMs on one device is never right. */
static bool
check_claims(const HdPlannerInput *input, const HdDevice *device, const char *prefix, HdPlan *plan)
{
    const HdClaim *claim = hd_claims_find_vm(input->claims, &device->address, input->key);
    if (claim == NULL)
        claim = hd_claims_find_maker(input->claims, &device->address, input->key);
    if (claim == NULL && !device->is_moving)
        return true;
    g_autofree char *state =
        claim != NULL ? hd_claim_describe(claim) : g_strdup("is just being moved by hostdevctl");
    return refuse_device(device, plan, "held", g_strconcat(prefix, state, NULL),
                         claim != NULL ? hd_claim_remedy(claim) : "see 'hostdevctl status'");
}

static bool
check_iommu(const HdPlannerInput *input, const HdDevice *device, const HdPolicy *policy,
            HdPlan *plan)
{
    if (device->iommu_group >= 0)
        return true;
    if (!hd_host_has_iommu(input->host))
        return apply_rule(plan, policy, HD_RULE_IOMMU, &device->address,
                          "can't be given to a VM: this host has no active IOMMU",
                          "switch VT-d or AMD-Vi on in the firmware and, on Intel, boot with "
                          "intel_iommu=on");
    return apply_rule(plan, policy, HD_RULE_IOMMU, &device->address,
                      "is in no IOMMU group, so it can't be isolated",
                      "use a device behind the IOMMU");
}

/* A function that its VM's metadata wants of a mapping has to be of that. */
static bool
check_mapping(const HdPlannerInput *input, const HdWish *wish, const HdDevice *device, HdPlan *plan)
{
    if (wish->mapping == NULL)
        return true;
    const HdMapping *mapping = hd_host_find_mapping(input->host, wish->mapping);
    if (mapping != NULL && hd_mapping_has(mapping, device))
        return true;
    if (mapping == NULL || !mapping->is_here)
        hd_plan_refuse(plan, &device->address, "missing",
                       g_strdup_printf("is to be one of mapping '%s', which this host does not "
                                       "have",
                                       wish->mapping),
                       g_strdup("add it with 'hostdevctl map add'"));
    else
        hd_plan_refuse(plan, &device->address, "mapping",
                       g_strdup_printf("is not one of mapping '%s' on this host", wish->mapping),
                       g_strdup("give the VM one with 'hostdevctl map assign', or see "
                                "'hostdevctl map list'"));
    return false;
}

/* Cards change their addresses when others are added, and people change cards. */
static bool
check_stranger(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy,
               HdPlan *plan)
{
    const char *why = hd_host_stranger(input->host, &wish->address);
    if (why == NULL)
        return true;
    g_autofree char *reason =
        g_strdup_printf("is not the card that mapping '%s' knows: %s", wish->mapping, why);
    g_autofree char *remedy = g_strdup_printf("correct the VM, or, if the card is the right one, "
                                              "say so with 'hostdevctl map accept %s'",
                                              wish->mapping);
    return apply_rule(plan, policy, HD_RULE_IDENTITY, &wish->address, reason, remedy);
}

static bool
check_identity(const HdWish *wish, const HdDevice *device, const HdPolicy *policy, HdPlan *plan)
{
    if (device->id.vendor == 0xffff)
        return apply_rule(plan, policy, HD_RULE_IDENTITY, &device->address,
                          "does not answer (its config space reads 0xffff)",
                          "power-cycle the card or the host");
    g_autofree char *id = g_strdup_printf("%04x:%04x", device->id.vendor, device->id.device);
    if (wish->expected_id == NULL || g_str_equal(wish->expected_id, id))
        return true;
    g_autofree char *reason =
        g_strdup_printf("is %s, but the VM's metadata expects %s", id, wish->expected_id);
    return apply_rule(plan, policy, HD_RULE_IDENTITY, &device->address, reason,
                      "find where the card has moved with 'hostdevctl list' and correct the VM");
}

/* Taking the PF away would pull it out from under the VMs that have its VFs: no rule to relax. */
static bool
check_vfs(const HdPlannerInput *input, const HdDevice *device, const HdPciAddress *subject,
          const char *prefix, HdPlan *plan)
{
    for (guint i = 0; device->vfs != NULL && i < device->vfs->len; i++) {
        const HdPciAddress *vf = &g_array_index(device->vfs, HdPciAddress, i);
        const HdClaim *claim = hd_claims_find_vm(input->claims, vf, input->key);
        if (claim == NULL)
            continue;
        g_autofree char *state = hd_claim_describe(claim);
        hd_plan_refuse(plan, subject, "held",
                       g_strdup_printf("%sis the PF of %s, which %s", prefix,
                                       hd_pci_address_text(vf).text, state),
                       g_strdup(hd_claim_remedy(claim)));
        return false;
    }
    return true;
}

/* A person or the boot is making or removing VFs of this PF just now. */
static bool
check_vf_set(const HdPlannerInput *input, const HdDevice *device, HdPlan *plan)
{
    const HdPciAddress *pf = device->is_vf ? &device->pf : &device->address;
    if (!hd_claims_has_vf_set(input->claims, pf))
        return true;
    hd_plan_refuse(plan, &device->address, "held",
                   g_strdup_printf("can't be given now: the number of VFs of %s is being changed",
                                   hd_pci_address_text(pf).text),
                   g_strdup("try again when that has ended; see 'hostdevctl status'"));
    return false;
}

static bool
check_vf_wish(const HdWish *wish, const HdDevice *device, HdPlan *plan)
{
    if (wish->vf.known == 0 || (device->vf_net != NULL && device->vf_net->interface != NULL))
        return true;
    hd_plan_refuse(
        plan, &device->address, "type",
        g_strdup(device->is_vf ? "can't be given VF settings: its PF has no network "
                                 "interface on this host"
                               : "can't be given VF settings: it is no virtual function"),
        g_strdup("correct <vf> in the VM's metadata, or give the PF its network driver"));
    return false;
}

static bool
check_sriov(const HdDevice *device, const HdPolicy *policy, HdPlan *plan)
{
    if (device->vf_count == 0)
        return true;
    g_autofree char *reason =
        g_strdup_printf("has %u virtual functions, which would lose their PF", device->vf_count);
    return apply_rule(plan, policy, HD_RULE_SRIOV, &device->address, reason,
                      "give a VF to the VM, or remove them first with 'hostdevctl vf clear'");
}

/* Each kind of use is its own rule, so that a host can relax one and keep the others. */
bool
hd_rules_check_holders(const GPtrArray *holders, const char *subject, const HdPolicy *policy,
                       HdPlan *plan)
{
    bool free = true;
    for (guint i = 0; i < holders->len; i++) {
        const HdHolder *holder = g_ptr_array_index(holders, i);
        g_autofree char *reason = g_strdup_printf("is in use by this host: %s", holder->text);
        free &= apply_to(plan, policy, holder->rule, subject, reason, holder->remedy);
    }
    return free;
}

/* Of a graphics card the start can do it, if it may: it stops a unit, and starts it again. */
static char *
holder_remedy(const HdPlannerInput *input, const HdDevice *device, const HdHolder *holder)
{
    if (holder->rule != HD_RULE_PROCESS || holder->is_vm ||
        !hd_desktop_planner_has_card(input, &device->address))
        return g_strdup(holder->remedy);
    return g_strdup_printf("%s, or let starts do it: stop-units = %s in "
                           "/etc/hostdevctl/hostdevctl.conf",
                           holder->remedy,
                           holder->unit != NULL ? holder->unit : "display-manager.service");
}

static bool
check_holders(const HdPlannerInput *input, const HdDevice *device, const HdPolicy *policy,
              HdPlan *plan)
{
    const HdPciAddressText address = hd_pci_address_text(&device->address);
    bool free = true;
    for (guint i = 0; i < device->holders->len; i++) {
        const HdHolder *holder = g_ptr_array_index(device->holders, i);
        g_autofree char *reason = g_strdup_printf("is in use by this host: %s", holder->text);
        g_autofree char *remedy = holder_remedy(input, device, holder);
        if (hd_desktop_planner_awaits(input, device, holder))
            hd_plan_note(plan, "%s: %s, which is to end with the units that are stopped",
                         address.text, holder->text);
        else
            free &= apply_to(plan, policy, holder->rule, address.text, reason, remedy);
    }
    return free;
}

/* The first that doesn't go by itself. */
static const HdHolder *
find_user(const HdPlannerInput *input, const HdDevice *device)
{
    for (guint i = 0; i < device->holders->len; i++) {
        const HdHolder *holder = g_ptr_array_index(device->holders, i);
        if (!hd_desktop_planner_awaits(input, device, holder))
            return holder;
    }
    return NULL;
}

/* A type that is set already is fine if it is the wanted one; that can only be told by number. */
static bool
check_vgpu(const HdWish *wish, const HdDevice *device, HdPlan *plan)
{
    const HdVgpu *vgpu = device->vgpu;
    if (wish->vgpu_type == NULL)
        return !hd_vgpu_is_set(vgpu) || !wish->managed ||
               refuse_device(device, plan, "type",
                             g_strdup_printf("has vGPU type %u, and stays with its vendor's driver",
                                             vgpu->current),
                             "set managed='no' in its <hostdev>, or take the type away with "
                             "'hostdevctl vgpu clear'");
    g_autofree char *wanted = hd_text_printable(wish->vgpu_type, 64);
    if (vgpu == NULL)
        return refuse_device(device, plan, "type",
                             g_strdup_printf("can't get vGPU type %s: it has no nvidia/"
                                             "current_vgpu_type",
                                             wanted),
                             "make the card's VFs first (sriov-manage), and name one of them");
    if (wish->managed)
        return refuse_device(
            device, plan, "type", g_strdup("stays with its vendor's driver as a vGPU"),
            "set managed='no' in its <hostdev>, else libvirt would bind it to vfio-pci");
    g_autofree char *current = g_strdup_printf("%u", vgpu->current);
    const HdVgpuType *type = hd_vgpu_find_type(vgpu, wish->vgpu_type);
    bool is_current =
        g_str_equal(current, wish->vgpu_type) || (type != NULL && type->id == vgpu->current);
    if (vgpu->current != 0)
        return is_current || refuse_device(device, plan, "type",
                                           g_strdup_printf("has vGPU type %u already, not %s",
                                                           vgpu->current, wanted),
                                           "take it away with 'hostdevctl vgpu clear'");
    g_autofree char *types = hd_vgpu_describe_creatable(vgpu);
    return type != NULL ||
           refuse_device(device, plan, "full",
                         g_strdup_printf("can't get vGPU type %s now (types: %s)", wanted, types),
                         "choose one of these, or free the card's other VFs");
}

/* A driver of the host's takes hold of the card. Not a rule that a VM can relax: it is the host
   that is kept from it; what a person detaches a card for is that person's business. */
static bool
check_driver(const HdPlannerInput *input, const HdWish *wish, const HdDevice *device, HdPlan *plan)
{
    if (wish->driver == NULL || *input->request->uuid.text == '\0' ||
        !hd_wish_is_bound_by_us(wish) || hd_vgpu_is_set(device->vgpu) ||
        hd_device_is_lent_by(device, wish->driver))
        return true;
    g_autofree char *name = hd_text_printable(wish->driver, 64);
    return refuse_device(
        device, plan, "type",
        g_strdup_printf("can't be given by '%s', which is no driver of VFIO", name),
        "leave the driver out, or name one like vfio-pci");
}

bool
hd_rules_check_wish(const HdPlannerInput *input, const HdWish *wish, const HdDevice *device,
                    const HdPolicy *policy, HdPlan *plan)
{
    if (device == NULL) {
        const char *where = hd_host_stranger(input->host, &wish->address);
        hd_plan_refuse(plan, &wish->address, "missing",
                       where != NULL ? g_strdup_printf("is not on this host: %s", where)
                                     : g_strdup("is not on this host"),
                       g_strdup("see 'hostdevctl list' for the devices there are"));
        return false;
    }
    if (!check_vf_set(input, device, plan) || !check_claims(input, device, "", plan))
        return false;
    if (device->is_bridge)
        return apply_rule(plan, policy, HD_RULE_BRIDGE, &device->address,
                          "is a bridge, which stays with the host",
                          "give the devices behind it instead");
    if (!check_mapping(input, wish, device, plan))
        return false;
    bool may = check_iommu(input, device, policy, plan);
    may &= check_stranger(input, wish, policy, plan);
    may &= check_identity(wish, device, policy, plan);
    may &=
        check_vfs(input, device, &device->address, "", plan) && check_sriov(device, policy, plan);
    may &= check_vf_wish(wish, device, plan);
    may &= check_holders(input, device, policy, plan);
    may &= check_vgpu(wish, device, plan);
    may &= check_driver(input, wish, device, plan);
    return may;
}

static bool
check_companion_use(const HdPlannerInput *input, const HdDevice *wanted, const HdDevice *member,
                    const HdPolicy *policy, HdPlan *plan)
{
    const HdHolder *holder = find_user(input, member);
    if (holder == NULL && member->vf_count == 0 && !member->is_bridge)
        return true;
    const char *use =
        member->is_bridge ? "it is a bridge with a driver of its own" : "it has virtual functions";
    const char *remedy = member->is_bridge ? "move the card to a slot with a group of its own"
                                           : "remove them first with 'hostdevctl vf clear'";
    g_autofree char *reason = g_strdup_printf(
        "shares IOMMU group %d with %s, which is in use by this host: %s", wanted->iommu_group,
        hd_pci_address_text(&member->address).text, holder != NULL ? holder->text : use);
    g_autofree char *holder_s = holder != NULL ? holder_remedy(input, member, holder) : NULL;
    return apply_rule(plan, policy, HD_RULE_GROUP, &wanted->address, reason,
                      holder != NULL ? holder_s : remedy);
}

bool
hd_rules_check_companion(const HdPlannerInput *input, const HdDevice *wanted,
                         const HdDevice *member, const HdPolicy *policy, HdPlan *plan)
{
    g_autofree char *prefix = g_strdup_printf("shares its IOMMU group with %s; the group ",
                                              hd_pci_address_text(&wanted->address).text);
    g_autofree char *pf_prefix = g_strdup_printf("shares its IOMMU group with %s, which ",
                                                 hd_pci_address_text(&member->address).text);
    if (!check_claims(input, member, prefix, plan) ||
        !check_vfs(input, member, &wanted->address, pf_prefix, plan))
        return false;
    if (!check_companion_use(input, wanted, member, policy, plan))
        return false;
    if (member->binding.driver == NULL || hd_policy_allows(policy, HD_RULE_COMPANIONS))
        return true;
    hd_plan_refuse(plan, &wanted->address, hd_rule_name(HD_RULE_COMPANIONS),
                   g_strdup_printf("shares IOMMU group %d with %s (driver %s), which the VM does "
                                   "not list",
                                   wanted->iommu_group, hd_pci_address_text(&member->address).text,
                                   member->binding.driver),
                   g_strdup("add it to the VM, or set companions=bind"));
    return false;
}

bool
hd_rules_check_card(const HdPlannerInput *input, const HdDevice *wanted, const HdDevice *member,
                    const HdPolicy *policy, HdPlan *plan)
{
    const HdPciAddressText name = hd_pci_address_text(&member->address);
    const char *kind = hd_gpu_function_name(&member->id);
    g_autofree char *prefix = g_strdup_printf("is one card with %s (%s), which ", name.text, kind);
    g_autofree char *own_prefix =
        g_strdup_printf("is one card with %s and ", hd_pci_address_text(&wanted->address).text);
    if (hd_policy_allows(policy, HD_RULE_CARD)) {
        hd_plan_note(plan, "%s: (%s) is left with the host (allowed by policy: card)", name.text,
                     kind);
        return false;
    }
    if (!check_claims(input, member, own_prefix, plan))
        return false;
    const HdHolder *holder = find_user(input, member);
    if (holder == NULL || hd_policy_allows(policy, holder->rule))
        return true;
    g_autofree char *remedy = holder_remedy(input, member, holder);
    hd_plan_refuse(plan, &wanted->address, hd_rule_name(HD_RULE_CARD),
                   g_strdup_printf("%sis in use by this host: %s", prefix, holder->text),
                   g_strdup_printf("%s, or leave that function with the host: card=allow", remedy));
    return false;
}
