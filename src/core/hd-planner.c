/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The planner: request + host + claims + policy -> plan. All decisions about
 * devices are taken here and can be tested without a kernel. The rules about one
 * function by itself are in hd-rules.c; this file is about the set: groups,
 * companions, nodes.
 */
#include "hd-planner.h"

#include "hd-desktop-planner.h"
#include "hd-gpu.h"
#include "hd-local-planner.h"
#include "hd-mdev-planner.h"
#include "hd-pages-planner.h"
#include "hd-rules.h"

/* Group members under these drivers don't spoil a group (kernel: vfio_dev_viable()). */
static bool
is_viable_as_it_is(const HdDevice *device)
{
    const char *driver = device->binding.driver;
    return driver == NULL || g_str_equal(driver, "pci-stub") || g_str_equal(driver, "pcieport") ||
           hd_device_is_on_vfio(device);
}

static void
add_pci_goal(HdPlan *plan, const HdDevice *device, const char *driver, bool companion)
{
    HdGoal *goal = hd_goal_new(HD_GOAL_PCI, &device->address);
    goal->companion = companion;
    goal->id = device->id;
    goal->before = hd_binding_copy(&device->binding);
    goal->before_module = g_strdup(device->driver_module);
    goal->after.driver = g_strdup(driver);
    /* A device that is there already keeps its override too: nothing is written. */
    bool there = g_strcmp0(device->binding.driver, driver) == 0;
    goal->after.override = g_strdup(there ? device->binding.override : driver);
    hd_plan_add_goal(plan, goal);
}

static void
add_hold(HdPlan *plan, const HdDevice *device, bool companion)
{
    HdGoal *goal = hd_goal_new(HD_GOAL_HOLD, &device->address);
    goal->companion = companion;
    hd_plan_add_goal(plan, goal);
}

/* The type is set once more, or for the first time; the function stays with its vendor's driver. */
static void
add_vgpu_goal(HdPlan *plan, const HdDevice *device, const HdWish *wish)
{
    const HdVgpuType *type = hd_vgpu_find_type(device->vgpu, wish->vgpu_type);
    HdGoal *goal = hd_goal_new(HD_GOAL_VGPU, &device->address);
    goal->id = device->id;
    goal->vgpu_before = device->vgpu->current;
    /* One that is set already need not be creatable any more. */
    goal->vgpu_after = device->vgpu->current != 0 ? device->vgpu->current : type->id;
    hd_plan_add_goal(plan, goal);
}

/* Whatever is asked for, what there is now is put back afterwards: libvirt leaves the MAC of an
   <interface> behind in the PF, and so does whoever configures VFs of a running VM. */
static void
add_vf_goals(HdPlan *plan, const HdDevice *device, const HdWish *wish)
{
    const HdVfNet *net = device->vf_net;
    if (net == NULL)
        return;
    if (net->settings.known != 0 || wish->vf.known != 0) {
        HdGoal *goal = hd_goal_new_vf(HD_GOAL_VF, device);
        goal->vf_after = hd_vf_settings_target(&net->settings, &wish->vf);
        goal->is_after_libvirt = wish->kind == HD_WISH_INTERFACE;
        hd_plan_add_goal(plan, goal);
    }
    if (net->has_mac) {
        HdGoal *goal = hd_goal_new_vf(HD_GOAL_MAC, device);
        goal->mac = net->mac;
        hd_plan_add_goal(plan, goal);
    }
    if (wish->kind == HD_WISH_INTERFACE && net->interface != NULL && !net->is_interface_up)
        hd_plan_note(plan,
                     "%s: its PF's interface %s is down, so libvirt will refuse it as an "
                     "<interface>: 'ip link set %s up'",
                     hd_pci_address_text(&device->address).text, net->interface, net->interface);
}

static void
plan_wish(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy, HdPlan *plan)
{
    const HdDevice *device = hd_host_find(input->host, &wish->address);
    if (!hd_rules_check_wish(input, wish, device, policy, plan))
        return;
    /* A vGPU that somebody else has made (OpenNebula's helper) is a VF under its vendor's driver,
     * too. */
    if (hd_wish_is_bound_by_us(wish) && !hd_vgpu_is_set(device->vgpu))
        add_pci_goal(plan, device, wish->driver != NULL ? wish->driver : device->vfio_driver,
                     false);
    else
        add_hold(plan, device, false);
    if (wish->vgpu_type != NULL)
        add_vgpu_goal(plan, device, wish);
    add_vf_goals(plan, device, wish);
}

static void
add_companion(HdPlan *plan, const HdDevice *member)
{
    if (is_viable_as_it_is(member))
        add_hold(plan, member, true);
    else
        add_pci_goal(plan, member, member->vfio_driver, true);
}

static void
plan_companion(const HdPlannerInput *input, const HdDevice *wanted, const HdDevice *member,
               const HdPolicy *policy, HdPlan *plan)
{
    if (hd_rules_check_companion(input, wanted, member, policy, plan))
        add_companion(plan, member);
}

static bool
is_free_member(const HdPlannerInput *input, const HdDevice *member, const HdPlan *plan)
{
    bool is_transparent = member->is_bridge && is_viable_as_it_is(member);
    return !is_transparent && hd_request_find_pci(input->request, &member->address) == NULL &&
           !hd_plan_claims(plan, &member->address);
}

/* The group is given whole: each member is asked for, goes along or refuses; bridges that leave
   DMA alone don't count (root ports under pcieport). */
static void
plan_companions(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy,
                HdPlan *plan)
{
    const HdDevice *device = hd_host_find(input->host, &wish->address);
    if (device == NULL || device->iommu_group < 0)
        return;
    g_autoptr(GPtrArray) members = hd_host_group(input->host, device->iommu_group);
    for (guint i = 0; i < members->len; i++) {
        const HdDevice *member = g_ptr_array_index(members, i);
        if (is_free_member(input, member, plan))
            plan_companion(input, device, member, policy, plan);
    }
}

/* What a graphics card's own sound, USB and serial functions are; beside an APU's graphics there
   are controllers of the board, which stay. */
static bool
is_part_of_card(const HdDevice *card, const HdDevice *member)
{
    guint kind = member->id.class_code >> 8;
    return !member->is_vf && hd_pci_address_is_same_card(&member->address, &card->address) &&
           member->id.vendor == card->id.vendor &&
           (kind == 0x0403 || kind == 0x0401 || kind == 0x0c03 || kind == 0x0c80 ||
            hd_gpu_is_display(&member->id));
}

/* A graphics card is given whole, even if its functions have groups of their own: the reset of a
   bus resets them all. */
static void
plan_card(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy, HdPlan *plan)
{
    const HdDevice *device = hd_host_find(input->host, &wish->address);
    if (device == NULL || !hd_gpu_is_display(&device->id) || device->is_vf ||
        !hd_wish_is_bound_by_us(wish))
        return;
    g_autoptr(GPtrArray) all = hd_host_devices(input->host);
    for (guint i = 0; i < all->len; i++) {
        const HdDevice *member = g_ptr_array_index(all, i);
        if (!is_part_of_card(device, member) || !is_free_member(input, member, plan) ||
            !hd_rules_check_card(input, device, member, policy, plan))
            continue;
        add_companion(plan, member);
        ((HdGoal *)g_ptr_array_index(plan->goals, plan->goals->len - 1))->is_card_s = true;
    }
}

static HdGoal *
new_node_goal(const HdPlannerInput *input, const HdPciAddress *address, HdNodeKind node,
              const HdNodeState *before)
{
    const HdNodeOwner *owner = hd_host_node_owner(input->host);
    HdGoal *goal = hd_goal_new(HD_GOAL_NODE, address);
    goal->node = node;
    goal->node_before = *before;
    goal->node_after = (HdNodeState){true, owner->uid, owner->gid, 0660};
    return goal;
}

/* The nodes of an mdev come and go with it; one that stays has them as they were. */
static void
plan_mdev_nodes(const HdPlannerInput *input, const HdGoal *mdev, bool has_iommufd, HdPlan *plan)
{
    const HdNodeState root_s = {true, 0, 0, 0600};
    const HdNodeKind kinds[] = {HD_NODE_GROUP, HD_NODE_CDEV};
    const HdMdev *present = hd_mdev_bus_find(hd_host_mdevs(input->host), &mdev->uuid);
    for (guint i = 0; i < (has_iommufd ? 2 : 1); i++) {
        const HdNodeState *now = present == NULL ? &root_s
                                 : i == 0        ? &present->group_node
                                                 : &present->cdev_node;
        HdGoal *goal = new_node_goal(input, &mdev->address, kinds[i], now->present ? now : &root_s);
        goal->uuid = mdev->uuid;
        hd_plan_add_goal(plan, goal);
    }
}

static void
plan_iommu_node(const HdPlannerInput *input, HdPlan *plan)
{
    const HdPciAddress none = {0};
    const HdGoal *other = hd_claims_find_node(input->claims, HD_NODE_IOMMU, input->key);
    const HdNodeState *before =
        other != NULL ? &other->node_before : hd_host_iommu_node(input->host);
    hd_plan_add_goal(plan, new_node_goal(input, &none, HD_NODE_IOMMU, before));
}

/* One goal per group node, and per cdev where the kernel has iommufd. */
static void
plan_nodes(const HdPlannerInput *input, HdPlan *plan)
{
    bool has_iommufd = hd_host_iommu_node(input->host)->present, has_vfio = false;
    guint functions = plan->goals->len;
    g_autoptr(GHashTable) groups = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < functions; i++) {
        const HdGoal *goal = g_ptr_array_index(plan->goals, i);
        const HdDevice *device = hd_host_find(input->host, &goal->address);
        has_vfio |= goal->kind == HD_GOAL_MDEV || hd_goal_is_about_function(goal);
        if (goal->kind == HD_GOAL_MDEV)
            plan_mdev_nodes(input, goal, has_iommufd, plan);
        if (goal->companion || (goal->kind != HD_GOAL_PCI && goal->kind != HD_GOAL_HOLD))
            continue;
        if (g_hash_table_add(groups, GINT_TO_POINTER(device->iommu_group)))
            hd_plan_add_goal(
                plan, new_node_goal(input, &goal->address, HD_NODE_GROUP, &device->group_node));
        if (has_iommufd)
            hd_plan_add_goal(
                plan, new_node_goal(input, &goal->address, HD_NODE_CDEV, &device->cdev_node));
    }
    if (has_iommufd && has_vfio)
        plan_iommu_node(input, plan);
}

static void
plan_any_wish(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *vm_policy,
              HdPlan *plan)
{
    HdPolicy policy = hd_policy_overlay(vm_policy, &wish->policy);
    if (wish->kind == HD_WISH_MDEV)
        (void)hd_mdev_planner_add(input, wish, &policy, plan);
    hd_local_planner_add(input, wish, &policy, plan);
    if (!hd_wish_is_pci(wish))
        return;
    plan_wish(input, wish, &policy, plan);
    plan_companions(input, wish, &policy, plan);
    plan_card(input, wish, &policy, plan);
}

/* Whether any parent will do: such mdevs leave the first choice to those that have none. */
static bool
is_undemanding(const HdWish *wish)
{
    return wish->kind == HD_WISH_MDEV && wish->mdev != NULL && wish->mdev->parent == NULL;
}

HdPlan *
hd_planner_prepare(const HdPlannerInput *input)
{
    g_autoptr(HdPlan) plan = hd_plan_new();
    const GPtrArray *wishes = input->request->wishes;
    HdPolicy vm_policy = hd_policy_overlay(input->policy, &input->request->policy);
    for (guint pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < wishes->len; i++) {
            const HdWish *wish = g_ptr_array_index(wishes, i);
            if (is_undemanding(wish) == (pass == 1))
                plan_any_wish(input, wish, &vm_policy, plan);
        }
    }
    hd_local_planner_finish(input, plan);
    hd_desktop_planner_add(input, plan);
    if (hd_host_node_owner(input->host)->applies)
        plan_nodes(input, plan);
    hd_pages_planner_add(input, plan);
    return g_steal_pointer(&plan);
}
