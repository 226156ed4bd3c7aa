/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files of our own that a set-up puts into /etc: modules, claims at boot, rights,
 * huge pages. Each is made whole from what is wished and what an earlier set-up wished.
 */
#include <string.h>

#include "hd-boot-claim.h"
#include "hd-kernel.h"
#include "hd-probe.h"
#include "hd-setup-private.h"
#include "hd-text.h"

#define MODULES_LOAD "etc/modules-load.d/hostdevctl.conf"
#define MODPROBE     "etc/modprobe.d/hostdevctl.conf"
#define RULES        "etc/udev/rules.d/70-hostdevctl.rules"
#define HUGEPAGES    "etc/tmpfiles.d/hostdevctl-hugepages.conf"
#define UNIT         "hostdevctl-claim.service"

/* Commands that are about one file of these. */
#define ENABLE   "systemctl enable " UNIT
#define DISABLE  "systemctl disable " UNIT
#define ALLOCATE "systemd-tmpfiles --create /" HUGEPAGES

/* Adds @line to a file of ours, unless it is there; lines that begin with @replaces go. */
static char *
with_line(const char *text, const char *line, const char *replaces)
{
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : HD_SETUP_HEAD, "\n", -1);
    GString *result = g_string_new(NULL);
    bool is_there = false;
    for (char **one = lines; *one != NULL; one++) {
        bool is_it = g_str_equal(*one, line);
        if (**one == '\0' || (replaces != NULL && !is_it && g_str_has_prefix(*one, replaces)))
            continue;
        is_there |= is_it;
        g_string_append_printf(result, "%s\n", *one);
    }
    if (!is_there)
        g_string_append_printf(result, "%s\n", line);
    return g_string_free(result, FALSE);
}

static void
add_line(char **text, const char *line, const char *replaces)
{
    char *after = with_line(*text, line, replaces);
    g_free(*text);
    *text = after;
}

/* What is there, and a copy of it to add lines to. */
static bool
load(HdPort *port, const char *path, char **ret_before, char **ret_after, GError **ret_error)
{
    if (!hd_setup_load(port, path, ret_before, ret_error))
        return false;
    *ret_after = g_strdup(*ret_before);
    return true;
}

static bool
plan_modules_load(HdPort *port, HdSetup *setup, GError **ret_error)
{
    static const char text[] = HD_SETUP_HEAD "vfio\nvfio_iommu_type1\nvfio_pci\n";
    g_autofree char *before = NULL;
    g_autofree char *release = NULL;
    if (!hd_setup_load(port, MODULES_LOAD, &before, ret_error))
        return false;
    (void)hd_port_read(port, &release, "proc/sys/kernel/osrelease");
    bool has_virqfd = release != NULL && hd_kernel_has_virqfd(release);
    g_autofree char *after = g_strconcat(text, has_virqfd ? "vfio_virqfd\n" : NULL, NULL);
    hd_setup_edit(setup, MODULES_LOAD, before, after);
    return true;
}

/* ---- modprobe.d ---------------------------------------------------------------------------------
 */

/* vfio-pci comes before the drivers that would have these cards. */
static bool
add_softdeps(HdPort *port, const HdSetupWishes *wishes, char *const *ids, char **text,
             GError **ret_error)
{
    g_autoptr(HdHost) host = NULL;
    if (!hd_probe_all(port, &host, ret_error))
        return false;
    g_autoptr(GPtrArray) devices = hd_host_devices(host);
    for (guint i = 0; i < devices->len; i++) {
        HdDevice *device = g_ptr_array_index(devices, i);
        g_autofree char *id = g_strdup_printf("%04x:%04x", device->id.vendor, device->id.device);
        if (!g_strv_contains((const char *const *)ids, id))
            continue;
        if (!hd_setup_check_storage(port, wishes, device, ret_error))
            return false;
        if (device->driver_module == NULL || g_str_has_prefix(device->driver_module, "vfio"))
            continue;
        g_autofree char *line = g_strdup_printf("softdep %s pre: vfio-pci", device->driver_module);
        add_line(text, line, NULL);
    }
    return true;
}

#define IDS "options vfio-pci ids="

/* Those of an earlier set-up, and these, each once. @ret_rest: what the owner has put behind them
 */
static char **
join_ids(const char *text, char *const *ids, char **ret_rest)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    const char *line = text != NULL ? strstr(text, IDS) : NULL;
    const char *start = line != NULL ? line + strlen(IDS) : "";
    gsize length = strcspn(start, " \t\n");
    g_autofree char *value = g_strndup(start, length);
    *ret_rest = g_strndup(start + length, strcspn(start + length, "\n"));
    g_auto(GStrv) before = g_strsplit(value, ",", -1);
    for (char **id = before; *id != NULL; id++) {
        if (**id != '\0')
            g_ptr_array_add(all, g_strdup(*id));
    }
    for (; *ids != NULL; ids++) {
        char *id = g_ascii_strdown(*ids, -1);
        if (g_ptr_array_find_with_equal_func(all, id, g_str_equal, NULL))
            g_free(id);
        else
            g_ptr_array_add(all, id);
    }
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_steal(all, NULL);
}

static bool
add_ids(HdPort *port, const HdSetupWishes *wishes, char **text, GError **ret_error)
{
    for (char *const *id = wishes->ids; *id != NULL; id++) {
        if (!hd_text_is_device_id(*id))
            return hd_error_set(ret_error, HD_ERROR_INPUT, "--ids %s: say VENDOR:DEVICE", *id);
    }
    g_autofree char *rest = NULL;
    g_auto(GStrv) all = join_ids(*text, wishes->ids, &rest);
    g_autofree char *joined = g_strjoinv(",", all);
    g_autofree char *line = g_strconcat(IDS, joined, rest, NULL);
    add_line(text, line, IDS);
    return add_softdeps(port, wishes, all, text, ret_error);
}

static bool
add_blacklist(char *const *modules, char **text, GError **ret_error)
{
    for (char *const *module = modules; *module != NULL; module++) {
        if (!hd_text_is_name(*module))
            return hd_error_set(ret_error, HD_ERROR_INPUT, "--blacklist %s: that is no module",
                                *module);
        g_autofree char *line = g_strdup_printf("blacklist %s", *module);
        add_line(text, line, NULL);
    }
    return true;
}

static bool
plan_modprobe(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup, GError **ret_error)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    if (!load(port, MODPROBE, &before, &after, ret_error) ||
        (wishes->ids != NULL && !add_ids(port, wishes, &after, ret_error)) ||
        (wishes->blacklist != NULL && !add_blacklist(wishes->blacklist, &after, ret_error)))
        return false;
    if (wishes->unsafe_interrupts)
        add_line(&after, "options vfio_iommu_type1 allow_unsafe_interrupts=1", NULL);
    hd_setup_edit(setup, MODPROBE, before, after);
    return true;
}

/* ---- rights -------------------------------------------------------------------------------------
 */

static bool
check_rights(const HdSetupWishes *wishes, GError **ret_error)
{
    guint64 mode = 0;
    if (wishes->mode != NULL && (!hd_text_unsigned(wishes->mode, 8, 0, 0777, &mode)))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "--mode %s: say octal digits: 0660",
                            wishes->mode);
    if ((wishes->owner != NULL && !hd_text_is_name(wishes->owner)) ||
        (wishes->group != NULL && !hd_text_is_name(wishes->group)))
        return hd_error_set(ret_error, HD_ERROR_INPUT, "--owner and --group: that is no name");
    return true;
}

/* Group numbers change from boot to boot: the rule asks who is in the group. */
static bool
plan_rights(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup, GError **ret_error)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    if (wishes->rights == NULL)
        return true;
    if (!check_rights(wishes, ret_error) || !load(port, RULES, &before, &after, ret_error))
        return false;
    const char *owner = wishes->owner != NULL ? wishes->owner : "root";
    const char *group = wishes->group != NULL ? wishes->group : "vfio";
    const char *mode = wishes->mode != NULL ? wishes->mode : "0660";
    for (guint i = 0; i < wishes->rights->len; i++) {
        const HdPciAddressText name =
            hd_pci_address_text(&g_array_index(wishes->rights, HdPciAddress, i));
        g_autofree char *match_group = g_strdup_printf(
            "SUBSYSTEM==\"vfio\", TEST==\"/sys/kernel/iommu_groups/%%k/devices/%s\",", name.text);
        g_autofree char *match_cdev =
            g_strdup_printf("SUBSYSTEM==\"vfio-dev\", KERNELS==\"%s\",", name.text);
        g_autofree char *set =
            g_strdup_printf(" OWNER=\"%s\", GROUP=\"%s\", MODE=\"%s\"", owner, group, mode);
        g_autofree char *link = g_strdup_printf(", SYMLINK+=\"vfio/by-address/%s\"", name.text);
        g_autofree char *first = g_strconcat(match_group, set, link, NULL);
        g_autofree char *second = g_strconcat(match_cdev, set, NULL);
        add_line(&after, first, match_group);
        add_line(&after, second, match_cdev);
    }
    hd_setup_edit(setup, RULES, before, after);
    return true;
}

/* ---- huge pages ---------------------------------------------------------------------------------
 */

static bool
plan_hugepages(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup, GError **ret_error)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    if (!load(port, HUGEPAGES, &before, &after, ret_error))
        return false;
    for (guint i = 0; wishes->hugepages != NULL && i < wishes->hugepages->len; i++) {
        const HdHugepages *pages = &g_array_index(wishes->hugepages, HdHugepages, i);
        if (pages->kib >= HD_GIBIBYTE_KIB)
            continue;
        g_autofree char *file = g_strdup_printf(
            "w /sys/kernel/mm/hugepages/hugepages-%" G_GUINT64_FORMAT "kB/nr_hugepages - - - - ",
            pages->kib);
        g_autofree char *line = g_strdup_printf("%s%" G_GUINT64_FORMAT, file, pages->count);
        add_line(&after, line, file);
    }
    hd_setup_edit(setup, HUGEPAGES, before, after);
    return true;
}

bool
hd_setup_plan_files(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup, GError **ret_error)
{
    return plan_modules_load(port, setup, ret_error) &&
           plan_modprobe(port, wishes, setup, ret_error) &&
           hd_setup_plan_claims(port, wishes, setup, ret_error) &&
           plan_rights(port, wishes, setup, ret_error) &&
           plan_hugepages(port, wishes, setup, ret_error);
}

/* ---- what puts them into force ------------------------------------------------------------------
 */

const char *
hd_setup_initramfs_step(HdPort *port)
{
    if (hd_port_exists(port, "usr/sbin/update-initramfs"))
        return "update-initramfs -u -k all";
    if (hd_port_exists(port, "usr/bin/dracut") || hd_port_exists(port, "usr/sbin/dracut"))
        return "dracut --force --regenerate-all";
    return hd_port_exists(port, "usr/bin/mkinitcpio") ? "mkinitcpio -P" : NULL;
}

bool
hd_setup_changes_initramfs(const HdSetup *setup)
{
    return hd_setup_find(setup, HD_BOOT_CLAIMS_FILE) != NULL ||
           hd_setup_find(setup, MODPROBE) != NULL;
}

static void
add_initramfs_step(HdPort *port, HdSetup *setup)
{
    g_autofree char *arch = NULL;
    const char *step = hd_setup_initramfs_step(port);
    if (step != NULL)
        hd_setup_add_step(setup, step);
    else
        hd_setup_add_note(setup, "no maker of an initramfs is known here (initramfs-tools, dracut, "
                                 "mkinitcpio): if this host boots with one, make it anew");
    if (hd_port_read(port, &arch, "etc/mkinitcpio.conf") == 0 && strstr(arch, " systemd") != NULL)
        hd_setup_add_note(setup, "HOOKS of /etc/mkinitcpio.conf has 'systemd', which runs no early "
                                 "hooks: drivers in the initramfs come before the claims; use "
                                 "'udev', or keep those drivers out of it");
}

/* Whether @path is there as soon as @setup is carried out. */
static bool
will_be_there(HdPort *port, const HdSetup *setup, const char *path)
{
    const HdFileEdit *edit = hd_setup_find(setup, path);
    return edit != NULL ? edit->after != NULL : hd_port_exists(port, "%s", path);
}

bool
hd_setup_step_is_void(HdPort *port, const HdSetup *setup, const char *step)
{
    bool has_claims = will_be_there(port, setup, HD_BOOT_CLAIMS_FILE);
    if (g_str_equal(step, ENABLE) || g_str_equal(step, DISABLE))
        return g_str_equal(step, ENABLE) != has_claims;
    return g_str_equal(step, ALLOCATE) && !will_be_there(port, setup, HUGEPAGES);
}

void
hd_setup_file_steps(HdPort *port, HdSetup *setup)
{
    const HdFileEdit *claims = hd_setup_find(setup, HD_BOOT_CLAIMS_FILE);
    if (hd_setup_find(setup, MODULES_LOAD) != NULL)
        hd_setup_add_step(setup, "systemctl restart systemd-modules-load.service");
    if (claims != NULL)
        hd_setup_add_step(setup, claims->after != NULL ? ENABLE : DISABLE);
    if (hd_setup_changes_initramfs(setup)) {
        add_initramfs_step(port, setup);
        hd_setup_add_reboot(setup, "which drivers get which cards");
    }
    if (hd_setup_find(setup, RULES) != NULL) {
        hd_setup_add_step(setup, "udevadm control --reload");
        hd_setup_add_step(setup,
                          "udevadm trigger --subsystem-match=vfio --subsystem-match=vfio-dev");
    }
    const HdFileEdit *pages = hd_setup_find(setup, HUGEPAGES);
    if (pages != NULL && pages->after != NULL)
        hd_setup_add_step(setup, ALLOCATE);
    else if (pages != NULL)
        hd_setup_add_reboot(setup, "the number of huge pages");
}
