/**
 * @file
 * @brief Each limit is a row of a table, or a call; none is inherited.
 */
#include "barco/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"

enum {
    SHARE = 16, /* of what the caller has */
    NAMESPACES = 16,
    OOM_SCORE = 500,
    DEFAULT_NOFILE = 1024
};

/* ---- Files of /proc ------------------------------------------------------ */

/* A number in a file. 1; 0 when this kernel has no such file; or a negative
 * errno, reported. */
static int read_number(const char *path, long *number)
{
    FILE *file = fopen(path, "re");
    int found;

    if (!file)
        return errno == ENOENT ? 0 : BARCO_FAIL(fopen, "\"%s\"", path);
    found = fscanf(file, "%ld", number);
    fclose(file);
    if (found != 1) {
        errno = EINVAL;
        return BARCO_FAIL(fscanf, "\"%s\"", path);
    }
    return 1;
}

static int write_number(const char *path, long number)
{
    BARCO_CLEANUP(barco_close) int fd = open(path, O_WRONLY | O_CLOEXEC);
    char text[24];

    if (fd < 0)
        return BARCO_FAIL(open, "\"%s\", O_WRONLY", path);
    snprintf(text, sizeof(text), "%ld", number);
    if (write(fd, text, strlen(text)) < 0)
        return BARCO_FAIL(write, "\"%s\", \"%s\"", path, text);
    return 0;
}

int barco_limits_set_oom_score(pid_t pid)
{
    char path[64];
    long score = 0;
    int result;

    snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
    result = read_number(path, &score);
    if (result < 0)
        return result;
    if (score < OOM_SCORE)
        score = OOM_SCORE;
    BARCO_EXPLAIN("when the machine has no memory left, the container goes "
                  "first",
                  "write(\"%s\", \"%ld\")", path, score);
    return write_number(path, score);
}

/* ---- Counted for a user namespace ---------------------------------------- */

//! [user]
static const struct user_limit {
    const char *own;  /* below /proc/sys/user, for this user namespace */
    const char *host; /* what a user has; NULL: NAMESPACES is the limit */
} user_limits[] = {
    { "max_inotify_instances", "/proc/sys/fs/inotify/max_user_instances" },
    { "max_inotify_watches", "/proc/sys/fs/inotify/max_user_watches" },
    { "max_fanotify_groups", "/proc/sys/fs/fanotify/max_user_groups" },
    { "max_fanotify_marks", "/proc/sys/fs/fanotify/max_user_marks" },
    { "max_cgroup_namespaces", NULL },
    { "max_ipc_namespaces", NULL },
    { "max_mnt_namespaces", NULL },
    { "max_net_namespaces", NULL },
    { "max_pid_namespaces", NULL },
    { "max_time_namespaces", NULL },
    { "max_user_namespaces", NULL },
    { "max_uts_namespaces", NULL },
};
//! [user]

static int set_user_limit(const struct user_limit *limit)
{
    char path[64];
    long number = (long)NAMESPACES * SHARE;
    int there = limit->host ? read_number(limit->host, &number) : 1;

    snprintf(path, sizeof(path), "/proc/sys/user/%s", limit->own);
    if (there <= 0 || (!limit->host && access(path, F_OK) < 0))
        return there < 0 ? there : 0; /* not in this kernel */
    number /= SHARE;
    BARCO_EXPLAIN("what the container takes counts for the user who started it",
                  "write(\"%s\", \"%ld\")", path, number);
    return write_number(path, number);
}

/* ---- Counted for a process ----------------------------------------------- */

static int set_rlimit(int resource, const char *name, rlim_t limit)
{
    struct rlimit both = { limit, limit };

    BARCO_EXPLAIN("for each process; it cannot be raised again",
                  "setrlimit(%s, %llu)", name, (unsigned long long)limit);
    if (setrlimit((enum __rlimit_resource)resource, &both) < 0)
        return BARCO_FAIL(setrlimit, "%s, %llu", name,
                          (unsigned long long)limit);
    return 0;
}

static int share_rlimit(int resource, const char *name)
{
    struct rlimit now;

    if (getrlimit((enum __rlimit_resource)resource, &now) < 0)
        return BARCO_FAIL(getrlimit, "%s", name);
    return set_rlimit(resource, name, now.rlim_cur / SHARE);
}

static int set_nofile(rlim_t wanted)
{
    struct rlimit now;

    if (getrlimit(RLIMIT_NOFILE, &now) < 0)
        return BARCO_FAIL(getrlimit, "RLIMIT_NOFILE");
    if (wanted == 0)
        wanted = now.rlim_max < DEFAULT_NOFILE ? now.rlim_max : DEFAULT_NOFILE;
    return set_rlimit(RLIMIT_NOFILE, "RLIMIT_NOFILE", wanted);
}

static int set_rlimits(const struct barco_limits *limits)
{
    int result;

    (void)((result = set_nofile(limits->nofile)) < 0 ||
           /* core(5): 1, and no other value, keeps the kernel from starting
            * the program of core_pattern, as root of the host. */
           (result = set_rlimit(RLIMIT_CORE, "RLIMIT_CORE", 1)) < 0 ||
           (result = set_rlimit(RLIMIT_NICE, "RLIMIT_NICE", 0)) < 0 ||
           (result = set_rlimit(RLIMIT_RTPRIO, "RLIMIT_RTPRIO", 0)) < 0 ||
           (result = share_rlimit(RLIMIT_SIGPENDING, "RLIMIT_SIGPENDING")) <
               0 ||
           (result = share_rlimit(RLIMIT_MSGQUEUE, "RLIMIT_MSGQUEUE")) < 0);
    return result;
}

/* ---- What runs first, and where -------------------------------------------
 */

/* What gives way to others may stay: SCHED_BATCH, SCHED_IDLE, a nice value. */
static int set_scheduling(void)
{
    const struct sched_param normal = { 0 };
    int policy = sched_getscheduler(0);

    BARCO_EXPLAIN("real time is not inherited, nor is a nice value below 0",
                  "sched_setscheduler(SCHED_OTHER), setpriority(0)");
    if (policy < 0)
        return BARCO_FAIL(sched_getscheduler, "0");
    policy &= ~SCHED_RESET_ON_FORK;
    if (policy != SCHED_OTHER && policy != SCHED_BATCH &&
        policy != SCHED_IDLE && sched_setscheduler(0, SCHED_OTHER, &normal) < 0)
        return BARCO_FAIL(sched_setscheduler, "SCHED_OTHER");
    if (getpriority(PRIO_PROCESS, 0) < 0 && setpriority(PRIO_PROCESS, 0, 0) < 0)
        return BARCO_FAIL(setpriority, "PRIO_PROCESS, 0");
    if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
                IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0)) < 0)
        return BARCO_FAIL(ioprio_set, "IOPRIO_CLASS_NONE");
    return 0;
}

/* The kernel keeps those that the cgroup has. */
static int use_all_processors(void)
{
    unsigned long all[128];

    memset(all, 0xff, sizeof(all));
    BARCO_EXPLAIN("which of them is for the cgroup to say",
                  "sched_setaffinity(all)");
    if (syscall(SYS_sched_setaffinity, 0, sizeof(all), all) < 0)
        return BARCO_FAIL(sched_setaffinity, "all processors");
    return 0;
}

static int be_linux(void)
{
    BARCO_EXPLAIN("addresses are random again, if the caller's were not",
                  "personality(PER_LINUX)");
    return personality(PER_LINUX) < 0 ? BARCO_FAIL(personality, "PER_LINUX")
                                      : 0;
}

int barco_limits_set(const struct barco_limits *limits)
{
    int result = 0;

    for (size_t i = 0;
         i < sizeof(user_limits) / sizeof(user_limits[0]) && result == 0; i++)
        result = set_user_limit(&user_limits[i]);
    if (result == 0)
        result = set_rlimits(limits);
    if (result == 0)
        result = set_scheduling();
    if (result == 0)
        result = use_all_processors();
    return result == 0 ? be_linux() : result;
}
