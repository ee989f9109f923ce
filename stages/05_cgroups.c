/**
 * @file
 * @brief Stage 05: limits.
 *
 * The container is born in a cgroup of its own, so it cannot use more memory,
 * processes and processor time than it was given, whatever it starts.
 */
#include "barco/cgroup.h"
#include "barco/handshake.h"
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/rootfs.h"
#include "barco/userns.h"
#include "stages/options/stage.h"

static const uint64_t namespaces =
    CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWUSER;

/* Each child finds a copy of this: clone3 copies our memory. */
static struct barco_init init;
static struct barco_rootfs rootfs;
static struct barco_fds mounts;
static struct barco_userns userns;
static struct barco_cgroup_limits limits;
static struct barco_handshake handshake = BARCO_NO_HANDSHAKE;

static int in_pid_2(void *argv)
{
    BARCO_TRY("become the user", barco_userns_become_user(&userns));
    return BARCO_LAST("run the command", barco_process_exec(argv));
}

static int in_pid_1(void *argv)
{
    BARCO_TRY("wait for the ids", barco_handshake_wait(&handshake, &mounts));
    BARCO_TRY("become root inside", barco_userns_become_root(&userns));
    BARCO_TRY("name the container", barco_hostname_set(BARCO_HOSTNAME));
    BARCO_TRY("enter the root directory", barco_rootfs_enter(&rootfs, &mounts));
    BARCO_TRY("hide the other cgroups", barco_cgroup_unshare());
    return BARCO_LAST("be PID 1", barco_init_run(&init, in_pid_2, argv));
}

static int on_host(char **argv)
{
    BARCO_CLEANUP(barco_userns_release) struct barco_ids ids = BARCO_NO_IDS;
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process pid_1 = BARCO_NO_PROCESS;

    BARCO_TRY("choose the user ids", barco_userns_choose(&userns, &ids));
    BARCO_TRY("prepare the handshake", barco_handshake_open(&handshake));
    BARCO_TRY("make a cgroup", barco_cgroup_create(&cgroup, &limits, &pid_1));
    BARCO_TRY("start the container",
              barco_process_spawn(&pid_1, namespaces, in_pid_1, argv));
    BARCO_TRY("map the user ids", barco_userns_map(&userns, pid_1.pid));
    BARCO_TRY("open the root directory",
              barco_userns_open_root(&userns, pid_1.pid, &rootfs, &mounts));
    BARCO_TRY("release PID 1", barco_handshake_release(&handshake, &mounts));
    barco_handshake_close(&handshake);
    return BARCO_LAST("wait for the container", barco_process_wait(&pid_1));
}

static const struct barco_stage stage = {
    .about = "Run COMMAND with limits on memory, processes and processor time.",
    .banner = "You have 1 GiB of memory and 64 processes, or what you chose.\n"
              "Try: cat /sys/fs/cgroup/*.max, tail /dev/zero, a fork bomb.",
    .demo = "cat /proc/self/cgroup\n"
            "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max\n"
            "for i in $(seq 100); do sleep 1 & done\n",
    .options = {
        { &barco_init_options, &init },
        { &barco_rootfs_options, &rootfs },
        { &barco_userns_options, &userns },
        { &barco_cgroup_options, &limits },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
