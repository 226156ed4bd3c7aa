/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Editing kernel command lines where boot loaders keep them, and the file of claims at
 * boot: what is there, what it becomes.
 */
#include <string.h>

#include "hd-boot-claim.h"
#include "hd-cmdline.h"
#include "hd-loader-text.h"
#include "hd-test.h"

static const char *const words[] = {"intel_iommu=on", "iommu=pt", NULL};

START_TEST(read_cmdline)
{
    static const char line[] = "ro quiet vfio-pci.ids=10de:1b81 dyndbg=\"file a +p\"  iommu=off "
                               "vfio_pci.ids=8086:10d3 nomodeset";
    g_autoptr(GPtrArray) all = hd_cmdline_words(line);
    g_autofree char *ids = hd_cmdline_value(line, "vfio-pci.ids");
    g_autofree char *quoted = hd_cmdline_value(line, "dyndbg");
    g_autofree char *none = hd_cmdline_value(line, "nomodeset");
    ck_assert_uint_eq(all->len, 7);
    ck_assert_str_eq(ids, "8086:10d3");
    ck_assert_str_eq(quoted, "\"file a +p\"");
    ck_assert_ptr_null(none);
    ck_assert(hd_cmdline_has(line, "nomodeset") && hd_cmdline_has(line, "iommu"));
    ck_assert(!hd_cmdline_has(line, "iom") && !hd_cmdline_has(line, "intel_iommu"));
}
END_TEST

/* @pair: a text and what it becomes; a second edit changes nothing. */
static void
assert_edit(char *(*edit)(const char *text, const char *const *words), const char *const *pair,
            const char *const *wanted)
{
    g_autofree char *after = edit(pair[0], wanted);
    ck_assert_str_eq(after, pair[1]);
    g_autofree char *again = edit(after, wanted);
    ck_assert_str_eq(again, after);
}

static const char *const lines[][2] = {
    {"", "intel_iommu=on iommu=pt"},
    {"ro  quiet", "ro  quiet intel_iommu=on iommu=pt"},
    {"ro quiet ", "ro quiet intel_iommu=on iommu=pt "},
    {"ro \\\n quiet", "ro \\\n quiet intel_iommu=on iommu=pt"},
    /* Behind a quote that does not end they would be part of its word. */
    {"ro a=\"b c", "ro intel_iommu=on iommu=pt a=\"b c"},
    {"a=\"b c", "intel_iommu=on iommu=pt a=\"b c"},
    {"iommu=off a=\"b c\" intel-iommu=off x", "iommu=pt a=\"b c\" intel_iommu=on x"},
    {"intel_iommu=on intel_iommu=off iommu=pt", "intel_iommu=on iommu=pt"},
    {"  iommu=pt   intel_iommu=on", "  iommu=pt   intel_iommu=on"},
};

START_TEST(set_cmdline)
{
    assert_edit(hd_cmdline_set, lines[_i], words);
}
END_TEST

static const char *const pages[][2] = {
    {"ro", "ro hugepagesz=1G hugepages=8"},
    {"hugepagesz=2M hugepages=512 ro", "hugepagesz=2M hugepages=512 ro hugepagesz=1G hugepages=8"},
    {"hugepagesz=1G hugepages=2 hugepagesz=2M hugepages=4",
     "hugepagesz=1G hugepages=8 hugepagesz=2M hugepages=4"},
    {"hugepagesz=1G ro", "hugepagesz=1G hugepages=8 ro"},
    {"hugepagesz=1G ro hugepages=4", "hugepagesz=1G ro hugepages=8"},
    /* Sizes are numbers, and what follows them is nothing to the kernel. */
    {"hugepagesz=1GB hugepages=4", "hugepagesz=1GB hugepages=8"},
    {"hugepagesz=1024M hugepages=4", "hugepagesz=1024M hugepages=8"},
    {"hugepagesz=0x40000000 hugepages=4", "hugepagesz=0x40000000 hugepages=8"},
    {"hugepagesz=1g hugepages=4 hugepagesz=1", "hugepagesz=1g hugepages=8 hugepagesz=1"},
    /* The default size is one, too; before any size is said a number is of that one. */
    {"default_hugepagesz=1G hugepages=4", "default_hugepagesz=1G hugepages=8"},
    {"hugepages=4 ro default_hugepagesz=1G", "hugepages=8 ro default_hugepagesz=1G"},
    {"default_hugepagesz=1G ro hugepagesz=1G hugepages=4",
     "default_hugepagesz=1G ro hugepagesz=1G hugepages=8"},
    {"default_hugepagesz=2M hugepages=4",
     "default_hugepagesz=2M hugepages=4 hugepagesz=1G hugepages=8"},
    {"default_hugepagesz=1G", "default_hugepagesz=1G hugepagesz=1G hugepages=8"},
    {"hugepages=4", "hugepages=4 hugepagesz=1G hugepages=8"},
};

START_TEST(set_hugepages)
{
    static const char *const wanted[] = {"hugepagesz=1G", "hugepages=8", NULL};
    assert_edit(hd_cmdline_set, pages[_i], wanted);
}
END_TEST

/* What GRUB's own file says comes first, and so a drop-in could not undo it. */
START_TEST(correct_hugepages)
{
    static const char *const wanted[] = {"hugepagesz=1G", "hugepages=8", "iommu=pt", NULL};
    g_autofree char *said = hd_loader_correct_grub(
        "GRUB_CMDLINE_LINUX=\"default_hugepagesz=1G hugepages=4 iommu=off\"\n", wanted);
    g_autofree char *unsaid = hd_loader_correct_grub(
        "GRUB_CMDLINE_LINUX=\"hugepagesz=2M hugepages=4 iommu=off\"\n", wanted);
    g_autofree char *bare =
        hd_loader_correct_grub("GRUB_CMDLINE_LINUX=hugepagesz=1G # mine\n", wanted);
    ck_assert_str_eq(bare, "GRUB_CMDLINE_LINUX=\"hugepagesz=1G hugepages=8\" # mine\n");
    ck_assert_str_eq(said, "GRUB_CMDLINE_LINUX=\"default_hugepagesz=1G hugepages=8 iommu=pt\"\n");
    ck_assert_str_eq(unsaid, "GRUB_CMDLINE_LINUX=\"hugepagesz=2M hugepages=4 iommu=pt\"\n");
}
END_TEST

static const char *const grubs[][2] = {
    {"A=1\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"\"\n# end\n",
     "A=1\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"intel_iommu=on iommu=pt\"\n"
     "# end\n"},
    {"GRUB_CMDLINE_LINUX_DEFAULT='quiet splash' # mine\n",
     "GRUB_CMDLINE_LINUX_DEFAULT='quiet splash intel_iommu=on iommu=pt' # mine\n"},
    {"GRUB_CMDLINE_LINUX=quiet\n", "GRUB_CMDLINE_LINUX=\"quiet intel_iommu=on iommu=pt\"\n"},
    {"#GRUB_CMDLINE_LINUX=\"no\"\nA=1", "#GRUB_CMDLINE_LINUX=\"no\"\nA=1\n"
                                        "GRUB_CMDLINE_LINUX=\"intel_iommu=on iommu=pt\"\n"},
    {"GRUB_CMDLINE_LINUX=\"a=\\\"b c\\\" iommu=off\"\n",
     "GRUB_CMDLINE_LINUX=\"a=\\\"b c\\\" iommu=pt intel_iommu=on\"\n"},
    /* What only a shell can read is added to. */
    {"GRUB_CMDLINE_LINUX=a\"b c\"d\n",
     "GRUB_CMDLINE_LINUX=a\"b c\"d\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on "
     "iommu=pt\"\n"},
    {"GRUB_CMDLINE_LINUX=\"a\"'b'\n",
     "GRUB_CMDLINE_LINUX=\"a\"'b'\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on "
     "iommu=pt\"\n"},
    /* The last assignment is the shell's. */
    {"GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX=\"b\"\n",
     "GRUB_CMDLINE_LINUX=\"a\"\nGRUB_CMDLINE_LINUX=\"b intel_iommu=on iommu=pt\"\n"},
};

START_TEST(set_grub)
{
    assert_edit(hd_loader_set_grub, grubs[_i], words);
}
END_TEST

START_TEST(set_others)
{
    g_autofree char *entry = hd_loader_set_entry(
        "title Linux\nlinux /vmlinuz\noptions  root=UUID=1 ro\ninitrd /initrd\n", words);
    g_autofree char *bare = hd_loader_set_entry("title Linux", words);
    g_autofree char *empty = hd_loader_set_entry("options\n", words);
    g_autofree char *cmdline = hd_loader_set_cmdline("root=zfs rw\n", words);
    g_autofree char *drop_in = hd_loader_grub_drop_in(words);
    ck_assert_str_eq(entry, "title Linux\nlinux /vmlinuz\noptions  root=UUID=1 ro intel_iommu=on "
                            "iommu=pt\ninitrd /initrd\n");
    ck_assert_str_eq(bare, "title Linux\noptions intel_iommu=on iommu=pt\n");
    ck_assert_str_eq(empty, "options intel_iommu=on iommu=pt\n");
    ck_assert_str_eq(cmdline, "root=zfs rw intel_iommu=on iommu=pt\n");
    ck_assert_contains(drop_in,
                       "\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on iommu=pt\"\n");
}
END_TEST

/* kernel-install makes one line of all, mkinitcpio of those that are no comments. */
static const char *const cmdlines[][2] = {
    {"root=zfs rw", "root=zfs rw intel_iommu=on iommu=pt"},
    {"root=a ro\niommu=off\n", "root=a ro\niommu=pt intel_iommu=on\n"},
    {"root=a\nro\n\n", "root=a\nro intel_iommu=on iommu=pt\n\n"},
    {"# my line\n# iommu=off\nroot=a ro\n",
     "# my line\n# iommu=off\nroot=a ro intel_iommu=on iommu=pt\n"},
    {"root=a\n# later\niommu=off ro\n# end",
     "root=a intel_iommu=on iommu=pt\n# later\niommu=pt ro\n# end"},
    /* A quote that does not end holds no comment. */
    {"iommu=\"off\n# later\niommu=\"\n# end\n",
     "intel_iommu=on iommu=pt\n# later\niommu=pt\n# end\n"},
    {"# only", "# only\nintel_iommu=on iommu=pt\n"},
    {"# only\n", "# only\nintel_iommu=on iommu=pt\n"},
    {"", "intel_iommu=on iommu=pt\n"},
};

START_TEST(set_kernel_cmdline)
{
    assert_edit(hd_loader_set_cmdline, cmdlines[_i], words);
}
END_TEST

START_TEST(claims)
{
    g_autoptr(GPtrArray) all = NULL;
    HdPciAddress address;
    ck_assert(hd_boot_claims_parse("# text\n\n0000:01:00.0 8086:10d3 vfio-pci\n"
                                   " 0001:02:00.1\t 10de:1b81  nvgrace_gpu_vfio_pci \n",
                                   &all, NULL));
    ck_assert_uint_eq(all->len, 2);
    ck_assert(hd_pci_address_parse("01:00.0", &address));
    const HdBootClaim *claim = hd_boot_claims_find(all, &address);
    ck_assert_ptr_nonnull(claim);
    ck_assert_str_eq(claim->driver, "vfio-pci");
    hd_boot_claims_put(all, &address, 0x10de, 0x1b81, "other-vfio");
    ck_assert_uint_eq(all->len, 2);
    g_autofree char *text = hd_boot_claims_format(all);
    ck_assert_contains(text, "\n0000:01:00.0 10de:1b81 other-vfio\n");
    ck_assert(hd_boot_claims_drop(all, &address) && !hd_boot_claims_drop(all, &address));
}
END_TEST

static const char *const bad_claims[] = {
    "0000:01:00.0 8086:10d3",           "0000:01:00.0 8086:10d3 ../x", "01 8086:10d3 vfio-pci",
    "0000:01:00.0 8086:10d3x vfio-pci", "0000:01:00.0 8086 vfio-pci",
};

START_TEST(bad_claim)
{
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strconcat("# one\n", bad_claims[_i], "\n", NULL);
    ck_assert(!hd_boot_claims_parse(text, &all, &error));
    ck_assert_contains(error->message, "/etc/hostdevctl/boot-claims, line 2");
}
END_TEST

HD_TEST_MAIN("setup-text", tcase_add_test(tcase, read_cmdline);
             tcase_add_loop_test(tcase, set_cmdline, 0, G_N_ELEMENTS(lines));
             tcase_add_loop_test(tcase, set_hugepages, 0, G_N_ELEMENTS(pages));
             tcase_add_test(tcase, correct_hugepages);
             tcase_add_loop_test(tcase, set_grub, 0, G_N_ELEMENTS(grubs));
             tcase_add_loop_test(tcase, set_kernel_cmdline, 0, G_N_ELEMENTS(cmdlines));
             tcase_add_test(tcase, set_others); tcase_add_test(tcase, claims);
             tcase_add_loop_test(tcase, bad_claim, 0, G_N_ELEMENTS(bad_claims)))
