/**
 * @file
 * @brief `--nofile`, and what barco limits without being asked.
 *
 * The numbers depend on the caller and on this kernel, so they are looked up
 * when the command line is read.
 */
#include "barco/limits.h"

#include <errno.h>
#include <stdio.h>

#include "barco/error.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_NOFILE = 0x800,
    MIN_NOFILE = 64,      /* for a root directory and some volumes */
    MAX_NOFILE = 1048576, /* fs.nr_open, as a rule */
    DEFAULT_NOFILE = 1024,
    SHARE = 16, /* of what the caller has */
    NAMESPACES = 16,
    OOM_SCORE = 500
};

/* ---- For each process ---------------------------------------------------- */

/* Room for one of each. */
static struct barco_rlimit rlimits[RLIM_NLIMITS];

/* Adds one, or replaces it. */
static void limit(struct barco_limits *limits, int resource, rlim_t value)
{
    size_t i = 0;

    while (i < limits->rlimit_count && rlimits[i].resource != resource)
        i++;
    if (i == limits->rlimit_count)
        limits->rlimit_count++;
    rlimits[i] = (struct barco_rlimit){ resource, value, value };
}

/* A limit of the caller's. 0, or a negative errno, reported. */
static int caller_has(int resource, struct rlimit *now)
{
    return getrlimit((enum __rlimit_resource)resource, now) < 0
               ? BARCO_FAIL(getrlimit, "%d", resource)
               : 0;
}

/* A share of what the caller may have. */
static int share(struct barco_limits *limits, int resource)
{
    struct rlimit now;
    int result = caller_has(resource, &now);

    if (result == 0)
        limit(limits, resource, now.rlim_cur / SHARE);
    return result;
}

static int choose_rlimits(struct barco_limits *limits)
{
    struct rlimit files;
    int result = caller_has(RLIMIT_NOFILE, &files);

    if (result < 0)
        return result;
    limits->rlimits = rlimits;
    limits->rlimit_count = 0;
    limit(limits, RLIMIT_NOFILE,
          files.rlim_max < DEFAULT_NOFILE ? files.rlim_max : DEFAULT_NOFILE);
    /* At 1, and at no other value, the kernel does not start the program of
     * core_pattern, which is root of the host: fs/coredump.c does this for
     * crashes of that program itself. core(5) knows only that 0 does not help.
     * The filter keeps a process from lowering 1 to 0 (arguments.json). */
    limit(limits, RLIMIT_CORE, 1);
    limit(limits, RLIMIT_NICE, 0);
    limit(limits, RLIMIT_RTPRIO, 0);
    result = share(limits, RLIMIT_SIGPENDING);
    return result < 0 ? result : share(limits, RLIMIT_MSGQUEUE);
}

/* ---- For a user namespace ------------------------------------------------ */

//! [user]
static const struct user_limit {
    const char *name; /* below /proc/sys: for this user namespace */
    const char *host; /* what a user has; NULL: NAMESPACES is the limit */
} user_limits[] = {
    { "user/max_inotify_instances", "/proc/sys/fs/inotify/max_user_instances" },
    { "user/max_inotify_watches", "/proc/sys/fs/inotify/max_user_watches" },
    { "user/max_fanotify_groups", "/proc/sys/fs/fanotify/max_user_groups" },
    { "user/max_fanotify_marks", "/proc/sys/fs/fanotify/max_user_marks" },
    { "user/max_cgroup_namespaces", NULL },
    { "user/max_ipc_namespaces", NULL },
    { "user/max_mnt_namespaces", NULL },
    { "user/max_net_namespaces", NULL },
    { "user/max_pid_namespaces", NULL },
    { "user/max_time_namespaces", NULL },
    { "user/max_user_namespaces", NULL },
    { "user/max_uts_namespaces", NULL },
};
//! [user]

enum {
    USER_LIMITS = sizeof(user_limits) / sizeof(user_limits[0])
};

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
    if (found == 1)
        return 1;
    errno = EINVAL;
    return BARCO_FAIL(fscanf, "\"%s\"", path);
}

/* What a container gets of it. 1; 0 when this kernel has no such limit; or a
 * negative errno, reported. */
static int share_of_user(const struct user_limit *limit, long *number)
{
    int found;

    if (!limit->host) {
        *number = NAMESPACES;
        return 1;
    }
    found = read_number(limit->host, number);
    *number /= SHARE;
    return found;
}

static int choose_sysctls(struct barco_limits *limits)
{
    static struct barco_sysctl sysctls[USER_LIMITS];
    static char values[USER_LIMITS][24];

    limits->sysctls = sysctls;
    limits->sysctl_count = 0;
    for (size_t i = 0; i < USER_LIMITS; i++) {
        char *value = values[limits->sysctl_count];
        long number = 0;
        int found = share_of_user(&user_limits[i], &number);

        if (found < 0)
            return found;
        if (found == 0)
            continue;
        snprintf(value, sizeof(values[0]), "%ld", number);
        sysctls[limits->sysctl_count++] =
            (struct barco_sysctl){ user_limits[i].name, value, true };
    }
    return 0;
}

/* ---- All of it ----------------------------------------------------------- */

static int choose_oom_score(struct barco_limits *limits)
{
    long score = OOM_SCORE;
    int found = read_number("/proc/self/oom_score_adj", &score);

    limits->oom_score_adj = score > OOM_SCORE ? (int)score : OOM_SCORE;
    return found < 0 ? found : 0;
}

static int set_defaults(struct barco_limits *limits)
{
    int result = choose_rlimits(limits);

    if (result < 0)
        return result;
    result = choose_sysctls(limits);
    if (result < 0)
        return result;
    return choose_oom_score(limits);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_limits *limits = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        return -set_defaults(limits);
    case OPT_NOFILE:
        limit(limits, RLIMIT_NOFILE,
              barco_cli_number_from(state, arg, "--nofile", MIN_NOFILE,
                                    MAX_NOFILE));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "nofile", OPT_NOFILE, "N", 0,
      "Descriptors that a process may have open: at least 64; default: 1024",
      0 },
    { 0 },
};

const struct argp barco_limits_options = { .options = options,
                                           .parser = parse_option };
