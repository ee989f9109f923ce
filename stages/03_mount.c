/**
 * @file
 * @brief Stage 03: a mount namespace and a root directory of its own.
 *
 * The container sees the files of one directory, with a /proc, /sys and /dev
 * made for it, and no way leads from there to the files of the host.
 */
#include <linux/sched.h>

#include "barco/error.h"
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/process.h"
#include "barco/rootfs.h"
#include "barco/terminal.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    NAMESPACES = CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS
};

struct stage {
    struct barco_cli cli;
    struct barco_rootfs rootfs;
    struct barco_fds mounts;
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
    BARCO_TRY("enter the root directory",
              barco_rootfs_enter(&s->rootfs, &s->mounts));
    BARCO_STEP("be PID 1");
    return barco_init_run(command, arg);
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
            .about = "Run COMMAND in a root directory of its own.",
            .banner = "You are in a root directory of your own, as the host's "
                      "root.\nTry: ps, mount, ls /dev, cat /proc/kcore; is "
                      "/proc/self/uid_map a surprise? exit.",
            .demo = "ls /\n"
                    "ps\n"
                    "ls /dev\n"
                    "touch /proc/sys/kernel/core_pattern\n",
        },
    };
    const struct barco_option_group parts[] = {
        { &barco_rootfs_options, &s.rootfs },
        { 0 },
    };
    int result = barco_cli_parse(&s.cli, parts, argc, argv);

    if (result == 0)
        result = run(&s);
    return barco_process_exit_status(result);
}
