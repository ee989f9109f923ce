/**
 * @file
 * @brief Stage 08: what no cgroup limits, and what a child inherits from its
 * caller.
 */
#ifndef BARCO_LIMITS_H
#define BARCO_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/**
 * @defgroup limits Limits
 * @brief What no cgroup counts, and what a child inherits.
 *
 * A cgroup counts memory, processes, processor time and disk. Much else is
 * counted for each process, or for each user of the host, and children inherit
 * it: a shell with real-time priority would start a container with the same. So
 * all of that is set here:
 *
 * what                      | in the container
 * --------------------------|----------------------------------------------
 * open files of a process   | 1024, or `--nofile`
 * core dumps                | none, not even through the host's handler
 * signals waiting           | a sixteenth of the caller's limit
 * POSIX message queues      | a sixteenth of the caller's limit
 * inotify, fanotify         | a sixteenth of what the host gives a user
 * namespaces of each type   | 16
 * oom_score_adj             | 500, or the caller's if that is higher
 * file mode creation mask   | 022
 * scheduling policy         | normal; batch or idle, if the caller's is
 * nice value                | 0, or the caller's if that is higher
 * disk priority             | none
 * processors                | all that the cgroup has
 * personality               | plain Linux: addresses are random
 *
 * The rows down to the mask come from the specification, struct barco_limits,
 * whose numbers the command line chooses (stages/options/limits.c); the rest is
 * the same for every container.
 *
 * A sixteenth, because one user's containers share what that user has: four
 * containers with a quarter each took it all. A setting that gives way to
 * others stays as it is: a user who starts a container with nice(1) wants it to
 * be nice, and an ordinary user could not undo that.
 *
 * Two things are not covered. Watches of epoll(7) are limited only for each
 * user of the host. Messages that wait in netlink sockets are not counted by
 * `--memory`: up to 470 KB in each socket, so 480 MB for a process with 1024
 * open files. A lower `--nofile` and `--pids` reduce that; a profile without
 * AF_NETLINK prevents it.
 *
 * @par Example
 * @include examples/limits.c
 *  @{
 */

/** A limit that each process has. The caller sets all of it. */
struct barco_rlimit {
    int resource; /**< RLIMIT_* of getrlimit(2) */
    rlim_t soft;  /**< what is enforced; RLIM_INFINITY: no limit */
    rlim_t hard;  /**< the most a process may raise it to; at least @p soft */
};

/** A kernel setting that each namespace has for itself. The caller sets all of
 * it. */
struct barco_sysctl {
    /** below /proc/sys: "user.max_net_namespaces", "net/ipv4/ip_forward". As in
     * sysctl.d(5) the first separator decides: if it is a dot, dots separate
     * and a slash stands for a dot */
    const char *name;
    const char *value; /**< written as it is */
    bool optional;     /**< left out where this kernel does not have it */
};

/** The limits that no cgroup enforces. The caller sets all of it. */
struct barco_limits {
    const struct barco_rlimit *rlimits; /**< others are inherited */
    size_t rlimit_count;                /**< how many */
    const struct barco_sysctl *sysctls; /**< others stay as they are */
    size_t sysctl_count;                /**< how many */
    int oom_score_adj; /**< -1000 to 1000; 0: keep the caller's */
    mode_t umask;      /**< permissions that new files do not get; 0: 022 */
};

/**
 * In the parent: make the kernel kill the container, rather than programs of
 * the host, when the machine runs out of memory.
 *
 * A score of 500 counts as if the process used half of the machine's memory
 * more than it does. The parent writes it, because a process without privileges
 * cannot go below what a privileged one has written. The container of an
 * ordinary user can lower it, but only to what its caller has.
 *
 * @param limits  nothing happens if its score is 0
 * @param pid  PID 1 of the container, before it becomes another user
 * @return 0, or a negative errno, reported: EACCES when the score is lower than
 *         the caller may set, EINVAL when it is out of range
 * @since any
 * @see "/proc/pid/oom_score_adj" in proc(5)
 */
int barco_limits_score(const struct barco_limits *limits, pid_t pid);

/**
 * In the container, once it is root inside: set everything else.
 *
 * Scheduling, processors and personality are the same for every container. A
 * sysctl that belongs to no namespace is the host's. The kernel lets only the
 * host's root write it, so this fails if the container's root is another user
 * on the host; otherwise it changes the host.
 *
 * @pre the namespaces are the container's. For sysctls PID 1 mounts a proc of
 *      its own, and needs a mount namespace for that; another process needs a
 *      /proc that it may write to
 * @param limits  what to set
 * @return 0, or a negative errno, reported: EPERM when a limit is higher than
 *         the caller's and cannot be raised, ENOENT when this kernel has no
 *         such sysctl, EACCES when it is not the container's, EINVAL for an
 *         invalid name or a value that the kernel rejects
 * @since any; with sysctls Linux 5.6, for openat2(2)
 * @see "The /proc/sys/user directory" in namespaces(7), inotify(7),
 *      getrlimit(2), core(5), sched(7), personality(2)
 */
int barco_limits_set(const struct barco_limits *limits);

/** @} */

#endif
