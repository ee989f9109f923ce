/**
 * @file
 * @brief Stage 08: what is limited by no cgroup, and inherited from the caller.
 */
#ifndef BARCO_LIMITS_H
#define BARCO_LIMITS_H

#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/**
 * @defgroup limits Limits
 * @brief What no cgroup counts, and what a child inherits.
 *
 * A cgroup counts memory, processes, processor time and disk. Much else is
 * counted for each process, or for each user of the host, and what is set for
 * the caller holds for its children too: a shell with real-time priority would
 * start a container with it. So all of that is set here:
 *
 * what                      | in the container
 * --------------------------|----------------------------------------------
 * open files of a process   | 1024, or `--nofile`
 * core dumps                | none, not even by the host's program for them
 * signals waiting           | a sixteenth of the caller's limit
 * POSIX message queues      | a sixteenth of the caller's limit
 * inotify, fanotify         | a sixteenth of what the host gives a user
 * namespaces of each type   | 16
 * oom_score_adj             | 500, or the caller's if that is higher
 * file mode creation mask   | 022
 * scheduling policy         | normal; batch or idle, where the caller is
 * nice value                | 0, or the caller's if that is higher
 * disk priority             | none
 * processors                | all that the cgroup has
 * personality               | Linux, as it is: addresses are random
 *
 * Down to the mask these are a specification, struct barco_limits, and the
 * command line's choice of numbers (stages/options/limits.c); the rest is the
 * same for every container.
 *
 * A sixteenth, because one user's containers share what that user has: four
 * that could take a quarter each took it all. What gives way stays as it is:
 * a user who starts a container by nice(1) wants it to be nice, and an ordinary
 * user could not take that back.
 *
 * Not counted by anything are watches of epoll(7), which are limited for each
 * user of the host, and what waits in netlink sockets: up to 470 KB in each,
 * so 480 MB for a process that has 1024 files open, beyond `--memory`. A lower
 * `--nofile` and `--pids` lower that; a profile without AF_NETLINK ends it.
 *  @{
 */

/** One limit of each process. */
struct barco_rlimit {
    int resource; /**< RLIMIT_* of getrlimit(2) */
    rlim_t soft;  /**< what counts; RLIM_INFINITY: no limit */
    rlim_t hard;  /**< how far a process may raise it, at least @p soft */
};

/** A setting of the kernel, of those that each namespace has for itself. */
struct barco_sysctl {
    /** below /proc/sys: "user.max_net_namespaces", "net/ipv4/ip_forward". As in
     * sysctl.d(5) the first separator counts: after a dot, dots separate, and
     * a slash stands for a dot */
    const char *name;
    const char *value; /**< what is written, as it is */
};

/** What no cgroup counts. */
struct barco_limits {
    const struct barco_rlimit *rlimits; /**< others are inherited */
    size_t rlimit_count;                /**< how many */
    const struct barco_sysctl *sysctls; /**< others stay as they are */
    size_t sysctl_count;                /**< how many */
    int oom_score_adj;                  /**< -1000 to 1000; 0: the caller's */
    mode_t umask; /**< permissions that new files lack; 0: 022 */
};

/**
 * In the parent: let the kernel end the container, rather than programs of the
 * host, when the machine has no memory left.
 *
 * 500 counts as half of the machine's memory more than a process uses. The
 * parent writes it, because what a privileged process has written no other
 * takes back. The container of an ordinary user can: down to what its caller
 * has, and no further.
 *
 * @param limits  nothing happens where it has no score
 * @param pid  PID 1 of the container, before it becomes another user
 * @return 0, or a negative errno, reported: EACCES when the score is lower
 *         than the caller may go, EINVAL when there is no such score
 * @see "/proc/pid/oom_score_adj" in proc(5)
 */
int barco_limits_score(const struct barco_limits *limits, pid_t pid);

/**
 * In the container, when it is root inside: set all the rest.
 *
 * Scheduling, processors and personality are the same for every container. A
 * sysctl that no namespace has for itself is the host's: the kernel lets the
 * host's root alone write it, so this fails where the container's root is
 * another user, and changes the host where it is not.
 *
 * @pre the namespaces are the container's; the host's /proc is mounted, and
 *      can be written
 * @param limits  what to set
 * @return 0, or a negative errno, reported: EPERM when a limit is higher than
 *         the caller's and cannot be raised, ENOENT when this kernel has no
 *         such sysctl, EACCES when it is not the container's, EINVAL for a
 *         name that is not valid, or a value that the kernel does not take
 * @see "The /proc/sys/user directory" in namespaces(7), inotify(7),
 *      getrlimit(2), core(5), sched(7), personality(2)
 */
int barco_limits_set(const struct barco_limits *limits);

/** @} */

#endif
