/**
 * @file
 * @brief Start, signals, wait, exit status, and nothing left behind.
 */
#include "barco/process.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/error.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static int return_it(void *arg)
{
    return *(int *)arg;
}

static int kill_ourselves(void *arg)
{
    kill(getpid(), *(int *)arg);
    pause();
    return 0;
}

static int exec_it(void *arg)
{
    return barco_process_exec(arg);
}

static int status_of(barco_process_main *main, void *arg)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;

    CU_ASSERT_EQUAL_FATAL(barco_process_spawn(&child, 0, main, arg), 0);
    return barco_process_wait(&child);
}

static void the_exit_status_is_the_childs(void)
{
    int seven = 7, negative = -EIO;

    CU_ASSERT_EQUAL(status_of(return_it, &seven), 7);
    CU_ASSERT_EQUAL(status_of(return_it, &negative), BARCO_EXIT_FAILED);
}

static void a_signal_that_ends_it_is_128_plus_its_number(void)
{
    int sig = SIGKILL;

    CU_ASSERT_EQUAL(status_of(kill_ourselves, &sig), 128 + SIGKILL);
}

static void a_command_that_is_not_there_is_127(void)
{
    char *missing[] = { "/no/such/program", NULL };
    char *directory[] = { "/", NULL };

    CU_ASSERT_EQUAL(status_of(exec_it, missing), 127);
    CU_ASSERT_EQUAL(status_of(exec_it, directory), 126);
}

static int send_to_parent(void *arg)
{
    sigset_t set;
    int sig;

    (void)arg;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    kill(getppid(), SIGUSR1);
    return sigwait(&set, &sig) == 0 && sig == SIGUSR1 ? 42 : 1;
}

static void a_signal_is_forwarded_to_the_child(void)
{
    CU_ASSERT_EQUAL(status_of(send_to_parent, NULL), 42);
}

static void an_ignored_sigchld_loses_no_status(void)
{
    int five = 5;

    signal(SIGCHLD, SIG_IGN);
    CU_ASSERT_EQUAL(status_of(return_it, &five), 5);
    signal(SIGCHLD, SIG_DFL);
}

static void the_signal_mask_is_given_back(void)
{
    int zero = 0;
    sigset_t set;

    status_of(return_it, &zero);
    sigprocmask(SIG_BLOCK, NULL, &set);
    CU_ASSERT_FALSE(sigismember(&set, SIGTERM));
}

static int wait_for_ever(void *arg)
{
    (void)arg;
    while (pause() < 0)
        ;
    return 0;
}

static void a_scope_kills_its_child(void)
{
    pid_t pid;

    {
        BARCO_CLEANUP(barco_process_end)
        struct barco_process child = BARCO_NO_PROCESS;

        CU_ASSERT_EQUAL(barco_process_spawn(&child, 0, wait_for_ever, NULL), 0);
        pid = child.pid;
        CU_ASSERT_EQUAL(kill(pid, 0), 0);
    }
    CU_ASSERT_EQUAL(kill(pid, 0), -1);
    CU_ASSERT_EQUAL(errno, ESRCH);
}

static bool is_gone(const void *arg)
{
    return kill(*(const pid_t *)arg, 0) < 0;
}

/* A parent that starts a child, tells who it is, and is killed. */
static void the_child_dies_with_its_parent(void)
{
    int ends[2];
    pid_t parent, child = 0;

    /* An orphan of the killed parent comes to us, to be reaped. */
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    parent = fork();
    if (parent == 0) {
        struct barco_process grandchild = BARCO_NO_PROCESS;

        barco_process_spawn(&grandchild, 0, wait_for_ever, NULL);
        if (write(ends[1], &grandchild.pid, sizeof(pid_t)) < 0)
            _exit(1);
        wait_for_ever(NULL);
    }
    CU_ASSERT_EQUAL(read(ends[0], &child, sizeof(child)), sizeof(child));
    CU_ASSERT_EQUAL(kill(child, 0), 0);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    CU_ASSERT_TRUE(eventually(is_gone, &child));
    close(ends[0]);
    close(ends[1]);
}

SUITE("process",
      { "the exit status is the child's", the_exit_status_is_the_childs },
      { "a signal that ends it is 128 plus its number",
        a_signal_that_ends_it_is_128_plus_its_number },
      { "a command that is not there is 127, one that cannot run 126",
        a_command_that_is_not_there_is_127 },
      { "a signal is forwarded to the child",
        a_signal_is_forwarded_to_the_child },
      { "an ignored SIGCHLD loses no status",
        an_ignored_sigchld_loses_no_status },
      { "the signal mask is given back", the_signal_mask_is_given_back },
      { "a scope kills its child", a_scope_kills_its_child },
      { "the child dies with its parent", the_child_dies_with_its_parent })
