/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scenarios that are not a VM's start and end: a short function each for doing and
 * undoing. Errors are part of them, since faults are injected.
 */
#include "hd-scenario-verbs.h"

#include <check.h>

#include "hd-fake-host.h"

#define MDEV "44444444-0000-4000-8000-000000000004"

static void
reconcile(HdState *state)
{
    g_autoptr(GPtrArray) reports = NULL;
    (void)hd_state_reconcile(state, &reports, NULL);
}

const HdScenarioVerb hd_scenario_reconcile = {reconcile, NULL, false, false};

static void
detach(HdState *state)
{
    const HdPciAddress address = hd_fake_address("0000:02:00.0");
    (void)hd_state_detach(state, &address, NULL, NULL);
}

static void
reattach(HdState *state)
{
    const HdPciAddress address = hd_fake_address("0000:02:00.0");
    (void)hd_state_reattach(state, &address, NULL);
}

const HdScenarioVerb hd_scenario_detach = {detach, reattach, true, false};

static HdUuid
mdev_uuid(void)
{
    HdUuid uuid;
    ck_assert(hd_uuid_parse(MDEV, &uuid));
    return uuid;
}

static void
create_mdev(HdState *state)
{
    HdUuid uuid = mdev_uuid();
    g_autoptr(HdMdevSpec) spec = hd_mdev_spec_new(&uuid, "mtty-2", NULL);
    (void)hd_state_mdev_create(state, spec, NULL, HD_CHOICE_UNSET, &uuid, NULL);
}

static void
remove_mdev(HdState *state)
{
    const HdUuid uuid = mdev_uuid();
    (void)hd_state_mdev_remove(state, &uuid, NULL);
}

const HdScenarioVerb hd_scenario_mdev = {create_mdev, remove_mdev, true, false};

static void
set_vgpu(HdState *state)
{
    const HdPciAddress address = hd_fake_address("0000:43:00.4");
    (void)hd_state_vgpu_set(state, &address, "558", NULL);
}

static void
unset_vgpu(HdState *state)
{
    const HdPciAddress address = hd_fake_address("0000:43:00.4");
    (void)hd_state_vgpu_set(state, &address, NULL, NULL);
}

const HdScenarioVerb hd_scenario_vgpu = {set_vgpu, unset_vgpu, true, false};

static void
make_vfs(HdState *state)
{
    const HdPciAddress pf = hd_fake_address("0000:17:00.0");
    (void)hd_state_vf_set(state, &pf, 4, NULL);
}

static void
take_vfs(HdState *state)
{
    const HdPciAddress pf = hd_fake_address("0000:17:00.0");
    (void)hd_state_vf_set(state, &pf, 0, NULL);
}

const HdScenarioVerb hd_scenario_vfs = {make_vfs, take_vfs, true, true};

static void
tell(HdState *state, const char *text)
{
    const HdPciAddress vf = hd_fake_address("0000:07:10.0");
    HdVfSettings wish;
    ck_assert(hd_vf_settings_parse(text, &wish));
    (void)hd_state_vf_net(state, &vf, &wish, NULL);
}

static void
tell_settings(HdState *state)
{
    tell(state, "vlan=30,spoofchk=off,trust=on");
}

static void
untell_settings(HdState *state)
{
    tell(state, "vlan=0,spoofchk=on,trust=off");
}

const HdScenarioVerb hd_scenario_settings = {tell_settings, untell_settings, true, true};

static void
start_interface(HdState *state)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, NULL);
    HdWish *wish = hd_request_add(request, HD_WISH_INTERFACE);
    wish->address = hd_fake_address("0000:07:10.2");
    wish->managed = true;
    ck_assert(hd_vf_settings_parse("trust=on,spoofchk=off", &wish->vf));
    if (hd_state_prepare(state, request, 0, NULL))
        (void)hd_state_confirm(state, VM_A, NULL);
}

static void
end_interface(HdState *state)
{
    (void)hd_state_release(state, VM_A, NULL);
}

const HdScenarioVerb hd_scenario_interface = {start_interface, end_interface, true, false};
