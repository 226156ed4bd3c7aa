/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PROFILES: the vGPU types of an NVIDIA VF, from which a person picks one in OpenNebula.
 */
#include "hd-one-profiles.h"

#include <string.h>

#define MDEV_BUS  "sys/class/mdev_bus/%s"
#define CREATABLE "sys/bus/pci/devices/%s/nvidia/creatable_vgpu_types"

static bool
add_profile(GPtrArray *profiles, char *line)
{
    char *name = strchr(line, ':');
    if (name == NULL)
        return false;
    *name++ = '\0';
    char *rest = strchr(name, ':');
    if (rest != NULL)
        *rest = '\0';
    g_strstrip(line);
    g_strstrip(name);
    if (*line != '\0' && *name != '\0' && g_ascii_strcasecmp(line, "ID") != 0)
        g_ptr_array_add(profiles, g_strdup_printf("%s (%s)", line, name));
    return true;
}

GPtrArray *
hd_one_profiles_parse(const char *text)
{
    GPtrArray *profiles = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        bool is_end = lines[i + 1] == NULL && *lines[i] == '\0';
        if (is_end || add_profile(profiles, lines[i]))
            continue;
        g_ptr_array_set_size(profiles, 0);
        break;
    }
    return profiles;
}

bool
hd_one_profiles_are_mdev(HdPort *port, const char *address)
{
    return hd_port_exists(port, MDEV_BUS, address);
}

static GPtrArray *
read_types(HdPort *port, const char *address)
{
    g_autoptr(GPtrArray) names = NULL;
    GPtrArray *types = g_ptr_array_new_with_free_func(g_free);
    if (hd_port_list(port, &names, MDEV_BUS "/mdev_supported_types", address) != 0)
        return types;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (*name != '.')
            g_ptr_array_add(types, g_strdup(name));
    }
    return types;
}

GPtrArray *
hd_one_profiles_read(HdPort *port, const char *address)
{
    g_autoptr(GPtrArray) types = read_types(port, address);
    g_autofree char *creatable = NULL;
    if (types->len > 0)
        return g_steal_pointer(&types);
    bool has = hd_port_read(port, &creatable, CREATABLE, address) == 0;
    return hd_one_profiles_parse(has ? creatable : "");
}
