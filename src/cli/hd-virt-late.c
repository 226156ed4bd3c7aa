/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stands in for libvirt in the command, which seldom needs it: the same functions, which load the
 * module with the real ones when they are called first.
 */
#include "hd-virt-late.h"

#include <dlfcn.h>

#include "hd-error.h"

/* Its place; a program that was built and not installed has it in its own folder. */
static char *
find_module(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program != NULL ? g_path_get_dirname(program) : NULL;
    g_autofree char *name = g_path_get_basename(HD_VIRT_MODULE);
    g_autofree char *beside = folder != NULL ? g_build_filename(folder, name, NULL) : NULL;
    const bool is_beside = beside != NULL && g_file_test(beside, G_FILE_TEST_EXISTS);
    return is_beside ? g_steal_pointer(&beside) : g_strdup(HD_VIRT_MODULE);
}

/* It stays for as long as the process does. */
static const HdVirtLate *
load(GError **ret_error)
{
    static const HdVirtLate *late;
    if (late != NULL)
        return late;
    g_autofree char *path = find_module();
    void *module = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    late = module != NULL ? dlsym(module, HD_VIRT_LATE_SYMBOL) : NULL;
    if (late == NULL)
        (void)hd_error_set(ret_error, HD_ERROR_STATE,
                           "the installation is not whole: %s; install hostdevctl again",
                           dlerror());
    return late;
}

bool
hd_virt_domain_xml(const char *uri, const char *domain, char **ret_xml, GError **ret_error)
{
    const HdVirtLate *late = load(ret_error);
    return late != NULL && late->domain_xml(uri, domain, ret_xml, ret_error);
}

bool
hd_virt_domain_change(const char *uri, const char *domain, HdVirtChange change, gpointer data,
                      GError **ret_error)
{
    const HdVirtLate *late = load(ret_error);
    return late != NULL && late->domain_change(uri, domain, change, data, ret_error);
}

bool
hd_virt_nodedev_open(const char *uri, HdVirtNodedev **ret_virt, GError **ret_error)
{
    const HdVirtLate *late = load(ret_error);
    return late != NULL && late->open(uri, ret_virt, ret_error);
}

/* Whoever has an HdVirtNodedev has opened it, by the module. */
void
hd_virt_nodedev_free(HdVirtNodedev *virt)
{
    if (virt != NULL)
        load(NULL)->free(virt);
}

bool
hd_virt_nodedev_list(HdVirtNodedev *virt, const char *capability, bool active, bool inactive,
                     GPtrArray **ret_names, GError **ret_error)
{
    return load(NULL)->list(virt, capability, active, inactive, ret_names, ret_error);
}

bool
hd_virt_nodedev_xml(HdVirtNodedev *virt, const char *name, bool inactive, char **ret_xml,
                    GError **ret_error)
{
    return load(NULL)->xml(virt, name, inactive, ret_xml, ret_error);
}

bool
hd_virt_nodedev_create(HdVirtNodedev *virt, const char *xml, bool define, char **ret_name,
                       GError **ret_error)
{
    return load(NULL)->create(virt, xml, define, ret_name, ret_error);
}

bool
hd_virt_nodedev_act(HdVirtNodedev *virt, const char *name, HdVirtNodedevAct act, const char *driver,
                    GError **ret_error)
{
    return load(NULL)->act(virt, name, act, driver, ret_error);
}
