/**
 * @file
 * @brief Whether signals get through two processes, to the command.
 */
#include <signal.h>

#include "tutorials/check/check.h"

/* Signals the program whose command ends with a status when it gets it. */
static void expect_passed_on(int signal, const char *name)
{
    long status = seeded(1, 99);
    pid_t program = start(
        "sh", "-c",
        text("trap 'exit %ld' %s; tail -f /dev/null & wait", status, name),
        NULL);

    /* The shell starts tail when the trap is set. */
    if (find_in(program, "tail") == 0)
        return;
    kill(program, signal);
    expect_number(
        text("the exit status of a command that ends with %ld at SIG%s", status,
             name),
        end_of(program), status);
}

static void sigterm_is_passed_on(void)
{
    expect_passed_on(SIGTERM, "TERM");
}

static void another_is_passed_on(void)
{
    static const struct {
        int number;
        const char *name;
    } signals[] = { { SIGHUP, "HUP" },
                    { SIGINT, "INT" },
                    { SIGUSR1, "USR1" },
                    { SIGUSR2, "USR2" } };
    long one = seeded(0, 3);

    expect_passed_on(signals[one].number, signals[one].name);
}

static void without_a_handler_it_dies(void)
{
    pid_t program = start("sleep", "1000", NULL);
    pid_t command = find_in(program, "sleep");

    expect_text("NSpid of the command, its numbers from outside to inside",
                status_of(command, "NSpid"), text("%d\t2", command));
    kill(program, SIGTERM);
    expect_number("the exit status of a command that has no handler",
                  end_of(program), 128 + SIGTERM);
}

static void the_command_blocks_nothing(void)
{
    pid_t command = find_in(start("sleep", "1000", NULL), "sleep");

    expect_text("SigBlk of the command, the signals that it blocks",
                status_of(command, "SigBlk"), "0000000000000000");
}

static void the_status_is_the_commands(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "sh", "-c",
               text("(sh -c 'sleep 1; exit 100' &); sleep 3; exit %ld", status),
               NULL);
    expect_number("the exit status, after an orphan has ended with 100",
                  run.status, status);
}

EXERCISE("02_pid", "polite_init", AS_NAMESPACE_ROOT,
         { "SIGTERM reaches the command", sigterm_is_passed_on },
         { "another signal reaches it too", another_is_passed_on },
         { "PID 2 dies of a signal that it does not handle",
           without_a_handler_it_dies },
         { "the command blocks no signal", the_command_blocks_nothing },
         { "the exit status is the command's", the_status_is_the_commands })
