/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which VM has which device, from two sources that know different VMs: our journals, and
 * what libvirt's daemon keeps of each running VM.
 */
#include "hd-vm-users.h"

#include <errno.h>
#include <string.h>

#include "hd-error.h"
#include "hd-xml-apart.h"

#define STATUS_FOLDER "run/libvirt/qemu"

struct HdVmUsers {
    GHashTable *by_device; /* address or uuid -> HdVmUser* */
    GPtrArray *users;      /* of HdVmUser*: all */
    GPtrArray *claims;     /* of HdClaim* */
    GPtrArray *strangers;  /* of HdVmDevice* */
    char *problem;         /* (nullable): why not all is known */
};

static void
free_user(gpointer data)
{
    HdVmUser *user = data;
    g_free(user->name);
    g_free(user->key);
    g_free(user);
}

static void
free_device(gpointer data)
{
    HdVmDevice *device = data;
    g_free(device->device);
    g_free(device);
}

static HdVmUsers *
users_new(void)
{
    HdVmUsers *users = g_new0(HdVmUsers, 1);
    users->by_device = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    users->users = g_ptr_array_new_with_free_func(free_user);
    users->claims = hd_claims_new();
    users->strangers = g_ptr_array_new_with_free_func(free_device);
    return users;
}

void
hd_vm_users_free(HdVmUsers *users)
{
    if (users == NULL)
        return;
    g_hash_table_unref(users->by_device);
    g_ptr_array_unref(users->strangers);
    g_ptr_array_unref(users->users);
    g_ptr_array_unref(users->claims);
    g_free(users->problem);
    g_free(users);
}

static HdVmUser *
add_user(HdVmUsers *users, const char *name, const char *key)
{
    HdVmUser *user = g_new0(HdVmUser, 1);
    user->name = g_strdup(name);
    user->key = g_strdup(key);
    g_ptr_array_add(users->users, user);
    return user;
}

static bool
is_held(const HdGoal *goal)
{
    return goal->kind == HD_GOAL_PCI || goal->kind == HD_GOAL_HOLD || goal->kind == HD_GOAL_VGPU ||
           goal->kind == HD_GOAL_MDEV;
}

/* A person's detach has no VM; whatever is on its way back is still somebody's. */
static void
add_record(HdVmUsers *users, const HdRecord *record)
{
    HdClaim *claim = hd_record_claim(record);
    g_ptr_array_add(users->claims, claim);
    if (!record->is_vm)
        return;
    HdVmUser *user = add_user(users, record->name, record->key);
    user->is_by_hook = true;
    user->since = record->since;
    for (guint i = 0; i < claim->goals->len; i++) {
        const HdGoal *goal = g_ptr_array_index(claim->goals, i);
        if (is_held(goal))
            g_hash_table_insert(users->by_device, g_strdup(hd_goal_subject(goal).text), user);
    }
}

static bool
add_records(HdVmUsers *users, HdState *state, GError **ret_error)
{
    g_autoptr(GPtrArray) records = NULL;
    if (!hd_state_records(state, &records, ret_error))
        return false;
    for (guint i = 0; i < records->len; i++)
        add_record(users, g_ptr_array_index(records, i));
    return true;
}

/* A VM of ours that has got something while it runs stays one VM. */
static HdVmUser *
user_of_vm(HdVmUsers *users, const HdRequest *vm)
{
    for (guint i = 0; i < users->users->len; i++) {
        HdVmUser *user = g_ptr_array_index(users->users, i);
        if (g_str_equal(user->key, vm->uuid.text))
            return user;
    }
    return add_user(users, vm->name, vm->uuid.text);
}

static void
add_stranger(HdVmUsers *users, HdVmUser **user, const HdRequest *vm, const char *device)
{
    if (g_hash_table_contains(users->by_device, device))
        return;
    if (*user == NULL)
        *user = user_of_vm(users, vm);
    g_hash_table_insert(users->by_device, g_strdup(device), *user);
    HdVmDevice *entry = g_new0(HdVmDevice, 1);
    entry->user = *user;
    entry->device = g_strdup(device);
    g_ptr_array_add(users->strangers, entry);
}

static void
add_vm(HdVmUsers *users, const HdRequest *vm)
{
    HdVmUser *user = NULL;
    for (guint i = 0; i < vm->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(vm->wishes, i);
        if (hd_wish_is_pci(wish))
            add_stranger(users, &user, vm, hd_pci_address_text(&wish->address).text);
        else if (wish->kind == HD_WISH_MDEV)
            add_stranger(users, &user, vm, wish->uuid.text);
    }
}

static void
note_problem(HdVmUsers *users, const char *path, const char *problem)
{
    if (users->problem == NULL)
        users->problem = g_strdup_printf("/%s: %s", path, problem);
}

/* The daemon removes the file when the VM ends; if both died, the file stays, the process is gone,
   and another may have got its number. */
static bool
is_alive(HdPort *port, guint64 pid, const HdRequest *vm)
{
    g_autofree char *arguments = NULL;
    if (pid == 0)
        return true;
    if (!hd_port_exists(port, "proc/%" G_GUINT64_FORMAT, pid))
        return false;
    return hd_port_read(port, &arguments, "proc/%" G_GUINT64_FORMAT "/cmdline", pid) != 0 ||
           *arguments == '\0' || strstr(arguments, vm->uuid.text) != NULL;
}

static void
read_status(HdVmUsers *users, HdPort *port, const char *name)
{
    g_autoptr(GString) text = NULL;
    g_autoptr(HdRequest) vm = NULL;
    g_autoptr(GError) problem = NULL;
    g_autofree char *path = g_strconcat(STATUS_FOLDER "/", name, NULL);
    guint64 pid = 0;
    int error = hd_port_load(port, &text, "%s", path);
    if (error == ENOENT)
        return;
    if (error != 0)
        note_problem(users, path, g_strerror(error));
    else if (!hd_xml_apart_read_status(text->str, text->len, &vm, &pid, &problem))
        note_problem(users, path, problem->message);
    else if (is_alive(port, pid, vm))
        add_vm(users, vm);
}

static void
read_live(HdVmUsers *users, HdPort *port)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(port, &names, STATUS_FOLDER);
    if (error != 0 && error != ENOENT)
        note_problem(users, STATUS_FOLDER, g_strerror(error));
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (g_str_has_suffix(name, ".xml"))
            read_status(users, port, name);
    }
}

/* Journals are in a folder of root's alone: to others it looks as if there were none. */
static bool
may_see_journals(HdPort *port)
{
    g_autoptr(GPtrArray) names = NULL;
    return hd_port_list(port, &names, "run/hostdevctl") != EACCES;
}

bool
hd_vm_users_read(HdPort *port, HdState *state, HdVmUsers **ret_users, GError **ret_error)
{
    g_autoptr(HdVmUsers) users = users_new();
    if (!may_see_journals(port))
        note_problem(users, "run/hostdevctl", g_strerror(EACCES));
    else if (!add_records(users, state, ret_error))
        return false;
    read_live(users, port);
    *ret_users = g_steal_pointer(&users);
    return true;
}

bool
hd_vm_users_is_partial(const HdVmUsers *users)
{
    return users->problem != NULL;
}

const char *
hd_vm_users_problem(const HdVmUsers *users)
{
    return users->problem;
}

const HdVmUser *
hd_vm_users_of(const HdVmUsers *users, const HdPciAddress *address)
{
    return g_hash_table_lookup(users->by_device, hd_pci_address_text(address).text);
}

const HdVmUser *
hd_vm_users_of_mdev(const HdVmUsers *users, const HdUuid *uuid)
{
    return g_hash_table_lookup(users->by_device, uuid->text);
}

const GPtrArray *
hd_vm_users_claims(const HdVmUsers *users)
{
    return users->claims;
}

const GPtrArray *
hd_vm_users_strangers(const HdVmUsers *users)
{
    return users->strangers;
}
