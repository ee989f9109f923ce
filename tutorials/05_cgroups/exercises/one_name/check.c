/**
 * @file
 * @brief Whether commands that run at once have a cgroup each, which goes when
 * they end.
 */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tutorials/check/check.h"

static pid_t sleeper(long mib)
{
    return find_in(start(number(mib), "sleep", "1000", NULL), "sleep");
}

static const char *cgroup_of(pid_t pid)
{
    return file_text("/proc/%d/cgroup", pid);
}

static void expect_limit(const char *whose, pid_t pid, long mib)
{
    expect_text(text("memory.max of %s", whose), cgroup_file(pid, "memory.max"),
                number(mib << 20));
}

static void each_has_its_own_limit(void)
{
    long one = seeded(8, 20), two = seeded(8, 20);
    pid_t first = sleeper(one), second = sleeper(two);

    expect_limit("the first", first, one);
    expect_limit("the second", second, two);
}

static void expect_two(void)
{
    long mib = seeded(8, 20);
    pid_t first = sleeper(mib), second = sleeper(mib);

    expect(first && second && strcmp(cgroup_of(first), cgroup_of(second)) != 0,
           "two cgroups", "both are in %s", cgroup_of(first));
    expect_limit("the first", first, mib);
    expect_limit("the second", second, mib);
}

static void two_that_look_the_same_share_nothing(void)
{
    expect_two();
}

/* The program becomes process 1 of a new PID namespace, beside its parent, who
   waits for it. */
static bool become_pid_1(void *unused)
{
    pid_t pid;
    int status;

    (void)unused;
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) < 0 || (pid = fork()) < 0)
        return false;
    if (pid == 0)
        return true;
    _exit(waitpid(pid, &status, 0) < 0 ? 1 : WEXITSTATUS(status));
}

static void two_with_the_same_pid_share_nothing(void)
{
    before_start(become_pid_1, NULL);
    expect_two();
}

static void the_first_survives_the_second(void)
{
    long one = seeded(8, 20);
    pid_t first = sleeper(one);
    struct run run;

    run_to_end(&run, number(seeded(8, 20)), "true", NULL);
    expect_number("the exit status of the second", run.status, 0);
    expect_limit("the first", first, one);
    expect_number("the number of cgroups while the first runs", cgroups_made(),
                  1);
}

static void nothing_is_left(void)
{
    pid_t one = start(number(seeded(8, 20)), "sleep", "1000", NULL);
    pid_t two = start(number(seeded(8, 20)), "sleep", "1000", NULL);
    pid_t first = find_in(one, "sleep"), second = find_in(two, "sleep");

    if (!first || !second)
        return;
    kill(first, SIGKILL);
    kill(second, SIGKILL);
    expect_number("the exit status of the first", end_of(one), 128 + SIGKILL);
    expect_number("the exit status of the second", end_of(two), 128 + SIGKILL);
    expect_number("the number of cgroups that both left", cgroups_made(), 0);
}

/* Even a SIGKILL takes a moment. */
static bool none_is_left(void *unused)
{
    (void)unused;
    return processes_left() == 0;
}

static void what_runs_on_goes_too(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, number(seeded(8, 20)), "sh", "-c",
               text("sleep 1000 & sleep 1000 & exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
    if (!expect_number("the number of cgroups that the command left",
                       cgroups_made(), 0))
        return;
    eventually(none_is_left, NULL);
    expect_number("the number of processes that it left", processes_left(), 0);
}

EXERCISE("05_cgroups", "one_name", AS_LEARNER,
         { "each command has the limit that was asked for",
           each_has_its_own_limit },
         { "two that look the same share nothing",
           two_that_look_the_same_share_nothing },
         { "two that have the same pid share nothing",
           two_with_the_same_pid_share_nothing },
         { "the first keeps its cgroup when the second has ended",
           the_first_survives_the_second },
         { "no cgroup is left", nothing_is_left },
         { "what a command leaves running goes with its cgroup",
           what_runs_on_goes_too })
