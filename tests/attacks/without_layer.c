/**
 * @file
 * @brief barco without one of its layers, to see what that layer does.
 *
 * Layers overlap: a user namespace alone stops half of the break-outs, and so
 * hides what the other layers would do. So this program, which is for tests
 * alone, runs the library's table of steps (common/container.c) without those
 * of a layer: `without_layer --without user_readonly --mnt DIR -- COMMAND`.
 * proofs.sh asks the kernel whether a layer is really gone, and all the others
 * are there.
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
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/mount.h"
#include "common/container_steps.h"
#include "stages/options/stage.h"

static struct barco_spec spec;
static const char *without = "nothing";

/* Whether a layer is to be left out. */
static bool no(const char *layer)
{
    return strstr(without, layer) != NULL;
}

/* ---- What is done instead ------------------------------------------------ */

/* Capabilities and no_new_privs are one step, and two layers. */
static int set_no_new_privs(struct barco_container *c)
{
    (void)c;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return BARCO_FAIL(prctl, "PR_SET_NO_NEW_PRIVS");
    return 0;
}

/* As it was done before pivot_root: the host's root is the root of the mount
 * namespace again, ours is mounted on a directory of it, with everything that
 * is mounted in it, and chroot makes that the root of this process alone. */
static int enter_by_chroot(struct barco_container *c)
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
              barco_rootfs_enter(&c->spec->rootfs, &c->mounts));
    BARCO_TRY("mount the host's root",
              barco_mount_attach(host, AT_FDCWD, "/tmp"));
    if (syscall(SYS_pivot_root, "/tmp", "/tmp/tmp") < 0)
        return BARCO_FAIL(pivot_root, "\"/tmp\", \"/tmp/tmp\"");
    if (chroot("/tmp") < 0 || chdir("/") < 0)
        return BARCO_FAIL(chroot, "\"/tmp\"");
    return 0;
}

/* ---- What is left out ---------------------------------------------------- */

static void make_writable(struct barco_rootfs *rootfs)
{
    struct barco_mount *mounts = calloc(rootfs->mount_count, sizeof(*mounts));

    rootfs->read_only_count = 0;
    for (size_t i = 0; mounts && i < rootfs->mount_count; i++) {
        mounts[i] = rootfs->mounts[i];
        if (strcmp(mounts[i].type, "bind") != 0)
            mounts[i].attrs &= ~(uint64_t)MOUNT_ATTR_RDONLY;
    }
    rootfs->mounts = mounts;
}

/* What the specification says of a layer. */
static void leave_out_of_spec(void)
{
    static const struct barco_namespace callers = {
        .from = BARCO_NAMESPACE_CALLER
    };

    if (no("user"))
        spec.namespaces.user = callers;
    if (no("network")) {
        spec.namespaces.network = callers;
        spec.rootfs.new_netns = false;
    }
    if (no("cgroup")) {
        spec.namespaces.cgroup = callers;
        spec.caller_cgroup = true;
    }
    if (no("masks"))
        spec.rootfs.masked_count = 0;
    if (no("readonly"))
        make_writable(&spec.rootfs);
    if (no("nnp"))
        spec.caps.no_new_privs = false;
}

/* Of a step, what is left: itself, another one instead, or NULL. */
static int (*left_of(const struct barco_step *step))(struct barco_container *c)
{
    const char *layer = step->layer;

    if (strcmp(layer, "root") == 0 && no("pivot"))
        return enter_by_chroot;
    if (strcmp(layer, "caps") == 0 && no("caps") && step->at == IN_PID_2)
        return no("nnp") ? NULL : set_no_new_privs;
    /* The kernel takes a filter from root alone, or with no_new_privs. */
    if (strcmp(layer, "seccomp") == 0 && no("nnp"))
        return NULL;
    /* These limits are files of the user namespace. */
    if (strcmp(layer, "limits") == 0 && no("user") && step->at == IN_PID_1)
        return NULL;
    return no(layer) ? NULL : step->run;
}

static int on_host(char **argv)
{
    static struct barco_step steps[64];
    BARCO_CLEANUP(barco_userns_release) struct barco_ids ids = BARCO_NO_IDS;
    BARCO_CLEANUP(barco_container_end)
    struct barco_container container = BARCO_NO_CONTAINER;
    int result, count = 0;

    BARCO_TRY("choose the user ids", barco_userns_choose(&spec.userns, &ids));
    spec.argv = argv;
    leave_out_of_spec();
    for (const struct barco_step *step = container_steps; step->run; step++) {
        steps[count] = *step;
        steps[count].run = left_of(step);
        count += steps[count].run != NULL;
    }
    result = container_start(&container, &spec, steps);
    return result == 0 ? barco_container_wait(&container) : result;
}

/* ---- The command line ---------------------------------------------------- */

static bool is_layer(const char *name, size_t length)
{
    static const char *const layers[] = {
        "user",   "caps",   "nnp",     "seccomp", "masks",     "readonly",
        "cgroup", "limits", "network", "pivot",   "inherited", "nothing",
    };

    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
        if (strncmp(name, layers[i], length) == 0 && !layers[i][length])
            return true;
    return false;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    if (key != 'x')
        return ARGP_ERR_UNKNOWN;
    for (const char *name = arg; *name; name += strspn(name, "_")) {
        size_t length = strcspn(name, "_");

        if (!is_layer(name, length))
            argp_error(state, "--without: there is no layer %.*s", (int)length,
                       name);
        name += length;
    }
    without = arg;
    return 0;
}

static const struct argp_option options[] = {
    { "without", 'x', "LAYER[_LAYER...]", 0, "Leave these out", 0 },
    { 0 },
};

static const struct argp without_options = { .options = options,
                                             .parser = parse_option };

static const struct barco_stage stage = {
    .about = "A container with some layers removed.",
    .options = {
        { &without_options, NULL },
        { &barco_container_options, &spec },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
