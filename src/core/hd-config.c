/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host owner's wishes. Parsing is strict because a mistyped rule that is
 * silently ignored would be found out when a disk has already left the host.
 */
#include "hd-config.h"

#include <string.h>

#include "hd-desktop.h"
#include "hd-error.h"
#include "hd-pages.h"
#include "hd-text.h"

HdConfig
hd_config_default(void)
{
    return (HdConfig){.policy = hd_policy_default(),
                      .device_deadline = 30,
                      .lock_deadline = 30,
                      .unit_deadline = 120,
                      .acl = HD_ACL_MODE_FIX};
}

static bool
set_seconds(const char *value, guint *seconds)
{
    guint64 number;
    if (!hd_text_unsigned(value, 10, 1, 3600, &number))
        return false;
    *seconds = (guint)number;
    return true;
}

static bool
set_acl(const char *value, HdAclMode *mode)
{
    static const char *const names[] = {
        [HD_ACL_MODE_FIX] = "fix", [HD_ACL_MODE_CHECK] = "check", [HD_ACL_MODE_OFF] = "off"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!g_str_equal(names[i], value))
            continue;
        *mode = (HdAclMode)i;
        return true;
    }
    return false;
}

static bool
set_yes(const char *value, bool *flag)
{
    if (!g_str_equal(value, "yes") && !g_str_equal(value, "no"))
        return false;
    *flag = g_str_equal(value, "yes");
    return true;
}

static bool
set_units(const char *value, HdConfig *config)
{
    g_autoptr(GPtrArray) units = NULL;
    return hd_units_parse(value, &units) &&
           g_strlcpy(config->stop_units, value, sizeof config->stop_units) <
               sizeof config->stop_units;
}

static bool
set_gpu(const char *key, const char *value, HdConfig *config)
{
    if (g_str_equal(key, "stop-units"))
        return set_units(value, config);
    if (!g_str_equal(key, "d3cold") || (!g_str_equal(value, "off") && !g_str_equal(value, "keep")))
        return false;
    config->keeps_d3cold = g_str_equal(value, "keep");
    return true;
}

static bool
set_value(HdConfig *config, const char *section, const char *key, const char *value)
{
    if (g_str_equal(section, "policy") && g_str_equal(key, "acl"))
        return set_acl(value, &config->acl);
    if (g_str_equal(section, "policy"))
        return hd_policy_set(&config->policy, key, value);
    if (g_str_equal(section, "timeouts") && g_str_equal(key, "device"))
        return set_seconds(value, &config->device_deadline);
    if (g_str_equal(section, "timeouts") && g_str_equal(key, "lock"))
        return set_seconds(value, &config->lock_deadline);
    if (g_str_equal(section, "timeouts") && g_str_equal(key, "unit"))
        return set_seconds(value, &config->unit_deadline);
    if (g_str_equal(section, "gpu"))
        return set_gpu(key, value, config);
    if (g_str_equal(section, "hugepages") && g_str_equal(key, "allocate"))
        return set_yes(value, &config->allocates_pages);
    if (g_str_equal(section, "hugepages") && g_str_equal(key, "max"))
        return hd_pages_size_parse(value, &config->pages_max_kb);
    return false;
}

static bool
parse_section(GKeyFile *keys, const char *section, const char *file, HdConfig *config,
              GError **ret_error)
{
    g_auto(GStrv) names = g_key_file_get_keys(keys, section, NULL, NULL);
    for (char **key = names; *key != NULL; key++) {
        g_autofree char *value = g_key_file_get_value(keys, section, *key, NULL);
        g_strstrip(value);
        if (set_value(config, section, *key, value))
            continue;
        g_autofree char *shown_section = hd_text_printable(section, 64);
        g_autofree char *shown_key = hd_text_printable(*key, 64);
        g_autofree char *shown = hd_text_printable(value, 64);
        return hd_error_set(ret_error, HD_ERROR_CONFIG,
                            "%s: [%s] %s = %s is not known; see hostdevctl.conf(5)", file,
                            shown_section, shown_key, shown);
    }
    return true;
}

bool
hd_config_parse(const char *text, const char *file, HdConfig *config, GError **ret_error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) problem = NULL;
    HdConfig result = *config;
    if (!g_key_file_load_from_data(keys, text, (gsize)-1, G_KEY_FILE_NONE, &problem))
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s: %s", file, problem->message);
    g_auto(GStrv) sections = g_key_file_get_groups(keys, NULL);
    for (char **section = sections; *section != NULL; section++) {
        if (!parse_section(keys, *section, file, &result, ret_error))
            return false;
    }
    *config = result;
    return true;
}
