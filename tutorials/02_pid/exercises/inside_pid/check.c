/**
 * @file
 * @brief Whether a process is found by its innermost number.
 */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* A child that dies when we do, so that nothing is left of a test. */
static pid_t fork_bound(void)
{
    pid_t pid = fork();

    if (pid < 0)
        abort();
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

static void wait_and_exit(pid_t pid)
{
    waitpid(pid, NULL, 0);
    _exit(0);
}

/* Goes down into so many PID namespaces, and becomes a process there that has
   this number and name. */
static void go_down(long depth, long pid, const char *comm)
{
    pid_t child;

    for (; depth > 0; depth--) {
        if (unshare(CLONE_NEWPID) < 0)
            abort();
        child = fork_bound();
        if (child > 0)
            wait_and_exit(child);
    }
    /* We are number 1. Some have to come, and go, before its number is free. */
    while ((child = fork_bound()) > 0 && child < pid)
        waitpid(child, NULL, 0);
    if (child > 0)
        wait_and_exit(child);
    if (getpid() < pid)
        _exit(0);
    prctl(PR_SET_NAME, comm);
    for (;;)
        pause();
}

static const char *without_newline(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    return line;
}

/* Asks the program about a process that many PID namespaces below us. */
static void expect_found(long depth)
{
    const char *comm = seeded_word();
    long pid = seeded(3, 40);
    pid_t outermost = fork_bound(), wanted;
    struct run run;

    if (outermost == 0)
        go_down(depth, pid, comm);
    wanted = find_in(outermost, comm);
    run_to_end(&run, number(wanted), NULL);
    expect_text(
        text("what is printed of process %d, at depth %ld", wanted, depth),
        without_newline(run.out), number(pid));
    kill(outermost, SIGKILL);
    waitpid(outermost, NULL, 0);
}

static void in_a_container(void)
{
    expect_found(1);
}

static void in_containers_in_it(void)
{
    expect_found(2);
    expect_found(seeded(3, 6));
}

static void in_our_own(void)
{
    struct run run;

    run_to_end(&run, number(getpid()), NULL);
    expect_text("what is printed of a process of the host",
                without_newline(run.out), number(getpid()));
}

static void of_none(void)
{
    struct run run;
    pid_t gone = fork_bound();

    if (gone == 0)
        _exit(0);
    waitpid(gone, NULL, 0);
    run_to_end(&run, number(gone), NULL);
    expect_number("the exit status for a process that has ended", run.status,
                  1);
}

EXERCISE("02_pid", "inside_pid", AS_LEARNER,
         { "a process of a container is found", in_a_container },
         { "a process of nested containers is found", in_containers_in_it },
         { "a process of the host has one number", in_our_own },
         { "no process has no number", of_none })
