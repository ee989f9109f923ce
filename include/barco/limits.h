/**
 * @file
 * @brief Stage 08: what is limited by no cgroup, and inherited from the caller.
 */
#ifndef BARCO_LIMITS_H
#define BARCO_LIMITS_H

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
 * scheduling policy         | normal; batch or idle, where the caller is
 * nice value                | 0, or the caller's if that is higher
 * disk priority             | none
 * processors                | all that the cgroup has
 * personality               | Linux, as it is: addresses are random
 * oom_score_adj             | 500, or the caller's if that is higher
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

/** Limits of each process. */
struct barco_limits {
    /** `--nofile`: descriptors that it may have open; 0: 1024, which programs
     * expect, or the caller's limit where that is lower */
    unsigned nofile;
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
 * @param pid  PID 1 of the container, before it becomes another user
 * @return 0, or a negative errno, reported
 * @see "/proc/pid/oom_score_adj" in proc(5)
 */
int barco_limits_set_oom_score(pid_t pid);

/**
 * In the container, when it is root inside: set all the rest.
 *
 * @pre the host's /proc is mounted, and can be written
 * @param limits  of each process
 * @return 0, or a negative errno, reported: EPERM when the caller's own limit
 *         on open files is lower than `--nofile` and cannot be raised
 * @see "The /proc/sys/user directory" in namespaces(7), inotify(7),
 *      getrlimit(2), core(5), sched(7), personality(2)
 */
int barco_limits_set(const struct barco_limits *limits);

/** @} */

#endif
