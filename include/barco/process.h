/**
 * @file
 * @brief Stage 01: a child process, and all that its parent owes it.
 */
#ifndef BARCO_PROCESS_H
#define BARCO_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "barco/cleanup.h"

/**
 * @defgroup process Process
 * @brief clone3, exec, wait, exit status, signals forwarded.
 *
 * A container is a process. What barco does for it in this module every
 * parent of a process should do: start it, pass signals on to it, wait for it
 * and tell how it ended, and never leave it behind.
 *  @{
 */

/** A child process that this scope owns; see barco_process_end(). */
struct barco_process {
    pid_t pid;  /**< as the parent sees it; 0 while there is none */
    int pidfd;  /**< refers to this very process, even if its pid is reused */
    int cgroup; /**< where it is to be born: a cgroup's directory, or -1 */
    bool keeps; /**< it is to outlive its parent, to clean up after it */
};

/** A process that is not there yet. */
#define BARCO_NO_PROCESS                    \
    {                                       \
        .pid = 0, .pidfd = -1, .cgroup = -1 \
    }

/** What a child does; the result is its exit status, or a negative errno. */
typedef int barco_process_main(void *arg);

/**
 * Start a child.
 *
 * From here until barco_process_end() the signals that a program can be sent
 * are blocked, and barco_process_wait() takes them one by one. The child
 * inherits that until barco_process_exec(), so that none gets lost while it
 * prepares itself. The child is killed when its parent dies, unless it keeps.
 *
 * @param[in,out] child  the new process, owned by the caller; born in its
 *              cgroup, if that is given
 * @param flags  CLONE_NEW* of clone(2): the namespaces to create with it
 * @param main   what it does; a negative result ends it with status 125
 * @param arg    handed to @p main
 * @return 0, or a negative errno, reported: EPERM, ENOSPC, ENOSYS, EAGAIN
 * @see clone3(2), pidfd_open(2), pid_namespaces(7)
 */
int barco_process_spawn(struct barco_process *child, uint64_t flags,
                        barco_process_main *main, void *arg);

/**
 * Ask the kernel to kill this process when its parent dies.
 *
 * The kernel forgets it when a process changes its user or group ids, so it
 * has to be asked again then. To be called in a child of
 * barco_process_spawn().
 *
 * @return 0, or a negative errno, reported: ESRCH when the parent is gone
 * @see PR_SET_PDEATHSIG in prctl(2)
 */
int barco_process_die_with_parent(void);

/**
 * Wait until the parent has ended; for a child that keeps.
 *
 * @return 0, or a negative errno, reported
 */
int barco_process_wait_for_parent(void);

/**
 * Let signals through again, as they were before the first child.
 *
 * barco_process_exec() does it. For who cannot leave it that late, because a
 * filter comes in between that may refuse the call.
 */
void barco_process_let_signals_through(void);

/**
 * Become the command: the last thing that a child does.
 *
 * @param argv  the command, looked up in PATH, and its arguments
 * @return only on failure, reported: 127 when there is no such program, 126
 *         when it cannot be run, as env(1) does
 * @see execve(2)
 */
int barco_process_exec(char *const argv[]);

/**
 * Wait until the child has ended, and forward signals to it until then.
 *
 * Every other child that ends meanwhile is reaped too: in a PID namespace,
 * process 1 inherits the orphans of all the others. Signals that the terminal
 * sent (Ctrl-C) are not forwarded, for the whole process group has had them.
 *
 * @param child  empty afterwards
 * @return its exit status, 0 to 255; 128 + N when signal N ended it
 * @see waitpid(2), sigwaitinfo(2), pidfd_send_signal(2)
 */
int barco_process_wait(struct barco_process *child);

/**
 * Cleanup: kill and reap the child if it is still there, and let signals
 * through again.
 *
 * @param child  empty afterwards
 */
void barco_process_end(struct barco_process *child);

/**
 * Turn the result of a stage into an exit status.
 *
 * @param result  an exit status, or a negative errno
 * @return 125 (BARCO_EXIT_FAILED) for a negative errno, else @p result
 */
int barco_process_exit_status(int result);

/** @} */

#endif
