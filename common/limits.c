/**
 * @file
 * @brief Each limit is a row of the specification or a call.
 */
#include "barco/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bsd/string.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "mount_inside.h"

/* ---- Files of /proc ------------------------------------------------------ */

int barco_limits_score(const struct barco_limits *limits, pid_t pid)
{
    BARCO_CLEANUP(barco_close) int fd = -1;
    char path[64], score[16];

    if (limits->oom_score_adj == 0)
        return 0;
    snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
    snprintf(score, sizeof(score), "%d", limits->oom_score_adj);
    BARCO_EXPLAIN("when the machine runs out of memory, the container goes "
                  "first",
                  "write(\"%s\", \"%s\")", path, score);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return BARCO_FAIL(open, "\"%s\", O_WRONLY", path);
    if (write(fd, score, strlen(score)) < 0)
        return BARCO_FAIL(write, "\"%s\", \"%s\"", path, score);
    return 0;
}

/* Whether every part between slashes is a name: not empty, "." or "..". */
static bool has_names_only(const char *path)
{
    for (;;) {
        size_t length = strcspn(path, "/");

        if (length <= 2 && strncmp(path, "..", length) == 0)
            return false;
        if (!path[length])
            return true;
        path += length + 1;
    }
}

/* The path of a sysctl below /proc/sys, or -EINVAL, reported. */
static int sysctl_path(const char *name, char *path, size_t size)
{
    bool dots = name[strcspn(name, "./")] == '.';

    if (strlcpy(path, name, size) >= size)
        path[0] = '\0';
    for (char *c = path; dots && *c; c++) {
        if (*c == '.')
            *c = '/';
        else if (*c == '/')
            *c = '.';
    }
    if (has_names_only(path))
        return 0;
    errno = EINVAL;
    return BARCO_FAIL(sysctl, "\"%s\"", name);
}

/* The host's /proc remembers each name once for every user namespace that has
 * used it, and searches all of them: with hundreds of containers that takes
 * longer than a mount of our own, which the root directory then gets as well.
 * Only PID 1 of a namespace can make one. */
static int open_sysctls(void)
{
    const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    const bool own = getpid() == 1;
    int proc = own ? mount_make_early_proc() : 0, dir;

    if (proc < 0)
        return proc;
    dir = own ? openat(proc, "sys", flags) : open("/proc/sys", flags);
    return dir < 0 ? BARCO_FAIL(open, "\"/proc/sys\", O_PATH") : dir;
}

/* Opens it beneath /proc/sys, and not in anything else mounted there. */
static int set_sysctl(int dir, const struct barco_sysctl *sysctl)
{
    struct open_how how = {
        .flags = O_WRONLY | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV,
    };
    BARCO_CLEANUP(barco_close) int fd = -1;
    char path[256];
    int result = sysctl_path(sysctl->name, path, sizeof(path));

    if (result < 0)
        return result;
    fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
    if (fd < 0 && errno == ENOENT && sysctl->optional)
        return 0;
    BARCO_EXPLAIN("for the container's namespaces, not for the host",
                  "write(\"/proc/sys/%s\", \"%s\")", path, sysctl->value);
    if (fd < 0)
        return BARCO_FAIL(openat2, "\"/proc/sys/%s\", O_WRONLY", path);
    if (write(fd, sysctl->value, strlen(sysctl->value)) < 0)
        return BARCO_FAIL(write, "\"/proc/sys/%s\", \"%s\"", path,
                          sysctl->value);
    return 0;
}

/* ---- Counted for a process ----------------------------------------------- */

#define NAMED(resource) [resource] = #resource

static const char *const resources[] = {
    NAMED(RLIMIT_AS),      NAMED(RLIMIT_CORE),     NAMED(RLIMIT_CPU),
    NAMED(RLIMIT_DATA),    NAMED(RLIMIT_FSIZE),    NAMED(RLIMIT_LOCKS),
    NAMED(RLIMIT_MEMLOCK), NAMED(RLIMIT_MSGQUEUE), NAMED(RLIMIT_NICE),
    NAMED(RLIMIT_NOFILE),  NAMED(RLIMIT_NPROC),    NAMED(RLIMIT_RSS),
    NAMED(RLIMIT_RTPRIO),  NAMED(RLIMIT_RTTIME),   NAMED(RLIMIT_SIGPENDING),
    NAMED(RLIMIT_STACK),
};

/* Its name, or else its number. */
static const char *resource_name(int resource, char *buf, size_t size)
{
    if ((size_t)resource < sizeof(resources) / sizeof(resources[0]))
        return resources[resource];
    snprintf(buf, size, "%d", resource);
    return buf;
}

static int set_rlimit(const struct barco_rlimit *limit)
{
    const struct rlimit both = { limit->soft, limit->hard };
    char number[16];
    const char *name = resource_name(limit->resource, number, sizeof(number));

    BARCO_EXPLAIN("for each process; an ordinary one cannot raise it again",
                  "setrlimit(%s, %llu)", name, (unsigned long long)limit->hard);
    if (setrlimit((enum __rlimit_resource)limit->resource, &both) < 0)
        return BARCO_FAIL(setrlimit, "%s, %llu, %llu", name,
                          (unsigned long long)limit->soft,
                          (unsigned long long)limit->hard);
    return 0;
}

/* ---- The same for every container ---------------------------------------- */

//! [scheduling]
/* Settings that give way to others stay: SCHED_BATCH, SCHED_IDLE, a nice
 * value. */
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
//! [scheduling]

/* The kernel limits the set to the processors of the cgroup. */
static int use_all_processors(void)
{
    unsigned long all[128];

    memset(all, 0xff, sizeof(all));
    BARCO_EXPLAIN("the cgroup decides which of them", "sched_setaffinity(all)");
    if (syscall(SYS_sched_setaffinity, 0, sizeof(all), all) < 0)
        return BARCO_FAIL(sched_setaffinity, "all processors");
    return 0;
}

static void set_umask(mode_t wanted)
{
    mode_t mask = wanted ? wanted : 022;

    BARCO_EXPLAIN("new files do not depend on the caller's mask", "umask(%03o)",
                  mask);
    umask(mask);
}

static int be_linux(void)
{
    BARCO_EXPLAIN("addresses are random again if the caller's were not",
                  "personality(PER_LINUX)");
    return personality(PER_LINUX) < 0 ? BARCO_FAIL(personality, "PER_LINUX")
                                      : 0;
}

/* ---- All of it ----------------------------------------------------------- */

static int set_sysctls(const struct barco_limits *limits)
{
    BARCO_CLEANUP(barco_close) int dir = -1;
    int result = 0;

    if (limits->sysctl_count > 0 && (dir = open_sysctls()) < 0)
        return dir;
    for (size_t i = 0; result == 0 && i < limits->sysctl_count; i++)
        result = set_sysctl(dir, &limits->sysctls[i]);
    return result;
}

int barco_limits_set(const struct barco_limits *limits)
{
    int result = set_sysctls(limits);

    if (result < 0)
        return result;
    for (size_t i = 0; i < limits->rlimit_count; i++)
        if ((result = set_rlimit(&limits->rlimits[i])) < 0)
            return result;
    set_umask(limits->umask);
    if ((result = set_scheduling()) < 0)
        return result;
    if ((result = use_all_processors()) < 0)
        return result;
    return be_linux();
}
