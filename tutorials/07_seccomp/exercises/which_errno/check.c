/**
 * @file
 * @brief Whether clone3 is hidden, so that threads start and user namespaces do
 * not.
 */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "tutorials/check/check.h"

struct threads {
    pid_t pid;
    long count;
};

/* There, or never to come. */
static bool have_started(void *arg)
{
    const struct threads *threads = arg;

    return atol(status_of(threads->pid, "Threads")) == threads->count ||
           *status_of(threads->pid, "State") == 'Z';
}

static void threads_start(void)
{
    long count = seeded(2, 20);
    struct threads threads = { start("--threads", number(count), NULL),
                               count + 1 };

    eventually(have_started, &threads);
    expect_text("Threads, in /proc/PID/status,",
                status_of(threads.pid, "Threads"), number(count + 1));
    expect_text("Seccomp, in /proc/PID/status,",
                status_of(threads.pid, "Seccomp"), "2");
}

static void clone3_looks_absent(void)
{
    struct run run;

    run_to_end(&run, this_check(), "--call", number(SYS_clone3), "0", "0",
               NULL);
    expect_text("the answer to clone3", run.out, "ENOSYS");
}

static void no_user_namespace(void)
{
    struct run run;

    run_to_end(&run, this_check(), "--call", number(SYS_unshare),
               number(CLONE_NEWUSER), NULL);
    expect_text("the answer to unshare(CLONE_NEWUSER)", run.out, "EPERM");
    run_to_end(&run, this_check(), "--call", number(SYS_clone),
               number(CLONE_NEWUSER | SIGCHLD), NULL);
    expect_text("the answer to clone(CLONE_NEWUSER)", run.out, "EPERM");
}

static void all_else_is_allowed(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "sh", "-c", text("(exit %ld) & wait $!", status), NULL);
    expect_number("the exit status of a command that starts a process",
                  run.status, status);
}

EXERCISE("07_seccomp", "which_errno", AS_LEARNER,
         { "threads start", threads_start },
         { "clone3 looks as if the kernel did not have it",
           clone3_looks_absent },
         { "unshare and clone make no user namespace", no_user_namespace },
         { "all else is allowed", all_else_is_allowed })
