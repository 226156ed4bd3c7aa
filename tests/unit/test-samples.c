/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the documents show of our files is what people copy: every sample in docs/ and the file
 * that is installed have to be taken.
 */
#include <string.h>

#include "hd-config.h"
#include "hd-mapping.h"
#include "hd-test.h"
#include "hd-vf-set.h"

static char *
read_source(const char *name)
{
    g_autofree char *path = g_build_filename(HD_SOURCE_ROOT, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, &error), "%s",
                  error != NULL ? error->message : path);
    return text;
}

static void
assert_taken(const char *file, const char *sample)
{
    g_autoptr(GError) error = NULL;
    HdConfig config = hd_config_default();
    g_autoptr(HdVfSet) set = NULL;
    g_autoptr(HdMapping) mapping = NULL;
    bool is_taken = false;
    if (g_str_has_prefix(sample, "[pf]"))
        is_taken = hd_vf_set_parse(sample, file, &set, &error);
    else if (g_str_has_prefix(sample, "[mapping]"))
        is_taken = hd_mapping_parse("sample", sample, file, "node2", &mapping, &error);
    else
        is_taken = hd_config_parse(sample, file, &config, &error);
    ck_assert_msg(is_taken, "%s", error != NULL ? error->message : sample);
}

/* Returns the number of fenced blocks that begin with a section. */
static guint
take_samples(const char *file)
{
    g_autofree char *text = read_source(file);
    g_auto(GStrv) parts = g_strsplit(text, "```", -1);
    guint count = 0;
    for (guint i = 1; i < g_strv_length(parts); i += 2) {
        if (!g_str_has_prefix(parts[i], "\n["))
            continue;
        assert_taken(file, parts[i] + 1);
        count++;
    }
    return count;
}

START_TEST(documents)
{
    g_autoptr(GDir) folder = g_dir_open(HD_SOURCE_ROOT "/docs", 0, NULL);
    guint count = 0;
    ck_assert_ptr_nonnull(folder);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *file = g_build_filename("docs", name, NULL);
        if (g_str_has_suffix(name, ".md"))
            count += take_samples(file);
    }
    ck_assert_uint_ge(count, 3); /* a configuration, a set of VFs, a mapping */
}
END_TEST

/* As it is, and with all that is commented out in it. */
START_TEST(installed)
{
    g_autofree char *text = read_source("install/hostdevctl.conf");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) all = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++) {
        bool is_key = g_str_has_prefix(*line, "# ") && strstr(*line, " = ") != NULL;
        g_string_append_printf(all, "%s\n", *line + (is_key ? 2 : 0));
    }
    ck_assert_contains(all->str, "\nlock = ");
    assert_taken("hostdevctl.conf", text);
    assert_taken("hostdevctl.conf", all->str);
}
END_TEST

HD_TEST_MAIN("samples", tcase_add_test(tcase, documents); tcase_add_test(tcase, installed))
