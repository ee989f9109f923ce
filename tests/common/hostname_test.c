/**
 * @file
 * @brief A name of its own, and the host keeps its name.
 */
#include "barco/hostname.h"

#include <errno.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/utsname.h>

#include "barco/error.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static int rename_to(void *name)
{
    struct utsname u;

    if (barco_hostname_set(name) < 0 || uname(&u) < 0)
        return 1;
    return strcmp(u.nodename, name) == 0 ? 42 : 2;
}

static void the_host_keeps_its_name(void)
{
    struct utsname before, after;

    uname(&before);
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUTS, rename_to, "inside"), 42);
    uname(&after);
    CU_ASSERT_STRING_EQUAL(before.nodename, after.nodename);
    CU_ASSERT_STRING_NOT_EQUAL(after.nodename, "inside");
}

static const char *cause;

static void catch_error(const struct barco_error *error, void *arg)
{
    (void)arg;
    cause = error->cause;
}

/* The kernel would take all of these but the last. */
static int set_bad_names(void *arg)
{
    static char too_long[66];
    static const char *const names[] = { "",      "\033[2J", "two words",
                                         "a\nb",  "\x7f",    "b\u00e4r",
                                         too_long };
    struct utsname before, after;

    (void)arg;
    memset(too_long, 'x', 65);
    barco_error_set_sink(catch_error, NULL);
    uname(&before);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        cause = NULL;
        if (barco_hostname_set(names[i]) != -EINVAL || !cause ||
            !strstr(cause, "1 to 64 bytes"))
            return 1;
    }
    uname(&after);
    return strcmp(before.nodename, after.nodename) == 0 ? 42 : 2;
}

static void a_name_that_is_not_valid_is_refused_and_explained(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUTS, set_bad_names, NULL), 42);
}

static void a_name_can_have_64_bytes(void)
{
    static char name[65];

    memset(name, 'x', 64);
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUTS, rename_to, name), 42);
}

SUITE("hostname", { "the host keeps its name", the_host_keeps_its_name },
      { "a name that is not valid is refused and explained",
        a_name_that_is_not_valid_is_refused_and_explained },
      { "a name can have 64 bytes", a_name_can_have_64_bytes })
