/**
 * @file
 * @brief barco without one of its layers, to see what that layer does.
 *
 * Layers overlap: a user namespace alone stops half of the break-outs and hides
 * what the others would do. So this program, which is for tests alone, builds
 * the container of common/container.c once more and leaves out what it is told
 * to: `minus --without user_readonly --mnt DIR -- COMMAND`. Whether a layer is
 * really gone, and all the others are there, is proved by the judge.
 *
 *     user       root inside is the host's root
 *     caps       all capabilities are kept
 *     nnp        no_new_privs is not set, so there can be no filter either
 *     seccomp    no filter
 *     masks      /proc and /sys are not covered
 *     readonly   /proc/sys, /sys and others can be written
 *     cgroup     no cgroup, no cgroup namespace
 *     limits     what no cgroup counts is not limited
 *     network    the host's network
 *     pivot      chroot instead of pivot_root
 *     inherited  terminal, session, descriptors, environment, keyring: host's
 *     nothing    the container as it is
 */
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/console.h"
#include "barco/container.h"
#include "barco/error.h"
#include "barco/handshake.h"
#include "barco/init.h"
#include "barco/mount.h"
#include "barco/network.h"
#include "barco/process.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

struct container {
    const char *minus; /* the layers to leave out */
    struct barco_container_config config;
    struct barco_fds mounts;
    struct barco_handshake handshake;
    struct barco_console console;
};

/* Whether a layer is to be left out. */
static bool no(const struct container *c, const char *layer)
{
    return strstr(c->minus, layer) != NULL;
}

/* ---- The option ----------------------------------------------------------
 */

static const char *const layers[] = {
    "user",   "caps",   "nnp",     "seccomp", "masks",     "readonly",
    "cgroup", "limits", "network", "pivot",   "inherited", "nothing",
};

static bool is_layer(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
        if (strncmp(name, layers[i], length) == 0 && !layers[i][length])
            return true;
    return false;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct container *c = state->input;

    if (key != 'x')
        return ARGP_ERR_UNKNOWN;
    for (const char *name = arg; *name; name += strspn(name, "_")) {
        size_t length = strcspn(name, "_");

        if (!is_layer(name, length))
            argp_error(state, "--without: there is no layer %.*s", (int)length,
                       name);
        name += length;
    }
    c->minus = arg;
    return 0;
}

static const struct argp_option options[] = {
    { "without", 'x', "LAYER[_LAYER...]", 0, "Leave these out", 0 },
    { 0 },
};

static const struct argp without_argp = { .options = options,
                                          .parser = parse_option };

/* ---- The root directory, less well made -----------------------------------
 */

/* Takes mounts below /proc and /sys away again: masks are of other types than
 * what they cover, read-only paths are of the same. */
static void uncover(bool masks)
{
    static char text[65536];
    int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    ssize_t n = 0, more;

    while ((more = read(fd, text + n, sizeof(text) - 1 - (size_t)n)) > 0)
        n += more;
    close(fd);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char path[256];
        bool same = strstr(line, " - proc ") || strstr(line, " - sysfs ") ||
                    strstr(line, " - cgroup2 ");

        if (sscanf(line, "%*s %*s %*s %*s %255s", path) != 1 || same == masks)
            continue;
        if (strncmp(path, "/proc/", 6) == 0 ||
            (masks && strncmp(path, "/sys/", 5) == 0))
            umount2(path, MNT_DETACH);
    }
    if (!masks) {
        mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND, NULL);
        mount(NULL, "/sys/fs/cgroup", NULL, MS_REMOUNT | MS_BIND, NULL);
    }
}

/* As it was done before pivot_root: the host's root is the root of the mount
 * namespace again, ours is mounted on a directory of it, with all that is
 * mounted in it, and chroot makes that the root of this process alone. */
static int enter_by_chroot(struct container *c)
{
    struct mount_attr private = { .propagation = MS_PRIVATE };
    BARCO_CLEANUP(barco_close)
    int host =
        open_tree(AT_FDCWD, "/",
                  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (unsigned)AT_RECURSIVE);

    if (host < 0)
        return BARCO_FAIL(open_tree, "\"/\", OPEN_TREE_CLONE|AT_RECURSIVE");
    if (mount_setattr(host, "", AT_EMPTY_PATH | AT_RECURSIVE, &private,
                      sizeof(private)) < 0)
        return BARCO_FAIL(mount_setattr, "\"/\", MS_PRIVATE");
    BARCO_TRY("enter the root directory",
              barco_rootfs_enter(&c->config.rootfs, &c->mounts));
    BARCO_TRY("mount the host's root",
              barco_mount_attach(host, AT_FDCWD, "/tmp"));
    if (syscall(SYS_pivot_root, "/tmp", "/tmp/tmp") < 0)
        return BARCO_FAIL(pivot_root, "\"/tmp\", \"/tmp/tmp\"");
    if (chroot("/tmp") < 0 || chdir("/") < 0)
        return BARCO_FAIL(chroot, "\"/tmp\"");
    return 0;
}

static int enter(struct container *c)
{
    BARCO_TRY("enter the root directory",
              no(c, "pivot")
                  ? enter_by_chroot(c)
                  : barco_rootfs_enter(&c->config.rootfs, &c->mounts));
    if (no(c, "masks"))
        uncover(true);
    if (no(c, "readonly"))
        uncover(false);
    return 0;
}

/* ---- The container, as in common/container.c ------------------------------
 */

static int command(void *arg)
{
    const struct container *c = arg;
    const struct barco_container_config *config = &c->config;

    if (!no(c, "inherited"))
        BARCO_TRY("take the terminal", barco_console_take(&c->console));
    BARCO_TRY("become the user of --uid",
              barco_userns_become_user(&config->userns));
    if (!no(c, "inherited")) {
        BARCO_TRY("close descriptors", barco_environment_close_descriptors());
        BARCO_TRY("choose the environment",
                  barco_environment_enter(&config->environment));
    }
    if (!no(c, "caps") && !no(c, "nnp"))
        BARCO_TRY("drop capabilities", barco_caps_limit_command(&config->caps));
    if (no(c, "caps") && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return BARCO_FAIL(prctl, "PR_SET_NO_NEW_PRIVS");
    if (!no(c, "seccomp") && !no(c, "nnp"))
        BARCO_TRY("filter system calls", barco_seccomp_load(&config->seccomp));
    return barco_process_exec(config->argv);
}

static int inside(void *arg)
{
    struct container *c = arg;
    struct barco_container_config *config = &c->config;

    BARCO_TRY("wait", barco_handshake_wait(&c->handshake, c->mounts.fd,
                                           &c->mounts.count));
    if (!no(c, "user")) {
        BARCO_TRY("become root", barco_userns_become_root(&config->userns));
        if (!no(c, "limits"))
            BARCO_TRY("limit what no cgroup counts",
                      barco_limits_set(&config->rlimits));
    }
    if (!no(c, "inherited")) {
        BARCO_TRY("leave the session", barco_console_separate());
        syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    }
    BARCO_TRY("name the container", barco_hostname_set(config->hostname));
    if (!no(c, "network"))
        BARCO_TRY("start the network", barco_network_start_loopback());
    BARCO_TRY("enter the root directory", enter(c));
    if (!no(c, "inherited"))
        BARCO_TRY("open a terminal",
                  barco_console_open(&c->console, config->userns.uid));
    if (!no(c, "cgroup"))
        BARCO_TRY("hide the other cgroups", barco_cgroup_unshare());
    if (!no(c, "caps"))
        BARCO_TRY("limit the capabilities",
                  barco_caps_limit_init(&config->caps));
    return barco_init_run(command, c);
}

static uint64_t namespaces(const struct container *c)
{
    uint64_t all = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC;

    return all | (no(c, "user") ? 0 : CLONE_NEWUSER) |
           (no(c, "network") ? 0 : CLONE_NEWNET);
}

static int run(struct container *c)
{
    struct barco_container_config *config = &c->config;
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;

    config->rootfs.new_netns = !no(c, "network");
    BARCO_TRY("choose the user ids", barco_userns_prepare(&config->userns));
    BARCO_TRY("prepare the filter",
              barco_seccomp_prepare(&config->seccomp, config->caps.keep));
    BARCO_TRY("prepare the handshake", barco_handshake_open(&c->handshake));
    if (!no(c, "cgroup")) {
        BARCO_TRY("make a cgroup",
                  barco_cgroup_create(&cgroup, &config->limits));
        process.cgroup = cgroup.dir;
    }
    if (!no(c, "inherited"))
        BARCO_TRY("look for a terminal", barco_console_prepare(&c->console));
    BARCO_TRY("start the container",
              barco_process_spawn(&process, namespaces(c), inside, c));
    if (!no(c, "user")) {
        BARCO_TRY("map the user ids",
                  barco_userns_map(&config->userns, process.pid));
        BARCO_TRY("open the root",
                  barco_userns_open_root(&config->userns, process.pid,
                                         &config->rootfs, &c->mounts));
    }
    if (!no(c, "limits"))
        BARCO_TRY("let the container go first when memory ends",
                  barco_limits_set_oom_score(process.pid));
    BARCO_TRY(
        "let the container go on",
        barco_handshake_release(&c->handshake, c->mounts.fd, c->mounts.count));
    return barco_console_wait(&c->console, &process);
}

int main(int argc, char **argv)
{
    static struct barco_cli cli = { .about = "A container with a layer less." };
    static struct container c = { .minus = "nothing",
                                  .config = BARCO_CONTAINER_DEFAULT,
                                  .handshake = BARCO_NO_HANDSHAKE,
                                  .console = BARCO_NO_CONSOLE };
    const struct barco_option_group parts[] = {
        { &without_argp, &c },
        { &barco_rootfs_options, &c.config.rootfs },
        { &barco_userns_options, &c.config.userns },
        { &barco_cgroup_options, &c.config.limits },
        { 0 },
    };
    int result = barco_cli_parse(&cli, parts, argc, argv);

    c.config.argv = cli.argv;
    if (result == 0)
        result = run(&c);
    return barco_process_exit_status(result);
}
