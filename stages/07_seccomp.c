/**
 * @file
 * @brief Stage 07: a filter in front of the kernel.
 *
 * The command can make the system calls that a program needs, and no others;
 * the rest of the kernel might as well not be there.
 */
#include "barco/caps.h"
#include "barco/cgroup.h"
#include "barco/handshake.h"
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/rootfs.h"
#include "barco/seccomp.h"
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
static struct barco_caps caps;
static struct barco_seccomp seccomp;
static struct barco_seccomp_filter filter;
static struct barco_handshake handshake = BARCO_NO_HANDSHAKE;

static int in_pid_2(void *argv)
{
    BARCO_TRY("become the user", barco_userns_become_user(&userns));
    BARCO_TRY("drop capabilities", barco_caps_limit_command(&caps));
    BARCO_TRY("filter system calls", barco_seccomp_load(&filter));
    return BARCO_LAST("run the command", barco_process_exec(argv));
}

static int in_pid_1(void *argv)
{
    BARCO_TRY("wait for the ids", barco_handshake_wait(&handshake, &mounts));
    BARCO_TRY("become root inside", barco_userns_become_root(&userns));
    BARCO_TRY("name the container", barco_hostname_set(BARCO_HOSTNAME));
    BARCO_TRY("enter the root directory", barco_rootfs_enter(&rootfs, &mounts));
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
    BARCO_TRY("open the root directory",
              barco_userns_open_root(&userns, pid_1.pid, &rootfs, &mounts));
    BARCO_TRY("release PID 1", barco_handshake_release(&handshake, &mounts));
    barco_handshake_close(&handshake);
    return BARCO_LAST("wait for the container", barco_process_wait(&pid_1));
}

static const struct barco_stage stage = {
    .about = "Run COMMAND behind a system call filter.",
    .banner = "System calls are filtered.\n"
              "Try: unshare -U, mount -t tmpfs x /tmp, dmesg; exit.",
    .demo = "grep -E 'NoNewPrivs|Seccomp' /proc/self/status\n"
            "unshare -U id\n",
    .options = {
        { &barco_init_options, &init },
        { &barco_rootfs_options, &rootfs },
        { &barco_userns_options, &userns },
        { &barco_cgroup_options, &limits },
        { &barco_caps_options, &caps },
        { &barco_seccomp_options, &seccomp },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
