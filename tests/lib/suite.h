/**
 * @file
 * @brief A CUnit main in one line.
 *
 * CUnit's own run returns success when assertions fail, and a test runner
 * would call that a pass. SUITE() counts, prints `N passed, N failed`, and
 * exits accordingly. A suite that ends in the middle of a test has failed.
 *
 * A test is for everybody, or says for whom it is. For another user it does
 * not run, and the suite says so.
 *
 * @code
 * SUITE("hostname",
 *       { "the host keeps its name", the_host_keeps_its_name },
 *       { "root names the host", root_names_the_host, AS_ROOT })
 * @endcode
 */
#ifndef BARCO_TESTS_SUITE_H
#define BARCO_TESTS_SUITE_H

#include <stddef.h>

#include <CUnit/Basic.h>

/* Most tests are for everybody, and do not say so. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/** As whom the build runs this suite: "root", "learner" or "root,learner". */
#ifndef SUITE_USERS
#define SUITE_USERS ""
#endif

/** For whom a test is. */
enum suite_user {
    AS_ANYBODY, /**< root and ordinary users */
    AS_ROOT,    /**< root alone */
    AS_LEARNER  /**< an ordinary user */
};

/** A test of a suite. */
struct suite_test {
    const char *name;     /**< a sentence */
    void (*run)(void);    /**< with assertions of CUnit */
    enum suite_user user; /**< for whom it is */
};

/**
 * Run the tests that are for this user, and say which are not.
 *
 * @param name   of the suite
 * @param users  as whom the build runs it; a test for nobody of these fails
 * @param tests  its tests
 * @param count  how many
 * @return exit status of the program: 0 if tests ran, and all passed
 */
int suite_run(const char *name, const char *users,
              const struct suite_test *tests, size_t count);

#define SUITE(name, ...)                                          \
    int main(void)                                                \
    {                                                             \
        static const struct suite_test tests[] = { __VA_ARGS__ }; \
                                                                  \
        return suite_run(name, SUITE_USERS, tests,                \
                         sizeof(tests) / sizeof(tests[0]));       \
    }

#endif
