/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parser for a program that seldom needs it: a module, loaded by the process that
 * reads (hd-xml-apart.c).
 */
#include "hd-xml-late.h"

#include <dlfcn.h>

const HdXmlLate *
hd_xml_late_find(GError **ret_error)
{
    /* Lazily: of ICU and libstdc++ hardly anything is called. */
    void *module = dlopen(HD_XML_MODULE, RTLD_LAZY | RTLD_LOCAL);
    const HdXmlLate *late = module != NULL ? dlsym(module, HD_XML_LATE_SYMBOL) : NULL;
    if (late == NULL)
        (void)hd_error_set(ret_error, HD_ERROR_STATE,
                           "the installation is not whole: %s; install hostdevctl again",
                           dlerror());
    return late;
}
