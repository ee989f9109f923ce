/**
 * @file
 * @brief Stage 08: what a child inherits without being asked.
 *
 * Network, keys, descriptors, terminal: each comes along, and is a way out.
 */
#include "barco/caps.h"
#include "barco/cgroup.h"
#include "barco/console.h"
#include "barco/environment.h"
#include "barco/handshake.h"
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/keyring.h"
#include "barco/limits.h"
#include "barco/network.h"
#include "barco/rootfs.h"
#include "barco/seccomp.h"
#include "barco/userns.h"
#include "stages/options/stage.h"

static const uint64_t namespaces = CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC |
                                   CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET;

/* Each child finds a copy of this: clone3 copies our memory. */
static struct barco_init init;
static struct barco_rootfs rootfs = { .new_netns = true };
static struct barco_fds mounts;
static struct barco_userns userns;
static struct barco_cgroup_limits limits;
static struct barco_caps caps;
static struct barco_seccomp seccomp;
static struct barco_seccomp_filter filter;
static struct barco_limits rlimits;
static struct barco_environment environment;
static struct barco_console tty;
static struct barco_handshake handshake = BARCO_NO_HANDSHAKE;

static int in_pid_2(void *argv)
{
    BARCO_TRY("take the terminal", barco_console_take(&tty));
    BARCO_TRY("become the user", barco_userns_become_user(&userns));
    BARCO_TRY("close all descriptors", barco_environment_close_descriptors());
    BARCO_TRY("set up the environment", barco_environment_enter(&environment));
    BARCO_TRY("drop capabilities", barco_caps_limit_command(&caps));
    BARCO_TRY("filter system calls", barco_seccomp_load(&filter));
    return BARCO_LAST("run the command", barco_process_exec(argv));
}

static int in_pid_1(void *argv)
{
    BARCO_TRY("wait for the ids", barco_handshake_wait(&handshake, &mounts));
    BARCO_TRY("become root inside", barco_userns_become_root(&userns));
    BARCO_TRY("limit what no cgroup counts", barco_limits_set(&rlimits));
    BARCO_TRY("leave the session", barco_console_separate());
    BARCO_TRY("leave the keys behind", barco_keyring_join_new());
    BARCO_TRY("name the container", barco_hostname_set(BARCO_HOSTNAME));
    BARCO_TRY("start the network", barco_network_start_loopback());
    BARCO_TRY("enter the root directory", barco_rootfs_enter(&rootfs, &mounts));
    BARCO_TRY("make a pty", barco_console_open(&tty, &handshake, userns.uid));
    BARCO_TRY("hide the other cgroups", barco_cgroup_unshare());
    BARCO_TRY("limit the capabilities", barco_caps_limit_init(&caps));
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
    BARCO_TRY("prepare the filter",
              barco_seccomp_prepare(&filter, &seccomp, caps.bounding));
    BARCO_TRY("prepare the handshake", barco_handshake_open(&handshake));
    BARCO_TRY("make a cgroup", barco_cgroup_create(&cgroup, &limits, &pid_1));
    BARCO_TRY("start the container",
              barco_process_spawn(&pid_1, namespaces, in_pid_1, argv));
    BARCO_TRY("map the user ids", barco_userns_map(&userns, pid_1.pid));
    BARCO_TRY("set the OOM score", barco_limits_score(&rlimits, pid_1.pid));
    BARCO_TRY("open the root directory",
              barco_userns_open_root(&userns, pid_1.pid, &rootfs, &mounts));
    BARCO_TRY("release PID 1", barco_handshake_release(&handshake, &mounts));
    return BARCO_LAST("wait for the container",
                      barco_console_wait(&tty, &handshake, &pid_1));
}

static const struct barco_stage stage = {
    .about = "Run COMMAND, and let it inherit only what you pass on.",
    .banner = "Nothing came along uninvited. Try: ip addr, env, tty; exit.",
    .demo = "ip -o addr\nenv\n",
    .options = {
        { &barco_init_options, &init },
        { &barco_rootfs_options, &rootfs },
        { &barco_userns_options, &userns },
        { &barco_cgroup_options, &limits },
        { &barco_caps_options, &caps },
        { &barco_seccomp_options, &seccomp },
        { &barco_limits_options, &rlimits },
        { &barco_environment_options, &environment },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
