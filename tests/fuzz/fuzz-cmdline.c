/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a kernel command line, /etc/default/grub or an entry of a boot loader, edited for
 * an IOMMU and huge pages: the words are there afterwards, a second edit changes nothing, and
 * nothing else is gone.
 */
#include "hd-cmdline.h"

#include <string.h>

#include "hd-fuzz.h"
#include "hd-loader-text.h"

static const char *const wanted[] = {"intel_iommu=on", "iommu=pt", "hugepagesz=1G", "hugepages=4",
                                     NULL};

static bool
is_ours(const char *word)
{
    return g_str_has_prefix(word, "intel") || g_str_has_prefix(word, "iommu") ||
           g_str_has_prefix(word, "hugepages");
}

/* All words that are none of ours, in their order. */
static char *
other_words(const char *line)
{
    g_autoptr(GPtrArray) words = hd_cmdline_words(line);
    GString *others = g_string_new(NULL);
    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);
        if (!is_ours(word))
            g_string_append_printf(others, "%s\n", word);
    }
    return g_string_free(others, FALSE);
}

static void
check_line(const char *text)
{
    g_autofree char *line = hd_cmdline_set(text, wanted);
    g_autofree char *again = hd_cmdline_set(line, wanted);
    g_autofree char *before = other_words(text);
    g_autofree char *after = other_words(line);
    g_assert_cmpstr(line, ==, again);
    g_autofree char *value = hd_cmdline_value(line, "intel_iommu");
    g_assert_cmpstr(value, ==, "on");
    g_assert_true(hd_cmdline_has_hugepages(line, "hugepagesz=1G"));
    g_assert_cmpstr(before, ==, after);
}

/* Each edit of a file is its own fixed point; where no word has to make room it only adds. */
static void
check_file(char *(*edit)(const char *text, const char *const *words), const char *text)
{
    g_autofree char *first = edit(text, wanted);
    g_autofree char *second = edit(first, wanted);
    g_assert_cmpstr(first, ==, second);
    if (strstr(text, "iommu") == NULL && strstr(text, "hugepages") == NULL)
        g_assert_true(hd_fuzz_is_within(text, first));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    g_autofree char *line = hd_loader_grub_line(text);
    check_line(text);
    check_line(line);
    check_file(hd_loader_set_grub, text);
    check_file(hd_loader_correct_grub, text);
    check_file(hd_loader_set_entry, text);
    check_file(hd_loader_set_cmdline, text);
    (void)hd_loader_is_linux_entry(text);
    return 0;
}
