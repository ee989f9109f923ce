/**
 * @file
 * @brief Whether the caller learns how the command ended, by a signal or
 * before it began.
 */
#include <signal.h>
#include <stdlib.h>

#include "tutorials/check/check.h"

static void a_signal_is_reported(void)
{
    /* No SIGQUIT: the shell of the lab ignores it. */
    static const int signals[] = { SIGHUP,  SIGABRT, SIGUSR1, SIGALRM,
                                   SIGSEGV, SIGUSR2, SIGTERM };
    long first = seeded(0, 6), second = seeded(0, 6);
    long both[] = { signals[first], signals[second] };
    struct run run;

    for (int i = 0; i < 2; i++) {
        run_to_end(&run, "sh", "-c", text("kill -%ld $$", both[i]), NULL);
        expect_number(
            text("the exit status after signal %ld killed the command",
                 both[i]),
            run.status, 128 + both[i]);
    }
}

static void a_signal_from_outside_is_reported(void)
{
    pid_t program = start("sleep", "1000", NULL);
    pid_t command = find_in(program, "sleep");

    if (command > 0) {
        /* What has become the command reports nothing. */
        expect(command != program, "the command is a child of the program",
               "the program has become the command itself");
        kill(command, SIGKILL);
        expect_number("the exit status after the check killed the command",
                      end_of(program), 128 + SIGKILL);
    }
}

static void a_status_of_its_own_is_passed_on(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
    run_to_end(&run, "true", NULL);
    expect_number("the exit status of true", run.status, 0);
}

static void what_cannot_be_run_is_told_apart(void)
{
    struct run run;

    run_to_end(&run, text("/%s", seeded_word()), NULL);
    expect_number("the exit status of a command that does not exist",
                  run.status, 127);
    run_to_end(&run, folder(), NULL);
    expect_number("the exit status of a folder", run.status, 126);
}

static bool ignore_sigchld(void *arg)
{
    (void)arg;
    return signal(SIGCHLD, SIG_IGN) != SIG_ERR;
}

static void sigchld_may_be_ignored(void)
{
    long status = seeded(1, 99);
    struct run run;

    before_start(ignore_sigchld, NULL);
    run_to_end(&run, "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status, after SIGCHLD was ignored", run.status,
                  status);
    run_to_end(&run, "sh", "-c", "kill -9 $$", NULL);
    expect_number("after SIGCHLD was ignored, the exit status after signal 9",
                  run.status, 128 + SIGKILL);
}

/* Bit 0 of SigIgn is signal 1. */
static bool is_ignored(pid_t pid, int signal)
{
    return strtoull(status_of(pid, "SigIgn"), NULL, 16) >> (signal - 1) & 1;
}

static void ignored_signals_are_inherited(void)
{
    pid_t command;

    command = find_in(start("sleep", "1000", NULL), "sleep");
    expect(!is_ignored(command, SIGCHLD),
           "the command does not ignore SIGCHLD if the caller does not",
           "its SigIgn is %s", status_of(command, "SigIgn"));
    before_start(ignore_sigchld, NULL);
    command = find_in(start("sleep", "1000", NULL), "sleep");
    expect(is_ignored(command, SIGCHLD),
           "the command ignores SIGCHLD if the caller does", "its SigIgn is %s",
           status_of(command, "SigIgn"));
}

EXERCISE(
    "01_clone", "exit_status", AS_LEARNER,
    { "a signal that kills the command is reported", a_signal_is_reported },
    { "a signal from outside is reported too",
      a_signal_from_outside_is_reported },
    { "a status of the command's own is passed on",
      a_status_of_its_own_is_passed_on },
    { "what cannot be run is told apart", what_cannot_be_run_is_told_apart },
    { "a caller that ignores SIGCHLD loses nothing", sigchld_may_be_ignored },
    { "the command ignores what its caller ignored",
      ignored_signals_are_inherited })
