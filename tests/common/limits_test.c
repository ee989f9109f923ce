/**
 * @file
 * @brief Limits as the kernel shows them, in a process that had other ones.
 */
#include "barco/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/mount.h"
#include "stages/options/options.h"
#include "tests/lib/errors.h"
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

/* What the command line asks for when nothing is given. */
static struct barco_limits defaults(void)
{
    struct barco_limits limits = { 0 };
    char name[] = "test";
    char *argv[] = { name, NULL };

    CU_ASSERT_EQUAL(
        argp_parse(&barco_limits_options, 1, argv, 0, NULL, &limits), 0);
    return limits;
}

/* argp ends a program whose options make no sense. */
static int parse(void *arg)
{
    struct barco_limits limits = { 0 };
    char name[] = "test", option[] = "--nofile";
    char *argv[] = { name, option, arg, NULL };

    close(STDERR_FILENO);
    argp_err_exit_status = 64;
    argp_parse(&barco_limits_options, 3, argv, 0, NULL, &limits);
    return limits.rlimits[0].resource == RLIMIT_NOFILE &&
                   limits.rlimits[0].soft == 4096 &&
                   limits.rlimits[0].hard == 4096
               ? 42
               : 1;
}

static void nofile_is_a_number_that_makes_sense(void)
{
    static char bad[][16] = { "", "x", "-1", "63", "99999999" };
    static char good[] = "4096";

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_EQUAL(run_in(0, parse, bad[i]), 64);
    CU_ASSERT_EQUAL(run_in(0, parse, good), 42);
}

/* ---- Limits of a process --------------------------------------------------
 */

static bool is_between(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit now = { 0 };

    return getrlimit((enum __rlimit_resource)resource, &now) == 0 &&
           now.rlim_cur == soft && now.rlim_max == hard;
}

static bool is(int resource, rlim_t expected)
{
    return is_between(resource, expected, expected);
}

static int look_at_limits(void *arg)
{
    const struct barco_limits limits = defaults();
    struct rlimit signals, queues;

    (void)arg;
    getrlimit(RLIMIT_SIGPENDING, &signals);
    getrlimit(RLIMIT_MSGQUEUE, &queues);
    if (barco_limits_set(&limits) < 0)
        return 1;
    if (!is(RLIMIT_NOFILE, 1024))
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
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, look_at_limits, NULL), 42);
}

/* A lower limit of the caller stays. */
static int have_few_files(void *arg)
{
    const struct rlimit few = { 100, 100 };
    struct barco_limits limits;

    (void)arg;
    if (setrlimit(RLIMIT_NOFILE, &few) < 0)
        return 1;
    limits = defaults();
    return barco_limits_set(&limits) == 0 && is(RLIMIT_NOFILE, 100) ? 42 : 2;
}

static void a_lower_limit_of_the_caller_stays(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, have_few_files, NULL), 42);
}

static int set_as_specified(void *arg)
{
    static const struct barco_rlimit rlimits[] = {
        { RLIMIT_FSIZE, 1000, 2000 },
        { RLIMIT_STACK, 1 << 20, 1 << 21 },
    };
    const struct barco_limits limits = { .rlimits = rlimits,
                                         .rlimit_count = 2,
                                         .umask = 0027 };
    struct rlimit cores;

    (void)arg;
    getrlimit(RLIMIT_CORE, &cores);
    umask(0777);
    if (barco_limits_set(&limits) < 0)
        return 1;
    if (!is_between(RLIMIT_FSIZE, 1000, 2000) ||
        !is_between(RLIMIT_STACK, 1 << 20, 1 << 21))
        return 2;
    /* What is not in the list is inherited. */
    if (!is_between(RLIMIT_CORE, cores.rlim_cur, cores.rlim_max))
        return 3;
    return umask(0) == 0027 ? 42 : 4;
}

static void any_limit_and_mask_can_be_specified(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, set_as_specified, NULL), 42);
}

static int set_nothing(void *arg)
{
    const struct barco_limits limits = { 0 };
    struct rlimit before;

    (void)arg;
    getrlimit(RLIMIT_NOFILE, &before);
    umask(0777);
    return barco_limits_set(&limits) == 0 && umask(0) == 022 &&
                   is_between(RLIMIT_NOFILE, before.rlim_cur, before.rlim_max)
               ? 42
               : 1;
}

static void without_a_specification_only_the_umask_is_set(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, set_nothing, NULL), 42);
}

static int set_impossible(void *arg)
{
    const struct barco_limits limits = { .rlimits = arg, .rlimit_count = 1 };

    barco_error_set_sink(remember_error, NULL);
    return barco_limits_set(&limits) == -EINVAL &&
                   strstr(remembered.cause, "soft limit")
               ? 42
               : 1;
}

static void a_limit_that_cannot_be_set_is_explained(void)
{
    struct barco_rlimit soft = { RLIMIT_FSIZE, 2000, 1000 };
    struct barco_rlimit unknown = { 99, 1, 1 };

    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, set_impossible, &soft), 42);
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, set_impossible, &unknown), 42);
}

/* ---- Sysctls --------------------------------------------------------------
 */

static int look_at_user_limits(void *arg)
{
    const struct barco_limits limits = defaults();
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

static int set_sysctls(void *arg)
{
    static const struct barco_sysctl sysctls[] = {
        { "net.ipv4.ip_default_ttl", "33" },
        { "net/ipv6/conf/lo/hop_limit", "44" },
        { "net.ipv4.conf.lo.rp_filter", "2" },
        { "kernel.msgmax", "4096" },
        { "kernel.no_such", "1", .optional = true },
    };
    const struct barco_limits limits = { .sysctls = sysctls,
                                         .sysctl_count = 5 };

    (void)arg;
    return barco_limits_set(&limits) == 0 &&
                   number_in("/proc/sys/net/ipv4/ip_default_ttl") == 33 &&
                   number_in("/proc/sys/net/ipv6/conf/lo/hop_limit") == 44 &&
                   number_in("/proc/sys/net/ipv4/conf/lo/rp_filter") == 2 &&
                   number_in("/proc/sys/kernel/msgmax") == 4096
               ? 42
               : 1;
}

/* What was mounted for the sysctls has the lower descriptor: it is the older
 * one. */
static int mount_after_sysctls(void *arg)
{
    static const struct barco_sysctl sysctl = { "kernel.msgmax", "4096" };
    const struct barco_limits limits = { .sysctls = &sysctl,
                                         .sysctl_count = 1 };
    struct barco_mount proc = {
        .type = "proc", .attrs = BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY
    };
    struct statvfs fs;
    int other, same;

    (void)arg;
    if (barco_limits_set(&limits) < 0)
        return 1;
    other = barco_mount_new(&proc);
    if (fstatvfs(other, &fs) < 0 || !(fs.f_flag & ST_RDONLY))
        return 2;
    proc.attrs = BARCO_MOUNT_RESTRICTED;
    same = barco_mount_new(&proc);
    if (fstatvfs(same, &fs) < 0 || (fs.f_flag & ST_RDONLY) || same > other)
        return 3;
    return 42;
}

static void the_proc_of_the_sysctls_is_mounted_once(void)
{
    CU_ASSERT_EQUAL(
        run_in(CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS,
               mount_after_sysctls, NULL),
        42);
}

static void sysctls_are_written_for_the_namespaces(void)
{
    const uint64_t flags = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC;
    long before = number_in("/proc/sys/net/ipv4/ip_default_ttl");

    CU_ASSERT_EQUAL(run_in(flags, set_sysctls, NULL), 42);
    /* PID 1 mounts a proc of its own for that. */
    CU_ASSERT_EQUAL(
        run_in(flags | CLONE_NEWPID | CLONE_NEWNS, set_sysctls, NULL), 42);
    CU_ASSERT_EQUAL(number_in("/proc/sys/net/ipv4/ip_default_ttl"), before);
}

/* An interface with a dot in its name, like those of VLANs. */
static int set_with_a_dot(void *arg)
{
    static const struct barco_sysctl sysctls[] = {
        { "net.ipv4.conf.lo/5.forwarding", "1" },
        { "net/ipv6/conf/lo.5/hop_limit", "44" },
    };
    const struct barco_limits limits = { .sysctls = sysctls,
                                         .sysctl_count = 2 };
    struct ifreq request = { .ifr_name = "lo", .ifr_newname = "lo.5" };
    BARCO_CLEANUP(barco_close)
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    (void)arg;
    if (ioctl(fd, SIOCSIFNAME, &request) < 0)
        return 10;
    return barco_limits_set(&limits) == 0 &&
                   number_in("/proc/sys/net/ipv4/conf/lo.5/forwarding") == 1 &&
                   number_in("/proc/sys/net/ipv6/conf/lo.5/hop_limit") == 44
               ? 42
               : 1;
}

static void a_dot_in_a_name_is_written_as_sysctl_does(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER | CLONE_NEWNET, set_with_a_dot, NULL),
                    42);
}

struct bad_sysctl {
    struct barco_sysctl sysctl;
    int result;
    const char *cause;
};

static int set_bad_sysctl(void *arg)
{
    const struct bad_sysctl *bad = arg;
    const struct barco_limits limits = { .sysctls = &bad->sysctl,
                                         .sysctl_count = 1 };

    barco_error_set_sink(remember_error, NULL);
    if (barco_limits_set(&limits) != bad->result)
        return 1;
    return strstr(remembered.args, bad->sysctl.name) &&
                   strstr(remembered.cause, bad->cause)
               ? 42
               : 2;
}

static void a_sysctl_that_cannot_be_written_is_explained(void)
{
    static const char none[] = "not the name of a setting";
    static struct bad_sysctl bad[] = {
        { { "", "1" }, -EINVAL, none },
        { { "/net/ipv4/ip_forward", "1" }, -EINVAL, none },
        { { ".net.ipv4.ip_forward", "1" }, -EINVAL, none },
        { { "net/ipv4/../ipv4/ip_forward", "1" }, -EINVAL, none },
        { { "net/..", "1" }, -EINVAL, none },
        { { "net/./ipv4", "1" }, -EINVAL, none },
        { { "net//ipv4", "1" }, -EINVAL, none },
        { { "net..ipv4.ip_forward", "1" }, -EINVAL, none },
        { { "net.ipv4.//.ip_forward", "1" }, -EINVAL, none },
        { { "net.ipv4.", "1" }, -EINVAL, none },
        { { "../sysrq-trigger", "1" }, -EINVAL, none },
        { { "net/ipv4/no_such", "1" }, -ENOENT, "no such setting" },
        { { "net/ipv4/ip_default_ttl", "many" }, -EINVAL, "that value" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_EQUAL(
            run_in(CLONE_NEWUSER | CLONE_NEWNET, set_bad_sysctl, &bad[i]), 42);
}

/* Like binfmt_misc, whose files are the host's. */
static int set_in_a_mount(void *arg)
{
    if (mount("tmpfs", "/proc/sys/fs", "tmpfs", 0, NULL) < 0)
        return 10;
    return set_bad_sysctl(arg);
}

static void a_sysctl_lies_in_proc_and_not_in_what_is_mounted_there(void)
{
    struct bad_sysctl bad = { { "fs/register", "1" },
                              -EXDEV,
                              "a separate file system" };

    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER | CLONE_NEWNS, set_in_a_mount, &bad),
                    42);
}

/* Root in the namespace of run_in() is the host's root, if that runs us. */
static void a_sysctl_of_the_host_stays_the_host_s(void)
{
    struct bad_sysctl bad = { { "kernel/sysrq", "0" },
                              -EACCES,
                              "only the host's root" };

    CU_ASSERT_EQUAL(run_in(CLONE_NEWUSER, set_bad_sysctl, &bad), 42);
}

/* ---- What is the same for every container ---------------------------------
 */

/* What ordinary users can set for themselves, and root for anything that it
 * starts.
 */
static int inherit(void *arg)
{
    const struct barco_limits limits = { 0 };
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

static void only_what_gives_way_to_others_is_inherited(void)
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

/* In a child, because an ordinary user cannot lower again what was raised,
 * except to where it was. */
static int choose_score(void *arg)
{
    const long *scores = arg;
    char text[16];

    snprintf(text, sizeof(text), "%ld", scores[0]);
    if (!write_text("/proc/self/oom_score_adj", text))
        return 1;
    return defaults().oom_score_adj == scores[1] ? 42 : 2;
}

static void the_container_goes_first(void)
{
    long usual[] = { 0, 500 }, higher[] = { 700, 700 };

    CU_ASSERT_EQUAL(run_in(0, choose_score, usual), 42);
    CU_ASSERT_EQUAL(run_in(0, choose_score, higher), 42);
}

static void it_goes_first_even_if_the_caller_would_never_go(void)
{
    long never[] = { -1000, 500 };

    CU_ASSERT_EQUAL(run_in(0, choose_score, never), 42);
}

static void the_score_is_written_as_specified(void)
{
    struct barco_limits limits = { .oom_score_adj = 600 };
    char path[64];
    pid_t pid = fork();

    if (pid == 0) {
        pause();
        _exit(0);
    }
    snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
    CU_ASSERT_EQUAL(barco_limits_score(&limits, pid), 0);
    CU_ASSERT_EQUAL(number_in(path), 600);
    limits.oom_score_adj = 0;
    CU_ASSERT_EQUAL(barco_limits_score(&limits, pid), 0);
    CU_ASSERT_EQUAL(number_in(path), 600); /* not set */
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void set_bad_score(int score, int result, const char *cause)
{
    const struct barco_limits limits = { .oom_score_adj = score };

    remembered.cause[0] = '\0';
    barco_error_set_sink(remember_error, NULL);
    CU_ASSERT_EQUAL(barco_limits_score(&limits, getpid()), result);
    barco_error_set_sink(NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, cause));
}

static void a_score_that_cannot_be_set_is_explained(void)
{
    set_bad_score(1001, -EINVAL, "from -1000 to 1000");
}

static void an_ordinary_user_cannot_lower_the_score(void)
{
    set_bad_score(-1, -EACCES, "CAP_SYS_RESOURCE");
}

/* ---- The host's program for core dumps --------------------------------------
 */

static int crash(void *arg)
{
    const struct barco_limits limits = defaults();

    if (*(const bool *)arg && barco_limits_set(&limits) < 0)
        return 1;
    raise(SIGABRT);
    return 2;
}

/* It is started by the kernel, as root, outside all namespaces. Only root can
 * set the pattern, and it works the same for a user. */
static void no_program_of_the_host_gets_a_core_dump(void)
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
      { "any limit and mask can be specified",
        any_limit_and_mask_can_be_specified },
      { "without a specification only the umask is set",
        without_a_specification_only_the_umask_is_set },
      { "a limit that cannot be set is explained",
        a_limit_that_cannot_be_set_is_explained },
      { "sysctls are written for the namespaces",
        sysctls_are_written_for_the_namespaces },
      { "the proc of the sysctls is mounted once",
        the_proc_of_the_sysctls_is_mounted_once },
      { "a dot in a name is written as sysctl(8) does",
        a_dot_in_a_name_is_written_as_sysctl_does },
      { "a sysctl that cannot be written is explained",
        a_sysctl_that_cannot_be_written_is_explained },
      { "a sysctl of the host stays the host's",
        a_sysctl_of_the_host_stays_the_host_s, AS_LEARNER },
      { "the score is written as specified",
        the_score_is_written_as_specified },
      { "a score that cannot be set is explained",
        a_score_that_cannot_be_set_is_explained },
      { "an ordinary user cannot lower the score",
        an_ordinary_user_cannot_lower_the_score, AS_LEARNER },
      { "a sysctl lies in /proc and not in what is mounted there",
        a_sysctl_lies_in_proc_and_not_in_what_is_mounted_there },
      { "a container takes a small part of what a user has",
        a_container_takes_a_small_part_of_what_a_user_has },
      { "only what gives way to others is inherited",
        only_what_gives_way_to_others_is_inherited },
      { "real time is not inherited", real_time_is_not_inherited, AS_ROOT },
      { "the container goes first when memory ends", the_container_goes_first },
      { "it goes first even if the caller would never go",
        it_goes_first_even_if_the_caller_would_never_go, AS_ROOT },
      { "no program of the host gets a core dump",
        no_program_of_the_host_gets_a_core_dump, AS_ROOT })
