/**
 * @file
 * @brief PID 1: reaps, forwards, and takes everybody along.
 */
#include "barco/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/refuse.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static const struct barco_init init;

static int be_init(void *arg)
{
    return barco_init_run(&init, *(barco_process_main **)arg, NULL);
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

static int be_without_init(void *arg)
{
    static const struct barco_init none = { .none = true };

    return barco_init_run(&none, report_pids, arg);
}

static void without_init_the_command_is_pid_1(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWPID, be_without_init, NULL), 10);
}

/* Orphans: the middle process ends at once, the last one when PID 1 has become
 * its parent. */
static void make_orphan(void)
{
    pid_t middle = fork();

    if (middle == 0) {
        if (fork() == 0)
            while (getppid() != 1)
                sched_yield();
        _exit(0);
    }
    waitpid(middle, NULL, 0);
}

enum {
    ORPHANS = 200
};

/* Pids of a namespace are given out in order, so the orphans' are known: a
 * zombie still answers kill(pid, 0). */
static bool all_are_reaped(const void *arg)
{
    (void)arg;
    for (pid_t pid = 3; pid < 3 + 2 * ORPHANS; pid++)
        if (kill(pid, 0) == 0)
            return false;
    return true;
}

static int make_many_orphans(void *arg)
{
    for (int i = 0; i < ORPHANS; i++)
        make_orphan();
    return eventually(all_are_reaped, arg) ? 42 : 1;
}

static void a_flood_of_zombies_is_reaped(void)
{
    CU_ASSERT_EQUAL(under_init(make_many_orphans), 42);
}

static volatile sig_atomic_t caught;

static void catch_it(int sig)
{
    caught = sig;
}

static bool was_caught(const void *arg)
{
    (void)arg;
    return caught != 0;
}

static int signal_pid_1(void *arg)
{
    signal(SIGTERM, catch_it);
    barco_process_restore_signal_mask();
    kill(1, SIGTERM);
    return eventually(was_caught, arg) ? 42 : 1;
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

/* ---- Its title ---------------------------------------------------------- */

static char own_line[4096];

/* The line of PID 1, which has another number where /proc is the host's; and
 * the words of the test itself, which asked cli.c for nothing. */
static int look_at_lines(void *arg)
{
    char text[4096], path[64];
    const char *parent;

    (void)arg;
    parent =
        strstr(read_text("/proc/self/status", text, sizeof(text)), "\nPPid:");
    snprintf(path, sizeof(path), "/proc/%d/cmdline",
             parent ? atoi(parent + 6) : 0);
    memset(text, 'x', sizeof(text));
    read_text(path, text, sizeof(text));
    if (strcmp(text, "init") != 0 || text[6] != 'x')
        return 1;
    read_text("/proc/self/cmdline", text, sizeof(text));
    return strcmp(text, own_line) == 0 ? 42 : 2;
}

static void only_pid_1_is_called_init(void)
{
    read_text("/proc/self/cmdline", own_line, sizeof(own_line));
    CU_ASSERT_PTR_NOT_NULL(strstr(own_line, "init_test"));
    CU_ASSERT_EQUAL(under_init(look_at_lines), 42);
}

/* ---- What it shows ------------------------------------------------------ */

/* The program of PID 1 is the host's; one that can be traced shows it. */
static int look_into_pid_1(void *arg)
{
    char path[64], target[64];

    snprintf(path, sizeof(path), "/proc/%d/exe", *(pid_t *)arg);
    return readlink(path, target, sizeof(target)) < 0 && errno == EACCES ? 42
                                                                         : 1;
}

static int be_init_on_the_host(void *arg)
{
    pid_t self = getpid();

    (void)arg;
    return barco_init_run(&init, look_into_pid_1, &self);
}

/* Root could trace it all the same, by a capability on the host. */
static void an_ordinary_user_cannot_look_into_pid_1(void)
{
    CU_ASSERT_EQUAL(run_in(0, be_init_on_the_host, NULL), 42);
}

/* Besides 0, 1 and 2 only PID 2, which is not a file. */
static bool holds_only_its_child(const void *arg)
{
    char path[64], target[64];
    int held = 0;

    for (int fd = 3; fd < 30; fd++) {
        ssize_t length;

        snprintf(path, sizeof(path), "/proc/%d/fd/%d", *(const pid_t *)arg, fd);
        length = readlink(path, target, sizeof(target) - 1);
        target[length < 0 ? 0 : length] = '\0';
        held += length > 0 ? 1 : 0;
        if (length > 0 && strcmp(target, "anon_inode:[pidfd]") != 0)
            return false;
    }
    return held == 1;
}

static int look_for_the_host(void *arg)
{
    char path[64], byte;
    FILE *words;
    int seen = 0;

    if (!eventually(holds_only_its_child, arg))
        return 1;
    snprintf(path, sizeof(path), "/proc/%d/environ", *(pid_t *)arg);
    words = fopen(path, "re");
    while (words && fread(&byte, 1, 1, words) == 1)
        seen += byte ? 1000 : 1;
    if (words)
        fclose(words);
    return seen > 0 && seen < 1000 ? 42 : 2;
}

/* With two numbers that are free, for a pidfd of each of the two. */
static int be_init_with_descriptors(void *arg)
{
    pid_t self = getpid();

    (void)arg;
    for (int fd = 3; fd < 20; fd++)
        if (fd != 10 && fd != 11 && fcntl(fd, F_GETFD) < 0)
            dup2(STDIN_FILENO, fd);
    return barco_init_run(&init, look_for_the_host, &self);
}

/* An ordinary user may not look. */
static void pid_1_holds_nothing_of_the_host(void)
{
    CU_ASSERT_EQUAL(run_in(0, be_init_with_descriptors, NULL), 42);
}

/* ---- A protection that cannot be set up --------------------------------- */

static int return_42(void *arg)
{
    (void)arg;
    return 42;
}

static int be_init_that_can_be_looked_into(void *arg)
{
    (void)arg;
    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_prctl, 0, PR_SET_DUMPABLE, EINVAL);
    return barco_init_run(&init, return_42, NULL);
}

static void no_command_runs_under_a_pid_1_that_can_be_looked_into(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWPID, be_init_that_can_be_looked_into, NULL),
                    125);
}

SUITE("init",
      { "the command is PID 2 and its parent PID 1",
        the_command_is_pid_2_and_its_parent_pid_1 },
      { "without init the command is PID 1",
        without_init_the_command_is_pid_1 },
      { "a flood of zombies is reaped", a_flood_of_zombies_is_reaped },
      { "a signal to PID 1 reaches the command",
        a_signal_to_pid_1_reaches_the_command },
      { "the end of the command ends its daemons",
        the_end_of_the_command_ends_its_daemons },
      { "only PID 1 is called init", only_pid_1_is_called_init },
      { "an ordinary user cannot look into PID 1",
        an_ordinary_user_cannot_look_into_pid_1, AS_LEARNER },
      { "PID 1 holds nothing of the host", pid_1_holds_nothing_of_the_host,
        AS_ROOT },
      { "no command runs under a PID 1 that can be looked into",
        no_command_runs_under_a_pid_1_that_can_be_looked_into })
