/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stands in for netlink and JSON in the hook, which seldom needs them: the same
 * functions, which load the module with the real ones when they are called first.
 */
#include "hd-host-late.h"

#include <dlfcn.h>
#include <errno.h>

#include "hd-port-netlink.h"

/* It stays for as long as the process does. NULL: the module is not there. */
static const HdHostLate *
load(void)
{
    static const HdHostLate *late;
    if (late == NULL) {
        void *module = dlopen(HD_HOST_MODULE, RTLD_LAZY | RTLD_LOCAL);
        late = module != NULL ? dlsym(module, HD_HOST_LATE_SYMBOL) : NULL;
    }
    return late;
}

int
hd_port_netlink_vf_get(const char *interface, guint index, HdVfSettings *ret_settings)
{
    const HdHostLate *late = load();
    return late != NULL ? late->vf_get(interface, index, ret_settings) : ELIBACC;
}

int
hd_port_netlink_vf_set(const char *interface, guint index, const HdVfSettings *settings,
                       HdVfKey key)
{
    const HdHostLate *late = load();
    return late != NULL ? late->vf_set(interface, index, settings, key) : ELIBACC;
}

int
hd_port_netlink_set_mac(const char *interface, const HdMac *mac)
{
    const HdHostLate *late = load();
    return late != NULL ? late->set_mac(interface, mac) : ELIBACC;
}

bool
hd_mdev_json_parse(const char *text, const char *source, const HdUuid *uuid, const char *parent,
                   HdMdevSpec **ret_spec, GError **ret_error)
{
    const HdHostLate *late = load();
    if (late == NULL)
        return hd_error_set(ret_error, HD_ERROR_STATE,
                            "the installation is not whole: %s; install hostdevctl again",
                            dlerror());
    return late->parse(text, source, uuid, parent, ret_spec, ret_error);
}

/* No hook writes definitions. */
static const HdHostLate *
load_or_die(void)
{
    const HdHostLate *late = load();
    if (late == NULL)
        g_error("the installation is not whole: %s", dlerror());
    return late;
}

char *
hd_mdev_json_format(const HdMdevSpec *spec)
{
    return load_or_die()->format(spec);
}

char *
hd_mdev_json_format_attributes(const GPtrArray *attributes)
{
    return load_or_die()->format_attributes(attributes);
}
