/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each setting of the configuration: its default, its bounds, and that a mistyped one changes
 * nothing.
 */
#include <string.h>

#include "hd-config.h"
#include "hd-error.h"
#include "hd-test.h"

START_TEST(defaults)
{
    HdConfig config = hd_config_default();
    ck_assert_uint_eq(config.device_deadline, 30);
    ck_assert_uint_eq(config.lock_deadline, 30);
    ck_assert_uint_eq(config.unit_deadline, 120);
    ck_assert_int_eq(config.acl, HD_ACL_MODE_FIX);
    ck_assert(!config.allocates_pages && !config.keeps_d3cold);
    ck_assert_uint_eq(config.pages_max_kb, 0);
    ck_assert_str_eq(config.stop_units, "");
    ck_assert_int_eq(config.policy.choice, HD_CHOICE_SPREAD);
    for (guint i = 0; i < HD_RULE_COUNT; i++)
        ck_assert_int_eq(config.policy.stance[i],
                         i == HD_RULE_COMPANIONS ? HD_STANCE_ALLOW : HD_STANCE_REFUSE);
}
END_TEST

/* All that can be said, as one line. */
static char *
describe(const HdConfig *config)
{
    return g_strdup_printf("device=%u lock=%u unit=%u acl=%d pages=%d max=%" G_GUINT64_FORMAT
                           " units=%s keeps=%d choice=%d storage=%d",
                           config->device_deadline, config->lock_deadline, config->unit_deadline,
                           config->acl, config->allocates_pages, config->pages_max_kb,
                           config->stop_units, config->keeps_d3cold, config->policy.choice,
                           hd_policy_allows(&config->policy, HD_RULE_STORAGE));
}

#define REST " choice=1 storage=0"

static const char *const good[][2] = {
    {"[timeouts]\ndevice = 1\n",
     "device=1 lock=30 unit=120 acl=0 pages=0 max=0 units= keeps=0" REST},
    {"[timeouts]\nlock = 3600\n",
     "device=30 lock=3600 unit=120 acl=0 pages=0 max=0 units= keeps=0" REST},
    {"[timeouts]\nunit = 3\n", "device=30 lock=30 unit=3 acl=0 pages=0 max=0 units= keeps=0" REST},
    {"[policy]\nacl = check\n",
     "device=30 lock=30 unit=120 acl=1 pages=0 max=0 units= keeps=0" REST},
    {"[policy]\nacl = off\n[policy]\nacl = fix\n",
     "device=30 lock=30 unit=120 acl=0 pages=0 max=0 units= keeps=0" REST},
    {"[policy]\nacl = off\n", "device=30 lock=30 unit=120 acl=2 pages=0 max=0 units= keeps=0" REST},
    {"[hugepages]\nallocate = yes\n",
     "device=30 lock=30 unit=120 acl=0 pages=1 max=0 units= keeps=0" REST},
    {"[hugepages]\nallocate = yes\nallocate = no\nmax = 2G\n",
     "device=30 lock=30 unit=120 acl=0 pages=0 max=2097152 units= keeps=0" REST},
    {"[gpu]\nstop-units = display-manager.service\nd3cold = keep\n",
     "device=30 lock=30 unit=120 acl=0 pages=0 max=0 units=display-manager.service keeps=1" REST},
    {"[gpu]\nd3cold = keep\nd3cold = off\n",
     "device=30 lock=30 unit=120 acl=0 pages=0 max=0 units= keeps=0" REST},
    {"[policy]\nstorage = allow\nchoose = numa\n",
     "device=30 lock=30 unit=120 acl=0 pages=0 max=0 units= keeps=0 choice=3 storage=1"},
};

START_TEST(set)
{
    HdConfig config = hd_config_default();
    g_autoptr(GError) error = NULL;
    ck_assert_msg(hd_config_parse(good[_i][0], "f.conf", &config, &error), "%s",
                  error ? error->message : "");
    g_autofree char *said = describe(&config);
    ck_assert_str_eq(said, good[_i][1]);
}
END_TEST

/* section, key = value */
static const char *const bad[][2] = {
    {"timeouts", "device = 3601"}, {"timeouts", "lock = 0"},      {"timeouts", "unit = "},
    {"timeouts", "all = 5"},       {"policy", "acl = yes"},       {"policy", "choose = best"},
    {"policy", "companions = "},   {"policy", "storage = bind"},  {"gpu", "d3cold = on"},
    {"gpu", "other = off"},        {"gpu", "stop-units = a b/c"}, {"hugepages", "allocate = maybe"},
    {"hugepages", "max = much"},   {"hugepages", "min = 2G"},     {"acl", "acl = fix"},
    {"unit", "device = 5"},
};

START_TEST(not_known)
{
    HdConfig config = hd_config_default();
    g_autoptr(GError) error = NULL;
    g_autofree char *before = describe(&config);
    g_autofree char *text =
        g_strdup_printf("[timeouts]\ndevice = 5\n[%s]\n%s\n", bad[_i][0], bad[_i][1]);
    g_autofree char *wanted = g_strdup_printf("f.conf: [%s] %s is not known; see "
                                              "hostdevctl.conf(5)",
                                              bad[_i][0], bad[_i][1]);
    ck_assert(!hd_config_parse(text, "f.conf", &config, &error));
    ck_assert(hd_error_is(error, HD_ERROR_CONFIG));
    ck_assert_str_eq(error->message, wanted);
    g_autofree char *after = describe(&config);
    ck_assert_str_eq(before, after);
}
END_TEST

/* A list that the structure has no room for is refused, not cut. */
START_TEST(too_many_units)
{
    HdConfig config = hd_config_default();
    g_autoptr(GString) text = g_string_new("[gpu]\nstop-units =");
    while (text->len < sizeof config.stop_units + 32)
        g_string_append(text, " a-unit.service");
    ck_assert(!hd_config_parse(text->str, "f.conf", &config, NULL));
    ck_assert_str_eq(config.stop_units, "");
}
END_TEST

HD_TEST_MAIN("config", tcase_add_test(tcase, defaults);
             tcase_add_loop_test(tcase, set, 0, G_N_ELEMENTS(good));
             tcase_add_loop_test(tcase, not_known, 0, G_N_ELEMENTS(bad));
             tcase_add_test(tcase, too_many_units))
