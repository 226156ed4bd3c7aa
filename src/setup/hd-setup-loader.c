/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which boot loaders this host has, and the words that its kernel has to be told.
 */
#include "hd-setup-private.h"

#include <string.h>

#include "hd-check-private.h"
#include "hd-cmdline.h"
#include "hd-loader-text.h"

#define GRUB     "etc/default/grub"
#define DROP_INS "etc/default/grub.d"
#define OUR_GRUB DROP_INS "/hostdevctl.cfg"
#define CMDLINE  "etc/kernel/cmdline"
#define PROXMOX  "etc/kernel/proxmox-boot-uuids"
#define INSTALL  "etc/kernel/install.conf"

static const char *const entry_folders[] = {"boot/loader/entries", "boot/efi/loader/entries",
                                            "efi/loader/entries"};

static void add_word(GPtrArray *words, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
add_word(GPtrArray *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(words, g_strdup_vprintf(format, args));
    va_end(args);
}

/* Pages of a gigabyte can only be had at boot. */
static void
add_hugepages(const HdSetupWishes *wishes, GPtrArray *words)
{
    for (guint i = 0; wishes->hugepages != NULL && i < wishes->hugepages->len; i++) {
        const HdHugepages *pages = &g_array_index(wishes->hugepages, HdHugepages, i);
        if (pages->kib < HD_GIBIBYTE_KIB)
            continue;
        add_word(words, "hugepagesz=%" G_GUINT64_FORMAT "G", pages->kib / HD_GIBIBYTE_KIB);
        add_word(words, "hugepages=%" G_GUINT64_FORMAT, pages->count);
    }
}

/* Intel's IOMMU may have to be asked for; AMD's and ARM's are on unless they are turned off. */
static void
add_iommu(HdPort *port, const char *running, GPtrArray *words)
{
    g_autofree char *kind = hd_check_iommu_kind(port);
    g_autofree char *amd = hd_cmdline_value(running, "amd_iommu");
    if (kind == NULL && hd_port_exists(port, "sys/firmware/acpi/tables/DMAR"))
        add_word(words, "intel_iommu=on");
    if (kind == NULL && g_strcmp0(amd, "off") == 0)
        add_word(words, "amd_iommu=on");
}

/* Others may be on that list already. */
static void
add_initcall(const char *running, GPtrArray *words)
{
    g_autofree char *value = hd_cmdline_value(running, "initcall_blacklist");
    if (value == NULL || strstr(value, "sysfb_init") != NULL)
        add_word(words, "initcall_blacklist=%s", value != NULL ? value : "sysfb_init");
    else
        add_word(words, "initcall_blacklist=%s,sysfb_init", value);
}

static GPtrArray *
wanted_words(HdPort *port, const HdSetupWishes *wishes)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *running = NULL;
    (void)hd_port_read(port, &running, "proc/cmdline");
    add_iommu(port, running != NULL ? running : "", words);
    if (!wishes->no_passthrough)
        add_word(words, "iommu=pt");
    if (wishes->no_framebuffer)
        add_initcall(running != NULL ? running : "", words);
    add_hugepages(wishes, words);
    g_ptr_array_add(words, NULL);
    return words;
}

/* @text: (nullable): what the file of @path holds */
static void
edit_with(HdSetup *setup, const char *path, const char *text, const char *const *words,
          char *(*set)(const char *, const char *const *), bool *found)
{
    if (text == NULL)
        return;
    *found = true;
    g_autofree char *after = set(text, words);
    hd_setup_edit(setup, path, text, after);
}

/* Of @words those that GRUB's own file does not say already, in whichever of its variables. */
static GPtrArray *
lacking(const char *grub, const char *const *words)
{
    GPtrArray *rest = g_ptr_array_new();
    g_autofree char *line = hd_loader_grub_line(grub);
    for (; *words != NULL; words++) {
        bool is_pair = g_str_has_prefix(*words, "hugepagesz=");
        const char *const wanted[] = {words[0], is_pair ? words[1] : NULL, NULL};
        g_autofree char *after = hd_cmdline_set(line, wanted);
        if (!g_str_equal(after, line)) {
            g_ptr_array_add(rest, (gpointer)words[0]);
            if (is_pair)
                g_ptr_array_add(rest, (gpointer)words[1]);
        }
        words += is_pair;
    }
    g_ptr_array_add(rest, NULL);
    return rest;
}

/* Debian's update-grub reads a folder, so that its own file can stay as it is. What an earlier
   set-up has put there stays. */
static bool
edit_grub(HdSetup *setup, HdPort *port, const char *const *words, bool *found, GError **ret_error)
{
    g_autofree char *text = NULL;
    g_autofree char *ours = NULL;
    if (!hd_setup_load(port, GRUB, &text, ret_error) ||
        !hd_setup_load(port, OUR_GRUB, &ours, ret_error))
        return false;
    if (text == NULL)
        return true;
    *found = true;
    g_autofree char *corrected = hd_loader_correct_grub(text, words);
    g_autoptr(GPtrArray) rest = lacking(corrected, words);
    const char *const *left = (const char *const *)rest->pdata;
    g_autofree char *whole = NULL;
    g_autofree char *drop_in = NULL;
    bool has_folder = hd_port_exists(port, DROP_INS);
    if (*left != NULL && has_folder)
        drop_in = ours != NULL ? hd_loader_set_grub(ours, left) : hd_loader_grub_drop_in(left);
    else if (*left != NULL)
        whole = hd_loader_set_grub(corrected, left);
    hd_setup_edit(setup, GRUB, text, whole != NULL ? whole : corrected);
    hd_setup_edit(setup, OUR_GRUB, ours, drop_in != NULL ? drop_in : ours);
    return true;
}

static bool
edit_entries(HdSetup *setup, HdPort *port, const char *const *words, bool *found,
             GError **ret_error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(entry_folders); i++) {
        g_autoptr(GPtrArray) names = NULL;
        (void)hd_port_list(port, &names, "%s", entry_folders[i]);
        for (guint j = 0; names != NULL && j < names->len; j++) {
            const char *name = g_ptr_array_index(names, j);
            g_autofree char *path = g_strconcat(entry_folders[i], "/", name, NULL);
            g_autofree char *entry = NULL;
            if (!g_str_has_suffix(name, ".conf"))
                continue;
            if (!hd_setup_load(port, path, &entry, ret_error))
                return false;
            if (entry != NULL && hd_loader_is_linux_entry(entry))
                edit_with(setup, path, entry, words, hd_loader_set_entry, found);
        }
    }
    return true;
}

bool
hd_setup_plan_loader(HdPort *port, const HdSetupWishes *wishes, HdSetup *setup, GError **ret_error)
{
    g_autoptr(GPtrArray) list = wanted_words(port, wishes);
    const char *const *words = (const char *const *)list->pdata;
    bool found = false;
    guint before = setup->edits->len;
    if (*words == NULL)
        return true;
    g_autofree char *cmdline = NULL;
    if (!edit_grub(setup, port, words, &found, ret_error) ||
        !edit_entries(setup, port, words, &found, ret_error) ||
        !hd_setup_load(port, CMDLINE, &cmdline, ret_error))
        return false;
    edit_with(setup, CMDLINE, cmdline, words, hd_loader_set_cmdline, &found);
    g_autofree char *line = hd_cmdline_set("", words);
    if (!found)
        hd_setup_add_note(setup,
                          "no boot loader's configuration is known here (GRUB, systemd-boot, "
                          "kernel-install): add to the kernel's command line by hand: %s",
                          line);
    if (setup->edits->len > before)
        hd_setup_add_reboot(setup, "the kernel's command line");
    return true;
}

/* ---- what makes the boot loader see it ----------------------------------------------------------
 */

static bool
has_line(HdPort *port, const char *path, const char *text)
{
    g_autofree char *content = NULL;
    return hd_port_read(port, &content, "%s", path) == 0 && strstr(content, text) != NULL;
}

static bool
has_program(HdPort *port, const char *name)
{
    return hd_port_exists(port, "usr/sbin/%s", name) || hd_port_exists(port, "usr/bin/%s", name);
}

static void
add_grub_step(HdPort *port, HdSetup *setup)
{
    /* Fedora's GRUB reads the entries themselves. */
    if (has_line(port, GRUB, "GRUB_ENABLE_BLSCFG=true"))
        return;
    if (hd_port_exists(port, "usr/sbin/update-grub"))
        hd_setup_add_step(setup, "update-grub");
    else if (hd_port_exists(port, "boot/grub2/grub.cfg"))
        hd_setup_add_step(setup, "grub2-mkconfig -o /boot/grub2/grub.cfg");
    else if (has_program(port, "grub-mkconfig"))
        hd_setup_add_step(setup, "grub-mkconfig -o /boot/grub/grub.cfg");
    else
        hd_setup_add_note(setup, "/" GRUB " is there, but nothing that makes a configuration of "
                                 "it: does this host boot by GRUB?");
}

void
hd_setup_loader_steps(HdPort *port, HdSetup *setup)
{
    bool is_proxmox = hd_port_exists(port, PROXMOX);
    bool has_cmdline = hd_setup_find(setup, CMDLINE) != NULL;
    bool has_grub = hd_setup_find(setup, GRUB) != NULL || hd_setup_find(setup, OUR_GRUB) != NULL;
    if (has_grub)
        add_grub_step(port, setup);
    if (is_proxmox && (has_grub || has_cmdline))
        hd_setup_add_step(setup, "proxmox-boot-tool refresh");
    bool is_whole = has_line(port, INSTALL, "layout=uki");
    /* The initramfs is a part of such an image. */
    if (!is_proxmox && is_whole && (has_cmdline || hd_setup_changes_initramfs(setup)))
        hd_setup_add_step(setup, "kernel-install add-all");
    else if (!is_proxmox && has_cmdline)
        hd_setup_add_note(setup,
                          "/" CMDLINE " is for kernels to come; if this host boots a unified "
                          "kernel image (mkinitcpio, dracut), make that anew");
}
