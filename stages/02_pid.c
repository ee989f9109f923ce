/**
 * @file
 * @brief Stage 02: PID, UTS and IPC namespaces.
 *
 * The container counts its processes from 1, has a host name of its own, and
 * can neither see nor kill a process of the host.
 */
#include <linux/sched.h>

#include "barco/error.h"
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/process.h"
#include "barco/terminal.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    NAMESPACES = CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC
};

struct stage {
    struct barco_cli cli;
    struct barco_init init;
};

/* In PID 2 of the container. */
static int command(void *arg)
{
    struct stage *s = arg;

    BARCO_STEP("run the command");
    return barco_process_exec(s->cli.argv);
}

//! [inside]
/* In PID 1 of the container. */
static int inside(void *arg)
{
    struct stage *s = arg;

    BARCO_TRY("name the container", barco_hostname_set(BARCO_HOSTNAME));
    BARCO_STEP("be PID 1");
    return barco_init_run(&s->init, command, arg);
}
//! [inside]

//! [run]
/* On the host. */
static int run(struct stage *s)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process container = BARCO_NO_PROCESS;
    BARCO_CLEANUP(barco_terminal_restore) struct barco_terminal terminal;

    barco_terminal_save(&terminal);
    BARCO_TRY("start the container",
              barco_process_spawn(&container, NAMESPACES, inside, s));
    BARCO_STEP("wait for the container");
    return barco_process_wait(&container);
}
//! [run]

int main(int argc, char **argv)
{
    static struct stage s = {
        .cli = {
            .about = "Run COMMAND in PID, UTS and IPC namespaces of its own.",
            .banner = "You are PID 2 of a container, and the host's files are "
                      "still yours.\nTry: echo $$, hostname, kill -9 1, "
                      "hostname me; ps still lies, why? exit.",
            .demo = "echo \"I am process $$, a child of $PPID\"\n"
                    "hostname\n"
                    "kill -9 $(ls /proc | grep '^[0-9]' | tail -n 1)\n"
                    "ipcs -q 2>/dev/null || true\n",
        },
    };
    const struct barco_option_group parts[] = {
        { &barco_init_options, &s.init },
        { 0 },
    };
    int result = barco_cli_parse(&s.cli, parts, argc, argv);

    if (result == 0)
        result = run(&s);
    return barco_process_exit_status(result);
}
