/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Templates of OpenNebula, for people who come from there: each PCI attribute says which
 * devices are as good as another, which is what a mapping is.
 */
#include "hd-one-template.h"

#include <string.h>

#include "hd-error.h"
#include "hd-mapping.h"
#include "hd-one-selection.h"
#include "hd-text.h"

#define SPACE " \t\r\n"

typedef struct {
    const char *file;
    const char *text; /* what is left of it */
    guint line;
    char *name; /* (nullable): the template's */
    GPtrArray *mappings;
} Reader;

bool
hd_one_template_has_pci(const char *text)
{
    return g_regex_match_simple("^\\s*PCI\\s*=\\s*\\[", text,
                                G_REGEX_MULTILINE | G_REGEX_CASELESS | G_REGEX_RAW, 0);
}

static bool
fail(const Reader *reader, const char *value, const char *why, GError **ret_error)
{
    g_autofree char *shown = hd_text_printable(value, 64);
    return hd_error_set(ret_error, HD_ERROR_INPUT, "%s: line %u: '%s': %s", reader->file,
                        reader->line, shown, why);
}

/* The next @length bytes, lines counted. */
static char *
take(Reader *reader, gsize length)
{
    char *taken = g_strndup(reader->text, length);
    for (const char *c = taken; *c != '\0'; c++)
        reader->line += *c == '\n' ? 1 : 0;
    reader->text += length;
    return taken;
}

static void
skip(Reader *reader, const char *characters)
{
    while (*reader->text != '\0') {
        gsize length = strspn(reader->text, characters);
        if (length == 0 && *reader->text == '#' && strchr(characters, '\n') != NULL)
            length = strcspn(reader->text, "\n");
        if (length == 0)
            return;
        g_free(take(reader, length));
    }
}

static bool
take_char(Reader *reader, char wanted)
{
    skip(reader, SPACE);
    if (*reader->text != wanted)
        return false;
    g_free(take(reader, 1));
    return true;
}

/* In quotes anything but quotes; without, up to what ends it: @ends. */
static bool
take_value(Reader *reader, const char *ends, char **ret_value, GError **ret_error)
{
    skip(reader, " \t");
    if (*reader->text != '"') {
        char *value = take(reader, strcspn(reader->text, ends));
        *ret_value = g_strstrip(value);
        return true;
    }
    gsize length = 1;
    while (reader->text[length] != '\0' && reader->text[length] != '"')
        length += reader->text[length] == '\\' && reader->text[length + 1] == '"' ? 2 : 1;
    if (reader->text[length] == '\0')
        return fail(reader, "\"", "has no end", ret_error);
    g_autofree char *quoted = take(reader, length + 1);
    *ret_value = g_strndup(quoted + 1, length - 1);
    return true;
}

/* "NAME =" */
static bool
take_key(Reader *reader, char **ret_key, GError **ret_error)
{
    skip(reader, SPACE);
    g_autofree char *key = take(reader, strcspn(reader->text, SPACE "=[],\"#"));
    if (*key == '\0' || !take_char(reader, '='))
        return fail(reader, *key != '\0' ? key : reader->text, "say NAME = \"value\"", ret_error);
    *ret_key = g_ascii_strup(key, -1);
    return true;
}

static bool
read_pair(Reader *reader, HdImportedMapping *mapping, HdOneSelection *selection, GError **ret_error)
{
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;
    if (!take_key(reader, &key, ret_error) ||
        !take_value(reader, "," SPACE "]#", &value, ret_error))
        return false;
    if (mapping == NULL)
        return true;
    if (!hd_one_selection_is_key(key)) {
        hd_imported_mapping_note(mapping, key, "has no meaning here");
        return true;
    }
    /* A key without a value is a key that lacks. */
    const char *problem = *value != '\0' ? hd_one_selection_set(selection, key, value) : NULL;
    return problem == NULL || fail(reader, value, problem, ret_error);
}

static bool
finish_pci(Reader *reader, HdImportedMapping *mapping, const HdOneSelection *selection,
           GError **ret_error)
{
    g_auto(GStrv) words = hd_one_selection_words(selection);
    g_autoptr(HdMapping) values = hd_mapping_new("");
    if (*words == NULL)
        return fail(reader, "PCI", "names no VENDOR, DEVICE, CLASS or SHORT_ADDRESS", ret_error);
    bool has_ids = !g_str_has_prefix(*words, "devices=");
    if (has_ids && selection->address != NULL)
        hd_imported_mapping_note(mapping, "SHORT_ADDRESS", "does not count beside ids");
    for (char **word = words; *word != NULL; word++) {
        char *value = strchr(*word, '=');
        *value++ = '\0';
        const char *problem = hd_mapping_add(values, *word, value);
        if (problem != NULL)
            return fail(reader, value, problem, ret_error);
    }
    mapping->text = hd_mapping_format(values, NULL);
    return true;
}

/* "[ A = "b", C = d ]". @mapping: (nullable): gets what it says. */
static bool
read_vector(Reader *reader, HdImportedMapping *mapping, GError **ret_error)
{
    g_auto(HdOneSelection) selection = {0};
    while (!take_char(reader, ']')) {
        if (!read_pair(reader, mapping, &selection, ret_error))
            return false;
        if (!take_char(reader, ',') && *reader->text != ']')
            return fail(reader, reader->text, "say , or ]", ret_error);
    }
    return mapping == NULL || finish_pci(reader, mapping, &selection, ret_error);
}

static bool
read_attribute(Reader *reader, GError **ret_error)
{
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;
    if (!take_key(reader, &key, ret_error))
        return false;
    skip(reader, " \t");
    bool is_pci = g_str_equal(key, "PCI");
    if (*reader->text == '[') {
        g_free(take(reader, 1));
        g_autoptr(HdImportedMapping) mapping = is_pci ? hd_imported_mapping_new("PCI") : NULL;
        if (!read_vector(reader, mapping, ret_error))
            return false;
        if (is_pci)
            g_ptr_array_add(reader->mappings, g_steal_pointer(&mapping));
        return true;
    }
    if (!take_value(reader, "\n", &value, ret_error))
        return false;
    if (g_str_equal(key, "NAME") && reader->name == NULL)
        reader->name = g_steal_pointer(&value);
    return true;
}

static bool
give_names(Reader *reader, const char *name, GError **ret_error)
{
    const char *base = name != NULL ? name : reader->name;
    if (base == NULL)
        return hd_error_set(ret_error, HD_ERROR_INPUT,
                            "%s: the template has no NAME; say one with --name", reader->file);
    for (guint i = 0; i < reader->mappings->len; i++) {
        HdImportedMapping *mapping = g_ptr_array_index(reader->mappings, i);
        g_free(mapping->name);
        mapping->name =
            reader->mappings->len == 1 ? g_strdup(base) : g_strdup_printf("%s-%u", base, i);
        g_autofree char *shown = hd_text_printable(mapping->name, 64);
        if (!hd_text_is_name(mapping->name))
            return hd_error_set(ret_error, HD_ERROR_INPUT,
                                "%s: '%s' is no name for a mapping; say one with --name",
                                reader->file, shown);
    }
    return true;
}

static void
free_mapping(gpointer mapping)
{
    hd_imported_mapping_free(mapping);
}

bool
hd_one_template_convert(const char *text, const char *file, const char *name,
                        GPtrArray **ret_mappings, GError **ret_error)
{
    g_autoptr(GPtrArray) mappings = g_ptr_array_new_with_free_func(free_mapping);
    Reader reader = {.file = file, .text = text, .line = 1, .mappings = mappings};
    bool is_good = true;
    for (skip(&reader, SPACE); is_good && *reader.text != '\0'; skip(&reader, SPACE))
        is_good = read_attribute(&reader, ret_error);
    is_good = is_good && give_names(&reader, name, ret_error);
    g_free(reader.name);
    if (is_good)
        *ret_mappings = g_steal_pointer(&mappings);
    return is_good;
}
