/**
 * @file
 * @brief Every layer, in the order in which they hold.
 *
 *     on the host             PID 1 of the container     PID 2
 *     -----------             ----------------------     -----
 *     cgroup with limits
 *     clone3, in the cgroup,  wait
 *       in namespaces
 *     map the user ids
 *     open the root
 *     go on  ---------------> become root inside
 *     wait                    user limits, session, keyring
 *       keys and screen       name, network
 *       of the terminal       root directory, terminal
 *                             cgroup namespace
 *                             limit the capabilities
 *                             clone3 ------------------> session, terminal
 *                             reap, forward signals      become the user
 *                                                        close descriptors
 *                                                        environment
 *                                                        drop capabilities
 *                                                        system call filter
 *                                                        exec
 *     report, remove cgroup
 *
 * What comes too early has to be undone by the next layer, and what comes too
 * late is not allowed any more: mounts need capabilities, which have to be
 * gone before the command runs, and the filter would refuse all of this.
 */
#include "barco/container.h"

#include <linux/keyctl.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/console.h"
#include "barco/error.h"
#include "barco/handshake.h"
#include "barco/init.h"
#include "barco/network.h"
#include "barco/process.h"

enum {
    NAMESPACES = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS |
                 CLONE_NEWIPC | CLONE_NEWNET
};

struct container {
    struct barco_container_config config;
    struct barco_fds mounts;
    struct barco_handshake handshake;
    struct barco_console console;
};

/* ---- In PID 2 ------------------------------------------------------------ */

static int command(void *arg)
{
    const struct container *c = arg;
    const struct barco_container_config *config = &c->config;

    BARCO_TRY("take the terminal", barco_console_take(&c->console));
    BARCO_TRY("become the user of --uid",
              barco_userns_become_user(&config->userns));
    BARCO_TRY("close all descriptors", barco_environment_close_descriptors());
    BARCO_TRY("choose directory and environment",
              barco_environment_enter(&config->environment));
    BARCO_TRY("drop capabilities", barco_caps_limit_command(&config->caps));
    BARCO_INFO("### BARCONTAINER STARTING - type 'exit' to quit ###");
    BARCO_TRY_AS("filter system calls", "filtering system calls",
                 barco_seccomp_load(&config->seccomp));
    BARCO_STEP("run the command");
    return barco_process_exec(config->argv);
}

/* ---- In PID 1 ------------------------------------------------------------ */

/* A new process has the session keyring of its parent, across namespaces. A
 * kernel without keys (CONFIG_KEYS) has none to protect. */
static int join_session_keyring(void)
{
    BARCO_EXPLAIN("the keys of the host's session stay with the host",
                  "keyctl(KEYCTL_JOIN_SESSION_KEYRING)");
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 &&
        errno != ENOSYS)
        return BARCO_FAIL(keyctl, "KEYCTL_JOIN_SESSION_KEYRING");
    return 0;
}

static int inside(void *arg)
{
    struct container *c = arg;
    struct barco_container_config *config = &c->config;

    BARCO_TRY(
        "wait for the user ids",
        barco_handshake_wait(&c->handshake, c->mounts.fd, &c->mounts.count));
    BARCO_TRY("become root inside", barco_userns_become_root(&config->userns));
    BARCO_TRY("limit what no cgroup counts",
              barco_limits_set(&config->rlimits));
    BARCO_TRY("leave the session", barco_console_separate());
    BARCO_TRY("leave the keys behind", join_session_keyring());
    BARCO_TRY("name the container", barco_hostname_set(config->hostname));
    BARCO_TRY("start the network", barco_network_start_loopback());
    BARCO_TRY("enter the root directory",
              barco_rootfs_enter(&config->rootfs, &c->mounts));
    BARCO_TRY("open a terminal",
              barco_console_open(&c->console, config->userns.uid));
    BARCO_TRY("hide the other cgroups", barco_cgroup_unshare());
    BARCO_TRY("limit the capabilities", barco_caps_limit_init(&config->caps));
    BARCO_STEP("be PID 1");
    return barco_init_run(command, c);
}

/* ---- On the host --------------------------------------------------------- */

/* From clone3 to the moment in which the container may go on. */
static int start(struct container *c, struct barco_process *process)
{
    struct barco_container_config *config = &c->config;

    BARCO_TRY_AS("start the container", "cloning the container",
                 barco_process_spawn(process, NAMESPACES, inside, c));
    BARCO_INFO("setting cgroup.procs to %d, at its birth...", process->pid);
    BARCO_TRY_AS("map the user ids", "configuring user namespace",
                 barco_userns_map(&config->userns, process->pid));
    BARCO_TRY("let the container go first when memory ends",
              barco_limits_set_oom_score(process->pid));
    BARCO_TRY("open the root directory",
              barco_userns_open_root(&config->userns, process->pid,
                                     &config->rootfs, &c->mounts));
    BARCO_TRY_AS(
        "let the container go on", "waiting for container to exit",
        barco_handshake_release(&c->handshake, c->mounts.fd, c->mounts.count));
    return 0;
}

/* Wrong paths, before anything is made for them. */
static int check_paths(const struct barco_container_config *config)
{
    const char *workdir = config->environment.workdir;
    int result = barco_rootfs_check(&config->rootfs);

    if (result == 0 && workdir &&
        barco_rootfs_lacks(&config->rootfs, workdir)) {
        errno = ENOENT;
        return BARCO_FAIL(chdir, "\"%s\", in the container", workdir);
    }
    return result;
}

static int run(struct container *c)
{
    struct barco_container_config *config = &c->config;
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;
    int result;

    BARCO_TRY("choose the user ids", barco_userns_prepare(&config->userns));
    BARCO_TRY("find the container's files", check_paths(config));
    BARCO_TRY("prepare the system call filter",
              barco_seccomp_prepare(&config->seccomp, config->caps.keep));
    BARCO_TRY_AS("prepare the handshake", "initializing socket pair",
                 barco_handshake_open(&c->handshake));
    BARCO_INFO("setting socket flags: close-on-exec, from the beginning...");
    BARCO_INFO("initializing container stack: none, it gets a copy of ours...");
    BARCO_INFO("initializing container: its cgroup first, to be born in...");
    BARCO_TRY_AS("make a cgroup with limits", "initializing cgroups",
                 barco_cgroup_create(&cgroup, &config->limits));
    process.cgroup = cgroup.dir;
    BARCO_TRY("look for a terminal", barco_console_prepare(&c->console));

    result = start(c, &process);
    if (result < 0)
        return result;
    result = barco_console_wait(&c->console, &process);
    BARCO_STEP_AS("clean up", "freeing resources");
    barco_cgroup_report(&cgroup, &config->limits);
    return result;
}

int barco_container_run(const struct barco_container_config *config)
{
    struct container c = { .config = *config,
                           .handshake = BARCO_NO_HANDSHAKE,
                           .console = BARCO_NO_CONSOLE };
    int result;

    c.config.rootfs.new_netns = true;
    barco_process_block_signals();
    result = run(&c);
    barco_handshake_close(&c.handshake);
    barco_console_close(&c.console);
    barco_fds_close(&c.mounts);
    barco_seccomp_free(&c.config.seccomp);
    barco_userns_release(&c.config.userns);
    BARCO_INFO("so long and thanks for all the fish");
    barco_process_unblock_signals();
    return result;
}
