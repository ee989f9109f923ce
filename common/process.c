/**
 * @file
 * @brief One clone3, one wait loop, and nothing left behind.
 *
 * A parent has two things to wait for: the end of its child, and signals that
 * are sent to the parent but meant for the child. Both arrive here as signals,
 * and one sigwaitinfo() waits for both:
 *
 *     somebody --SIGTERM--> parent --SIGTERM--> child
 *                           parent <--SIGCHLD-- child
 *
 * That works only if the signals are blocked before the child exists. Otherwise
 * one that arrives between clone3 and the first sigwaitinfo() is lost, or kills
 * the parent and leaves the child behind. And a SIGCHLD is only a hint: several
 * that arrive at once become one, and it may have come while we waited for
 * another child. So the parent looks first and then sleeps.
 *
 * A child prepares itself before it becomes the command, and that can hang: on
 * a disk, or on a network file system. Until then there is no command to send
 * SIGTERM to, so a signal that ends programs kills the child.
 */
#include "barco/process.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/error.h"
#include "log_inside.h"
#include "process_inside.h"

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

/* The whole process has one signal mask, so the caller's is saved once, however
 * many children there are. A child inherits the copy and restores it at
 * exec. */
static sigset_t callers_mask;
static struct sigaction callers_sigpipe, callers_sigchld;

/* Together, because each child changes all of it, and has to copy each page
 * that it writes to. */
static struct {
    int holders; /* of the copy above */
    bool sigpipe_ignored, took_sigchld;

    /* In a child: */

    /* refers to the parent, which getppid() cannot name from inside a new PID
     * namespace */
    int parent;
    /* the descriptor whose closing tells the parent of the exec */
    int kept;
    /* a page shared with the process that waits for it */
    bool *began;
} self = { .parent = -1, .kept = -1 };

/* All signals that can be sent to us and mean something to the child. Left out
 * are those that report a fault of our own, including SIGPIPE, and those that
 * stop and continue a job, which the terminal sends to the whole process group,
 * child included. */
static void forwarded_signals(sigset_t *set)
{
    static const int not_forwarded[] = { SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,
                                         SIGTRAP, SIGSYS,  SIGABRT, SIGTSTP,
                                         SIGTTIN, SIGTTOU, SIGCONT, SIGPIPE };

    sigfillset(set);
    for (size_t i = 0; i < sizeof(not_forwarded) / sizeof(not_forwarded[0]);
         i++)
        sigdelset(set, not_forwarded[i]);
}

void barco_process_block_signals(void)
{
    const struct sigaction ignore = { .sa_handler = SIG_IGN };
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t set;

    if (self.holders++ > 0)
        return;

    /* If SIGCHLD is ignored (our parent may have set that), the kernel reaps
     * our child behind our back. */
    sigaction(SIGCHLD, &usual, &callers_sigchld);
    /* Our log may have lost its reader: `barco -v ... 2>&1 | head`. */
    sigaction(SIGPIPE, &ignore, &callers_sigpipe);
    self.sigpipe_ignored = true;
    forwarded_signals(&set);
    /* A job of the child's that was killed may have left us in the background,
     * where with `stty tostop` our last message would stop us. */
    sigaddset(&set, SIGTTOU);
    sigprocmask(SIG_BLOCK, &set, &callers_mask);
}

static int restore_sigpipe(void)
{
    if (self.sigpipe_ignored && sigaction(SIGPIPE, &callers_sigpipe, NULL) < 0)
        return BARCO_FAIL(sigaction, "SIGPIPE");
    self.sigpipe_ignored = false;
    return 0;
}

void barco_process_unblock_signals(void)
{
    if (self.holders == 0 || --self.holders > 0)
        return;
    restore_sigpipe();
    sigaction(SIGCHLD, &callers_sigchld, NULL);
    /* One that we took may have been meant for the caller. */
    if (self.took_sigchld)
        kill(getpid(), SIGCHLD);
    self.took_sigchld = false;
    sigprocmask(SIG_SETMASK, &callers_mask, NULL);
}

int barco_process_restore_signal_mask(void)
{
    if (self.began)
        *self.began = true;
    if (self.holders > 0 && sigprocmask(SIG_SETMASK, &callers_mask, NULL) < 0)
        return BARCO_FAIL(sigprocmask, "SIG_SETMASK");
    self.holders = 0;
    /* Until the exec, a child that logs may write to a pipe without a
     * reader. */
    if (barco_log.verbose || barco_log.explain)
        return 0;
    return restore_sigpipe();
}

//! [pdeathsig]
int barco_process_die_with_parent(void)
{
    struct pollfd parent = { .fd = self.parent, .events = POLLIN };

    BARCO_EXPLAIN("if the parent is killed, the kernel kills this process too",
                  "prctl(PR_SET_PDEATHSIG, SIGKILL)");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return BARCO_FAIL(prctl, "PR_SET_PDEATHSIG, SIGKILL");

    /* It may have died just before. The pidfd of a process that has ended is
     * readable. */
    if (poll(&parent, 1, 0) != 0) {
        errno = ESRCH;
        return BARCO_FAIL(poll, "the parent");
    }
    return 0;
}
//! [pdeathsig]

void process_keep(int fd)
{
    self.kept = fd;
}

int process_kept(void)
{
    return self.kept;
}

int process_close_all_but(int keep)
{
    const unsigned first = STDERR_FILENO + 1;

    if (keep > (int)first && close_range(first, (unsigned)keep - 1, 0) < 0)
        return BARCO_FAIL(close_range, "%u, %d, 0", first, keep - 1);
    if (close_range(keep < (int)first ? first : (unsigned)keep + 1, ~0U, 0) < 0)
        return BARCO_FAIL(close_range, "%u, ~0, 0", first);
    if (self.parent != keep)
        self.parent = -1;
    if (self.kept != keep)
        self.kept = -1;
    return 0;
}

int barco_process_wait_for_parent(void)
{
    struct pollfd parent = { .fd = STDIN_FILENO, .events = POLLIN };
    int result;

    if (dup2(self.parent, STDIN_FILENO) < 0)
        return BARCO_FAIL(dup2, "the parent, 0");
    close(STDOUT_FILENO);
    if ((result = process_close_all_but(STDIN_FILENO)) < 0)
        return result;
    while (poll(&parent, 1, -1) < 0)
        if (errno != EINTR)
            return BARCO_FAIL(poll, "the parent");
    return 0;
}

/* What --explain calls this child. */
static void take_place(uint64_t flags)
{
    static bool contained;
    static char name[16];

    if (!barco_log.explain)
        return; /* saves getpid(2) on the way to the command */
    contained = contained || (flags & CLONE_NEWPID);
    snprintf(name, sizeof(name), "PID %d", getpid());
    log_set_place(contained ? name : "child");
}

static void run_child(bool outlives_parent, barco_process_main *main, void *arg)
{
    int result = outlives_parent ? 0 : barco_process_die_with_parent();

    if (result == 0)
        result = main(arg);
    _exit(barco_process_exit_status(result));
}

/* Set by the command's process, read by its parent, and also by the parent of
 * PID 1, whose page PID 1 hands on. No signals are forwarded to a child that
 * outlives us. */
static int share_began(struct barco_process *child)
{
    void *page;

    if (child->began || child->outlives_parent)
        return 0;
    page = mmap(NULL, sizeof(*self.began), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return BARCO_FAIL(mmap, "%zu, MAP_SHARED", sizeof(*self.began));
    child->began = page;
    return 0;
}

bool *process_began(void)
{
    return self.began;
}

/* For --explain. */
static const char *reason(const struct barco_process *child, uint64_t flags)
{
    if (flags & CLONE_NEWPID)
        return "a child in namespaces of its own, where it is PID 1";
    if (child->reaps_orphans)
        return "the command gets a process of its own, and this one stays PID "
               "1";
    return child->outlives_parent ? "a helper that outlives its parent"
                                  : "a child, which will become the command";
}

//! [spawn]
int barco_process_spawn(struct barco_process *child, uint64_t flags,
                        barco_process_main *main, void *arg)
{
    BARCO_CLEANUP(barco_close) int us = pidfd_open(getpid(), 0);
    int pidfd = -1;
    char names[256];
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD,
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
    };
    int result = share_began(child);
    long pid;

    if (result < 0)
        return result;
    if (us < 0)
        return BARCO_FAIL(pidfd_open, "getpid(), 0");
    if (child->cgroup >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)child->cgroup;
    }
    barco_process_block_signals();
    child->blocks_signals = true;

    BARCO_EXPLAIN(
        reason(child, flags), "clone3(%s)",
        barco_flag_names(clone_flags, args.flags, names, sizeof(names)));
    /* Without CLONE_VM the child gets a copy of our memory and our stack, like
     * a child of fork(), and both continue from here. */
    pid = syscall(SYS_clone3, &args, sizeof(args));
    if (pid < 0)
        return BARCO_FAIL(
            clone3, "%s",
            barco_flag_names(clone_flags, args.flags, names, sizeof(names)));
    if (pid == 0) {
        barco_close(&self.parent); /* it refers to our parent's parent */
        self.parent = barco_take_fd(&us);
        self.began = child->began;
        take_place(args.flags);
        run_child(child->outlives_parent, main, arg);
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
    if (barco_process_restore_signal_mask() < 0 || restore_sigpipe() < 0)
        return BARCO_EXIT_FAILED;
    execvp(argv[0], argv);
    result = BARCO_FAIL(execvp, "\"%s\"", argv[0]);
    return result == -ENOENT ? BARCO_EXIT_NOT_FOUND : BARCO_EXIT_CANNOT_RUN;
}
//! [exec]

static void release(struct barco_process *child)
{
    child->pid = 0;
    barco_close(&child->pidfd);
}

/* Reaps the child if it has ended, and in PID 1 every other child that has.
 * `result` gets the status of ours when it has ended. */
static int reap(const struct barco_process *child, int *result)
{
    const pid_t which = child->reaps_orphans ? -1 : child->pid;
    int status;
    pid_t pid;

    while ((pid = waitpid(which, &status, WNOHANG)) > 0)
        if (pid == child->pid)
            *result = WIFSIGNALED(status) ? BARCO_EXIT_SIGNAL + WTERMSIG(status)
                                          : WEXITSTATUS(status);
    /* ECHILD: something else has reaped ours, and no more will come. */
    return pid < 0 && *result < 0 ? BARCO_FAIL(waitpid, "%d, WNOHANG", which)
                                  : 0;
}

/* The terminal sends Ctrl-C to a whole process group: was the command in it?
 * Before it has begun, its process has signals blocked and does not notice. */
static bool group_got_it(const struct barco_process *child, int code)
{
    return *child->began && code == SI_KERNEL &&
           getpgid(child->pid) == getpgrp();
}

/* Whether a signal ends a program that is not prepared for it. */
static bool is_deadly(int signal)
{
    struct sigaction action;

    return signal != SIGURG && signal != SIGWINCH &&
           sigaction(signal, NULL, &action) == 0 &&
           action.sa_handler != SIG_IGN;
}

void barco_process_forward(struct barco_process *child, int signal)
{
    if (!*child->began && is_deadly(signal)) {
        child->ended_by = signal;
        signal = SIGKILL;
    }
    if (pidfd_send_signal(child->pidfd, signal, NULL, 0) < 0 && errno != ESRCH)
        BARCO_WARN("signal %d cannot be passed on: %s", signal,
                   strerror(errno));
}

void process_take_signal(struct barco_process *child, int signal, int code)
{
    if (signal == SIGCHLD)
        self.took_sigchld = true;
    else if (!group_got_it(child, code))
        barco_process_forward(child, signal);
}

int barco_process_wait(struct barco_process *child)
{
    siginfo_t info;
    sigset_t set;
    int status = -1, result;

    if (child->pid <= 0) {
        errno = ECHILD;
        return BARCO_FAIL(waitpid, "%d, there is no child", child->pid);
    }
    forwarded_signals(&set);
    BARCO_EXPLAIN(
        child->reaps_orphans
            ? "PID 1 reaps every process that ends in the container, "
              "and passes signals on to PID 2"
            : "a parent has to reap its child, and passes signals on to "
              "it",
        "waitpid(%d), sigwaitinfo()", child->reaps_orphans ? -1 : child->pid);
    while ((result = reap(child, &status)) == 0 && status < 0) {
        if (sigwaitinfo(&set, &info) >= 0)
            process_take_signal(child, info.si_signo, info.si_code);
        else if (errno != EINTR) /* EINTR: we were stopped and have continued */
            return BARCO_FAIL(sigwaitinfo, "%s", "");
    }
    if (result < 0)
        return result;
    release(child);
    return child->ended_by && status == BARCO_EXIT_SIGNAL + SIGKILL
               ? BARCO_EXIT_SIGNAL + child->ended_by
               : status;
}

/* Does not wait for a child that it could not kill: that might never end. */
static void kill_and_reap(const struct barco_process *child)
{
    if (pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0) < 0 &&
        errno != ESRCH) {
        BARCO_WARN("process %d cannot be killed: %s", child->pid,
                   strerror(errno));
        return;
    }
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

void barco_process_end(struct barco_process *child)
{
    if (child->pid > 0) {
        kill_and_reap(child);
        release(child);
    }
    if (child->began && child->began != self.began)
        munmap(child->began, sizeof(*child->began));
    child->began = NULL;
    if (child->blocks_signals)
        barco_process_unblock_signals();
    child->blocks_signals = false;
}

int barco_process_exit_status(int result)
{
    return result < 0 ? BARCO_EXIT_FAILED : result;
}
