/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mediated devices and vendor vGPUs without a VM: what a person, libvirt's node devices
 * or mdevctl ask for. Each gets a journal of its own, mdev-<uuid> or vgpu-<address>.
 */
#include "hd-error.h"
#include "hd-mdev-probe.h"
#include "hd-vfio-user.h"
#include "hd-probe.h"
#include "hd-state-private.h"
#include "hd-text.h"
#include "hd-vgpu-reach.h"

static HdRequest *
new_request(const char *key)
{
    const HdUuid none = {""};
    return hd_request_new(key, &none);
}

static char *
mdev_key(const HdUuid *uuid)
{
    return g_strconcat("mdev-", uuid->text, NULL);
}

static bool
fill_uuid(const HdUuid *wanted, HdUuid *ret_uuid)
{
    g_autofree char *text = g_uuid_string_random();
    return hd_uuid_parse(*wanted->text != '\0' ? wanted->text : text, ret_uuid);
}

bool
hd_state_mdev_create(HdState *state, const HdMdevSpec *spec, const char *mapping, HdChoice choice,
                     HdUuid *ret_uuid, GError **ret_error)
{
    HdUuid uuid;
    (void)fill_uuid(&spec->uuid, &uuid);
    if (hd_port_exists(state->port, "sys/bus/mdev/devices/%s", uuid.text))
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "mdev %s exists already", uuid.text);
    g_autofree char *key = mdev_key(&uuid);
    g_autoptr(HdRequest) request = new_request(key);
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    wish->uuid = uuid;
    wish->mapping = g_strdup(mapping);
    wish->policy.choice = choice;
    wish->mdev = hd_mdev_spec_new(&uuid, spec->type, spec->parent);
    g_ptr_array_unref(wish->mdev->attributes);
    wish->mdev->attributes = hd_mdev_attributes_copy(spec->attributes);
    if (!hd_state_prepare(state, request, 0, ret_error))
        return false;
    *ret_uuid = uuid;
    return true;
}

static HdGoal *
new_mdev_goal(const HdMdev *mdev)
{
    HdGoal *goal = hd_goal_new_mdev(HD_GOAL_MDEV, &mdev->uuid);
    goal->is_made = true;
    goal->places = hd_mdev_places_new();
    goal->attributes = hd_mdev_attributes_new();
    hd_mdev_places_add(goal->places, mdev->parent, mdev->type);
    return goal;
}

static bool
refuse_held(const char *what, const char *user, GError **ret_error)
{
    return hd_error_set(ret_error, HD_ERROR_REFUSED, "%s is held by %s; shut that VM down first",
                        what, user);
}

/* Under the host lock: no VM may have it, and from now on none may take it. @goal is taken over. */
static bool
begin_leaving(HdState *state, HdJournal *journal, const char *key, HdGoal *goal, GError **ret_error)
{
    HdLock *lock = NULL;
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdGoal) owned = goal;
    if (!hd_state_lock_host(state, &lock, ret_error))
        return false;
    bool begun = hd_state_claims(state, key, &claims, ret_error) &&
                 hd_state_check_goal(goal, claims, key, ret_error);
    if (begun && !hd_journal_record(journal)->is_planned)
        begun = hd_journal_begin(
            journal, hd_state_new_goal_record(state, key, g_steal_pointer(&owned)), ret_error);
    if (begun)
        begun = hd_journal_leave(journal, ret_error);
    hd_port_unlock(state->port, lock);
    return begun;
}

/* @goal is taken over. What nobody had from us, and can't be taken away, is let be: later, it would
   be taken from whoever has it then. */
static bool
take_away(HdState *state, const char *key, HdGoal *goal, GError **ret_error)
{
    g_autoptr(HdGoal) owned = goal;
    g_autoptr(HdJournal) journal = NULL;
    g_autoptr(GError) problem = NULL;
    if (!hd_journal_open(state->port, key, true, hd_state_lock_ms(state), &journal, ret_error))
        return false;
    const bool is_new = !hd_journal_record(journal)->is_planned;
    if (begin_leaving(state, journal, key, g_steal_pointer(&owned), &problem) &&
        hd_state_leave(state, journal, &problem))
        return true;
    if (is_new && !hd_error_is(problem, HD_ERROR_STUCK))
        hd_journal_forget(journal);
    g_propagate_error(ret_error, g_steal_pointer(&problem));
    return false;
}

/* A VM that died without a release holds nothing any more: its own removal comes first. */
static bool
free_dead_holder(HdState *state, const HdUuid *uuid, const char *key, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = NULL;
    if (!hd_state_claims(state, key, &claims, ret_error))
        return false;
    const HdClaim *claim = hd_claims_find_mdev(claims, uuid, key);
    return claim == NULL || hd_state_reconcile_key(state, claim->key, ret_error);
}

bool
hd_state_mdev_remove(HdState *state, const HdUuid *uuid, GError **ret_error)
{
    g_autoptr(HdMdev) mdev = NULL;
    g_autofree char *key = mdev_key(uuid);
    if (!hd_mdev_probe_one(state->port, uuid, &mdev, ret_error))
        return false;
    if (mdev == NULL)
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "there is no mdev %s", uuid->text);
    g_autofree char *user = hd_state_mdev_user(state, uuid);
    if (user != NULL) {
        g_autofree char *what = g_strconcat("mdev ", uuid->text, NULL);
        return refuse_held(what, user, ret_error);
    }
    if (!free_dead_holder(state, uuid, key, ret_error))
        return false;
    if (!hd_port_exists(state->port, "sys/bus/mdev/devices/%s", uuid->text))
        return true;
    return take_away(state, key, new_mdev_goal(mdev), ret_error);
}

/* Made by mdevctl, whole: ours to remember, and to nobody's eyes half made. */
static bool
note_made(HdState *state, const HdMdev *mdev, GError **ret_error)
{
    g_autoptr(GPtrArray) claims = NULL;
    g_autoptr(HdJournal) journal = NULL;
    g_autofree char *key = mdev_key(&mdev->uuid);
    if (!hd_state_claims(state, key, &claims, ret_error))
        return false;
    if (hd_claims_find_mdev(claims, &mdev->uuid, key) != NULL)
        return true;
    if (!hd_journal_open(state->port, key, true, hd_state_lock_ms(state), &journal, ret_error))
        return false;
    if (hd_journal_record(journal)->is_planned)
        return true;
    HdRecord *record = hd_state_new_goal_record(state, key, new_mdev_goal(mdev));
    hd_record_goal(record, 0)->step = HD_STEP_DONE;
    record->is_committed = true;
    return hd_journal_begin(journal, record, ret_error);
}

static bool
note_removed(HdState *state, const HdUuid *uuid, GError **ret_error)
{
    g_autoptr(HdJournal) journal = NULL;
    g_autofree char *key = mdev_key(uuid);
    if (!hd_journal_open(state->port, key, false, hd_state_lock_ms(state), &journal, ret_error))
        return false;
    if (journal != NULL)
        hd_journal_forget(journal);
    return true;
}

bool
hd_state_mdev_note(HdState *state, const HdUuid *uuid, bool is_there, GError **ret_error)
{
    g_autoptr(HdMdev) mdev = NULL;
    if (!hd_mdev_probe_one(state->port, uuid, &mdev, ret_error))
        return false;
    if (!is_there)
        return mdev != NULL || note_removed(state, uuid, ret_error);
    return mdev == NULL || note_made(state, mdev, ret_error);
}

/* The VM of a journal counts while it is alive; a dead one's mdev is a leftover. */
static char *
find_owner(HdState *state, const HdUuid *uuid)
{
    g_autoptr(GPtrArray) records = NULL;
    if (!hd_state_records(state, &records, NULL))
        return g_strdup("a VM, perhaps: the journals in /run/hostdevctl can't be read");
    for (guint i = 0; i < records->len; i++) {
        const HdRecord *record = g_ptr_array_index(records, i);
        for (guint j = 0; record->is_vm && j < record->goals->len; j++) {
            const HdRecordGoal *entry = hd_record_goal(record, j);
            if (entry->step == HD_STEP_UNDONE || !hd_goal_claims_mdev(entry->goal, uuid) ||
                hd_liveness(state->port, record) == HD_VM_DEAD)
                continue;
            g_autofree char *name = hd_text_printable(record->name, 64);
            return g_strdup_printf("VM '%s'", name);
        }
    }
    return NULL;
}

char *
hd_state_mdev_user(HdState *state, const HdUuid *uuid)
{
    char *owner = find_owner(state, uuid);
    return owner != NULL ? owner : hd_vfio_user_of_mdev(state->port, uuid);
}

/* Sets nothing: whoever has set the type, it is taken away as if we had. */
static bool
clear_vgpu(HdState *state, const HdPciAddress *address, const char *key, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    g_autoptr(HdVgpu) vgpu = NULL;
    if (!hd_vgpu_probe(state->port, address, &vgpu, ret_error))
        return false;
    if (vgpu == NULL || vgpu->current == 0)
        return hd_error_set(ret_error, HD_ERROR_REFUSED, "%s has no vGPU type set", name.text);
    HdGoal *goal = hd_goal_new(HD_GOAL_VGPU, address);
    goal->vgpu_after = vgpu->current;
    (void)hd_probe_id(state->port, address, &goal->id);
    return take_away(state, key, goal, ret_error);
}

bool
hd_state_vgpu_set(HdState *state, const HdPciAddress *address, const char *type, GError **ret_error)
{
    g_autofree char *key = g_strconcat("vgpu-", hd_pci_address_text(address).text, NULL);
    if (type == NULL)
        return clear_vgpu(state, address, key, ret_error);
    g_autoptr(HdRequest) request = new_request(key);
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    wish->address = *address;
    wish->vgpu_type = g_strdup(type);
    return hd_state_prepare(state, request, 0, ret_error);
}
