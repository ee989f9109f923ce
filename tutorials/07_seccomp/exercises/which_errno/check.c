/**
 * @file
 * @brief Whether each call gets the answer that lets programs continue, and
 * none makes a user namespace.
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

/* What the kernel answers to a call that a command makes. */
static void expect_answer(const char *answer, const char *call, long nr,
                          long argument)
{
    struct run run;

    run_to_end(&run, this_check(), "--call", number(nr), number(argument),
               NULL);
    expect_text(text("the answer to %s", call), run.out, answer);
}

static void clone3_looks_absent(void)
{
    expect_answer("ENOSYS", "clone3", SYS_clone3, 0);
}

/* Without the filter the first answers EBADF, EINVAL or EFAULT. */
static void newer_calls_look_absent(void)
{
    long call = seeded(437, 442); /* openat2 to mount_setattr */
    const char *file = text("%s/%s", folder(), seeded_word());
    struct run run;

    expect_answer("ENOSYS", text("call number %ld", call), call, -1);
    run_to_end(&run, "--readable", "/etc/passwd", NULL);
    expect_number("the exit status for /etc/passwd", run.status, 0);
    run_to_end(&run, "--readable", file, NULL);
    expect_number(text("the exit status for %s, which does not exist,", file),
                  run.status, 1);
}

static void no_user_namespace(void)
{
    expect_answer("EPERM", "unshare(CLONE_NEWUSER)", SYS_unshare,
                  CLONE_NEWUSER);
    expect_answer("EPERM", "unshare(CLONE_NEWUSER | CLONE_FS)", SYS_unshare,
                  CLONE_NEWUSER | CLONE_FS);
    expect_answer("EPERM", "clone(CLONE_NEWUSER)", SYS_clone,
                  CLONE_NEWUSER | SIGCHLD);
}

static void they_may_do_all_else(void)
{
    long status = seeded(1, 99);
    struct run run;

    expect_answer("0", "unshare(CLONE_FS)", SYS_unshare, CLONE_FS);
    run_to_end(&run, "sh", "-c", text("(exit %ld) & wait $!", status), NULL);
    expect_number("the exit status of a command that starts a process",
                  run.status, status);
}

EXERCISE("07_seccomp", "which_errno", AS_LEARNER,
         { "threads start", threads_start },
         { "clone3 looks as if the kernel did not have it",
           clone3_looks_absent },
         { "a newer call looks as if the kernel did not have it",
           newer_calls_look_absent },
         { "unshare and clone make no user namespace", no_user_namespace },
         { "unshare and clone may do all else", they_may_do_all_else })
