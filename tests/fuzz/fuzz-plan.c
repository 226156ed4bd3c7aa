/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as the domain XML of a VM that is to start on the host of the tests: the plan is about
 * its devices alone, is the same when it is made again, and making it changes nothing.
 */
#include "hd-fuzz-host.h"
#include "hd-fuzz.h"
#include "hd-state.h"
#include "hd-xml-domain.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autoptr(HdRequest) request = NULL;
    g_autoptr(GError) error = NULL;
    HdPlan *first = NULL, *second = NULL;
    HdConfig config = hd_config_default();
    HdFake *fake = hd_fuzz_host();
    if (!hd_xml_domain_parse((const char *)bytes, length, &request, NULL))
        return 0;
    config.allocates_pages = true;
    g_autoptr(HdState) state = hd_state_new(hd_fake_port(fake), &config);
    bool is_planned = hd_state_plan(state, request, &first, &error);
    g_autoptr(HdPlan) plan = first;
    hd_fuzz_check_outcome(is_planned, error);
    g_assert_cmpuint(hd_fake_mutations(fake), ==, 0);
    if (!is_planned)
        return 0;
    hd_fuzz_check_plan(plan, request);
    g_assert_true(hd_state_plan(state, request, &second, NULL));
    g_autoptr(HdPlan) again = second;
    g_autofree char *words = hd_plan_describe(plan);
    g_autofree char *same = hd_plan_describe(again);
    g_assert_cmpstr(words, ==, same);
    return 0;
}
