/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: the facts that all checks share, and the order in which they run.
 */
#include <errno.h>
#include <string.h>

#include "hd-check-private.h"
#include "hd-probe.h"
#include "hd-text.h"

static void
unref(GPtrArray *array)
{
    if (array != NULL)
        g_ptr_array_unref(array);
}

static void
clear(HdCheck *check)
{
    hd_host_free(check->host);
    unref(check->devices);
    unref(check->claims);
    unref(check->findings);
    unref(check->boot_ids);
    unref(check->boot);
    g_free(check->cmdline);
    g_free(check->release);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HdCheck, clear)

/* The daemon that starts VMs: the modular one where both run. */
static guint64
find_daemon(HdPort *port)
{
    g_autoptr(GPtrArray) entries = NULL;
    guint64 daemon = 0;
    (void)hd_port_list(port, &entries, "proc");
    for (guint i = 0; entries != NULL && i < entries->len; i++) {
        const char *entry = g_ptr_array_index(entries, i);
        g_autofree char *comm = NULL;
        guint64 pid = 0;
        if (!hd_text_unsigned(entry, 10, 1, G_MAXUINT32, &pid) ||
            hd_port_read(port, &comm, "proc/%s/comm", entry) != 0)
            continue;
        if (g_str_equal(comm, "virtqemud"))
            return pid;
        if (g_str_equal(comm, "libvirtd") && daemon == 0)
            daemon = pid;
    }
    return daemon;
}

static void
begin(HdPort *port, HdState *state, HdCheck *check)
{
    check->port = port;
    check->state = state;
    check->findings = hd_findings_new();
    check->daemon = find_daemon(port);
}

/* What is about the whole host. */
static bool
read_host(HdCheck *check, GError **ret_error)
{
    if (hd_port_read(check->port, &check->cmdline, "proc/cmdline") != 0)
        check->cmdline = g_strdup("");
    if (hd_port_read(check->port, &check->release, "proc/sys/kernel/osrelease") != 0)
        check->release = g_strdup("");
    if (!hd_probe_all(check->port, &check->host, ret_error) ||
        !hd_state_read_claims(check->state, &check->claims, ret_error))
        return false;
    check->devices = hd_host_devices(check->host);
    hd_check_read_boot(check);
    return true;
}

bool
hd_check_host(HdPort *port, HdState *state, bool is_machine, GPtrArray **ret_findings,
              GError **ret_error)
{
    static void (*const checks[])(HdCheck *) = {
        hd_check_cpu,     hd_check_iommu,       hd_check_modules,     hd_check_boot,
        hd_check_groups,  hd_check_display,     hd_check_reset,       hd_check_memory,
        hd_check_libvirt, hd_check_permissions, hd_check_confinement, hd_check_leftovers,
    };
    g_auto(HdCheck) check = {0};
    begin(port, state, &check);
    check.is_machine = is_machine;
    if (!read_host(&check, ret_error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++)
        checks[i](&check);
    *ret_findings = g_ptr_array_ref(check.findings);
    return true;
}

/* Refusals are problems, notes are worth knowing. */
static bool
add_plan(HdCheck *check, const HdRequest *request, GError **ret_error)
{
    g_autoptr(HdPlan) plan = NULL;
    if (!hd_state_plan(check->state, request, &plan, ret_error))
        return false;
    for (guint i = 0; i < plan->refusals->len; i++) {
        const HdRefusal *refusal = g_ptr_array_index(plan->refusals, i);
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "plan", refusal->remedy, "%s %s (%s)",
                        refusal->subject, refusal->reason, refusal->rule);
    }
    for (guint i = 0; i < plan->notes->len; i++)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "plan", NULL, "%s",
                        (char *)g_ptr_array_index(plan->notes, i));
    for (guint i = 0; plan->refusals->len == 0 && i < plan->goals->len; i++) {
        g_autofree char *goal = hd_goal_describe(g_ptr_array_index(plan->goals, i));
        hd_findings_add(check->findings, HD_LEVEL_OK, "plan", NULL, "%s", goal);
    }
    return true;
}

static void
add_facts(HdCheck *check, const HdDevice *device)
{
    const HdPciAddressText name = hd_pci_address_text(&device->address);
    g_autofree char *framebuffer = hd_check_framebuffer(check->port, &device->address);
    if (hd_check_can_reset(check->port, &device->address))
        hd_findings_add(check->findings, HD_LEVEL_OK, "reset", NULL, "%s can be reset", name.text);
    else
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "reset",
                        "give it to one VM only, and restart the host if that VM does not find it "
                        "usable again",
                        "%s can't be reset: the next VM gets it as the last one left it",
                        name.text);
    hd_check_readiness(check, device);
    if (hd_check_is_boot_vga(check->port, &device->address))
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "display",
                        "log in over the network first, or make another card the primary one in "
                        "the firmware",
                        "%s shows this host's console", name.text);
    if (framebuffer != NULL)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "display",
                        "hostdevctl setup --no-firmware-framebuffer, then reboot",
                        "memory of %s is held by the firmware's framebuffer (%s)", name.text,
                        framebuffer);
}

bool
hd_check_device(HdPort *port, HdState *state, const HdPciAddress *address, GPtrArray **ret_findings,
                GError **ret_error)
{
    const HdUuid none = {""};
    g_auto(HdCheck) check = {0};
    g_autoptr(HdRequest) request = hd_request_new("check", &none);
    HdWish *wish = hd_request_add(request, HD_WISH_PCI);
    wish->address = *address;
    begin(port, state, &check);
    if (!hd_probe_request(port, request, &check.host, ret_error))
        return false;
    const HdDevice *device = hd_host_find(check.host, address);
    if (device == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s is not on this host; see 'hostdevctl list'",
                            hd_pci_address_text(address).text);
    if (!add_plan(&check, request, ret_error))
        return false;
    add_facts(&check, device);
    *ret_findings = g_ptr_array_ref(check.findings);
    return true;
}

bool
hd_check_request(HdPort *port, HdState *state, const HdRequest *request, GPtrArray **ret_findings,
                 GError **ret_error)
{
    g_auto(HdCheck) check = {0};
    begin(port, state, &check);
    if (!hd_probe_request(port, request, &check.host, ret_error) ||
        !add_plan(&check, request, ret_error))
        return false;
    for (guint i = 0; i < request->wishes->len; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        const HdDevice *device =
            hd_wish_is_pci(wish) ? hd_host_find(check.host, &wish->address) : NULL;
        if (device != NULL)
            add_facts(&check, device);
    }
    if (request->wishes->len == 0)
        hd_findings_add(check.findings, HD_LEVEL_OK, "plan", NULL, "this VM has no host devices");
    hd_check_libvirt(&check);
    hd_check_permissions(&check);
    *ret_findings = g_ptr_array_ref(check.findings);
    return true;
}
