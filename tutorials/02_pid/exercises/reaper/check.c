/**
 * @file
 * @brief Whether an init reaps orphans, says how they ended, and takes none of
 * them for the command.
 */
#include <string.h>

#include "tutorials/check/check.h"

/* PID 1 and the command. */
static bool only_two_are_below(void *program)
{
    return count_below(*(pid_t *)program) == 2;
}

static void orphans_are_reaped(void)
{
    long orphans = seeded(3, 9);
    pid_t program = start(
        "sh", "-c",
        text(
            "for i in $(seq %ld); do (sleep 0 &); done; exec tail -f /dev/null",
            orphans),
        NULL);
    bool reaped;

    if (find_in(program, "tail") == 0)
        return;
    /* Only then is it time to count what is left. */
    reaped = eventually(only_two_are_below, &program);
    expect(reaped,
           text("PID 1 and the command are left when %ld orphans have ended",
                orphans),
           "%d processes are left, %d of them zombies", count_below(program),
           zombies_below(program));
}

static void the_command_is_pid_2(void)
{
    pid_t command = find_in(start("sleep", "1000", NULL), "sleep");

    expect_text("NSpid of the command, its numbers from outside to inside",
                status_of(command, "NSpid"), text("%d\t2", command));
}

/* Two orphans that write their numbers down and end, by themselves and by a
   signal. kill -0 finds a zombie too, so the command lasts until both are gone.
 */
static const char *two_orphans(long status)
{
    return text("cd %s; (sh -c 'echo $$ >one; exit %ld' &);"
                "(sh -c 'echo $$ >two; kill -9 $$' &);"
                "until [ -s one ] && [ -s two ]; do sleep 0; done;"
                "while kill -0 $(cat one) || kill -0 $(cat two); do sleep 0; "
                "done 2>/dev/null",
                folder(), status);
}

static void it_says_how_each_has_ended(void)
{
    long status = seeded(1, 99);
    struct run run;
    const char *one, *two;

    run_to_end(&run, "sh", "-c", two_orphans(status), NULL);
    one = text("orphan %s: %ld\n", file_text("%s/one", folder()), status);
    two = text("orphan %s: 137\n", file_text("%s/two", folder()));
    expect(strcmp(run.err, text("%s%s", one, two)) == 0 ||
               strcmp(run.err, text("%s%s", two, one)) == 0,
           text("standard error is, in any order, \"%s%s\"", one, two),
           "it is \"%s\"", run.err);
}

static void an_orphan_is_not_the_command(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "sh", "-c",
               text("(sh -c 'sleep 1; exit 100' &); sleep 4; exit %ld", status),
               NULL);
    expect_number("the exit status, after an orphan has ended with 100",
                  run.status, status);
}

static bool nothing_runs(void *arg)
{
    (void)arg;
    return processes_left() == 0;
}

static void the_rest_dies_with_the_command(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "sh", "-c", text("(sleep 1000 &); exit %ld", status),
               NULL);
    expect_number("the exit status", run.status, status);
    if (run.ended) {
        eventually(nothing_runs, NULL);
        expect_number("the number of processes that are left", processes_left(),
                      0);
    }
}

EXERCISE("02_pid", "reaper", AS_NAMESPACE_ROOT,
         { "orphans are reaped", orphans_are_reaped },
         { "it says how each orphan has ended", it_says_how_each_has_ended },
         { "the command is PID 2 of a new namespace", the_command_is_pid_2 },
         { "an orphan is not taken for the command",
           an_orphan_is_not_the_command },
         { "what is left dies with the command",
           the_rest_dies_with_the_command })
