/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stands in for the parser in a program that seldom needs it: the same functions, which
 * load the module with the real ones when they are called first.
 */
#include "hd-xml-late.h"

#include <dlfcn.h>

#include "hd-error.h"
#include "hd-xml-domain.h"
#include "hd-xml-one.h"
#include "hd-xml-rewrite.h"

/* It stays for as long as the process does. */
static bool
load(const HdXmlLate **ret_late, GError **ret_error)
{
    static const HdXmlLate *late;
    if (late == NULL) {
        void *module = dlopen(HD_XML_MODULE, RTLD_LAZY | RTLD_LOCAL);
        late = module != NULL ? dlsym(module, HD_XML_LATE_SYMBOL) : NULL;
    }
    if (late == NULL)
        return hd_error_set(ret_error, HD_ERROR_STATE,
                            "the installation is not whole: %s; install hostdevctl again",
                            dlerror());
    *ret_late = late;
    return true;
}

bool
hd_xml_domain_parse(const char *bytes, gsize length, HdRequest **ret_request, GError **ret_error)
{
    const HdXmlLate *late = NULL;
    return load(&late, ret_error) && late->parse(bytes, length, ret_request, ret_error);
}

bool
hd_xml_domain_identity(const char *bytes, gsize length, char **ret_name, HdUuid *ret_uuid,
                       GError **ret_error)
{
    const HdXmlLate *late = NULL;
    return load(&late, ret_error) && late->identify(bytes, length, ret_name, ret_uuid, ret_error);
}

bool
hd_xml_rewrite(const char *bytes, gsize length, const HdRequest *request, const GArray *moves,
               GString **ret_text, GError **ret_error)
{
    const HdXmlLate *late = NULL;
    return load(&late, ret_error) &&
           late->rewrite(bytes, length, request, moves, ret_text, ret_error);
}

bool
hd_xml_one_read(const char *bytes, gsize length, HdRequest *request, GError **ret_error)
{
    const HdXmlLate *late = NULL;
    return load(&late, ret_error) && late->read_one(bytes, length, request, ret_error);
}
