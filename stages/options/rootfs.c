/**
 * @file
 * @brief `--mnt` and `--read-only`: the root directory, and what a container
 * finds there unless its user asks for something else.
 */
#include "barco/rootfs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "barco/error.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_READ_ONLY = 0x300
};

/* ---- The defaults -------------------------------------------------------- */

enum {
    RESTRICTED = BARCO_MOUNT_RESTRICTED,
    DATA = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
    DEVICES = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC
};

/* The container can make up to 64 pseudoterminals: no cgroup counts them, and
 * the whole machine has only kernel.pty.max, as a rule 4096. */
static const struct barco_mount file_systems[] = {
    { .type = "proc",
      .target = "/proc",
      .attrs = RESTRICTED,
      .why = "ps and others read it; a new one shows the processes of this PID "
             "namespace only" },
    { .type = "sysfs",
      .target = "/sys",
      .attrs = RESTRICTED | MOUNT_ATTR_RDONLY,
      .why = "programs look devices up here; read-only, because writing to it "
             "changes the host's" },
    { .type = "tmpfs",
      .target = "/dev",
      .attrs = DEVICES,
      .data = "mode=755,size=64k",
      .why = "empty, so it holds only the devices that barco puts there: no "
             "disk of the host" },
    { .type = "devpts",
      .target = "/dev/pts",
      .attrs = DEVICES,
      .data = "mode=0620,ptmxmode=0666,max=64",
      .why = "terminals of its own; nobody inside can read or write those of "
             "the host" },
    { .type = "tmpfs",
      .target = "/dev/shm",
      .attrs = RESTRICTED,
      .data = "mode=1777",
      .why = "shm_open() needs it: shared memory, among this container's "
             "processes only" },
    { .type = "mqueue",
      .target = "/dev/mqueue",
      .attrs = RESTRICTED,
      .why = "the message queues of this IPC namespace" },
    /* The bundled root is read-only, and here is room to write. */
    { .type = "tmpfs",
      .target = "/tmp",
      .attrs = DATA,
      .data = "mode=1777",
      .why =
          "room to write, because the root is read-only; it is gone when the "
          "container ends" },
    { .type = "tmpfs",
      .target = "/root",
      .attrs = DATA,
      .data = "mode=700",
      .why = "root's home, as a shell expects it" },
};

enum {
    FILE_SYSTEMS = sizeof(file_systems) / sizeof(file_systems[0]),
    ROOM_TO_WRITE = 2 /* the last of them */
};

//! [masks]
static const char *const masked[] = {
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/irq",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/softirqs",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
    "/sys/kernel/irq",
};

static const char *const read_only_paths[] = {
    "/proc/bus",
    "/proc/fs",
    "/proc/sys",
    "/proc/sysrq-trigger",
};
//! [masks]

static error_t set_defaults(struct barco_rootfs *rootfs,
                            struct argp_state *state)
{
    /* On the heap, where --volume makes it longer. */
    struct barco_mount *mounts = malloc(sizeof(file_systems));

    if (!mounts) {
        argp_failure(state, BARCO_EXIT_FAILED, ENOMEM, "list of mounts");
        return ENOMEM;
    }
    memcpy(mounts, file_systems, sizeof(file_systems));
    rootfs->devices = true;
    rootfs->mounts = mounts;
    rootfs->mount_count = FILE_SYSTEMS;
    rootfs->masked = masked;
    rootfs->masked_count = sizeof(masked) / sizeof(masked[0]);
    rootfs->read_only_paths = read_only_paths;
    rootfs->read_only_count =
        sizeof(read_only_paths) / sizeof(read_only_paths[0]);
    return 0;
}

/* ---- The root directory -------------------------------------------------- */

/* Where the bundled root lies, seen from the directory above the program's:
 * first as it is installed, with PREFIX/bin/barco, then as Bazel builds it,
 * with bazel-bin/stages/09_barco. */
static const char *const bundled[] = {
    "share/barco/root",
    "tools/rootfs/busybox",
};

/* The first that exists, or else the last, which the error then names. */
static error_t use_bundled_root(struct barco_rootfs *rootfs,
                                struct argp_state *state)
{
    char program[PATH_MAX] = "", *dir = NULL;

    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0) {
        argp_failure(state, BARCO_EXIT_FAILED, errno,
                     "the bundled root lies beside this program, and "
                     "/proc/self/exe does not say where that is; mount /proc, "
                     "or give --mnt DIR");
        return ENOENT;
    }
    for (int up = 0; up < 2; up++)
        if (strrchr(program, '/'))
            *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof(bundled) / sizeof(bundled[0]); i++) {
        free(dir);
        if (asprintf(&dir, "%s/%s", program, bundled[i]) < 0) {
            argp_failure(state, BARCO_EXIT_FAILED, ENOMEM, "bundled root");
            return ENOMEM;
        }
        if (access(dir, F_OK) == 0)
            break;
    }
    rootfs->dir = dir;
    /* All containers share it, so none of them may own it: the owner of a file
     * may take a lease on it, and then others have to wait to open it. */
    rootfs->read_only = true;
    return 0;
}

/* --mnt: its files are the user's, and it has a /tmp of its own. */
static error_t use_directory(struct barco_rootfs *rootfs)
{
    struct barco_mount *mounts = (struct barco_mount *)rootfs->mounts;
    const size_t keep = FILE_SYSTEMS - ROOM_TO_WRITE;

    rootfs->map_owners = true;
    rootfs->mount_count -= ROOM_TO_WRITE;
    memmove(mounts + keep, mounts + FILE_SYSTEMS,
            (rootfs->mount_count - keep) * sizeof(*mounts));
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_rootfs *rootfs = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = rootfs;
        return set_defaults(rootfs, state);
    case 'm':
        rootfs->dir = arg;
        return 0;
    case OPT_READ_ONLY:
        rootfs->read_only = true;
        return 0;
    case ARGP_KEY_END:
        return rootfs->dir ? use_directory(rootfs)
                           : use_bundled_root(rootfs, state);
    case ARGP_KEY_SUCCESS:
        /* Report a wrong path before anything is made. */
        BARCO_STEP("find the container's files");
        return -barco_rootfs_check(rootfs);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "mnt", 'm', "DIR", 0,
      "Use DIR as the root directory; default: the bundled busybox root, "
      "read-only",
      0 },
    { "read-only", OPT_READ_ONLY, NULL, 0,
      "Make the directory of --mnt read-only; a --volume is read-only with :ro",
      0 },
    { 0 },
};

static const struct argp_child children[] = { { .argp = &barco_volume_options },
                                              { 0 } };

const struct argp barco_rootfs_options = { .options = options,
                                           .parser = parse_option,
                                           .children = children };
