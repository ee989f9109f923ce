/**
 * @file
 * @brief Start, signals, wait, exit status, and nothing left behind.
 */
#include "barco/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pty.h>
#include <signal.h>
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

/* As a command does that is prepared for a signal. */
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

static void the_signal_mask_is_given_back(void)
{
    int zero = 0;
    sigset_t set;

    status_of(return_it, &zero);
    sigprocmask(SIG_BLOCK, NULL, &set);
    CU_ASSERT_FALSE(sigismember(&set, SIGTERM));
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

/* A start that hangs: the signals are blocked, and nobody takes them. */
static int send_and_hang(void *arg)
{
    kill(getppid(), *(int *)arg);
    return wait_for_ever(NULL);
}

/* What may hang is left to wait_stage(), which has a limit. */
static int in_a_fork(int (*main)(void *arg), void *arg)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(main(arg));
    return wait_stage(pid);
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

static void what_ends_nobody_does_not_end_a_start(void)
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
    /* Nothing shows that no second one will come: wait for half a second. */
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
static void sigpipe_is_the_command_s_as_it_was_the_caller_s(void)
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
    CU_ASSERT_TRUE(eventually(has_ended, &child));
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
      { "the child dies with its parent", the_child_dies_with_its_parent },
      { "a signal ends a start that hangs", a_signal_ends_a_start_that_hangs },
      { "what ends nobody does not end a start",
        what_ends_nobody_does_not_end_a_start },
      { "Ctrl-C is delivered once", ctrl_c_is_delivered_once },
      { "a log that nobody reads kills nobody",
        a_log_that_nobody_reads_kills_nobody },
      { "SIGPIPE is the command's as it was the caller's",
        sigpipe_is_the_command_s_as_it_was_the_caller_s },
      { "a call that fails ends the wait", a_call_that_fails_ends_the_wait })
