/**
 * @file
 * @brief Start, signals, wait, exit status, and nothing left behind.
 */
#include "barco/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/error.h"
#include "tests/lib/errors.h"
#include "tests/lib/refuse.h"
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

/* What might hang is left to wait_stage(), which has a time limit. */
static int in_a_fork(int (*main)(void *arg), void *arg)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(main(arg));
    return wait_stage(pid);
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

static volatile sig_atomic_t caught;

static void catch_it(int sig)
{
    (void)sig;
    caught++;
}

/* A command that is prepared for a signal does this. */
static void be_a_command_with_a_handler(int sig)
{
    signal(sig, catch_it);
    barco_process_restore_signal_mask();
}

static bool was_caught(const void *arg)
{
    (void)arg;
    return caught > 0;
}

static int send_to_parent(void *arg)
{
    be_a_command_with_a_handler(SIGUSR1);
    kill(getppid(), SIGUSR1);
    return eventually(was_caught, arg) ? 42 : 1;
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

/* ---- Several children --------------------------------------------------- */

static void children_are_waited_for_in_any_order(void)
{
    struct barco_process child[3] = { BARCO_NO_PROCESS, BARCO_NO_PROCESS,
                                      BARCO_NO_PROCESS };
    int statuses[3] = { 10, 11, 12 };
    pid_t own = fork();

    if (own == 0)
        _exit(13);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(
            barco_process_spawn(&child[i], 0, return_it, &statuses[i]), 0);
    for (int i = 2; i >= 0; i--)
        CU_ASSERT_EQUAL(barco_process_wait(&child[i]), statuses[i]);
    /* The caller's own is the caller's to wait for. */
    CU_ASSERT_EQUAL(wait_stage(own), 13);
    for (int i = 0; i < 3; i++)
        barco_process_end(&child[i]);
}

static bool is_zombie(const void *pid)
{
    siginfo_t info = { 0 };

    return waitid(P_PID, *(const id_t *)pid, &info,
                  WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* The SIGCHLD of the first has been taken when the wait for it begins. */
static int wait_without_a_sigchld(void *arg)
{
    struct barco_process first = BARCO_NO_PROCESS, second = BARCO_NO_PROCESS;
    int five = 5, six = 6;

    (void)arg;
    if (barco_process_spawn(&first, 0, return_it, &five) < 0 ||
        !eventually(is_zombie, &first.pid) ||
        barco_process_spawn(&second, 0, return_it, &six) < 0 ||
        !eventually(is_zombie, &second.pid))
        return 1;
    return barco_process_wait(&second) * 10 + barco_process_wait(&first);
}

static void one_that_ended_long_ago_needs_no_sigchld(void)
{
    CU_ASSERT_EQUAL(in_a_fork(wait_without_a_sigchld, NULL), 65);
}

static int count_pidfds(void *arg)
{
    char path[64], link[64];
    int count = 0;

    (void)arg;
    for (int fd = 0; fd < 100; fd++) {
        ssize_t n;

        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        n = readlink(path, link, sizeof(link) - 1);
        link[n < 0 ? 0 : n] = '\0';
        count += strcmp(link, "anon_inode:[pidfd]") == 0;
    }
    return count;
}

static int count_in_a_grandchild(void *arg)
{
    return status_of(count_pidfds, arg);
}

static void a_child_knows_its_parent_and_no_other(void)
{
    CU_ASSERT_EQUAL(count_pidfds(NULL), 0);
    CU_ASSERT_EQUAL(status_of(count_pidfds, NULL), 1);
    CU_ASSERT_EQUAL(status_of(count_in_a_grandchild, NULL), 1);
    CU_ASSERT_EQUAL(count_pidfds(NULL), 0);
}

/* ---- What the caller gets back ------------------------------------------ */

static struct signals {
    unsigned char mask[65];
    struct sigaction chld, pipe;
} before, after;

static struct signals read_signals(void)
{
    struct signals signals = { 0 };
    sigset_t set;

    sigprocmask(SIG_BLOCK, NULL, &set);
    for (int i = 1; i <= 64; i++)
        signals.mask[i] = sigismember(&set, i) == 1;
    sigaction(SIGCHLD, NULL, &signals.chld);
    sigaction(SIGPIPE, NULL, &signals.pipe);
    return signals;
}

static bool same_action(const struct sigaction *a, const struct sigaction *b)
{
    return a->sa_handler == b->sa_handler && a->sa_flags == b->sa_flags &&
           sigismember(&a->sa_mask, SIGUSR1) ==
               sigismember(&b->sa_mask, SIGUSR1);
}

static bool are_given_back(void)
{
    after = read_signals();
    return memcmp(before.mask, after.mask, sizeof(before.mask)) == 0 &&
           same_action(&before.chld, &after.chld) &&
           same_action(&before.pipe, &after.pipe);
}

/* Nested children, ended in another order, in a scope that blocks signals
 * itself. */
static void run_nested(void)
{
    struct barco_process one = BARCO_NO_PROCESS, two = BARCO_NO_PROCESS;
    int zero = 0;

    barco_process_block_signals();
    barco_process_spawn(&one, 0, return_it, &zero);
    barco_process_spawn(&two, 0, wait_for_ever, NULL);
    barco_process_wait(&one);
    barco_process_end(&one);
    CU_ASSERT_FALSE(are_given_back());
    barco_process_end(&two);
    CU_ASSERT_FALSE(are_given_back());
    barco_process_unblock_signals();
}

static void mask_and_dispositions_are_given_back(void)
{
    static const struct sigaction handler = { .sa_handler = catch_it,
                                              .sa_flags = SA_RESTART };
    const struct sigaction actions[] = { { .sa_handler = SIG_DFL },
                                         { .sa_handler = SIG_IGN },
                                         handler };
    int zero = 0;
    sigset_t usr2;

    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    sigprocmask(SIG_BLOCK, &usr2, NULL);
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        struct sigaction chld = actions[i], broken = actions[2 - i];

        sigaddset(&chld.sa_mask, SIGUSR1);
        sigaction(SIGCHLD, &chld, NULL);
        sigaction(SIGPIPE, &broken, NULL);
        before = read_signals();
        status_of(return_it, &zero);
        CU_ASSERT_TRUE(are_given_back());
        run_nested();
        CU_ASSERT_TRUE(are_given_back());
    }
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &usr2, NULL);
}

/* A child of the caller's own ends while barco waits for another one. */
static void the_caller_s_handler_hears_of_its_own_child(void)
{
    int zero = 0;
    pid_t own;

    signal(SIGCHLD, catch_it);
    barco_process_block_signals();
    own = fork();
    if (own == 0)
        _exit(9);
    CU_ASSERT_TRUE(eventually(is_zombie, &own));
    status_of(return_it, &zero);
    caught = 0;
    barco_process_unblock_signals();
    CU_ASSERT_TRUE(caught > 0);
    CU_ASSERT_EQUAL(wait_stage(own), 9);
    signal(SIGCHLD, SIG_DFL);
    caught = 0;
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

/* ---- Before the command ------------------------------------------------- */

/* A start that hangs: the signals are blocked, and nobody waits for them. */
static int send_and_hang(void *arg)
{
    kill(getppid(), *(int *)arg);
    return wait_for_ever(NULL);
}

static int hang_and_wait(void *arg)
{
    return status_of(send_and_hang, arg);
}

static int send_and_end(void *arg)
{
    kill(getppid(), *(int *)arg);
    return 5;
}

static void a_signal_ends_a_start_that_hangs(void)
{
    static const int deadly[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1 };

    for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
        int sig = deadly[i];

        CU_ASSERT_EQUAL(in_a_fork(hang_and_wait, &sig), 128 + sig);
    }
}

static void a_signal_that_ends_nobody_does_not_end_a_start(void)
{
    int winch = SIGWINCH, hup = SIGHUP;

    CU_ASSERT_EQUAL(status_of(send_and_end, &winch), 5);
    signal(SIGHUP, SIG_IGN); /* as nohup(1) does */
    CU_ASSERT_EQUAL(status_of(send_and_end, &hup), 5);
    signal(SIGHUP, SIG_DFL);
}

/* ---- Terminal and pipe -------------------------------------------------- */

/* How often Ctrl-C arrives: it is there at once, and a second one would come
 * from our parent. */
static int count_interrupts(void *arg)
{
    be_a_command_with_a_handler(SIGINT);
    if (write(STDOUT_FILENO, "ready", 5) < 0)
        return 1;
    eventually(was_caught, arg);
    /* Nothing can show that no second one will come, so wait for half a
     * second. */
    for (int i = 0; i < 50; i++)
        usleep(10000);
    return 10 + caught;
}

static void ctrl_c_is_delivered_once(void)
{
    char text[6] = "";
    int terminal;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

    if (pid == 0)
        _exit(status_of(count_interrupts, NULL));
    CU_ASSERT_EQUAL(read(terminal, text, 5), 5);
    CU_ASSERT_EQUAL(write(terminal, "\x03", 1), 1);
    CU_ASSERT_EQUAL(wait_stage(pid), 11);
    close(terminal);
}

/* With a log that nobody reads, as in `barco -v ... 2>&1 | true`. */
static int log_into_the_void(void *arg)
{
    int ends[2], status;

    if (pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return 1;
    close(ends[0]);
    close(ends[1]);
    barco_log.verbose = true;
    barco_process_block_signals();
    BARCO_INFO("%s", "a line");
    status = status_of(exec_it, arg);
    BARCO_INFO("%s", "a line");
    return status;
}

static void a_log_that_nobody_reads_kills_nobody(void)
{
    char sh[] = "sh", dash_c[] = "-c", script[] = "exit 5";
    char *argv[] = { sh, dash_c, script, NULL };

    CU_ASSERT_EQUAL(in_a_fork(log_into_the_void, argv), 5);
}

/* Whether SIGPIPE ends it, as the caller had it. */
static void the_command_has_sigpipe_as_the_caller_had_it(void)
{
    char sh[] = "sh", dash_c[] = "-c", script[] = "kill -PIPE $$; exit 5";
    char *argv[] = { sh, dash_c, script, NULL };

    for (int logs = 0; logs < 2; logs++) {
        barco_log.verbose = logs;
        CU_ASSERT_EQUAL(status_of(exec_it, argv), 128 + SIGPIPE);
        signal(SIGPIPE, SIG_IGN);
        CU_ASSERT_EQUAL(status_of(exec_it, argv), 5);
        CU_ASSERT_PTR_EQUAL(signal(SIGPIPE, SIG_DFL), SIG_IGN);
    }
    barco_log.verbose = false;
}

/* ---- Calls that fail ---------------------------------------------------- */

/* A child that has ended, or will. */
static struct barco_process spawn_it(barco_process_main *main)
{
    struct barco_process child = BARCO_NO_PROCESS;
    static int five = 5;

    barco_error_set_sink(be_quiet, NULL);
    if (barco_process_spawn(&child, 0, main, &five) < 0)
        _exit(1);
    return child;
}

static int wait_without_waitpid(void *arg)
{
    struct barco_process child = spawn_it(return_it);

    (void)arg;
    refuse_call(SYS_wait4, ANY_ARG, 0, ENOMEM);
    return barco_process_wait(&child) == -ENOMEM ? 42 : 2;
}

static int wait_for_who_is_reaped(void *arg)
{
    struct barco_process child = spawn_it(return_it);

    (void)arg;
    waitpid(child.pid, NULL, 0);
    return barco_process_wait(&child) == -ECHILD ? 42 : 2;
}

static int wait_without_sigwaitinfo(void *arg)
{
    struct barco_process child = spawn_it(wait_for_ever);

    (void)arg;
    refuse_call(SYS_rt_sigtimedwait, ANY_ARG, 0, EINVAL);
    return barco_process_wait(&child) == -EINVAL ? 42 : 2;
}

static int end_without_kill(void *arg)
{
    struct barco_process child = spawn_it(wait_for_ever);

    (void)arg;
    refuse_call(SYS_pidfd_send_signal, ANY_ARG, 0, EPERM);
    close(STDERR_FILENO);
    barco_process_end(&child);
    return 42; /* and the child dies with its parent */
}

static void a_call_that_fails_ends_the_wait(void)
{
    CU_ASSERT_EQUAL(in_a_fork(wait_without_waitpid, NULL), 42);
    CU_ASSERT_EQUAL(in_a_fork(wait_for_who_is_reaped, NULL), 42);
    CU_ASSERT_EQUAL(in_a_fork(wait_without_sigwaitinfo, NULL), 42);
    CU_ASSERT_EQUAL(in_a_fork(end_without_kill, NULL), 42);
}

/* ---- The end of the parent ---------------------------------------------- */

static bool has_ended(const void *arg)
{
    return kill(*(const pid_t *)arg, 0) < 0;
}

struct late {
    pid_t parent;
    int answer;
};

/* The kernel sends a signal at the end of a parent, and none if that is over.
 */
static int ask_too_late(void *arg)
{
    const struct late *late = arg;
    int result;

    barco_error_set_sink(be_quiet, NULL);
    while (getppid() == late->parent)
        sched_yield();
    result = barco_process_die_with_parent();
    return write(late->answer, &result, sizeof(result)) < 0;
}

static void a_child_whose_parent_has_died_does_not_go_on(void)
{
    int ends[2], result = 0;
    pid_t parent;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    parent = fork();
    if (parent == 0) {
        struct barco_process grandchild = BARCO_NO_PROCESS;
        struct late late = { getpid(), ends[1] };

        grandchild.outlives_parent = true;
        _exit(barco_process_spawn(&grandchild, 0, ask_too_late, &late) < 0);
    }
    close(ends[1]);
    CU_ASSERT_EQUAL(wait_stage(parent), 0);
    CU_ASSERT_EQUAL(read(ends[0], &result, sizeof(result)), sizeof(result));
    CU_ASSERT_EQUAL(result, -ESRCH);
    close(ends[0]);
}

/* By then the kernel knows what to do when the parent ends. */
static int report_pid_and_wait(void *arg)
{
    pid_t self = getpid();

    if (write(*(int *)arg, &self, sizeof(self)) < 0)
        return 1;
    return wait_for_ever(NULL);
}

/* A parent that starts a child, which reports its pid, and is killed. */
static void the_child_dies_with_its_parent(void)
{
    int ends[2];
    pid_t parent, child = 0;
    bool ended;

    /* An orphan of the killed parent comes to us, to be reaped. */
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    parent = fork();
    if (parent == 0) {
        struct barco_process grandchild = BARCO_NO_PROCESS;

        barco_process_spawn(&grandchild, 0, report_pid_and_wait, &ends[1]);
        wait_for_ever(NULL);
    }
    CU_ASSERT_EQUAL(read(ends[0], &child, sizeof(child)), sizeof(child));
    CU_ASSERT_EQUAL(kill(child, 0), 0);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    ended = eventually(has_ended, &child);
    CU_ASSERT_TRUE(ended);
    if (!ended)
        kill(child, SIGKILL);
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
      { "children are waited for in any order",
        children_are_waited_for_in_any_order },
      { "one that ended long ago needs no SIGCHLD",
        one_that_ended_long_ago_needs_no_sigchld },
      { "a child knows its parent and no other",
        a_child_knows_its_parent_and_no_other },
      { "mask and dispositions are given back",
        mask_and_dispositions_are_given_back },
      { "the caller's handler hears of its own child",
        the_caller_s_handler_hears_of_its_own_child },
      { "a scope kills its child", a_scope_kills_its_child },
      { "the child dies with its parent", the_child_dies_with_its_parent },
      { "a child whose parent has died does not continue",
        a_child_whose_parent_has_died_does_not_go_on },
      { "a signal ends a start that hangs", a_signal_ends_a_start_that_hangs },
      { "a signal that ends nobody does not end a start",
        a_signal_that_ends_nobody_does_not_end_a_start },
      { "Ctrl-C is delivered once", ctrl_c_is_delivered_once },
      { "a log that nobody reads kills nobody",
        a_log_that_nobody_reads_kills_nobody },
      { "the command has SIGPIPE as the caller had it",
        the_command_has_sigpipe_as_the_caller_had_it },
      { "a call that fails ends the wait", a_call_that_fails_ends_the_wait })
