/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From wishes to edits. Nothing is written here.
 */
#include "hd-setup-private.h"

bool
hd_setup_plan(HdPort *port, const HdSetupWishes *wishes, HdSetup **ret_setup, GError **ret_error)
{
    g_autoptr(HdSetup) setup = hd_setup_new();
    if (!hd_setup_plan_loader(port, wishes, setup, ret_error) ||
        !hd_setup_plan_files(port, wishes, setup, ret_error))
        return false;
    hd_setup_plan_steps(port, setup);
    *ret_setup = g_steal_pointer(&setup);
    return true;
}

void
hd_setup_plan_steps(HdPort *port, HdSetup *setup)
{
    hd_setup_file_steps(port, setup);
    hd_setup_loader_steps(port, setup);
}
