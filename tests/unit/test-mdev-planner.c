/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which mdev, of which type, on which parent: facts in, goal or sentence out.
 */
#include <string.h>

#include "hd-facts.h"
#include "hd-test.h"

#define UUID_1 "11111111-0000-4000-8000-000000000001"
#define UUID_2 "22222222-0000-4000-8000-000000000002"

/* A parent with one type, and that type with a name for people. */
static HdMdevParent *
add_parent(const char *name, int numa_node, const char *type, guint available)
{
    HdMdevParent *parent = hd_mdev_parent_new(name, numa_node);
    HdMdevType *facts = g_new0(HdMdevType, 1);
    facts->id = g_strdup(type);
    facts->name = g_strdup("GRID 1Q");
    facts->device_api = g_strdup("vfio-pci");
    facts->available = available;
    g_ptr_array_add(parent->types, facts);
    g_ptr_array_add(hd_host_mdevs(host)->parents, parent);
    return parent;
}

static void
add_mdev(const char *uuid, const char *parent, const char *type)
{
    HdMdev *mdev = g_new0(HdMdev, 1);
    mdev->uuid = hd_fake_uuid(uuid);
    mdev->parent = g_strdup(parent);
    mdev->type = g_strdup(type);
    mdev->device_api = g_strdup("vfio-pci");
    g_ptr_array_add(hd_host_mdevs(host)->mdevs, mdev);
}

static HdWish *
wish_for(const char *uuid, const char *type, const char *parent)
{
    const HdUuid parsed = hd_fake_uuid(uuid);
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    wish->uuid = parsed;
    wish->model = g_strdup("vfio-pci");
    if (type != NULL)
        wish->mdev = hd_mdev_spec_new(&parsed, type, parent);
    return wish;
}

/* Another VM's claim on an mdev that is to be made on @parent. */
static HdClaim *
add_claim(const char *name, const char *uuid, const char *parent)
{
    const HdUuid parsed = hd_fake_uuid(uuid);
    HdClaim *claim = hd_claim_new(VM_B, name, true);
    HdGoal *goal = hd_goal_new_mdev(HD_GOAL_MDEV, &parsed);
    goal->is_made = true;
    goal->places = hd_mdev_places_new();
    goal->attributes = hd_mdev_attributes_new();
    hd_mdev_places_add(goal->places, parent, "nvidia-36");
    g_ptr_array_add(claim->goals, goal);
    g_ptr_array_add(claims, claim);
    return claim;
}

static void
assert_plan(const char *wanted)
{
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    g_autofree char *text = hd_plan_describe(plan);
    ck_assert_str_eq(text, wanted);
}

#define MADE(PARENT) "mdev " UUID_1 ": made as nvidia-36 on " PARENT "\n"
#define REFUSED(WHY) "refused: mdev " UUID_1 " " WHY "\n"

START_TEST(made_by_id_and_by_name)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 2);
    wish_for(UUID_1, _i == 0 ? "nvidia-36" : "GRID 1Q", NULL);
    assert_plan(MADE("0000:41:00.0"));
}
END_TEST

START_TEST(attributes_are_told)
{
    add_parent("mtty", -1, "mtty-2", 2);
    HdWish *wish = wish_for(UUID_1, "mtty-2", "mtty");
    ck_assert(hd_mdev_attributes_add(wish->mdev->attributes, "power/control", "on"));
    assert_plan("mdev " UUID_1 ": made as mtty-2 on mtty, power/control=on\n");
}
END_TEST

/* 41 has one left on node 0, 42 three on node 1, 43 none. */
static const struct {
    HdChoice choice;
    guint64 nodes;
    const char *parent;
} choices[] = {
    {HD_CHOICE_SPREAD, 0, "0000:42:00.0"},   {HD_CHOICE_PACK, 0, "0000:41:00.0"},
    {HD_CHOICE_NUMA, 0x1, "0000:41:00.0"},   {HD_CHOICE_NUMA, 0x2, "0000:42:00.0"},
    {HD_CHOICE_NUMA, 0x3, "0000:42:00.0"},   {HD_CHOICE_NUMA, 0, "0000:42:00.0"},
    {HD_CHOICE_SPREAD, 0x1, "0000:42:00.0"}, {HD_CHOICE_UNSET, 0, "0000:42:00.0"},
};

START_TEST(parent_is_chosen)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    add_parent("0000:42:00.0", 1, "nvidia-36", 3);
    add_parent("0000:43:00.0", 1, "nvidia-36", 0);
    HdWish *wish = wish_for(UUID_1, "nvidia-36", NULL);
    request->numa_nodes = choices[_i].nodes;
    wish->policy.choice = choices[_i].choice;
    g_autofree char *wanted =
        g_strdup_printf("mdev " UUID_1 ": made as nvidia-36 on %s\n", choices[_i].parent);
    assert_plan(wanted);
}
END_TEST

START_TEST(second_choices_are_kept)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    add_parent("0000:42:00.0", 1, "nvidia-36", 3);
    add_parent("0000:43:00.0", 1, "nvidia-36", 0);
    wish_for(UUID_1, "nvidia-36", NULL);
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    const HdGoal *goal = g_ptr_array_index(plan->goals, 0);
    ck_assert_uint_eq(goal->places->len, 2);
    ck_assert(hd_mdev_places_has(goal->places, "0000:41:00.0", "nvidia-36"));
}
END_TEST

/* What others have planned but not yet made is taken, and so is what this plan makes itself. */
START_TEST(planned_instances_count)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 2);
    add_parent("0000:42:00.0", 0, "nvidia-36", 2);
    add_claim("other", "33333333-0000-4000-8000-000000000003", "0000:41:00.0");
    wish_for(UUID_1, "nvidia-36", NULL);
    wish_for(UUID_2, "nvidia-36", NULL);
    assert_plan("mdev " UUID_1 ": made as nvidia-36 on 0000:42:00.0\n"
                "mdev " UUID_2 ": made as nvidia-36 on 0000:41:00.0\n");
}
END_TEST

/* One that is there already is in available_instances, not to be counted twice. */
START_TEST(made_instances_count_once)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    add_mdev("33333333-0000-4000-8000-000000000003", "0000:41:00.0", "nvidia-36");
    add_claim("other", "33333333-0000-4000-8000-000000000003", "0000:41:00.0");
    wish_for(UUID_1, "nvidia-36", NULL);
    assert_plan(MADE("0000:41:00.0"));
}
END_TEST

/* Whatever the order in the XML: who can be anywhere makes room for who can't. */
START_TEST(named_parents_come_first)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    add_parent("0000:42:00.0", 0, "nvidia-36", 1);
    wish_for(UUID_1, "nvidia-36", NULL);
    wish_for(UUID_2, "nvidia-36", "0000:41:00.0");
    assert_plan("mdev " UUID_2 ": made as nvidia-36 on 0000:41:00.0\n" MADE("0000:42:00.0"));
}
END_TEST

START_TEST(full_names_the_holders)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 0);
    add_claim("web", "33333333-0000-4000-8000-000000000003", "0000:41:00.0");
    wish_for(UUID_1, "nvidia-36", NULL);
    assert_plan(REFUSED("can't be made: no instance of nvidia-36 is left on 0000:41:00.0 (held by "
                        "VM 'web'); shut one of them down, or see 'hostdevctl mdev list' (rule: "
                        "full)"));
}
END_TEST

START_TEST(full_counts_the_holders)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    add_parent("0000:41:00.0", 0, "nvidia-36", 0);
    add_parent("0000:42:00.0", 0, "nvidia-36", 0);
    for (guint i = 0; _i == 0 && i < G_N_ELEMENTS(names); i++) {
        g_autofree char *uuid = g_strdup_printf("33333333-0000-4000-8000-00000000000%u", i);
        add_claim(names[i], uuid, "0000:41:00.0");
    }
    wish_for(UUID_1, "nvidia-36", NULL);
    assert_plan(_i == 0
                    ? REFUSED("can't be made: no instance of nvidia-36 is left on 0000:41:00.0 or "
                              "1 more parents (held by VM 'a', VM 'b', VM 'c', VM 'd' and 1 more); "
                              "shut one of them down, or see 'hostdevctl mdev list' (rule: full)")
                    : REFUSED("can't be made: no instance of nvidia-36 is left on 0000:41:00.0 or "
                              "1 more parents (held by no VM of hostdevctl's); shut one of them "
                              "down, or see 'hostdevctl mdev list' (rule: full)"));
}
END_TEST

/* Only VMs that have instances of these parents can be asked to shut down. */
START_TEST(full_names_no_bystanders)
{
    HdPciAddress address;
    add_parent("0000:41:00.0", 0, "nvidia-36", 0);
    add_claim("elsewhere", "33333333-0000-4000-8000-000000000003", "0000:49:00.0");
    HdClaim *person = add_claim("root", "33333333-0000-4000-8000-000000000004", "0000:41:00.0");
    person->is_vm = false;
    ck_assert(hd_pci_address_parse("0000:01:00.0", &address));
    HdClaim *pci = hd_claim_new(VM_B, "pci", true);
    g_ptr_array_add(pci->goals, hd_goal_new(HD_GOAL_HOLD, &address));
    g_ptr_array_add(claims, pci);
    wish_for(UUID_1, "nvidia-36", NULL);
    assert_plan(REFUSED("can't be made: no instance of nvidia-36 is left on 0000:41:00.0 (held by "
                        "no VM of hostdevctl's); shut one of them down, or see 'hostdevctl mdev "
                        "list' (rule: full)"));
}
END_TEST

/* An instance that is on its way back, this VM's own, or one that was found and stays takes none of
 * those that are left. */
START_TEST(instances_that_take_no_room)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    HdClaim *claim = add_claim("other", "33333333-0000-4000-8000-000000000003", "0000:41:00.0");
    claim->is_leaving = _i == 0;
    if (_i == 1) {
        g_free(claim->key);
        claim->key = g_strdup(VM_A);
    }
    if (_i == 2)
        ((HdGoal *)g_ptr_array_index(claim->goals, 0))->is_made = false;
    wish_for(UUID_1, "nvidia-36", NULL);
    assert_plan(MADE("0000:41:00.0"));
}
END_TEST

START_TEST(existing_is_reused)
{
    add_parent("mtty", -1, "mtty-2", 0);
    add_mdev(UUID_1, "mtty", "mtty-2");
    wish_for(UUID_1, _i == 0 ? NULL : "mtty-2", NULL);
    assert_plan("mdev " UUID_1 ": is there already (mtty-2 on mtty), and stays\n");
}
END_TEST

START_TEST(existing_of_another_type_is_refused)
{
    add_parent("mtty", -1, "mtty-2", 0);
    add_mdev(UUID_1, "mtty", "mtty-1");
    wish_for(UUID_1, "mtty-2", "mtty");
    assert_plan(REFUSED("is there already as mtty-1 on mtty, but the VM's metadata wants mtty-2 on "
                        "mtty; remove it with 'hostdevctl mdev remove' or correct the metadata "
                        "(rule: type)"));
}
END_TEST

START_TEST(existing_on_another_parent_is_refused)
{
    add_parent("mtty", -1, "mtty-2", 0);
    add_mdev(UUID_1, "mtty", "mtty-2");
    wish_for(UUID_1, "mtty-2", "0000:41:00.0");
    assert_plan(REFUSED("is there already as mtty-2 on mtty, but the VM's metadata wants mtty-2 on "
                        "0000:41:00.0; remove it with 'hostdevctl mdev remove' or correct the "
                        "metadata (rule: type)"));
}
END_TEST

/* Its type may be meant by the name that people know; what its parent no more offers can't be. */
START_TEST(existing_by_name)
{
    if (_i == 0)
        add_parent("mtty", -1, "mtty-2", 0);
    add_mdev(UUID_1, "mtty", "mtty-2");
    wish_for(UUID_1, "GRID 1Q", NULL);
    assert_plan(_i == 0 ? "mdev " UUID_1 ": is there already (mtty-2 on mtty), and stays\n"
                        : REFUSED("is there already as mtty-2 on mtty, but the VM's metadata wants "
                                  "GRID 1Q; remove it with 'hostdevctl mdev remove' or correct "
                                  "the metadata (rule: type)"));
}
END_TEST

START_TEST(existing_of_another_model_is_refused)
{
    add_mdev(UUID_1, "mtty", "mtty-2");
    HdWish *wish = wish_for(UUID_1, NULL, NULL);
    g_free(wish->model);
    wish->model = g_strdup("vfio-ccw");
    assert_plan(REFUSED("is for vfio-pci, but the VM's <hostdev> says model='vfio-ccw'; correct "
                        "the model (rule: type)"));
}
END_TEST

/* Where one of the two does not say what it is, libvirt has the last word. */
START_TEST(model_that_is_not_told)
{
    HdMdevParent *parent = add_parent("matrix", -1, "vfio_ap-passthrough", 1);
    HdMdevType *type = g_ptr_array_index(parent->types, 0);
    HdWish *wish = wish_for(UUID_1, "vfio_ap-passthrough", NULL);
    g_clear_pointer(_i == 0 ? &type->device_api : &wish->model, g_free);
    assert_plan("mdev " UUID_1 ": made as vfio_ap-passthrough on matrix\n");
}
END_TEST

START_TEST(held_by_another_vm)
{
    add_mdev(UUID_1, "0000:41:00.0", "nvidia-36");
    HdClaim *claim = add_claim("web", UUID_1, "0000:41:00.0");
    claim->is_leaving = _i == 1;
    wish_for(UUID_1, "nvidia-36", NULL);
    assert_plan(_i == 0 ? REFUSED("is held by VM 'web'; shut that VM down first (rule: held)")
                        : REFUSED("is still on its way back from 'web'; see 'hostdevctl status' "
                                  "(rule: held)"));
}
END_TEST

START_TEST(model_must_fit)
{
    HdMdevParent *parent = add_parent("matrix", -1, "vfio_ap-passthrough", 1);
    HdMdevType *type = g_ptr_array_index(parent->types, 0);
    g_free(type->device_api);
    type->device_api = g_strdup("vfio-ap");
    wish_for(UUID_1, "vfio_ap-passthrough", NULL);
    assert_plan(REFUSED("is for vfio-ap, but the VM's <hostdev> says model='vfio-pci'; correct the "
                        "model (rule: type)"));
}
END_TEST

START_TEST(unknown_type_lists_types)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    wish_for(UUID_1, "nvidia-3", _i == 0 ? NULL : "0000:41:00.0");
    assert_plan(_i == 0
                    ? REFUSED("wants type nvidia-3, which this host does not have (types: "
                              "nvidia-36 (GRID 1Q)); correct the type; see 'hostdevctl mdev types' "
                              "(rule: type)")
                    : REFUSED("wants type nvidia-3, which 0000:41:00.0 does not have (types: "
                              "nvidia-36 (GRID 1Q)); correct the type; see 'hostdevctl mdev types' "
                              "(rule: type)"));
}
END_TEST

START_TEST(unknown_parent)
{
    wish_for(UUID_1, "nvidia-36", "0000:41:00.0");
    assert_plan(REFUSED("wants the parent 0000:41:00.0, which offers no mediated devices here; see "
                        "'hostdevctl mdev types'; is the vendor's driver loaded? (rule: missing)"));
}
END_TEST

START_TEST(nothing_says_what_it_is)
{
    wish_for(UUID_1, NULL, NULL);
    assert_plan(REFUSED("does not exist, and neither the VM's metadata nor mdevctl says what it is "
                        "to be; add <mdev uuid= mdev_type=> to the metadata ('hostdevctl xml "
                        "mdev'; libvirt drops metadata without a namespace and a second element of "
                        "the same one) (rule: missing)"));
}
END_TEST

static void
add_definition(const char *parent)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    HdMdevSpec *spec = hd_mdev_spec_new(&uuid, "nvidia-36", parent);
    ck_assert(hd_mdev_attributes_add(spec->attributes, "a", "1"));
    g_ptr_array_add(hd_host_mdevs(host)->definitions, spec);
}

START_TEST(definition_of_mdevctl)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    add_parent("0000:42:00.0", 0, "nvidia-36", 5);
    add_definition("0000:41:00.0");
    wish_for(UUID_1, NULL, NULL);
    assert_plan("mdev " UUID_1 ": made as nvidia-36 on 0000:41:00.0, a=1\n");
}
END_TEST

START_TEST(ambiguous_definition)
{
    add_definition("0000:41:00.0");
    add_definition("0000:42:00.0");
    wish_for(UUID_1, NULL, NULL);
    assert_plan(REFUSED("is defined in /etc/mdevctl.d below more than one parent; undefine all but "
                        "one (rule: type)"));
}
END_TEST

START_TEST(mapping_limits_parents)
{
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    add_parent("0000:42:00.0", 0, "nvidia-36", 5);
    HdMapping *mapping = NULL;
    ck_assert(hd_mapping_parse("gpus", "[mapping]\ndevices = 41:00.0; pci_0000_43_00_0\n", "f",
                               "host", &mapping, NULL));
    mapping->parents = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(mapping->parents, g_strdup("0000:41:00.0"));
    hd_host_add_mapping(host, mapping);
    HdWish *wish = wish_for(UUID_1, "nvidia-36", NULL);
    wish->mapping = g_strdup(_i == 0 ? "gpus" : "cards");
    assert_plan(_i == 0 ? MADE("0000:41:00.0")
                        : REFUSED("wants the mapping 'cards', which this host does not have; add "
                                  "it to /etc/hostdevctl/mappings.d (rule: missing)"));
}
END_TEST

START_TEST(mapping_without_the_type)
{
    HdMapping *mapping = NULL;
    add_parent("0000:41:00.0", 0, "nvidia-36", 1);
    ck_assert(
        hd_mapping_parse("gpus", "[mapping]\ndevices = 42:00.0\n", "f", "host", &mapping, NULL));
    mapping->parents = g_ptr_array_new_with_free_func(g_free);
    hd_host_add_mapping(host, mapping);
    wish_for(UUID_1, "nvidia-36", NULL)->mapping = g_strdup("gpus");
    assert_plan(REFUSED("wants type nvidia-36, which no device of mapping 'gpus' has; see "
                        "'hostdevctl mdev types' (rule: type)"));
}
END_TEST

/* With so many to choose from, those that are best are kept for a lost race. */
START_TEST(choices_are_not_without_end)
{
    for (guint i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("0000:%02x:00.0", i + 1);
        add_parent(name, 0, "nvidia-36", i + 1);
    }
    wish_for(UUID_1, "nvidia-36", NULL);
    const HdPlannerInput input = {request, VM_A, host, claims, &policy};
    g_autoptr(HdPlan) plan = hd_planner_prepare(&input);
    const HdGoal *goal = g_ptr_array_index(plan->goals, 0);
    ck_assert_uint_eq(goal->places->len, 16);
    ck_assert(hd_mdev_places_has(goal->places, "0000:14:00.0", "nvidia-36"));
    ck_assert(!hd_mdev_places_has(goal->places, "0000:01:00.0", "nvidia-36"));
}
END_TEST

/* A kernel with iommufd has a second node for each, and one for all. */
START_TEST(nodes_with_iommufd)
{
    const HdNodeOwner owner = {true, 64055, 64055};
    const HdNodeState iommu = {true, 0, 0, 0600};
    add_parent("mtty", -1, "mtty-2", 1);
    hd_host_set_node_owner(host, &owner);
    hd_host_set_iommu_node(host, &iommu);
    wish_for(UUID_1, "mtty-2", NULL);
    assert_plan("mdev " UUID_1 ": made as mtty-2 on mtty\n" UUID_1
                ": its /dev/vfio group node gets owner 64055:64055, mode 0660\n" UUID_1
                ": its /dev/vfio/devices node gets owner 64055:64055, mode 0660\n"
                "/dev/iommu gets owner 64055:64055, mode 0660\n");
}
END_TEST

START_TEST(nodes_of_mdevs)
{
    const HdNodeOwner owner = {true, 64055, 64055};
    add_parent("mtty", -1, "mtty-2", 1);
    hd_host_set_node_owner(host, &owner);
    wish_for(UUID_1, "mtty-2", NULL);
    assert_plan("mdev " UUID_1 ": made as mtty-2 on mtty\n" UUID_1
                ": its /dev/vfio group node gets owner 64055:64055, mode 0660\n");
}
END_TEST

/* ---- vendor vGPUs ---- */

static HdDevice *
add_vf(guint current, const char *creatable)
{
    const HdPciAddress address = hd_fake_address("0000:43:00.4");
    HdDevice *device = hd_device_new(&address);
    device->id = (HdDeviceId){0x10de, 0x26b9, 0x10de, 0, 0x030200};
    device->iommu_group = 44;
    device->binding.driver = g_strdup("nvidia");
    device->vfio_driver = g_strdup("vfio-pci");
    if (creatable != NULL) {
        device->vgpu = hd_vgpu_new();
        device->vgpu->current = current;
        hd_vgpu_read_creatable(device->vgpu, creatable);
    }
    hd_host_add(host, device);
    hd_host_set_iommu(host, true);
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    wish->address = address;
    wish->vgpu_type = g_strdup("558");
    return device;
}

#define TYPES        "ID    : vGPU Name\n558   : NVIDIA L40-1B\n5581  : NVIDIA L40-2B\n"
#define HOLD         "0000:43:00.4: reserved, its driver left to libvirt\n"
#define NO_VGPU(WHY) "refused: 0000:43:00.4 " WHY "\n"

static void
wish_type(const char *type)
{
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    g_free(wish->vgpu_type);
    wish->vgpu_type = g_strdup(type);
}

START_TEST(vgpu_by_number_and_name)
{
    static const char *const types[] = {"558", "NVIDIA L40-1B"};
    add_vf(0, TYPES);
    wish_type(types[_i]);
    assert_plan(HOLD "0000:43:00.4: vGPU type 0 -> 558\n");
}
END_TEST

START_TEST(vgpu_that_is_set_stays)
{
    add_vf(558, "ID    : vGPU Name\n");
    assert_plan(HOLD "0000:43:00.4: keeps vGPU type 558\n");
}
END_TEST

/* A name tells the type only as long as another one of it can be made. */
START_TEST(vgpu_that_is_set_by_name)
{
    add_vf(558, _i == 0 ? TYPES : "ID    : vGPU Name\n");
    wish_type("NVIDIA L40-1B");
    assert_plan(_i == 0 ? HOLD "0000:43:00.4: keeps vGPU type 558\n"
                        : NO_VGPU("has vGPU type 558 already, not NVIDIA L40-1B; take it away with "
                                  "'hostdevctl vgpu clear' (rule: type)"));
}
END_TEST

/* OpenNebula sets the type by itself, and has no metadata of ours. */
START_TEST(vgpu_of_somebody_else)
{
    HdDevice *device = add_vf(558, "ID    : vGPU Name\n");
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    wish_type(NULL);
    assert_plan(HOLD);
    wish->managed = true;
    assert_plan(
        NO_VGPU("has vGPU type 558, and stays with its vendor's driver; set managed='no' in "
                "its <hostdev>, or take the type away with 'hostdevctl vgpu clear' (rule: type)"));
    device->vgpu->current = 0;
    assert_plan("0000:43:00.4: nvidia -> vfio-pci\n");
}
END_TEST

START_TEST(vgpu_refusals)
{
    static const struct {
        const char *creatable, *type, *wanted;
        guint current;
        bool managed;
    } cases[] = {
        {NULL, "558",
         "can't get vGPU type 558: it has no nvidia/current_vgpu_type; make the card's VFs first "
         "(sriov-manage), and name one of them (rule: type)",
         0, false},
        {TYPES, "558",
         "stays with its vendor's driver as a vGPU; set managed='no' in its <hostdev>, else "
         "libvirt would bind it to vfio-pci (rule: type)",
         0, true},
        {TYPES, "558",
         "has vGPU type 5581 already, not 558; take it away with 'hostdevctl vgpu clear' (rule: "
         "type)",
         5581, false},
        /* A part of a number is no type. */
        {TYPES, "55",
         "can't get vGPU type 55 now (types: 558 (NVIDIA L40-1B), 5581 (NVIDIA L40-2B)); choose "
         "one of these, or free the card's other VFs (rule: full)",
         0, false},
        {"ID    : vGPU Name\n", "558",
         "can't get vGPU type 558 now (types: none); choose one of these, or free the card's other "
         "VFs (rule: full)",
         0, false},
    };
    add_vf(cases[_i].current, cases[_i].creatable);
    wish_type(cases[_i].type);
    ((HdWish *)g_ptr_array_index(request->wishes, 0))->managed = cases[_i].managed;
    g_autofree char *wanted = g_strdup_printf(NO_VGPU("%s"), cases[_i].wanted);
    assert_plan(wanted);
}
END_TEST

HD_TEST_MAIN("mdev-planner", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, made_by_id_and_by_name, 0, 2);
    tcase_add_test(tcase, attributes_are_told);
    tcase_add_loop_test(tcase, parent_is_chosen, 0, G_N_ELEMENTS(choices));
    tcase_add_test(tcase, second_choices_are_kept);
    tcase_add_test(tcase, planned_instances_count);
    tcase_add_test(tcase, made_instances_count_once);
    tcase_add_test(tcase, named_parents_come_first);
    tcase_add_test(tcase, full_names_the_holders);
    tcase_add_loop_test(tcase, full_counts_the_holders, 0, 2);
    tcase_add_test(tcase, full_names_no_bystanders);
    tcase_add_loop_test(tcase, instances_that_take_no_room, 0, 3);
    tcase_add_loop_test(tcase, existing_is_reused, 0, 2);
    tcase_add_test(tcase, existing_on_another_parent_is_refused);
    tcase_add_loop_test(tcase, existing_by_name, 0, 2);
    tcase_add_test(tcase, existing_of_another_model_is_refused);
    tcase_add_loop_test(tcase, model_that_is_not_told, 0, 2);
    tcase_add_test(tcase, existing_of_another_type_is_refused);
    tcase_add_loop_test(tcase, held_by_another_vm, 0, 2);
    tcase_add_test(tcase, model_must_fit);
    tcase_add_loop_test(tcase, unknown_type_lists_types, 0, 2);
    tcase_add_test(tcase, unknown_parent);
    tcase_add_test(tcase, nothing_says_what_it_is);
    tcase_add_test(tcase, definition_of_mdevctl);
    tcase_add_test(tcase, ambiguous_definition);
    tcase_add_loop_test(tcase, mapping_limits_parents, 0, 2);
    tcase_add_test(tcase, mapping_without_the_type);
    tcase_add_test(tcase, choices_are_not_without_end);
    tcase_add_test(tcase, nodes_with_iommufd);
    tcase_add_test(tcase, nodes_of_mdevs);
    tcase_add_loop_test(tcase, vgpu_by_number_and_name, 0, 2);
    tcase_add_test(tcase, vgpu_that_is_set_stays);
    tcase_add_loop_test(tcase, vgpu_that_is_set_by_name, 0, 2);
    tcase_add_test(tcase, vgpu_of_somebody_else);
    tcase_add_loop_test(tcase, vgpu_refusals, 0, 5);
})
