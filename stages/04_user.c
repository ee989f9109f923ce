/**
 * @file
 * @brief Stage 04: a user namespace.
 *
 * Root in the container is an ordinary user on the host, so what root may do
 * there ends at the container's walls; and nobody has to be root to start it.
 */
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
    return BARCO_LAST("be PID 1", barco_init_run(&init, in_pid_2, argv));
}

static int on_host(char **argv)
{
    BARCO_CLEANUP(barco_userns_release) struct barco_ids ids = BARCO_NO_IDS;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process pid_1 = BARCO_NO_PROCESS;

    BARCO_TRY("choose the user ids", barco_userns_choose(&userns, &ids));
    BARCO_TRY("prepare the handshake", barco_handshake_open(&handshake));
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
    .about = "Run COMMAND as root of a user namespace; needs no root.",
    .banner = "You are root here, and nobody on the host.\n"
              "Try: id, cat /proc/self/uid_map, mknod /tmp/d b 8 0; exit.",
    .demo = "id -u\n"
            "cat /proc/self/uid_map\n"
            "mknod /tmp/disk b 8 0\n",
    .options = {
        { &barco_init_options, &init },
        { &barco_rootfs_options, &rootfs },
        { &barco_userns_options, &userns },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
