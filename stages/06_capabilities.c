/**
 * @file
 * @brief Stage 06: capabilities.
 *
 * Root in the container keeps what programs expect of root with files and
 * processes of their own, and loses the rest: it can mount nothing, and no
 * setuid program gives it back.
 */
#include <linux/sched.h>

#include "barco/caps.h"
#include "barco/cgroup.h"
#include "barco/error.h"
#include "barco/handshake.h"
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/process.h"
#include "barco/rootfs.h"
#include "barco/terminal.h"
#include "barco/userns.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    NAMESPACES =
        CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWUSER
};

struct stage {
    struct barco_cli cli;
    struct barco_init init;
    struct barco_rootfs rootfs;
    struct barco_userns userns;
    struct barco_handshake handshake;
    struct barco_cgroup_limits limits;
    struct barco_caps caps;
};

/* In PID 2 of the container. */
static int command(void *arg)
{
    struct stage *s = arg;

    BARCO_TRY("become the user of --uid", barco_userns_become_user(&s->userns));
    BARCO_TRY("drop capabilities", barco_caps_limit_command(&s->caps));
    BARCO_STEP("run the command");
    return barco_process_exec(s->cli.argv);
}

//! [inside]
/* In PID 1 of the container. */
static int inside(void *arg)
{
    struct stage *s = arg;

    BARCO_TRY("wait for the user ids",
              barco_handshake_wait(&s->handshake, &s->rootfs.mounts));
    BARCO_TRY("become root inside", barco_userns_become_root(&s->userns));
    BARCO_TRY("name the container", barco_hostname_set(BARCO_HOSTNAME));
    BARCO_TRY("enter the root directory", barco_rootfs_enter(&s->rootfs));
    BARCO_TRY("hide the other cgroups", barco_cgroup_unshare());
    BARCO_TRY("limit the capabilities", barco_caps_limit_init(&s->caps));
    BARCO_STEP("be PID 1");
    return barco_init_run(&s->init, command, arg);
}
//! [inside]

//! [run]
/* On the host. */
static int run(struct stage *s)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process container = BARCO_NO_PROCESS;
    BARCO_CLEANUP(barco_terminal_restore) struct barco_terminal terminal;
    int status;

    barco_terminal_save(&terminal);
    BARCO_TRY("choose the user ids", barco_userns_prepare(&s->userns));
    BARCO_TRY("find the container's files", barco_rootfs_check(&s->rootfs));
    BARCO_TRY("prepare the handshake", barco_handshake_open(&s->handshake));
    BARCO_TRY("make a cgroup with limits",
              barco_cgroup_create(&cgroup, &s->limits));
    container.cgroup = cgroup.dir;
    BARCO_TRY("start the container",
              barco_process_spawn(&container, NAMESPACES, inside, s));
    BARCO_TRY("map the user ids", barco_userns_map(&s->userns, container.pid));
    BARCO_TRY("open the root directory",
              barco_userns_open_root(&s->userns, container.pid, &s->rootfs));
    BARCO_TRY("let the container go on",
              barco_handshake_release(&s->handshake, &s->rootfs.mounts));
    barco_handshake_close(&s->handshake);
    BARCO_STEP("wait for the container");
    status = barco_process_wait(&container);
    barco_cgroup_report(&cgroup, &s->limits);
    return status;
}
//! [run]

int main(int argc, char **argv)
{
    static struct stage s = {
        .cli = {
            .about = "Run COMMAND with few of root's capabilities.",
            .banner = "You are root with 11 capabilities of 41.\nTry: grep "
                      "Cap /proc/self/status, mount, chown, date -s 12:00; "
                      "exit.",
            .demo = "grep -E '^(Cap|NoNewPrivs)' /proc/self/status\n"
                    "mount -t tmpfs tmpfs /mnt\n"
                    "touch /tmp/file && chown 5 /tmp/file && ls -l /tmp\n",
        },
        .rootfs = BARCO_ROOTFS_DEFAULT,
        .handshake = BARCO_NO_HANDSHAKE,
        .limits = BARCO_CGROUP_DEFAULT,
        .caps = BARCO_CAPS_DEFAULT,
    };
    const struct barco_option_group parts[] = {
        { &barco_init_options, &s.init },
        { &barco_rootfs_options, &s.rootfs },
        { &barco_userns_options, &s.userns },
        { &barco_cgroup_options, &s.limits },
        { &barco_caps_options, &s.caps },
        { 0 },
    };
    int result = barco_cli_parse(&s.cli, parts, argc, argv);

    if (result == 0)
        result = run(&s);
    return barco_process_exit_status(result);
}
