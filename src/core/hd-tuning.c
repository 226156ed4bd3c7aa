/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can be set of a PCI function besides its driver: how it is reset, whether it may lose its
 * power, how large its BARs are. Graphics cards need it; guides do it by scripts that forget how
 * it was.
 */
#include "hd-tuning.h"

#include <string.h>

#define LARGEST_MB (G_GUINT64_CONSTANT(1) << 43) /* the capability's largest: 2^63 bytes */

bool
hd_bars_is_set(const HdBars *bars)
{
    const HdBars none = {0};
    return !hd_bars_equal(bars, &none);
}

bool
hd_bars_equal(const HdBars *a, const HdBars *b)
{
    for (guint i = 0; i < G_N_ELEMENTS(a->mb); i++) {
        if (a->mb[i] != b->mb[i])
            return false;
    }
    return true;
}

char *
hd_bars_format(const HdBars *bars)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(bars->mb); i++) {
        if (bars->mb[i] != 0)
            g_string_append_printf(text, "%s%u:%" G_GUINT64_FORMAT "M", text->len > 0 ? " " : "", i,
                                   bars->mb[i]);
    }
    return g_string_free(text, FALSE);
}

/* "8G", "256M" */
static bool
parse_size(const char *text, guint64 *ret_mb)
{
    char *end = NULL;
    guint64 number = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;
    if (number == 0 || number > LARGEST_MB || (number & (number - 1)) != 0)
        return false;
    if (g_str_equal(end, "G") && number <= LARGEST_MB >> 10)
        *ret_mb = number << 10;
    else if (g_str_equal(end, "M"))
        *ret_mb = number;
    else
        return false;
    return true;
}

bool
hd_bars_parse(const char *text, HdBars *ret_bars)
{
    g_auto(GStrv) items = g_strsplit(text, " ", -1);
    HdBars bars = {0};
    for (char **item = items; *item != NULL; item++) {
        const char *text_of = *item;
        if (*text_of == '\0')
            continue;
        guint bar = (guint)(guchar)text_of[0] - '0';
        guint64 mb;
        if (bar >= G_N_ELEMENTS(bars.mb) || text_of[1] != ':' || bars.mb[bar] != 0 ||
            !parse_size(text_of + 2, &mb))
            return false;
        bars.mb[bar] = mb;
    }
    if (!hd_bars_is_set(&bars))
        return false;
    *ret_bars = bars;
    return true;
}

static void
free_setting(gpointer data)
{
    HdSetting *setting = data;
    g_free(setting->name);
    g_free(setting->before);
    g_free(setting->after);
    g_free(setting);
}

GPtrArray *
hd_settings_new(void)
{
    return g_ptr_array_new_with_free_func(free_setting);
}

void
hd_settings_add(GPtrArray *settings, const char *name, const char *before, const char *after)
{
    HdSetting *setting = g_new0(HdSetting, 1);
    *setting = (HdSetting){g_strdup(name), g_strdup(before), g_strdup(after)};
    g_ptr_array_add(settings, setting);
}

GPtrArray *
hd_settings_copy(const GPtrArray *settings)
{
    GPtrArray *copy = hd_settings_new();
    for (guint i = 0; i < settings->len; i++) {
        const HdSetting *setting = g_ptr_array_index(settings, i);
        hd_settings_add(copy, setting->name, setting->before, setting->after);
    }
    return copy;
}

bool
hd_setting_is_name(const char *name)
{
    return g_str_equal(name, "reset_method") || g_str_equal(name, "d3cold_allowed") ||
           g_str_equal(name, "power/control");
}

bool
hd_setting_is_value(const char *value)
{
    return strlen(value) <= 64 &&
           strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_ ") == strlen(value);
}

char *
hd_setting_format(const HdSetting *setting)
{
    return g_strjoin("|", setting->name, setting->before, setting->after, NULL);
}

bool
hd_setting_parse(const char *text, GPtrArray *settings)
{
    g_auto(GStrv) parts = g_strsplit(text, "|", -1);
    guint count = g_strv_length(parts);
    if (count < 2 || count > 3 || !hd_setting_is_name(parts[0]) || !hd_setting_is_value(parts[1]) ||
        (count == 3 && (!hd_setting_is_value(parts[2]) || *parts[2] == '\0')))
        return false;
    hd_settings_add(settings, parts[0], parts[1], parts[2]);
    return true;
}

void
hd_tuning_clear(HdTuning *tuning)
{
    g_clear_pointer(&tuning->reset_method, g_free);
    g_clear_pointer(&tuning->d3cold, g_free);
    g_clear_pointer(&tuning->power, g_free);
}

void
hd_tuning_copy(const HdTuning *from, HdTuning *to)
{
    *to = (HdTuning){g_strdup(from->reset_method), g_strdup(from->d3cold), g_strdup(from->power),
                     from->bars};
}

static const char *
set_text(char **place, const char *value, bool is_good, const char *hint)
{
    if (!is_good)
        return hint;
    g_free(*place);
    *place = g_strdup(value);
    return NULL;
}

/* As the kernel prints it, so that it can be compared with what it prints. */
static const char *
set_reset(HdTuning *tuning, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", -1);
    GString *text = g_string_new(NULL);
    for (char **word = words; *word != NULL; word++) {
        if (**word != '\0')
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", *word);
    }
    g_autofree char *methods = g_string_free(text, FALSE);
    return set_text(&tuning->reset_method, methods,
                    *methods != '\0' && hd_setting_is_value(methods) &&
                        !g_str_equal(methods, "default"),
                    "say one or more of what its reset_method lists, such as flr");
}

bool
hd_tuning_is_name(const char *name)
{
    return g_str_equal(name, "reset") || g_str_equal(name, "d3cold") ||
           g_str_equal(name, "power") || g_str_equal(name, "rebar");
}

const char *
hd_tuning_set(HdTuning *tuning, const char *name, const char *value)
{
    if (g_str_equal(name, "reset"))
        return set_reset(tuning, value);
    if (g_str_equal(name, "d3cold"))
        return set_text(&tuning->d3cold, g_str_equal(value, "on") ? "1" : "0",
                        g_str_equal(value, "on") || g_str_equal(value, "off"), "say on or off");
    if (g_str_equal(name, "power"))
        return set_text(&tuning->power, value,
                        g_str_equal(value, "on") || g_str_equal(value, "auto"), "say on or auto");
    return hd_bars_parse(value, &tuning->bars) ? NULL : "say BAR:SIZE, such as 0:8G";
}
