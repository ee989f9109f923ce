/**
 * @file
 * @brief Stage 03: a mount namespace and a root directory of its own.
 *
 * The container sees the files of one directory, with a /proc, /sys and /dev
 * made for it, and no way leads from there to the files of the host.
 */
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/rootfs.h"
#include "stages/options/stage.h"

static const uint64_t namespaces =
    CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS;

/* Each child finds a copy of this: clone3 copies our memory. */
static struct barco_init init;
static struct barco_rootfs rootfs;
static struct barco_fds mounts;

static int in_pid_2(void *argv)
{
    return BARCO_LAST("run the command", barco_process_exec(argv));
}

static int in_pid_1(void *argv)
{
    BARCO_TRY("name the container", barco_hostname_set(BARCO_HOSTNAME));
    BARCO_TRY("enter the root directory", barco_rootfs_enter(&rootfs, &mounts));
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
    .about = "Run COMMAND in a root directory of its own.",
    .banner = "You are in a root directory of your own, as the host's root.\n"
              "Try: ps, mount, ls /dev, cat /proc/kcore, /proc/self/uid_map.",
    .demo = "ls /\n"
            "ps -o pid,user,comm\n"
            "ls /dev\n"
            "touch /proc/sys/kernel/core_pattern\n",
    .options = {
        { &barco_init_options, &init },
        { &barco_rootfs_options, &rootfs },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
