/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TEST_H
#define HD_TEST_H

/* What every unit test needs around its table of Check tests. */

#include <check.h>
#include <stdlib.h>

/** Defines main(): one suite, one case, the tests that @ADD adds to `tcase`. */
#define HD_TEST_MAIN(NAME, ADD)                                                                    \
    int main(void)                                                                                 \
    {                                                                                              \
        Suite *suite = suite_create(NAME);                                                         \
        TCase *tcase = tcase_create(NAME);                                                         \
        tcase_set_timeout(tcase, 120);                                                             \
        ADD;                                                                                       \
        suite_add_tcase(suite, tcase);                                                             \
        SRunner *runner = srunner_create(suite);                                                   \
        srunner_run_all(runner, CK_NORMAL);                                                        \
        int failed = srunner_ntests_failed(runner);                                                \
        srunner_free(runner);                                                                      \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                                          \
    }

/** Asserts that @text contains @part, and shows both when not. */
#define ck_assert_contains(text, part)                                                             \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%s' lacks '%s'", (text), (part))

#endif
