/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as hostdevctl.conf: one printable line and nothing changed, or values in their bounds;
 * a file that is read twice says no more than once.
 */
#include <string.h>

#include "hd-config.h"
#include "hd-fuzz.h"

/* Field by field: the padding of a struct says nothing. */
static void
check_equal(const HdConfig *a, const HdConfig *b)
{
    for (guint i = 0; i < HD_RULE_COUNT; i++)
        g_assert_true(a->policy.stance[i] == b->policy.stance[i]);
    g_assert_true(a->policy.choice == b->policy.choice && a->acl == b->acl);
    g_assert_true(a->device_deadline == b->device_deadline);
    g_assert_true(a->lock_deadline == b->lock_deadline);
    g_assert_true(a->allocates_pages == b->allocates_pages);
    g_assert_true(a->pages_max_kb == b->pages_max_kb);
}

static void
check_bounds(const HdConfig *config)
{
    for (guint i = 0; i < HD_RULE_COUNT; i++)
        g_assert_true(config->policy.stance[i] == HD_STANCE_REFUSE ||
                      config->policy.stance[i] == HD_STANCE_ALLOW);
    g_assert_true(config->policy.choice > HD_CHOICE_UNSET &&
                  config->policy.choice <= HD_CHOICE_NUMA);
    g_assert_true(config->device_deadline >= 1 && config->device_deadline <= 3600);
    g_assert_true(config->lock_deadline >= 1 && config->lock_deadline <= 3600);
    g_assert_true(config->acl <= HD_ACL_MODE_OFF);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    g_autoptr(GError) error = NULL;
    const HdConfig untouched = hd_config_default();
    HdConfig config = untouched;
    bool is_good = hd_config_parse(text, "/etc/hostdevctl/hostdevctl.conf", &config, &error);
    hd_fuzz_check_outcome(is_good, error);
    if (!is_good) {
        check_equal(&config, &untouched);
        return 0;
    }
    check_bounds(&config);
    HdConfig again = config;
    g_assert_true(hd_config_parse(text, "file", &again, NULL));
    check_equal(&config, &again);
    return 0;
}
