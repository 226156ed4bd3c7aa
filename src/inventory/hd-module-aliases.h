/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MODULE_ALIASES_H
#define HD_MODULE_ALIASES_H

#include <glib.h>
#include <stdbool.h>

#include "hd-port.h"

/** HdModuleAlias: one line of modules.alias. */
typedef struct {
    guint line;    /* counted from 0 */
    char *pattern; /* the shell's: "pci:v00008086d*sv*sd*bc*sc*i*" */
    char *module;
} HdModuleAlias;

/**
 * HdModuleAliases:
 * Which modules know which PCI function: modules.alias, to be read once and asked of many
 * functions.
 */
typedef struct HdModuleAliases HdModuleAliases;

/** Returns: (transfer full): the lines of @text, content of modules.alias, that are about PCI. */
HdModuleAliases *hd_module_aliases_parse(const char *text);

/** Returns: (transfer full): those of the running kernel; none if they can't be read. */
HdModuleAliases *hd_module_aliases_read(HdPort *port);
void hd_module_aliases_free(HdModuleAliases *aliases);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdModuleAliases, hd_module_aliases_free)

/** Returns: (transfer container) (element-type HdModuleAlias): those that fit @modalias, in the
 * order of their lines; borrowed from @aliases. */
GPtrArray *hd_module_aliases_find(const HdModuleAliases *aliases, const char *modalias);

#endif
