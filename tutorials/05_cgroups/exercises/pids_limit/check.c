/**
 * @file
 * @brief Whether a command is born in a cgroup of its own, with the limit asked
 * for.
 */
#include <stdlib.h>

#include "tutorials/check/check.h"

static void the_limit_is_in_the_kernel(void)
{
    long limit = seeded(30, 90);
    pid_t command =
        find_in(start(number(limit), "sleep", "1000", NULL), "sleep");

    expect_text("pids.max of the command's cgroup",
                cgroup_file(command, "pids.max"), number(limit));
}

static void two_at_once_do_not_share_it(void)
{
    long one = seeded(30, 90), two = seeded(30, 90);
    pid_t first = find_in(start(number(one), "sleep", "1000", NULL), "sleep");
    pid_t second = find_in(start(number(two), "sleep", "1000", NULL), "sleep");

    expect_text("pids.max of the first", cgroup_file(first, "pids.max"),
                number(one));
    expect_text("pids.max of the second", cgroup_file(second, "pids.max"),
                number(two));
}

static void what_it_starts_at_once_is_limited_too(void)
{
    long limit = seeded(30, 90);
    pid_t program = start(number(limit), "sh", "-c",
                          "sleep 1000 & exec tail -f /dev/null", NULL);
    pid_t second = find_in(program, "sleep");

    expect_text("pids.max of what the command has started",
                cgroup_file(second, "pids.max"), number(limit));
}

static void the_status_is_the_commands(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "50", "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
}

static void nothing_is_left(void)
{
    struct run run;

    run_to_end(&run, "50", "true", NULL);
    expect_number("the number of cgroups that it left", cgroups_made(), 0);
}

EXERCISE("05_cgroups", "pids_limit", AS_LEARNER,
         { "the limit is in the kernel", the_limit_is_in_the_kernel },
         { "two at once do not share it", two_at_once_do_not_share_it },
         { "what the command starts at once is limited too",
           what_it_starts_at_once_is_limited_too },
         { "the exit status is the command's", the_status_is_the_commands },
         { "no cgroup is left", nothing_is_left })
