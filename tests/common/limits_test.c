/**
 * @file
 * @brief Limits as the kernel shows them, in a process that had others.
 */
#include "barco/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/error.h"
#include "stages/options/options.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

static long number_in(const char *path)
{
    char text[32];

    return strtol(read_text(path, text, sizeof(text)), NULL, 10);
}

/* ---- The option -----------------------------------------------------------
 */

/* argp ends a program whose options make no sense. */
static int parse(void *arg)
{
    struct barco_limits limits = { 0 };
    char name[] = "test", option[] = "--nofile";
    char *argv[] = { name, option, arg, NULL };

    close(STDERR_FILENO);
    argp_err_exit_status = 64;
    argp_parse(&barco_limits_options, 3, argv, 0, NULL, &limits);
    return limits.nofile == 4096 ? 42 : 1;
}

static void nofile_is_a_number_that_makes_sense(void)
{
    static char bad[][16] = { "", "x", "-1", "63", "99999999" };
    static char good[] = "4096";

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_EQUAL(run_in(0, parse, bad[i]), 64);
    CU_ASSERT_EQUAL(run_in(0, parse, good), 42);
}

/* ---- In a child ------------------------------------------------------------
 */

static bool is(int resource, rlim_t expected)
{
    struct rlimit now = { 0 };

    return getrlimit((enum __rlimit_resource)resource, &now) == 0 &&
           now.rlim_cur == expected && now.rlim_max == expected;
}

static int look_at_limits(void *arg)
{
    const struct barco_limits *limits = arg;
    struct rlimit signals, queues;

    getrlimit(RLIMIT_SIGPENDING, &signals);
    getrlimit(RLIMIT_MSGQUEUE, &queues);
    if (barco_limits_set(limits) < 0)
        return 1;
    if (!is(RLIMIT_NOFILE, limits->nofile ? limits->nofile : 1024))
        return 2;
    if (!is(RLIMIT_CORE, 1) || !is(RLIMIT_NICE, 0) || !is(RLIMIT_RTPRIO, 0))
        return 3;
    return is(RLIMIT_SIGPENDING, signals.rlim_cur / 16) &&
                   is(RLIMIT_MSGQUEUE, queues.rlim_cur / 16)
               ? 42
               : 4;
}

static void a_process_has_its_own_limits(void)
{
    struct barco_limits limits = { 0 };

    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, look_at_limits, &limits), 42);
    limits.nofile = 2048;
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, look_at_limits, &limits), 42);
}

/* Where the caller's is lower, it stays. */
static int have_few_files(void *arg)
{
    struct barco_limits limits = { 0 };
    const struct rlimit few = { 100, 100 };

    (void)arg;
    return setrlimit(RLIMIT_NOFILE, &few) == 0 &&
                   barco_limits_set(&limits) == 0 && is(RLIMIT_NOFILE, 100)
               ? 42
               : 1;
}

static void a_lower_limit_of_the_caller_stays(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, have_few_files, NULL), 42);
}

static int look_at_user_limits(void *arg)
{
    struct barco_limits limits = { 0 };
    int before = (int)number_in("/proc/sys/fs/inotify/max_user_instances");

    (void)arg;
    if (barco_limits_set(&limits) < 0)
        return 1;
    if (number_in("/proc/sys/user/max_inotify_instances") != before / 16 ||
        number_in("/proc/sys/user/max_inotify_watches") !=
            number_in("/proc/sys/fs/inotify/max_user_watches") / 16 ||
        number_in("/proc/sys/user/max_fanotify_groups") !=
            number_in("/proc/sys/fs/fanotify/max_user_groups") / 16)
        return 2;
    return number_in("/proc/sys/user/max_user_namespaces") == 16 &&
                   number_in("/proc/sys/user/max_net_namespaces") == 16
               ? 42
               : 3;
}

static void a_container_takes_a_small_part_of_what_a_user_has(void)
{
    long before = number_in("/proc/sys/user/max_user_namespaces");

    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, look_at_user_limits, NULL), 42);
    CU_ASSERT_EQUAL(number_in("/proc/sys/user/max_user_namespaces"), before);
}

/* What ordinary users can set for themselves, and root for whatever it starts.
 */
static int inherit(void *arg)
{
    struct barco_limits limits = { 0 };
    const struct sched_param batch = { 0 }, fifo = { .sched_priority = 1 };
    bool root = *(const bool *)arg;
    cpu_set_t first, now;

    CPU_ZERO(&first);
    CPU_SET(0, &first);
    sched_setaffinity(0, sizeof(first), &first);
    personality(ADDR_NO_RANDOMIZE);
    if (root ? sched_setscheduler(0, SCHED_FIFO, &fifo)
             : sched_setscheduler(0, SCHED_BATCH, &batch))
        return 1;
    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
            IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7));
    if (setpriority(PRIO_PROCESS, 0, root ? -5 : 7) < 0)
        return 2;
    if (barco_limits_set(&limits) < 0)
        return 3;
    if (sched_getscheduler(0) != (root ? SCHED_OTHER : SCHED_BATCH) ||
        getpriority(PRIO_PROCESS, 0) != (root ? 0 : 7))
        return 4;
    if (syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0) >> IOPRIO_CLASS_SHIFT ==
        IOPRIO_CLASS_BE)
        return 5;
    sched_getaffinity(0, sizeof(now), &now);
    if (CPU_COUNT(&now) != sysconf(_SC_NPROCESSORS_ONLN))
        return 6;
    return personality(0xffffffff) == PER_LINUX ? 42 : 7;
}

static void what_gives_way_stays_and_nothing_else_is_inherited(void)
{
    bool root = false;

    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, inherit, &root), 42);
}

/* In the user namespace of the host, where root may have real time. */
static void real_time_is_not_inherited(void)
{
    bool root = true;

    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, inherit, &root), 42);
}

/* ---- The machine's memory --------------------------------------------------
 */

static void oom_score_of(long before, long expected)
{
    char path[64];
    pid_t pid = fork();
    FILE *file;

    if (pid == 0) {
        pause();
        _exit(0);
    }
    snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
    file = fopen(path, "we");
    CU_ASSERT(file && fprintf(file, "%ld", before) > 0 && fclose(file) == 0);
    CU_ASSERT_EQUAL(barco_limits_set_oom_score(pid), 0);
    CU_ASSERT_EQUAL(number_in(path), expected);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void the_container_goes_first(void)
{
    oom_score_of(0, 500);
    oom_score_of(700, 700);
}

static void it_goes_first_where_the_caller_would_never_go(void)
{
    oom_score_of(-1000, 500);
}

/* ---- The host's program for core dumps --------------------------------------
 */

static int crash(void *arg)
{
    struct barco_limits limits = { 0 };

    if (*(const bool *)arg && barco_limits_set(&limits) < 0)
        return 1;
    raise(SIGABRT);
    return 2;
}

/* It is started by the kernel, as root, outside all namespaces. The pattern
 * is root's, and what it does for a user is the same. */
static void no_program_of_the_host_looks_at_a_core(void)
{
    static const char pattern[] = "/proc/sys/kernel/core_pattern";
    char before[256], text[256], seen[160];
    bool limited = true;

    make_scratch("/tmp");
    snprintf(seen, sizeof(seen), "%s", scratch("seen"));
    read_text(pattern, before, sizeof(before));
    snprintf(text, sizeof(text), "#!/bin/sh\n: >%s\n", seen);
    CU_ASSERT(write_text(scratch("handler"), text) &&
              chmod(scratch("handler"), 0755) == 0);
    snprintf(text, sizeof(text), "|%s\n", scratch("handler"));
    CU_ASSERT_TRUE(write_text(pattern, text));

    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, crash, &limited), 128 + SIGABRT);
    usleep(200000); /* nothing shows that the kernel has started nothing */
    CU_ASSERT_FALSE(exists(seen));
    limited = false; /* but for the limit it does */
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, crash, &limited), 128 + SIGABRT);
    CU_ASSERT_TRUE(eventually(exists, seen));

    CU_ASSERT_TRUE(write_text(pattern, before));
    remove_scratch();
}

SUITE("limits",
      { "--nofile is a number that makes sense",
        nofile_is_a_number_that_makes_sense },
      { "a process has its own limits", a_process_has_its_own_limits },
      { "a lower limit of the caller stays",
        a_lower_limit_of_the_caller_stays },
      { "a container takes a small part of what a user has",
        a_container_takes_a_small_part_of_what_a_user_has },
      { "what gives way stays, and nothing else is inherited",
        what_gives_way_stays_and_nothing_else_is_inherited },
      { "real time is not inherited", real_time_is_not_inherited, AS_ROOT },
      { "the container goes first when memory ends", the_container_goes_first },
      { "it goes first where the caller would never go",
        it_goes_first_where_the_caller_would_never_go, AS_ROOT },
      { "no program of the host looks at a core",
        no_program_of_the_host_looks_at_a_core, AS_ROOT })
