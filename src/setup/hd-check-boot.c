/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * check: kernel modules, and what is claimed for vfio-pci when the host boots. A typo in
 * an id and a module that isn't there are what people stumble over most.
 */
#include <stdio.h>
#include <string.h>

#include "hd-boot-claim.h"
#include "hd-check-private.h"
#include "hd-cmdline.h"
#include "hd-kernel.h"
#include "hd-setup.h"
#include "hd-text.h"
#include "hd-tool.h"

/* Names of modules have '_' in /sys/module and either in modules.dep. */
static bool
is_listed(const char *list, const char *module)
{
    g_autofree char *dashed = g_strdelimit(g_strdup(module), "_", '-');
    g_autofree char *plain = g_strconcat("/", module, ".ko", NULL);
    g_autofree char *other = g_strconcat("/", dashed, ".ko", NULL);
    return list != NULL && (strstr(list, plain) != NULL || strstr(list, other) != NULL);
}

static void
check_module(HdCheck *check, const char *module, const char *available, const char *built_in)
{
    if (hd_port_exists(check->port, "sys/module/%s", module) || is_listed(built_in, module))
        hd_findings_add(check->findings, HD_LEVEL_OK, "modules", NULL, "%s is loaded", module);
    else if (is_listed(available, module))
        hd_findings_add(check->findings, HD_LEVEL_OK, "modules", NULL,
                        "%s is there and is loaded by the first start that needs it", module);
    else
        hd_findings_add(
            check->findings, HD_LEVEL_PROBLEM, "modules",
            "install the kernel's full set of modules, or a kernel with CONFIG_VFIO_PCI",
            "the kernel %s has no module %s", check->release, module);
}

void
hd_check_modules(HdCheck *check)
{
    static const char *const modules[] = {"vfio", "vfio_iommu_type1", "vfio_pci", "vfio_virqfd"};
    g_autofree char *available = NULL;
    g_autofree char *built_in = NULL;
    (void)hd_port_read(check->port, &available, "lib/modules/%s/modules.dep", check->release);
    (void)hd_port_read(check->port, &built_in, "lib/modules/%s/modules.builtin", check->release);
    for (gsize i = 0; i < G_N_ELEMENTS(modules); i++) {
        if (!g_str_equal(modules[i], "vfio_virqfd") || hd_kernel_has_virqfd(check->release))
            check_module(check, modules[i], available, built_in);
    }
    if (!hd_port_exists(check->port, "dev/vfio/vfio"))
        hd_findings_add(
            check->findings, HD_LEVEL_PROBLEM, "modules",
            "hostdevctl setup (loads vfio at boot); now: modprobe vfio",
            "there is no /dev/vfio/vfio, which libvirt wants before it starts a VM with "
            "a device");
}

/* ---- claims by ids -------------------------------------------------------------------------- */

static void
free_ids(gpointer data)
{
    HdBootIds *ids = data;
    g_free(ids->where);
    g_free(ids->text);
    g_free(ids);
}

static void
add_ids(HdCheck *check, const char *where, const char *list)
{
    g_auto(GStrv) all = g_strsplit(list, ",", -1);
    for (char **id = all; *id != NULL; id++) {
        if (**id == '\0')
            continue;
        HdBootIds *ids = g_new0(HdBootIds, 1);
        ids->where = g_strdup(where);
        ids->text = g_strdup(*id);
        ids->is_pair = sscanf(*id, "%4x:%4x", &ids->vendor, &ids->device) == 2;
        g_ptr_array_add(check->boot_ids, ids);
    }
}

static void
check_ids(HdCheck *check, const HdBootIds *ids)
{
    const char *where = ids->where;
    guint count = 0, elsewhere = 0;
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *shown = hd_text_printable(ids->text, 40);
    if (!ids->is_pair) {
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "boot", "correct it: VENDOR:DEVICE",
                        "%s: '%s' is no pair of ids", where, shown);
        return;
    }
    for (guint i = 0; i < check->devices->len; i++) {
        const HdDevice *one = g_ptr_array_index(check->devices, i);
        if (one->id.vendor != ids->vendor || one->id.device != ids->device)
            continue;
        count++;
        elsewhere += !hd_device_is_on_vfio(one);
        g_string_append_printf(names, "%s%s", count > 1 ? ", " : "",
                               hd_pci_address_text(&one->address).text);
    }
    if (count == 0)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot", "look for a typing mistake",
                        "%s: no device of this host is %s", where, shown);
    else if (elsewhere > 0)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot",
                        "hostdevctl setup --claim ADDRESS takes it by address before other drivers",
                        "%s claims %s (%s), but %u of %u have another driver or none", where, shown,
                        names->str, elsewhere, count);
    else
        hd_findings_add(
            check->findings, count > 1 ? HD_LEVEL_WARNING : HD_LEVEL_OK, "boot",
            count > 1 ? "if the host needs one of them: hostdevctl setup --claim ADDRESS" : NULL,
            "%s takes %s at boot: %s", where, shown, names->str);
}

/* "options vfio-pci ids=..." of one file. */
static void
read_modprobe_file(HdCheck *check, const char *name)
{
    g_autofree char *text = NULL;
    g_autofree char *where = g_strconcat("/etc/modprobe.d/", name, NULL);
    if (!g_str_has_suffix(name, ".conf") ||
        hd_port_read(check->port, &text, "etc/modprobe.d/%s", name) != 0)
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        const char *rest = g_strstrip(*line);
        if (!g_str_has_prefix(rest, "options"))
            continue;
        rest += strlen("options");
        rest += strspn(rest, " \t");
        if (!g_str_has_prefix(rest, "vfio-pci") && !g_str_has_prefix(rest, "vfio_pci"))
            continue;
        g_autofree char *ids = hd_cmdline_value(rest, "ids");
        if (ids != NULL)
            add_ids(check, where, ids);
    }
}

static void
read_ids(HdCheck *check)
{
    g_autofree char *ids = hd_cmdline_value(check->cmdline, "vfio-pci.ids");
    g_autoptr(GPtrArray) names = NULL;
    check->boot_ids = g_ptr_array_new_with_free_func(free_ids);
    if (ids != NULL)
        add_ids(check, "vfio-pci.ids of the kernel command line", ids);
    (void)hd_port_list(check->port, &names, "etc/modprobe.d");
    for (guint i = 0; names != NULL && i < names->len; i++)
        read_modprobe_file(check, g_ptr_array_index(names, i));
}

/* ---- claims by address ---------------------------------------------------------------------- */

static void
check_claim(HdCheck *check, const HdBootClaim *claim)
{
    const HdPciAddressText name = hd_pci_address_text(&claim->address);
    const HdDevice *device = hd_host_find(check->host, &claim->address);
    g_autofree char *unclaim = g_strdup_printf("hostdevctl setup --unclaim %s", name.text);
    if (device == NULL)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot", unclaim,
                        "%s is claimed at boot but not on this host", name.text);
    else if (device->id.vendor != claim->vendor || device->id.device != claim->device)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot",
                        "look where the card is now ('hostdevctl list'), and claim it there",
                        "%s is claimed at boot for %04x:%04x, but %04x:%04x is there: it is left "
                        "alone",
                        name.text, claim->vendor, claim->device, device->id.vendor,
                        device->id.device);
    else if (g_strcmp0(device->binding.override, claim->driver) != 0)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot", "reboot",
                        "%s is claimed for %s at the next boot", name.text, claim->driver);
    else if (device->binding.driver != NULL && !hd_device_is_on_vfio(device) &&
             g_strcmp0(device->binding.driver, claim->driver) != 0)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot",
                        "make the initramfs anew, and see that it runs hooks before it loads "
                        "drivers; or unbind it until the next boot",
                        "%s is claimed for %s, but driver %s had it first", name.text,
                        claim->driver, device->binding.driver);
    else
        hd_findings_add(check->findings, HD_LEVEL_OK, "boot", NULL, "%s is claimed for %s",
                        name.text, claim->driver);
}

void
hd_check_read_boot(HdCheck *check)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    read_ids(check);
    if (hd_port_read(check->port, &text, HD_BOOT_CLAIMS_FILE) == 0 &&
        hd_boot_claims_parse(text, &check->boot, &problem))
        return;
    check->boot = g_ptr_array_new();
    if (problem != NULL)
        hd_findings_add(check->findings, HD_LEVEL_PROBLEM, "boot", "correct the line", "%s",
                        problem->message);
}

/* ---- the initramfs -------------------------------------------------------------------------- */

/* Whether the claims are in it, as the distribution's own program lists it. */
static void
check_content(HdCheck *check, const char *path)
{
    static const char *const listers[] = {"lsinitramfs", "lsinitrd", "lsinitcpio"};
    g_autofree char *list = NULL;
    if (!check->is_machine || !hd_port_exists(check->port, HD_BOOT_CLAIMS_FILE))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(listers) && list == NULL; i++) {
        g_autofree char *command = g_strdup_printf("%s /%s", listers[i], path);
        (void)hd_tool_run(command, &list, NULL);
    }
    if (list != NULL && strstr(list, "hostdevctl/boot-claim") == NULL)
        hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot",
                        hd_setup_initramfs_step(check->port),
                        "/%s does not carry the claims: drivers in it come first", path);
    else if (list != NULL)
        hd_findings_add(check->findings, HD_LEVEL_OK, "boot", NULL, "/%s carries the claims", path);
}

/* What is newer than the initramfs is not in it. */
static void
check_initramfs(HdCheck *check)
{
    static const char *const images[] = {"boot/initrd.img-%s", "boot/initramfs-%s.img",
                                         "boot/initramfs-%s", "boot/initrd-%s"};
    static const char *const parts[] = {HD_BOOT_CLAIMS_FILE, "etc/modprobe.d/hostdevctl.conf",
                                        "etc/modprobe.d/vfio.conf"};
    HdFileState image = {0}, part = {0};
    g_autofree char *path = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(images) && path == NULL; i++) {
        g_auto(GStrv) halves = g_strsplit(images[i], "%s", 2);
        path = g_strconcat(halves[0], check->release, halves[1], NULL);
        if (hd_port_get_file(check->port, &image, "%s", path) != 0)
            g_clear_pointer(&path, g_free);
    }
    if (path != NULL)
        check_content(check, path);
    for (gsize i = 0; path != NULL && i < G_N_ELEMENTS(parts); i++) {
        if (hd_port_get_file(check->port, &part, "%s", parts[i]) == 0 &&
            part.modified > image.modified)
            hd_findings_add(check->findings, HD_LEVEL_WARNING, "boot",
                            hd_setup_initramfs_step(check->port),
                            "/%s is older than /%s: what that says is not in it", path, parts[i]);
    }
}

void
hd_check_boot(HdCheck *check)
{
    for (guint i = 0; i < check->boot_ids->len; i++)
        check_ids(check, g_ptr_array_index(check->boot_ids, i));
    for (guint i = 0; i < check->boot->len; i++)
        check_claim(check, g_ptr_array_index(check->boot, i));
    check_initramfs(check);
}
