/**
 * @file
 * @brief Whether a command ends when its time is up, with all that it started.
 */
#include <string.h>
#include <time.h>

#include "tutorials/check/check.h"

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void it_ends_when_its_time_is_up(void)
{
    long seconds = seeded(2, 4);
    double began = now(), took;
    struct run run;

    run_to_end(&run, number(seconds), "sleep", "12", NULL);
    took = now() - began;
    expect_number("the exit status of what takes too long", run.status, 124);
    expect(took >= (double)seconds,
           text("the command has its %ld seconds", seconds),
           "it had ended after %.1f", took);
}

static void sigterm_comes_first(void)
{
    const char *word = seeded_word();
    struct run run;

    /* Time enough for the shell to set its trap, even on a slow machine. */
    run_to_end(&run, "6", "sh", "-c",
               text("trap 'printf %s; exit 0' TERM; sleep 16 & wait", word),
               NULL);
    expect_number("the exit status of what takes too long", run.status, 124);
    expect_text("what the command prints when it gets SIGTERM", run.out, word);
}

static void sigkill_comes_later(void)
{
    const char *word = seeded_word();
    struct run run;

    run_to_end(&run, "1", "sh", "-c",
               text("trap '' TERM; sleep 15; echo %s", word), NULL);
    expect_number("the exit status of what ignores SIGTERM", run.status, 124);
    expect(strcmp(run.out, "") == 0,
           "a command that ignores SIGTERM gets SIGKILL",
           "it ran on until it had printed \"%s\"", word);
}

static bool nothing_runs(void *arg)
{
    (void)arg;
    return processes_left() == 0;
}

static void nothing_is_left(void)
{
    struct run run;

    run_to_end(&run, "3", "sh", "-c", "sleep 1000 & sleep 1000 & wait", NULL);
    if (run.ended)
        eventually(nothing_runs, NULL);
    expect_number("the number of processes that are left", processes_left(), 0);
}

static void in_time_it_keeps_its_status(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "1000", "sh", "-c", text("sleep 5; exit %ld", status),
               NULL);
    expect_number("the exit status of what ends in time", run.status, status);
}

static void the_command_can_hear_signals(void)
{
    pid_t command = find_in(start("1000", "sleep", "1000", NULL), "sleep");

    expect_text("SigBlk of the command, the signals that it blocks",
                status_of(command, "SigBlk"), "0000000000000000");
}

EXERCISE("01_clone", "time_limit", AS_LEARNER,
         { "a command ends when its time is up", it_ends_when_its_time_is_up },
         { "SIGTERM comes first", sigterm_comes_first },
         { "SIGKILL comes later", sigkill_comes_later },
         { "nothing of it is left", nothing_is_left },
         { "in time it keeps its status", in_time_it_keeps_its_status },
         { "the command blocks no signal", the_command_can_hear_signals })
