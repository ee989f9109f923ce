/**
 * @file
 * @brief Stage 02: PID, UTS and IPC namespaces.
 *
 * The container counts its processes from 1, has a host name of its own, and
 * can neither see nor kill a process of the host.
 */
#include "barco/hostname.h"
#include "barco/init.h"
#include "stages/options/stage.h"

static const uint64_t namespaces = CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC;

/* Each child finds a copy of this: clone3 copies our memory. */
static struct barco_init init;

static int in_pid_2(void *argv)
{
    return BARCO_LAST("run the command", barco_process_exec(argv));
}

static int in_pid_1(void *argv)
{
    BARCO_TRY("name the container", barco_hostname_set(BARCO_HOSTNAME));
    return BARCO_LAST("be PID 1", barco_init_run(&init, in_pid_2, argv));
}

static int on_host(char **argv)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process pid_1 = BARCO_NO_PROCESS;

    BARCO_TRY("start the container",
              barco_process_spawn(&pid_1, namespaces, in_pid_1, argv));
    return BARCO_LAST("wait for the container", barco_process_wait(&pid_1));
}

static const struct barco_stage stage = {
    .about = "Run COMMAND in PID, UTS and IPC namespaces of its own.",
    .banner =
        "You are PID 2 of a container; the host's files are still yours.\n"
        "Try: echo $$, hostname, kill -9 1, hostname me; ps lies; exit.",
    .demo = "echo \"I am process $$, a child of $PPID\"\n"
            "hostname\n"
            "kill -9 $(ls /proc | grep '^[0-9]' | tail -n 1)\n",
    .options = {
        { &barco_init_options, &init },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
