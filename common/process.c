/**
 * @file
 * @brief One clone3, one wait loop, and nothing left behind.
 *
 * A parent has two things to wait for: the end of its child, and signals that
 * somebody sends to the parent and means for the child. Both arrive here as
 * signals, and one sigwaitinfo() waits for both:
 *
 *     somebody --SIGTERM--> parent --SIGTERM--> child
 *                           parent <--SIGCHLD-- child
 *
 * That works only if the signals are blocked before the child exists. Else
 * one that comes between clone3 and the first sigwaitinfo() is lost, or kills
 * the parent and leaves the child behind.
 */
#include "barco/process.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/error.h"

static const struct barco_flag clone_flags[] = {
    { CLONE_NEWUSER, "CLONE_NEWUSER" },
    { CLONE_NEWPID, "CLONE_NEWPID" },
    { CLONE_NEWNS, "CLONE_NEWNS" },
    { CLONE_NEWUTS, "CLONE_NEWUTS" },
    { CLONE_NEWIPC, "CLONE_NEWIPC" },
    { CLONE_NEWNET, "CLONE_NEWNET" },
    { CLONE_NEWCGROUP, "CLONE_NEWCGROUP" },
    { CLONE_PIDFD, "CLONE_PIDFD" },
    { CLONE_INTO_CGROUP, "CLONE_INTO_CGROUP" },
    { 0 },
};

/* The signal mask is the process's own, so what was in it before us is kept
 * once for the process. A child inherits the copy and restores it at exec. */
static sigset_t callers_mask;
static bool signals_taken;

/* In a child: refers to the parent, which getppid() cannot name from inside a
 * new PID namespace. */
static int parent_pidfd = -1;

//! [signals]
/* All that can be sent to us and means something to the child. Not: what
 * reports a fault of our own, and what stops and continues a job, which the
 * terminal sends to the whole process group, child included. */
static void forwarded_signals(sigset_t *set)
{
    static const int ours[] = { SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,
                                SIGTRAP, SIGSYS,  SIGABRT, SIGTSTP,
                                SIGTTIN, SIGTTOU, SIGCONT };

    sigfillset(set);
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        sigdelset(set, ours[i]);
}

static void take_signals(void)
{
    sigset_t set;

    if (signals_taken)
        return;
    signals_taken = true;

    /* An ignored SIGCHLD (a parent of ours may have set that) would make the
     * kernel reap our child behind our back. */
    signal(SIGCHLD, SIG_DFL);
    forwarded_signals(&set);
    /* A job of the child's that was killed may have left us in the background,
     * where with `stty tostop` our last words would stop us. */
    sigaddset(&set, SIGTTOU);
    sigprocmask(SIG_BLOCK, &set, &callers_mask);
}
//! [signals]

void barco_process_let_signals_through(void)
{
    if (signals_taken)
        sigprocmask(SIG_SETMASK, &callers_mask, NULL);
    signals_taken = false;
}

//! [pdeathsig]
int barco_process_die_with_parent(void)
{
    struct pollfd parent = { .fd = parent_pidfd, .events = POLLIN };

    BARCO_EXPLAIN("if the parent is killed, the kernel kills this process too",
                  "prctl(PR_SET_PDEATHSIG, SIGKILL)");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return BARCO_FAIL(prctl, "PR_SET_PDEATHSIG, SIGKILL");

    /* It may have died just before. The pidfd of a dead process is readable. */
    if (poll(&parent, 1, 0) != 0) {
        errno = ESRCH;
        return BARCO_FAIL(poll, "the parent");
    }
    return 0;
}
//! [pdeathsig]

int barco_process_wait_for_parent(void)
{
    struct pollfd parent = { .fd = parent_pidfd, .events = POLLIN };

    while (poll(&parent, 1, -1) < 0)
        if (errno != EINTR)
            return BARCO_FAIL(poll, "the parent");
    return 0;
}

static void run_child(bool keeps, barco_process_main *main, void *arg)
{
    int result = keeps ? 0 : barco_process_die_with_parent();

    if (result == 0)
        result = main(arg);
    _exit(barco_process_exit_status(result));
}

//! [spawn]
int barco_process_spawn(struct barco_process *child, uint64_t flags,
                        barco_process_main *main, void *arg)
{
    BARCO_CLEANUP(barco_close) int self = pidfd_open(getpid(), 0);
    int pidfd = -1;
    char names[256];
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD,
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
    };
    long pid;

    if (child->cgroup >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)child->cgroup;
    }
    if (self < 0)
        return BARCO_FAIL(pidfd_open, "getpid(), 0");
    take_signals();

    BARCO_EXPLAIN(
        flags ? "a child in namespaces of its own" : "a child", "clone3(%s)",
        barco_flag_names(clone_flags, args.flags, names, sizeof(names)));
    /* Without CLONE_VM the child gets a copy of our memory and our stack, like
     * a child of fork(), and both go on from here. */
    pid = syscall(SYS_clone3, &args, sizeof(args));
    if (pid < 0)
        return BARCO_FAIL(
            clone3, "%s",
            barco_flag_names(clone_flags, args.flags, names, sizeof(names)));
    if (pid == 0) {
        parent_pidfd = barco_take_fd(&self);
        run_child(child->keeps, main, arg);
    }
    child->pid = (pid_t)pid;
    child->pidfd = pidfd;
    return 0;
}
//! [spawn]

//! [exec]
int barco_process_exec(char *const argv[])
{
    int result;

    BARCO_EXPLAIN("this process becomes the command", "execvp(\"%s\")",
                  argv[0]);
    barco_process_let_signals_through();
    execvp(argv[0], argv);
    result = BARCO_FAIL(execvp, "\"%s\"", argv[0]);
    return result == -ENOENT ? BARCO_EXIT_NOT_FOUND : BARCO_EXIT_CANNOT_RUN;
}
//! [exec]

static void forget(struct barco_process *child)
{
    child->pid = 0;
    barco_close(&child->pidfd);
}

//! [wait]
/* Takes every child that has ended; the status of ours, or -1. */
static int reap(pid_t ours)
{
    int status, result = -1;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == ours)
            result = WIFSIGNALED(status) ? BARCO_EXIT_SIGNAL + WTERMSIG(status)
                                         : WEXITSTATUS(status);
    return result;
}

/* The terminal sends Ctrl-C to a whole process group; has the child had it? */
static bool had_it(const struct barco_process *child, const siginfo_t *info)
{
    return info->si_code == SI_KERNEL && getpgid(child->pid) == getpgrp();
}

int barco_process_wait(struct barco_process *child)
{
    siginfo_t info;
    sigset_t set;
    int status = -1;

    forwarded_signals(&set);
    while (status < 0) {
        if (sigwaitinfo(&set, &info) < 0)
            continue; /* EINTR: we were stopped and go on */
        if (info.si_signo == SIGCHLD) {
            /* Several that come at once are one: so look, whatever it says. */
            status = reap(child->pid);
        } else if (!had_it(child, &info)) {
            pidfd_send_signal(child->pidfd, info.si_signo, NULL, 0);
        }
    }
    forget(child);
    return status;
}
//! [wait]

void barco_process_end(struct barco_process *child)
{
    if (child->pid > 0) {
        pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        forget(child);
    }
    barco_process_let_signals_through();
}

int barco_process_exit_status(int result)
{
    return result < 0 ? BARCO_EXIT_FAILED : result;
}
