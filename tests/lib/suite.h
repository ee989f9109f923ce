/**
 * @file
 * @brief A CUnit main in one line.
 *
 * CUnit's own run returns success when assertions fail, and a test runner
 * would call that a pass. SUITE() counts, prints `N passed, N failed`, and
 * exits accordingly. A suite that ends in the middle of a test has failed.
 *
 * A test is for everybody, or names the user that it is for. As another user it
 * does not run, and the suite says so.
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

/** The users that the build runs this suite as: "root", "learner" or
 * "root,learner". */
#ifndef SUITE_USERS
#define SUITE_USERS ""
#endif

/** The user that a test is for. */
enum suite_user {
    AS_ANYBODY, /**< root and ordinary users */
    AS_ROOT,    /**< root alone */
    AS_LEARNER  /**< an ordinary user */
};

/** A test of a suite. */
struct suite_test {
    const char *name;     /**< a sentence */
    void (*run)(void);    /**< with assertions of CUnit */
    enum suite_user user; /**< the user that it is for */
};

/**
 * Run the tests that are for this user, and say which are not.
 *
 * @param name   of the suite
 * @param users  those that the build runs it as; a test for none of them fails
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
