/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mediated devices and vendor vGPUs through the state module, on the fake: what is made, what
 * stays, what waits and what is said.
 */
#include <errno.h>
#include <string.h>

#include "hd-apply.h"
#include "hd-converge.h"
#include "hd-fake-host.h"
#include "hd-probe.h"
#include "hd-state.h"
#include "hd-test.h"

#define UUID_1 "11111111-0000-4000-8000-000000000001"
#define UUID_2 "22222222-0000-4000-8000-000000000002"
#define STORE  "etc/mdevctl.d/mtty/" UUID_1
#define VF     "0000:43:00.4"
#define GPU    "0000:41:00.0"

static HdFake *fake;
static HdState *state;
static char *before;

static void
setup(void)
{
    HdConfig config = hd_config_default();
    fake = hd_fake_host_new();
    state = hd_state_new(hd_fake_port(fake), &config);
    before = hd_fake_dump(fake);
}

static void
teardown(void)
{
    g_free(before);
    hd_state_free(state);
    hd_fake_free(fake);
}

static HdRequest *
new_request(const char *vm, const char *uuid, const char *type)
{
    HdRequest *request = hd_fake_request("vm", vm, NULL);
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    wish->uuid = hd_fake_uuid(uuid);
    if (type != NULL)
        wish->mdev = hd_mdev_spec_new(&wish->uuid, type, NULL);
    return request;
}

static void
prepare(const char *vm, const char *uuid, const char *type)
{
    g_autoptr(HdRequest) request = new_request(vm, uuid, type);
    g_autoptr(GError) error = NULL;
    bool prepared = hd_state_prepare(state, request, 0, &error);
    ck_assert_msg(prepared, "%s", error != NULL ? error->message : "");
}

static void
assert_refused(const char *vm, const char *uuid, const char *type, const char *message)
{
    g_autoptr(HdRequest) request = new_request(vm, uuid, type);
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_state_prepare(state, request, 0, &error));
    ck_assert_contains(error->message, message);
}

static void
release(const char *vm)
{
    g_autoptr(GError) error = NULL;
    bool released = hd_state_release(state, vm, &error);
    ck_assert_msg(released, "%s", error != NULL ? error->message : "");
}

static void
assert_as_before(void)
{
    g_autofree char *now = hd_fake_dump(fake);
    g_autoptr(GPtrArray) records = NULL;
    ck_assert_str_eq(now, before);
    ck_assert(hd_state_records(state, &records, NULL));
    ck_assert_uint_eq(records->len, 0);
}

static void
assert_dump(const char *line)
{
    g_autofree char *now = hd_fake_dump(fake);
    ck_assert_contains(now, line);
}

static int
create_by_hand(const char *parent, const char *type, const char *uuid)
{
    return hd_port_write(hd_fake_port(fake), uuid,
                         "sys/class/mdev_bus/%s/mdev_supported_types/%s/create", parent, type);
}

START_TEST(from_mdevctls_store)
{
    static const char definition[] =
        "{\"mdev_type\": \"mtty-2\", \"start\": \"manual\", \"attrs\": "
        "[{\"power/control\": \"auto\"}, {\"power/control\": \"on\"}]}";
    g_autofree char *text = NULL;
    hd_fake_set_file(fake, STORE, definition);
    prepare(VM_A, UUID_1, NULL);
    assert_dump("mdev " UUID_1 " mtty mtty-2 on\n");
    release(VM_A);
    assert_as_before();
    ck_assert_int_eq(hd_port_read(hd_fake_port(fake), &text, STORE), 0);
    ck_assert_str_eq(text, definition);
}
END_TEST

START_TEST(broken_store)
{
    hd_fake_set_file(fake, STORE, "{\"mdev_type\": \"../x\"}");
    assert_refused(VM_A, UUID_1, NULL, "/" STORE ": \"mdev_type\" is no type's name");
    assert_as_before();
}
END_TEST

START_TEST(what_was_there_stays)
{
    ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    g_free(before);
    before = hd_fake_dump(fake);
    prepare(VM_A, UUID_1, _i == 0 ? "mtty-1" : NULL);
    release(VM_A);
    assert_as_before();
}
END_TEST

START_TEST(refused_attribute_takes_the_mdev_along)
{
    g_autoptr(HdRequest) request = new_request(VM_A, UUID_1, "mtty-1");
    g_autoptr(GError) error = NULL;
    const HdWish *wish = g_ptr_array_index(request->wishes, 0);
    ck_assert(hd_mdev_attributes_add(wish->mdev->attributes, "power/control", "perhaps"));
    ck_assert(!hd_state_prepare(state, request, 0, &error));
    ck_assert_str_eq(error->message,
                     "mdev " UUID_1 ": set its attribute power/control: Invalid argument");
    assert_as_before();
}
END_TEST

/* vfio-dev/vfioN/device is a link; what is behind such a one is not the mdev's own. */
START_TEST(attribute_through_a_link)
{
    g_autoptr(HdRequest) request = new_request(VM_A, UUID_1, "mtty-1");
    g_autoptr(GError) error = NULL;
    const HdWish *wish = g_ptr_array_index(request->wishes, 0);
    ck_assert(hd_mdev_attributes_add(wish->mdev->attributes, "vfio-dev/vfio0/device/power/control",
                                     "on"));
    ck_assert(!hd_state_prepare(state, request, 0, &error));
    ck_assert_str_eq(error->message,
                     "mdev " UUID_1 ": its attribute vfio-dev/vfio0/device/power/control leads out "
                     "of the mdev's folder");
    assert_as_before();
}
END_TEST

/* Somebody removed ours and made another of that uuid: it is not ours to remove. */
START_TEST(another_of_that_uuid_stays)
{
    prepare(VM_A, UUID_1, "mtty-1");
    ck_assert_int_eq(
        hd_port_write(hd_fake_port(fake), "1", "sys/bus/mdev/devices/" UUID_1 "/remove"), 0);
    ck_assert_int_eq(create_by_hand("mtty", "mtty-2", UUID_1), 0);
    release(VM_A);
    assert_dump("mdev " UUID_1 " mtty mtty-2 auto\n");
}
END_TEST

/* dynamic_ownership=0: the node of the new mdev is QEMU's; of one that stays it is root's again. */
START_TEST(node_gets_qemus_owner)
{
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", "dynamic_ownership = 0\n");
    if (_i == 1)
        ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    const HdNodeState rule = {true, 0, 36, 0660}; /* of udev */
    if (_i == 1)
        ck_assert_int_eq(hd_port_set_node(hd_fake_port(fake), "dev/vfio/1000", &rule), 0);
    prepare(VM_A, UUID_1, "mtty-1");
    assert_dump("/dev/vfio/1000 64055:64055 0660\n");
    release(VM_A);
    if (_i == 1)
        assert_dump("/dev/vfio/1000 0:36 0660\n");
    else
        assert_as_before();
}
END_TEST

/* Old kernels: the vendor's driver answers EBUSY for a while. */
START_TEST(busy_for_a_while)
{
    prepare(VM_A, UUID_1, "mtty-1");
    hd_fake_mdev_busy_times(fake, UUID_1, 5);
    release(VM_A);
    ck_assert_uint_ge(hd_fake_paused_ms(fake), 500);
    assert_as_before();
}
END_TEST

START_TEST(open_for_a_while)
{
    prepare(VM_A, UUID_1, "mtty-1");
    hd_fake_hold_mdev(fake, UUID_1);
    hd_fake_let_go_mdev_after(fake, UUID_1, 700);
    release(VM_A);
    ck_assert_uint_ge(hd_fake_paused_ms(fake), 700);
    assert_as_before();
}
END_TEST

/* It is not torn out of whoever has it; it is told, and removed when it is free. */
START_TEST(open_for_too_long)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    prepare(VM_A, UUID_1, "mtty-1");
    hd_fake_hold_mdev(fake, UUID_1);
    ck_assert(!hd_state_release(state, VM_A, &error));
    ck_assert_str_eq(error->message,
                     "mdev " UUID_1 " is still in use: a process has /dev/vfio/1000 open");
    ck_assert_uint_le(hd_fake_paused_ms(fake), 30000);
    assert_dump("mdev " UUID_1 " mtty mtty-1 auto\n");
    assert_refused(VM_B, UUID_1, "mtty-1", "is still on its way back from 'vm'");
    hd_fake_let_go_mdev(fake, UUID_1);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_as_before();
}
END_TEST

/* The kernel's remove blocks: the hook is back by its deadline, nobody gets the uuid meanwhile. */
START_TEST(stuck_removal)
{
    g_autoptr(GError) error = NULL;
    prepare(VM_A, UUID_1, "mtty-1");
    hd_fake_hold_mdev_unseen(fake, UUID_1);
    ck_assert(!hd_state_release(state, VM_A, &error));
    ck_assert_int_eq(error->code, HD_ERROR_STUCK);
    ck_assert_contains(error->message, UUID_1 ": the kernel has not let go of it within 30 s");
    assert_refused(VM_B, UUID_1, "mtty-1", "is still on its way back from 'vm'");
    hd_fake_let_go_mdev(fake, UUID_1);
    release(VM_A);
    assert_as_before();
}
END_TEST

/* An earlier one of that uuid, removed by somebody else, is not quite gone. */
START_TEST(ghost_is_waited_for)
{
    ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    hd_fake_hold_mdev_unseen(fake, UUID_1);
    ck_assert_int_eq(
        hd_port_write(hd_fake_port(fake), "1", "sys/bus/mdev/devices/" UUID_1 "/remove"), 0);
    if (_i == 0) {
        hd_fake_let_go_mdev_after(fake, UUID_1, 300);
        prepare(VM_A, UUID_1, "mtty-1");
        release(VM_A);
    } else {
        assert_refused(VM_A, UUID_1, "mtty-1",
                       "an earlier one of that uuid is still being removed");
        hd_fake_let_go_mdev(fake, UUID_1);
    }
    assert_as_before();
}
END_TEST

START_TEST(lost_race_goes_elsewhere)
{
    hd_fake_drain_mdev(fake, "0000:41:00.0", "nvidia-36", 2);
    hd_fake_set_mdev_full_error(fake, "0000:41:00.0", _i == 0 ? ENOSPC : EUSERS);
    prepare(VM_A, UUID_1, "nvidia-36");
    assert_dump("mdev " UUID_1 " 0000:42:00.0 nvidia-36 auto\n");
    release(VM_A);
    assert_as_before();
}
END_TEST

START_TEST(lost_races_everywhere)
{
    hd_fake_drain_mdev(fake, "0000:41:00.0", "nvidia-36", 2);
    hd_fake_drain_mdev(fake, "0000:42:00.0", "nvidia-36", 2);
    assert_refused(VM_A, UUID_1, "nvidia-36",
                   "make it as nvidia-36 on 0000:42:00.0: No space left on device");
    assert_as_before();
}
END_TEST

/* Between decision and write somebody else makes it: it is not ours, not even to remove. */
START_TEST(taken_meanwhile)
{
    const HdDeadlines deadlines = {1000, 1000};
    HdPort *port = hd_fake_port(fake);
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    g_autoptr(HdJournal) journal = NULL;
    g_autoptr(HdPlan) plan = hd_plan_new();
    g_autoptr(GPtrArray) others = hd_claims_new();
    g_autoptr(GError) error = NULL;
    HdGoal *goal = hd_goal_new_mdev(HD_GOAL_MDEV, &uuid);
    goal->is_made = true;
    goal->places = hd_mdev_places_new();
    goal->attributes = hd_mdev_attributes_new();
    hd_mdev_places_add(goal->places, "mtty", "mtty-1");
    hd_plan_add_goal(plan, goal);
    HdRecord *record = hd_record_new(VM_A, "vm", true);
    record->boot_id = g_strdup("boot-1");
    hd_record_take_plan(record, plan);
    ck_assert(hd_journal_open(port, VM_A, true, 0, &journal, NULL));
    ck_assert(hd_journal_begin(journal, record, NULL));
    ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    ck_assert(!hd_apply_do(port, journal, &deadlines, &error));
    ck_assert_int_eq(error->code, HD_ERROR_TAKEN);
    ck_assert_str_eq(error->message,
                     "mdev " UUID_1 ": another program has made it since the start began");
    ck_assert(hd_apply_undo(port, journal, others, &deadlines, NULL));
    assert_dump("mdev " UUID_1 " mtty mtty-1 auto\n");
}
END_TEST

/* All instances are with a VM that is dead without a release: they are given back first. */
START_TEST(dead_vms_instances_are_freed)
{
    prepare(VM_A, UUID_1, "nvidia-39");
    prepare(VM_B, UUID_2, "nvidia-39");
    const char *third = "33333333-0000-4000-8000-000000000003";
    prepare("cccccccc-3333-4333-8333-cccccccccccc", third, "nvidia-39");
    assert_dump("mdev 33333333-0000-4000-8000-000000000003");
    release("cccccccc-3333-4333-8333-cccccccccccc");
    (void)hd_state_release(state, VM_A, NULL);
    (void)hd_state_release(state, VM_B, NULL);
    assert_as_before();
}
END_TEST

START_TEST(live_vms_instances_are_not)
{
    prepare(VM_A, UUID_1, "mtty-2");
    hd_fake_add_process(fake, 501, "qemu", "qemu -name guest=vm -uuid " VM_A " -S", NULL);
    prepare(VM_B, UUID_2, "mtty-2");
    hd_fake_add_process(fake, 502, "qemu", "qemu -name guest=vm -uuid " VM_B " -S", NULL);
    assert_refused("cccccccc-3333-4333-8333-cccccccccccc", "33333333-0000-4000-8000-000000000003",
                   "mtty-2", "no instance of mtty-2 is left on mtty (held by VM 'vm', VM 'vm')");
    release(VM_A);
    release(VM_B);
    assert_as_before();
}
END_TEST

/* ---- without a VM ---- */

static HdUuid
create(const char *uuid, const char *type)
{
    const HdUuid wanted = uuid != NULL ? hd_fake_uuid(uuid) : (HdUuid){""};
    HdUuid made;
    g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(&wanted, type, NULL);
    g_autoptr(GError) error = NULL;
    bool created = hd_state_mdev_create(state, spec, NULL, HD_CHOICE_UNSET, &made, &error);
    ck_assert_msg(created, "%s", error != NULL ? error->message : "");
    return made;
}

START_TEST(created_and_removed)
{
    const HdUuid uuid = create(_i == 0 ? UUID_1 : NULL, "mtty-1");
    g_autofree char *line = g_strdup_printf("mdev %s mtty mtty-1 auto\n", uuid.text);
    g_autoptr(GPtrArray) reports = NULL;
    assert_dump(line);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_dump(line);
    prepare(VM_A, uuid.text, NULL);
    release(VM_A);
    assert_dump(line);
    ck_assert(hd_state_mdev_remove(state, &uuid, NULL));
    assert_as_before();
}
END_TEST

/* What a person is removing is no VM's to use any more, even while it can't be removed yet. */
START_TEST(one_that_is_being_removed_is_not_given)
{
    const HdUuid uuid = create(UUID_1, "mtty-1");
    g_autoptr(GPtrArray) reports = NULL;
    hd_fake_hold_mdev(fake, UUID_1);
    ck_assert(!hd_state_mdev_remove(state, &uuid, NULL));
    assert_refused(VM_A, UUID_1, NULL, "is still on its way back from 'mdev-" UUID_1 "'");
    hd_fake_let_go_mdev(fake, UUID_1);
    ck_assert(hd_state_reconcile(state, &reports, NULL));
    assert_as_before();
}
END_TEST

START_TEST(killed_creation_is_reconciled)
{
    const HdUuid first = create(UUID_1, "mtty-1");
    ck_assert(hd_state_mdev_remove(state, &first, NULL));
    hd_fake_revive(fake);
    (void)create(UUID_1, "mtty-1");
    guint commit = hd_fake_mutations(fake);
    ck_assert(hd_state_mdev_remove(state, &first, NULL));
    ck_assert_uint_ge(commit, 4);
    for (guint step = 1; step < commit; step++) {
        g_autoptr(GPtrArray) reports = NULL;
        const HdUuid uuid = hd_fake_uuid(UUID_1);
        HdUuid made;
        g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(&uuid, "mtty-1", NULL);
        hd_fake_revive(fake);
        hd_fake_die_at(fake, step, true);
        (void)hd_state_mdev_create(state, spec, NULL, HD_CHOICE_UNSET, &made, NULL);
        ck_assert(hd_fake_is_dead(fake));
        hd_fake_revive(fake);
        ck_assert(hd_state_reconcile(state, &reports, NULL));
        assert_as_before();
    }
}
END_TEST

START_TEST(foreign_one_is_removed_too)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_state_mdev_remove(state, &uuid, &error));
    ck_assert_str_eq(error->message, "there is no mdev " UUID_1);
    ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    ck_assert(hd_state_mdev_remove(state, &uuid, NULL));
    assert_as_before();
}
END_TEST

START_TEST(a_vms_is_not_removed)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    g_autoptr(GError) error = NULL;
    prepare(VM_A, UUID_1, "mtty-1");
    hd_fake_add_process(fake, 501, "qemu", "qemu -uuid " VM_A " -S", NULL);
    ck_assert(!hd_state_mdev_remove(state, &uuid, &error));
    ck_assert_int_eq(error->code, HD_ERROR_REFUSED);
    ck_assert_str_eq(error->message, "mdev " UUID_1 " is held by VM 'vm'; shut that VM down first");
    release(VM_A);
    assert_as_before();
}
END_TEST

START_TEST(a_dead_vms_is_removed)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    g_autoptr(GError) error = NULL;
    prepare(VM_A, UUID_1, "mtty-1");
    bool removed = hd_state_mdev_remove(state, &uuid, &error);
    ck_assert_msg(removed, "%s", error != NULL ? error->message : "");
    assert_as_before();
}
END_TEST

static const char *const strangers[][2] = {
    {"qemu -name guest=web,debug=on -S", "VM 'web'"},
    {"qemu -name guest=win 10,debug-threads=on -S", "VM 'win 10'"},
    {"qemu -name guest=a,,b,debug-threads=on -S", "VM 'a,b'"},
    {"mytool --all", "process qemu-system-x86"},
};

/* No journal knows of it; only its open node does. */
START_TEST(a_strangers_is_not_removed)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    g_autoptr(GError) error = NULL;
    g_autofree char *message = g_strdup_printf(
        "mdev " UUID_1 " is held by %s (pid 501); shut that VM down first", strangers[_i][1]);
    ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    hd_fake_add_process(fake, 501, "qemu-system-x86", strangers[_i][0], "/dev/vfio/1000");
    ck_assert(!hd_state_mdev_remove(state, &uuid, &error));
    ck_assert_str_eq(error->message, message);
}
END_TEST

/* libvirt's daemon looks at the node while it asks mdevctl, and so us, to remove the mdev. */
START_TEST(libvirt_itself_is_no_user)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    hd_fake_add_process(fake, 244, "libvirtd", "/usr/sbin/libvirtd --daemon", "/dev/vfio/1000");
    ck_assert_ptr_null(hd_state_mdev_user(state, &uuid));
}
END_TEST

START_TEST(notes)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    g_autoptr(GPtrArray) records = NULL;
    ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
    ck_assert(hd_state_mdev_note(state, &uuid, true, NULL));
    ck_assert(hd_state_mdev_note(state, &uuid, true, NULL));
    ck_assert(hd_state_records(state, &records, NULL));
    ck_assert_uint_eq(records->len, 1);
    ck_assert_str_eq(((HdRecord *)g_ptr_array_index(records, 0))->key, "mdev-" UUID_1);
    /* Told too early: it is still there. */
    ck_assert(hd_state_mdev_note(state, &uuid, false, NULL));
    ck_assert(hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/mdev-" UUID_1));
    ck_assert_int_eq(
        hd_port_write(hd_fake_port(fake), "1", "sys/bus/mdev/devices/" UUID_1 "/remove"), 0);
    ck_assert(hd_state_mdev_note(state, &uuid, false, NULL));
    assert_as_before();
}
END_TEST

/* mdevctl has made it, so nothing of ours may take it away, whenever we are killed. */
START_TEST(a_killed_note)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        for (int after = 0; after <= 1; after++) {
            g_autoptr(GPtrArray) reports = NULL;
            teardown();
            setup();
            ck_assert_int_eq(create_by_hand("mtty", "mtty-1", UUID_1), 0);
            hd_fake_die_at(fake, step, after);
            (void)hd_state_mdev_note(state, &uuid, true, NULL);
            has_step = hd_fake_is_dead(fake);
            hd_fake_revive(fake);
            ck_assert(hd_state_reconcile(state, &reports, NULL));
            ck_assert_msg(hd_port_exists(hd_fake_port(fake), "sys/bus/mdev/devices/" UUID_1),
                          "step %u", step);
        }
    }
}
END_TEST

static char *
prepare_function(const char *name, const char *vm, const char *address)
{
    g_autoptr(HdRequest) request = hd_fake_request(name, vm, address, NULL);
    g_autoptr(GError) error = NULL;
    return hd_state_prepare(state, request, 0, &error) ? NULL : g_strdup(error->message);
}

/* Unbound, it takes them along, and nothing makes them again. */
START_TEST(a_parent_with_mdevs_stays)
{
    const HdPciAddress address = hd_fake_address(GPU);
    g_autoptr(GError) error = NULL;
    ck_assert_int_eq(create_by_hand(GPU, "nvidia-36", UUID_1), 0);
    g_autofree char *problem = prepare_function("vm", VM_A, GPU);
    ck_assert_str_eq(problem,
                     GPU " is in use by this host: it has the mdev " UUID_1
                         "; remove it with 'hostdevctl mdev remove " UUID_1 "' (rule: process)");
    ck_assert(!hd_state_detach(state, &address, NULL, &error));
    assert_dump(GPU " nvidia -\n");
}
END_TEST

/* What is being made is not there to be seen yet. */
START_TEST(a_parent_of_a_planned_mdev_stays)
{
    bool has_step = true;
    guint refused = 0;
    for (guint step = 1; has_step; step++) {
        g_autoptr(HdRequest) request = NULL;
        teardown();
        setup();
        request = new_request(VM_A, UUID_1, "nvidia-36");
        hd_fake_die_at(fake, step, true);
        (void)hd_state_prepare(state, request, 0, NULL);
        has_step = hd_fake_is_dead(fake);
        hd_fake_revive(fake);
        hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
        if (!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A))
            continue;
        g_autofree char *problem = prepare_function("other", VM_B, GPU);
        bool is_planned = problem == NULL || strstr(problem, "is held by VM 'vm'") != NULL;
        ck_assert_msg(is_planned || strstr(problem, "it has the mdev") != NULL, "step %u: %s", step,
                      problem);
        refused += problem != NULL;
    }
    ck_assert_uint_gt(refused, 2);
}
END_TEST

/* The other way round: no mdev is made on what goes to a VM. */
START_TEST(no_mdev_on_a_parent_that_goes)
{
    g_autofree char *problem = prepare_function("vm", VM_A, GPU);
    ck_assert_ptr_null(problem);
    hd_fake_add_process(fake, 100, "qemu", "qemu -uuid " VM_A " -x", NULL);
    HdRequest *request = new_request(VM_B, UUID_1, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    g_autoptr(GError) error = NULL;
    wish->mdev = hd_mdev_spec_new(&wish->uuid, "nvidia-36", GPU);
    ck_assert(!hd_state_prepare(state, request, 0, &error));
    ck_assert_contains(error->message, "(held by VM 'vm')");
    hd_request_free(request);
}
END_TEST

/* A VM's own mdev gets no second record. */
START_TEST(a_vms_is_not_noted)
{
    const HdUuid uuid = hd_fake_uuid(UUID_1);
    prepare(VM_A, UUID_1, "mtty-1");
    ck_assert(hd_state_mdev_note(state, &uuid, true, NULL));
    release(VM_A);
    assert_as_before();
}
END_TEST

/* ---- vendor vGPUs ---- */

static HdPciAddress
vf(void)
{
    const HdPciAddress address = hd_fake_address(VF);
    return address;
}

static HdRequest *
new_vgpu_request(const char *type)
{
    HdRequest *request = hd_fake_request("vm", VM_A, VF, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    wish->managed = false;
    wish->vgpu_type = g_strdup(type);
    return request;
}

START_TEST(vgpu_of_a_vm)
{
    g_autoptr(HdRequest) request = new_vgpu_request("NVIDIA L40-1B");
    const HdPciAddress address = vf();
    g_autoptr(GError) error = NULL;
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    assert_dump(VF " vgpu 558\n");
    ck_assert(!hd_state_vgpu_set(state, &address, NULL, &error));
    ck_assert_str_eq(error->message, VF " is held by VM 'vm'; shut that VM down first");
    release(VM_A);
    assert_as_before();
}
END_TEST

START_TEST(vgpu_that_another_changed_is_left_alone)
{
    g_autoptr(HdRequest) request = new_vgpu_request("558");
    HdPort *port = hd_fake_port(fake);
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    ck_assert_int_eq(
        hd_port_write(port, "0", "sys/bus/pci/devices/" VF "/nvidia/current_vgpu_type"), 0);
    ck_assert_int_eq(
        hd_port_write(port, "560", "sys/bus/pci/devices/" VF "/nvidia/current_vgpu_type"), 0);
    release(VM_A);
    assert_dump(VF " vgpu 560\n");
}
END_TEST

START_TEST(vgpu_by_hand)
{
    const HdPciAddress address = vf();
    g_autoptr(HdRequest) request = new_vgpu_request("558");
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_state_vgpu_set(state, &address, NULL, &error));
    ck_assert_str_eq(error->message, VF " has no vGPU type set");
    ck_assert(hd_state_vgpu_set(state, &address, "558", NULL));
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    release(VM_A);
    assert_dump(VF " vgpu 558\n");
    ck_assert(hd_state_vgpu_set(state, &address, "560", NULL));
    assert_dump(VF " vgpu 560\n");
    ck_assert(hd_state_vgpu_set(state, &address, NULL, NULL));
    assert_as_before();
}
END_TEST

/* A person who is told that it has failed doesn't expect it to happen when a VM starts. */
START_TEST(vgpu_that_can_t_be_taken_away_is_let_be)
{
    const HdPciAddress address = vf();
    bool has_failed = true;
    guint failures = 0;
    for (guint step = 1; has_failed; step++) {
        g_autoptr(HdRequest) request = new_vgpu_request("558");
        teardown();
        setup();
        ck_assert_int_eq(hd_port_write(hd_fake_port(fake), "558",
                                       "sys/bus/pci/devices/" VF "/nvidia/current_vgpu_type"),
                         0);
        hd_fake_revive(fake);
        hd_fake_fail_at(fake, step, EIO);
        has_failed = !hd_state_vgpu_set(state, &address, NULL, NULL);
        hd_fake_fail_at(fake, 0, 0);
        failures += has_failed;
        if (!has_failed)
            break;
        ck_assert(hd_state_prepare(state, request, 0, NULL));
        assert_dump(VF " vgpu 558\n");
        release(VM_A);
        assert_dump(VF " vgpu 558\n");
    }
    ck_assert_uint_ge(failures, 3);
}
END_TEST

/* Between decision and write a sibling took what it needs. */
START_TEST(vgpu_type_that_is_gone)
{
    HdPort *port = hd_fake_port(fake);
    const HdPciAddress address = vf();
    g_autoptr(HdGoal) goal = hd_goal_new(HD_GOAL_VGPU, &address);
    g_autoptr(GError) error = NULL;
    HdConverged outcome;
    ck_assert_int_eq(hd_probe_id(port, &address, &goal->id), 0);
    goal->vgpu_after = 560;
    ck_assert_int_eq(
        hd_port_write(port, "560", "sys/bus/pci/devices/0000:43:00.5/nvidia/current_vgpu_type"), 0);
    ck_assert(!hd_converge(port, goal, true, &outcome, &error));
    ck_assert_str_eq(error->message,
                     VF ": vGPU type 560 can't be made any more: the card's other VFs "
                        "have taken what it needs");
}
END_TEST

HD_TEST_MAIN("mdev", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, from_mdevctls_store);
    tcase_add_test(tcase, broken_store);
    tcase_add_loop_test(tcase, what_was_there_stays, 0, 2);
    tcase_add_test(tcase, refused_attribute_takes_the_mdev_along);
    tcase_add_test(tcase, attribute_through_a_link);
    tcase_add_test(tcase, another_of_that_uuid_stays);
    tcase_add_loop_test(tcase, node_gets_qemus_owner, 0, 2);
    tcase_add_test(tcase, busy_for_a_while);
    tcase_add_test(tcase, open_for_a_while);
    tcase_add_test(tcase, open_for_too_long);
    tcase_add_test(tcase, stuck_removal);
    tcase_add_loop_test(tcase, ghost_is_waited_for, 0, 2);
    tcase_add_loop_test(tcase, lost_race_goes_elsewhere, 0, 2);
    tcase_add_test(tcase, lost_races_everywhere);
    tcase_add_test(tcase, taken_meanwhile);
    tcase_add_test(tcase, dead_vms_instances_are_freed);
    tcase_add_test(tcase, live_vms_instances_are_not);
    tcase_add_loop_test(tcase, created_and_removed, 0, 2);
    tcase_add_test(tcase, one_that_is_being_removed_is_not_given);
    tcase_add_test(tcase, killed_creation_is_reconciled);
    tcase_add_test(tcase, foreign_one_is_removed_too);
    tcase_add_test(tcase, a_vms_is_not_removed);
    tcase_add_test(tcase, a_dead_vms_is_removed);
    tcase_add_loop_test(tcase, a_strangers_is_not_removed, 0, G_N_ELEMENTS(strangers));
    tcase_add_test(tcase, libvirt_itself_is_no_user);
    tcase_add_test(tcase, a_killed_note);
    tcase_add_test(tcase, a_parent_with_mdevs_stays);
    tcase_add_test(tcase, a_parent_of_a_planned_mdev_stays);
    tcase_add_test(tcase, no_mdev_on_a_parent_that_goes);
    tcase_add_test(tcase, notes);
    tcase_add_test(tcase, a_vms_is_not_noted);
    tcase_add_test(tcase, vgpu_of_a_vm);
    tcase_add_test(tcase, vgpu_that_another_changed_is_left_alone);
    tcase_add_test(tcase, vgpu_by_hand);
    tcase_add_test(tcase, vgpu_that_can_t_be_taken_away_is_let_be);
    tcase_add_test(tcase, vgpu_type_that_is_gone);
})
