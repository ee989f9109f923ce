/**
 * @file
 * @brief Stage 01: a child process.
 *
 * A container is a process. This stage starts one, passes signals on to it,
 * waits for it, and ends as it ended. It protects the host from nothing yet.
 */
#include "barco/process.h"
#include "stages/options/stage.h"

static int in_child(void *argv)
{
    return BARCO_LAST("run the command", barco_process_exec(argv));
}

static int on_host(char **argv)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;

    BARCO_TRY("start the container",
              barco_process_spawn(&child, 0, in_child, argv));
    return BARCO_LAST("wait for the container", barco_process_wait(&child));
}

static const struct barco_stage stage = {
    .about = "Run COMMAND in a child process: a container without walls.",
    .banner = "You are in a child process, and nothing is hidden from you.\n"
              "Try: echo $$, hostname, ps; kill a process of the host; exit.",
    .demo = "echo \"I am process $$, a child of $PPID\"\n"
            "hostname\n"
            "ls /proc | grep -c '^[0-9]'\n",
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
