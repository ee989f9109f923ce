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

static int set_65_bytes(void *arg)
{
    char name[66];

    (void)arg;
    memset(name, 'x', 65);
    name[65] = '\0';
    barco_error_set_sink(catch_error, NULL);
    return barco_hostname_set(name) == -EINVAL && cause &&
                   strstr(cause, "at most 64 bytes")
               ? 42
               : 1;
}

static void a_name_that_is_too_long_is_explained(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUTS, set_65_bytes, NULL), 42);
}

SUITE("hostname", { "the host keeps its name", the_host_keeps_its_name },
      { "a name that is too long is explained",
        a_name_that_is_too_long_is_explained })
