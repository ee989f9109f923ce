/**
 * @file
 * @brief A CUnit main in one line.
 *
 * CUnit's own run returns success when assertions fail, and a test runner
 * would call that a pass. SUITE() counts, prints `N passed, N failed`, and
 * exits accordingly.
 *
 * @code
 * SUITE("hostname", { "the host keeps its name", the_host_keeps_its_name })
 * @endcode
 */
#ifndef BARCO_TESTS_SUITE_H
#define BARCO_TESTS_SUITE_H

#include <stdio.h>

#include <CUnit/Basic.h>

#define SUITE(name, ...)                                              \
    int main(void)                                                    \
    {                                                                 \
        CU_TestInfo tests[] = { __VA_ARGS__, CU_TEST_INFO_NULL };     \
        CU_SuiteInfo suites[] = { { .pName = name, .pTests = tests }, \
                                  CU_SUITE_INFO_NULL };               \
        unsigned failed, run;                                         \
                                                                      \
        if (CU_initialize_registry() || CU_register_suites(suites))   \
            return 1;                                                 \
        CU_basic_set_mode(CU_BRM_VERBOSE);                            \
        CU_basic_run_tests();                                         \
        failed = CU_get_number_of_tests_failed();                     \
        run = CU_get_number_of_tests_run();                           \
        CU_cleanup_registry();                                        \
        printf("%u passed, %u failed\n", run - failed, failed);       \
        return failed > 0 || run == 0;                                \
    }

#endif
