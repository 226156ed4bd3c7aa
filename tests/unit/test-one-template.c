/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What templates of OpenNebula ask for, in the words of mappings: the same devices, or a
 * sentence with the line.
 */
#include <string.h>

#include "hd-error.h"
#include "hd-one-selection.h"
#include "hd-one-template.h"
#include "hd-test.h"

/* Pairs of key and value, and the words that come of them. */
static const struct {
    const char *pairs[9];
    const char *words;
} selections[] = {
    {{NULL}, ""},
    {{"VENDOR", "10DE", NULL}, "id=10de:*"},
    {{"DEVICE", "0x1eb8", NULL}, "id=*:1eb8"},
    {{"VENDOR", "0X10de", "DEVICE", "b8", NULL}, "id=10de:00b8"},
    {{"CLASS", "302", NULL}, "class=0302"},
    {{"VENDOR", "10de", "CLASS", "0302", NULL}, "id=10de:* class=0302"},
    {{"VENDOR", "10de", "VENDOR", "*", NULL}, ""},
    {{"VENDOR", "10de", "DEVICE", "1", "DEVICE", "", NULL}, "id=10de:*"},
    {{"SHORT_ADDRESS", "02:00.0", NULL}, "devices=0000:02:00.0"},
    {{"SHORT_ADDRESS", "02:00.0", "SHORT_ADDRESS", "02:00.1", NULL}, "devices=0000:02:00.1"},
    {{"SHORT_ADDRESS", "02:00.0", "DEVICE", "1eb8", NULL}, "id=*:1eb8"},
    {{"SHORT_ADDRESS", "02:00.0", "CLASS", "0200", NULL}, "class=0200"},
};

START_TEST(selected)
{
    g_auto(HdOneSelection) selection = {0};
    for (const char *const *pair = selections[_i].pairs; *pair != NULL; pair += 2)
        ck_assert_ptr_null(hd_one_selection_set(&selection, pair[0], pair[1]));
    g_auto(GStrv) words = hd_one_selection_words(&selection);
    g_autofree char *all = g_strjoinv(" ", words);
    ck_assert_str_eq(all, selections[_i].words);
}
END_TEST

#define NO_ID      "say up to four hexadecimal digits, or * for any"
#define NO_ADDRESS "say a PCI address, such as 02:00.0"

static const char *const bad_values[][3] = {
    {"VENDOR", "10000", NO_ID},
    {"DEVICE", "0x", NO_ID},
    {"DEVICE", "-1", NO_ID},
    {"CLASS", "03g2", NO_ID},
    {"CLASS", "**", NO_ID},
    {"VENDOR", "1x10de", NO_ID},
    {"SHORT_ADDRESS", "02:00", NO_ADDRESS},
    {"SHORT_ADDRESS", "", NO_ADDRESS},
};

START_TEST(not_selected)
{
    g_auto(HdOneSelection) selection = {0};
    const char *problem = hd_one_selection_set(&selection, bad_values[_i][0], bad_values[_i][1]);
    ck_assert_str_eq(problem, bad_values[_i][2]);
    g_auto(GStrv) words = hd_one_selection_words(&selection);
    ck_assert_ptr_null(*words);
}
END_TEST

START_TEST(keys)
{
    ck_assert(hd_one_selection_is_key("VENDOR") && hd_one_selection_is_key("DEVICE"));
    ck_assert(hd_one_selection_is_key("CLASS") && hd_one_selection_is_key("SHORT_ADDRESS"));
    ck_assert(!hd_one_selection_is_key("vendor") && !hd_one_selection_is_key("TYPE"));
}
END_TEST

START_TEST(template_or_not)
{
    ck_assert(hd_one_template_has_pci("NAME = x\n  pci = [ VENDOR = \"10de\" ]\n"));
    ck_assert(hd_one_template_has_pci("PCI=["));
    ck_assert(!hd_one_template_has_pci("NAME = \"PCI = [\"\n"));
    ck_assert(!hd_one_template_has_pci("PCI = 4\nXPCI = [ ]\n"));
}
END_TEST

/* A template, and each mapping as NAME, its file, its notes. */
static const struct {
    const char *template, *name;
    const char *wanted;
} good[] = {
    {"", "x", ""},
    {"CPU = 4\n", "x", ""},
    {"NAME = none\nNIC = [ NETWORK = lan ]\n", NULL, ""},
    {"NAME = gpu\nPCI = [ VENDOR = \"10de\", DEVICE = \"2237\" ]", NULL,
     "gpu|[mapping]\nid = 10de:2237\n"},
    {"name=\"gpu\"\nNAME=\"other\"\npci=[\n class = 0302\n]\n", NULL,
     "gpu|[mapping]\nclass = 0302\n"},
    {"PCI = [ CLASS = \"0302\" ]\nNAME = ours", "theirs", "theirs|[mapping]\nclass = 0302\n"},
    {"  NAME = two words \r\n", "x", ""},
    /* Comments, and values with what looks like something else. */
    {"# PCI = [\nNAME = gpu\n \t\r\n# x\nPCI = [ # a card\n VENDOR = 10de # ours\n , # and\n]",
     NULL, "gpu|[mapping]\nid = 10de:*\n"},
    {"TEXT = \"a \\\" # [ PCI\n = [\"\nPCI = [ DEVICE = \"1\" ]", "x",
     "x|[mapping]\nid = *:0001\n"},
    {"TEXT = \"a\\b\"\nEMPTY =\nPCI = [ DEVICE = 1 ]", "x", "x|[mapping]\nid = *:0001\n"},
    /* An empty value asks for nothing, and what has no meaning is told. */
    {"PCI = [ TYPE = NIC, VENDOR = \"\", DEVICE = 1, NETWORK = \"a, ]b\" ]", "x",
     "x|[mapping]\nid = *:0001\n|PCI: TYPE has no meaning here|PCI: NETWORK has no meaning here"},
    {"PCI = [ SHORT_ADDRESS = 02:00.0 ]", "x", "x|[mapping]\ndevices = 0000:02:00.0\n"},
    {"PCI = [ SHORT_ADDRESS = 02:00.0, CLASS = 0302 ]", "x",
     "x|[mapping]\nclass = 0302\n|PCI: SHORT_ADDRESS does not count beside ids"},
    {"NAME = n\nPCI = [ DEVICE = 1 ]\nPCI = [ VENDOR = 2, CLASS = 3 ]\n", NULL,
     "n-0|[mapping]\nid = *:0001\n||n-1|[mapping]\nid = 0002:*\nclass = 0003\n"},
};

/* As in the table. */
static char *
describe(const GPtrArray *mappings)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < mappings->len; i++) {
        const HdImportedMapping *mapping = g_ptr_array_index(mappings, i);
        g_string_append_printf(text, "%s%s|%s", i == 0 ? "" : "||", mapping->name, mapping->text);
        for (guint j = 0; j < mapping->notes->len; j++)
            g_string_append_printf(text, "|%s", (char *)g_ptr_array_index(mapping->notes, j));
    }
    return g_string_free(text, FALSE);
}

START_TEST(converted)
{
    g_autoptr(GPtrArray) mappings = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(hd_one_template_convert(good[_i].template, "f", good[_i].name, &mappings, &error),
                  "%s", error ? error->message : "");
    g_autofree char *said = describe(mappings);
    ck_assert_str_eq(said, good[_i].wanted);
}
END_TEST

#define PAIR ": say NAME = \"value\""

static const char *const bad[][3] = {
    {"PCI = [ VENDOR = 10de ]", NULL, "f: the template has no NAME; say one with --name"},
    {"NAME = ..\nPCI = [ VENDOR = 10de ]", NULL,
     "f: '..' is no name for a mapping; say one with --name"},
    {"PCI = [ VENDOR = 1 ]\nPCI = [ VENDOR = 2 ]", "a/b",
     "f: 'a/b-0' is no name for a mapping; say one with --name"},
    {"A = 1\n\nPCI = [ VENDOR = \"x y\" ]", "x", "f: line 3: 'x y': " NO_ID},
    {"# A\n \t\nA = \"\n\"\nPCI = [\n\tSHORT_ADDRESS = 02 ]", "x", "f: line 6: '02': " NO_ADDRESS},
    {"PCI = [\n]", "x", "f: line 2: 'PCI': names no VENDOR, DEVICE, CLASS or SHORT_ADDRESS"},
    {"PCI = [ CLASS = 1", "x", "f: line 1: '': say , or ]"},
    {"PCI = [ CLASS = 1 DEVICE = 2 ]", "x", "f: line 1: 'DEVICE = 2 ]': say , or ]"},
    {"PCI = [ CLASS ]", "x", "f: line 1: 'CLASS'" PAIR},
    {"PCI = [ = 1 ]", "x", "f: line 1: '= 1 ]'" PAIR},
    {"A", "x", "f: line 1: 'A'" PAIR},
    {"A = 1\n]", "x", "f: line 2: ']'" PAIR},
    {"A = \"1", "x", "f: line 1: '\"': has no end"},
    {"A = \"1\\\"", "x", "f: line 1: '\"': has no end"},
    {"NIC = [ A = \"1 ]", "x", "f: line 1: '\"': has no end"},
    {"NIC = [ A = 1 B = 2 ]", "x", "f: line 1: 'B = 2 ]': say , or ]"},
};

START_TEST(refused)
{
    g_autoptr(GPtrArray) mappings = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_one_template_convert(bad[_i][0], "f", bad[_i][1], &mappings, &error));
    ck_assert(hd_error_is(error, HD_ERROR_INPUT));
    ck_assert_str_eq(error->message, bad[_i][2]);
    ck_assert_ptr_null(mappings);
}
END_TEST

HD_TEST_MAIN("one-template", tcase_add_loop_test(tcase, selected, 0, G_N_ELEMENTS(selections));
             tcase_add_loop_test(tcase, not_selected, 0, G_N_ELEMENTS(bad_values));
             tcase_add_test(tcase, keys); tcase_add_test(tcase, template_or_not);
             tcase_add_loop_test(tcase, converted, 0, G_N_ELEMENTS(good));
             tcase_add_loop_test(tcase, refused, 0, G_N_ELEMENTS(bad)))
