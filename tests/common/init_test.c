/**
 * @file
 * @brief PID 1: reaps, forwards, and takes everybody along.
 */
#include "barco/init.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static int be_init(void *arg)
{
    return barco_init_run(*(barco_process_main **)arg, NULL);
}

static int under_init(barco_process_main *command)
{
    return run_in(CLONE_NEWPID, be_init, &command);
}

static int report_pids(void *arg)
{
    (void)arg;
    return getpid() * 10 + getppid();
}

static void the_command_is_pid_2_and_its_parent_pid_1(void)
{
    CU_ASSERT_EQUAL(under_init(report_pids), 21);
}

/* Orphans: the middle process ends at once, the last one a moment later. */
static void make_orphan(void)
{
    pid_t middle = fork();

    if (middle == 0) {
        if (fork() == 0)
            usleep(1000);
        _exit(0);
    }
    waitpid(middle, NULL, 0);
}

/* Pids of a namespace are given out in order, so the orphans' are known: a
 * zombie still answers kill(pid, 0). */
static int make_many_orphans(void *arg)
{
    enum {
        ORPHANS = 200
    };
    int left = 0;

    (void)arg;
    for (int i = 0; i < ORPHANS; i++)
        make_orphan();
    for (int try = 0; try < 500; try++) {
        left = 0;
        for (pid_t pid = 3; pid < 3 + 2 * ORPHANS; pid++)
            left += kill(pid, 0) == 0;
        if (left == 0)
            break;
        usleep(10000);
    }
    return left > 100 ? 100 : left;
}

static void a_flood_of_zombies_is_reaped(void)
{
    CU_ASSERT_EQUAL(under_init(make_many_orphans), 0);
}

static int signal_pid_1(void *arg)
{
    sigset_t set;
    int sig;

    (void)arg;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    kill(1, SIGTERM);
    return sigwait(&set, &sig) == 0 && sig == SIGTERM ? 42 : 1;
}

static void a_signal_to_pid_1_reaches_the_command(void)
{
    CU_ASSERT_EQUAL(under_init(signal_pid_1), 42);
}

static int leave_a_daemon(void *arg)
{
    (void)arg;
    if (fork() == 0) {
        setsid();
        for (;;)
            pause();
    }
    return 3;
}

static void the_end_of_the_command_ends_its_daemons(void)
{
    struct leftovers before = count_leftovers();

    CU_ASSERT_EQUAL(under_init(leave_a_daemon), 3);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("init",
      { "the command is PID 2 and its parent PID 1",
        the_command_is_pid_2_and_its_parent_pid_1 },
      { "a flood of zombies is reaped", a_flood_of_zombies_is_reaped },
      { "a signal to PID 1 reaches the command",
        a_signal_to_pid_1_reaches_the_command },
      { "the end of the command ends its daemons",
        the_end_of_the_command_ends_its_daemons })
