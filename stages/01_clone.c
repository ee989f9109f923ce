/**
 * @file
 * @brief Stage 01: a child process.
 *
 * A container is a process. This stage starts one, passes signals on to it,
 * waits for it, and ends as it ended. It protects the host from nothing yet.
 */
#include "barco/error.h"
#include "barco/process.h"
#include "barco/terminal.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

struct stage {
    struct barco_cli cli;
};

/* In the child. */
static int command(void *arg)
{
    struct stage *s = arg;

    BARCO_STEP("run the command");
    return barco_process_exec(s->cli.argv);
}

//! [run]
/* On the host. */
static int run(struct stage *s)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process container = BARCO_NO_PROCESS;
    BARCO_CLEANUP(barco_terminal_restore) struct barco_terminal terminal;

    barco_terminal_save(&terminal);
    BARCO_TRY("start the container",
              barco_process_spawn(&container, 0, command, s));
    BARCO_STEP("wait for the container");
    return barco_process_wait(&container);
}
//! [run]

int main(int argc, char **argv)
{
    static struct stage s = {
        .cli = {
            .about = "Run COMMAND in a child process: a container without "
                     "walls.",
            .banner = "You are in a child process, and nothing is hidden from "
                      "you.\nTry: echo $$, hostname, ps; kill a process of "
                      "the host; exit.",
            .demo = "echo \"I am process $$, a child of $PPID\"\n"
                    "hostname\n"
                    "ls /proc | grep -c '^[0-9]'\n",
        },
    };
    int result = barco_cli_parse(&s.cli, NULL, argc, argv);

    if (result == 0)
        result = run(&s);
    return barco_process_exit_status(result);
}
