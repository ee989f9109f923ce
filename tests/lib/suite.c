/**
 * @file
 * @brief Runs the tests of a suite, and misses none in silence.
 *
 * What does not run is reported: a test for another user by its name, a test
 * that nobody runs as a failure, and an end in the middle as a failure too.
 */
#include "tests/lib/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/Basic.h>

static const char *const names[] = { "everybody", "root", "learner" };

static pid_t suite;           /* children of a test have other pids */
static bool at_the_end;       /* all tests have run */
static unsigned nobody_s = 0; /* tests that no user runs */

/* The last line. Other programs read it. */
static int print_result(unsigned failed)
{
    unsigned run = CU_get_number_of_tests_run();

    failed += CU_get_number_of_tests_failed();
    printf("%u passed, %u failed\n", run - CU_get_number_of_tests_failed(),
           failed);
    fflush(stdout);
    return failed > 0 || run == 0;
}

/* exit() within a test would look like a success. */
static void notice_the_end(void)
{
    const CU_Test *test = CU_get_current_test();

    if (at_the_end || getpid() != suite)
        return;
    printf("\nFAILED: the suite ended in \"%s\"\n", test ? test->pName : "");
    print_result(nobody_s + 1);
    _exit(1);
}

static bool is_for_us(const struct suite_test *test)
{
    return test->user == AS_ANYBODY ||
           (test->user == AS_ROOT) == (geteuid() == 0);
}

/* Prints what does not run, and counts what never does. */
static void tell_what_is_missed(const char *users,
                                const struct suite_test *tests, size_t count)
{
    unsigned others = 0;

    for (size_t i = 0; i < count; i++) {
        if (tests[i].user != AS_ANYBODY &&
            !strstr(users, names[tests[i].user])) {
            printf("FAILED: \"%s\" is for %s, but the build does not run this "
                   "suite as %s\n",
                   tests[i].name, names[tests[i].user], names[tests[i].user]);
            nobody_s++;
        } else if (!is_for_us(&tests[i])) {
            printf("not run, for %s: %s\n", names[tests[i].user],
                   tests[i].name);
            others++;
        }
    }
    if (others > 0)
        printf("%u not run, for another user\n", others);
}

int suite_run(const char *name, const char *users,
              const struct suite_test *tests, size_t count)
{
    CU_pSuite registered;
    int result;

    if (CU_initialize_registry())
        return 1;
    registered = CU_add_suite(name, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        if (is_for_us(&tests[i]) &&
            !CU_add_test(registered, tests[i].name, tests[i].run))
            return 1;
    suite = getpid();
    if (atexit(notice_the_end))
        return 1;
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    tell_what_is_missed(users, tests, count);
    at_the_end = true;
    result = print_result(nobody_s);
    CU_cleanup_registry();
    return result;
}
