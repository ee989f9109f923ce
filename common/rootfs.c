/**
 * @file
 * @brief From the host's root to a root of our own, and no way back.
 *
 *     1  make every mount private     what we mount stays with us
 *     2  attach the new root          over the old one
 *     3  pivot_root(".", ".")         the new root is /, the old one lies
 *                                     under our feet, reachable by a
 *                                     descriptor alone
 *     4  mount /proc, /sys, /dev      sources: the old root's descriptor
 *     5  cover what tells too much, make read-only what changes too much
 *     6  unmount the old root         nothing leads back
 *     7  put the volumes in place     over what is there by now
 *
 * Paths below / are looked up after step 3, and until step 6 no part of them
 * may be a symbolic link: the old root is mounted on /, and the kernel steps
 * onto it where ".." arrives at / . Volumes may have links on their way, and
 * so have to wait.
 */
#include "barco/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bsd/string.h>

#include "barco/cleanup.h"
#include "barco/dev.h"
#include "barco/error.h"
#include "barco/mount.h"

/* ---- The options ------------------------------------------------------- */

enum {
    OPT_READ_ONLY = 0x300
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_rootfs *rootfs = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &rootfs->volumes;
        return 0;
    case 'm':
        rootfs->dir = arg;
        return 0;
    case OPT_READ_ONLY:
        rootfs->read_only = true;
        return 0;
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
      "Let nothing be written to the directory of --mnt; --volume has an "
      ":ro of its own",
      0 },
    { 0 },
};

static const struct argp_child children[] = { { .argp = &barco_volume_argp },
                                              { 0 } };

const struct argp barco_rootfs_argp = { .options = options,
                                        .parser = parse_option,
                                        .children = children };

/* ---- /proc and /sys ---------------------------------------------------- */

static int mount_proc(void)
{
    return barco_mount_new_at("proc", "/proc", BARCO_MOUNT_RESTRICTED, NULL);
}

/* sysfs shows the devices of a network namespace, so whoever owns none gets no
 * fresh one. Then it is the host's, with the host's interfaces in it. */
static int mount_sys(const struct barco_rootfs *rootfs, int host)
{
    BARCO_CLEANUP(barco_close) int sys = -1;
    int result;

    if (rootfs->own_network)
        return barco_mount_new_at(
            "sysfs", "/sys", BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY, NULL);
    sys = barco_mount_clone(host, "sys");
    if (sys < 0)
        return sys;
    BARCO_EXPLAIN("the host's devices may be looked at, and not be changed",
                  "mount_setattr(\"/sys\", MOUNT_ATTR_RDONLY)");
    result = barco_mount_set_read_only(sys);
    return result < 0 ? result : barco_mount_attach(sys, "/sys");
}

/* ---- What must not be seen, and what must not be changed ---------------- */

//! [masks]
static const char *const masked[] = {
    "/proc/acpi",        "/proc/asound",  "/proc/interrupts",
    "/proc/kcore",       "/proc/keys",    "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi",    "/proc/timer_list",
    "/proc/timer_stats", "/sys/firmware", "/sys/devices/virtual/powercap",
};

static const char *const read_only[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};
//! [masks]

/* A file is covered with /dev/null, a directory with an empty one. */
static int mask(const char *path, int host)
{
    BARCO_CLEANUP(barco_close) int cover = -1;
    struct stat st;

    if (lstat(path, &st) < 0)
        return 0; /* not in this kernel: nothing to hide */
    cover = S_ISDIR(st.st_mode)
                ? barco_mount_new(
                      "tmpfs", BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY, NULL)
                : barco_dev_clone_null(host);
    return cover < 0 ? cover : barco_mount_attach(cover, path);
}

static int make_read_only(const char *path)
{
    BARCO_CLEANUP(barco_close) int tree = -1;
    int result;

    if (access(path, F_OK) < 0)
        return 0;
    tree = barco_mount_clone(AT_FDCWD, path);
    if (tree < 0)
        return tree;
    result = barco_mount_set_read_only(tree);
    return result < 0 ? result : barco_mount_attach(tree, path);
}

static int protect_kernel_files(int host)
{
    int result;

    BARCO_EXPLAIN("they tell about the host: kernel memory, keys, hardware",
                  "mount over /proc/kcore, /proc/keys, /sys/firmware, ...");
    for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++)
        if ((result = mask(masked[i], host)) < 0)
            return result;
    BARCO_EXPLAIN("they change the host: sysctls, interrupts, sysrq",
                  "mount read-only /proc/sys, /proc/sysrq-trigger, ...");
    for (size_t i = 0; i < sizeof(read_only) / sizeof(read_only[0]); i++)
        if ((result = make_read_only(read_only[i])) < 0)
            return result;
    return 0;
}

/* ---- The root itself --------------------------------------------------- */

/* The bundled root lies where Bazel built it: bazel-bin/stages/03_mount finds
 * it in bazel-bin/tools/rootfs/busybox. */
static int bundled_root(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

    if (length < 0)
        return BARCO_FAIL(readlink, "\"/proc/self/exe\"");
    path[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');

        if (slash)
            *slash = '\0';
    }
    strlcat(path, "/tools/rootfs/busybox", PATH_MAX);
    return 0;
}

/* The path of the root directory; the bundled one's is written to buf. */
static int root_path(const struct barco_rootfs *rootfs, char buf[PATH_MAX],
                     const char **path)
{
    *path = rootfs->dir ? rootfs->dir : buf;
    return rootfs->dir ? 0 : bundled_root(buf);
}

/* With flags a mount of the directory, without just a look at it. */
static int open_directory(const char *dir, unsigned flags)
{
    BARCO_CLEANUP(barco_close)
    int tree = open_tree(AT_FDCWD, dir, flags | OPEN_TREE_CLOEXEC);
    struct stat st;

    if (tree >= 0 && fstat(tree, &st) == 0 && S_ISDIR(st.st_mode))
        return barco_take_fd(&tree);
    if (tree >= 0)
        errno = ENOTDIR;
    return BARCO_FAIL(open_tree, "\"%s\"%s", dir,
                      flags ? ", OPEN_TREE_CLONE|AT_RECURSIVE" : "");
}

/* What we may not see, root in the container may: it has the user ids of
 * /etc/subuid. So it is not for us to say that there is nothing. */
static bool is_hidden(const char *path)
{
    return access(path, F_OK) < 0 && errno == EACCES;
}

int barco_rootfs_check(const struct barco_rootfs *rootfs)
{
    const struct barco_volumes *volumes = &rootfs->volumes;
    BARCO_CLEANUP(barco_close) int tree = -1;
    char bundled[PATH_MAX];
    const char *dir;
    int result = root_path(rootfs, bundled, &dir);

    if (result < 0)
        return result;
    BARCO_EXPLAIN("a wrong path is told before anything is made",
                  "open_tree(\"%s\")", dir);
    if (!is_hidden(dir) && (tree = open_directory(dir, 0)) < 0)
        return tree;
    for (int i = 0; i < volumes->count && result == 0; i++)
        if (!is_hidden(volumes->list[i].source))
            result = barco_volume_check(&volumes->list[i]);
    return result;
}

bool barco_rootfs_lacks(const struct barco_rootfs *rootfs, const char *path)
{
    BARCO_CLEANUP(barco_close) int root = -1;
    char bundled[PATH_MAX], top[NAME_MAX + 1];
    const char *dir;
    struct stat st;

    if (rootfs->volumes.count > 0 || sscanf(path, "/%255[^/]", top) != 1 ||
        root_path(rootfs, bundled, &dir) < 0)
        return false;
    root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return root >= 0 && fstatat(root, top, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
           errno == ENOENT;
}

static int open_root(const struct barco_rootfs *rootfs, int userns)
{
    BARCO_CLEANUP(barco_close) int tree = -1;
    char bundled[PATH_MAX];
    const char *dir;
    unsigned attrs = MOUNT_ATTR_NODEV;
    int result = root_path(rootfs, bundled, &dir);

    if (result < 0)
        return result;
    BARCO_EXPLAIN("a mount of the directory that belongs to us alone",
                  "open_tree(\"%s\", OPEN_TREE_CLONE|AT_RECURSIVE)", dir);
    tree = open_directory(dir, OPEN_TREE_CLONE | AT_RECURSIVE);
    if (tree < 0)
        return tree;
    if ((result = barco_mount_adopt(tree, userns, dir)) < 0)
        return result;
    if (!rootfs->dir || rootfs->read_only)
        attrs |= MOUNT_ATTR_RDONLY;
    BARCO_EXPLAIN("a device node that came with the files is no device",
                  "mount_setattr(\"%s\", MOUNT_ATTR_NODEV%s)", dir,
                  attrs & MOUNT_ATTR_RDONLY ? "|MOUNT_ATTR_RDONLY" : "");
    result = barco_mount_set_attrs(tree, attrs);
    return result < 0 ? result : barco_take_fd(&tree);
}

int barco_rootfs_open(struct barco_rootfs *rootfs, int userns)
{
    const struct barco_volumes *volumes = &rootfs->volumes;
    int tree = open_root(rootfs, userns);

    for (int i = 0; i < volumes->count && tree >= 0; i++) {
        rootfs->trees[rootfs->opened++] = tree;
        tree = barco_volume_open(&volumes->list[i], userns);
    }
    if (tree < 0) {
        barco_rootfs_close(rootfs);
        return tree;
    }
    rootfs->trees[rootfs->opened++] = tree;
    return 0;
}

void barco_rootfs_close(struct barco_rootfs *rootfs)
{
    while (rootfs->opened > 0)
        barco_close(&rootfs->trees[--rootfs->opened]);
}

//! [pivot]
/* After this "/" is the new root. The old one is mounted on top of it, where
 * no path leads but "/.."; pivot_root(2) calls it pivot_root(".", "."). */
static int pivot(int tree)
{
    BARCO_EXPLAIN("the new root becomes a mount of this namespace",
                  "move_mount(root directory, \"/\")");
    if (move_mount(tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return BARCO_FAIL(move_mount, "\"/\"");
    if (fchdir(tree) < 0)
        return BARCO_FAIL(fchdir, "root directory");
    BARCO_EXPLAIN("chroot leaves the old root mounted and is easy to leave; "
                  "this moves it away",
                  "pivot_root(\".\", \".\")");
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return BARCO_FAIL(pivot_root, "\".\", \".\"");
    return 0;
}

static int leave_old_root(int host)
{
    BARCO_EXPLAIN("nothing of the host's file system can be reached any more",
                  "umount2(old root, MNT_DETACH)");
    if (fchdir(host) < 0)
        return BARCO_FAIL(fchdir, "old root");
    if (umount2(".", MNT_DETACH) < 0)
        return BARCO_FAIL(umount2, "old root, MNT_DETACH");
    if (chdir("/") < 0)
        return BARCO_FAIL(chdir, "\"/\"");
    return 0;
}
//! [pivot]

static int furnish(const struct barco_rootfs *rootfs, int host)
{
    static barco_mount_options tmp[] = { { "mode", "1777" }, { 0 } };
    static barco_mount_options home[] = { { "mode", "700" }, { 0 } };
    unsigned attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    int result;

    (void)((result = mount_proc()) < 0 ||
           (result = mount_sys(rootfs, host)) < 0 ||
           (result = barco_dev_mount(host)) < 0 ||
           (result = protect_kernel_files(host)) < 0);
    if (result < 0 || rootfs->dir)
        return result;

    /* The bundled root is Bazel's and read-only: here is room to write. */
    result = barco_mount_new_at("tmpfs", "/tmp", attrs, tmp);
    return result < 0 ? result
                      : barco_mount_new_at("tmpfs", "/root", attrs, home);
}

static int attach_volumes(const struct barco_rootfs *rootfs)
{
    int result = 0;

    for (int i = 0; i < rootfs->volumes.count && result == 0; i++)
        result =
            barco_volume_attach(&rootfs->volumes.list[i], rootfs->trees[1 + i]);
    return result;
}

int barco_rootfs_enter(struct barco_rootfs *rootfs)
{
    BARCO_CLEANUP(barco_close) int host = -1;
    int result;

    BARCO_EXPLAIN("mounts made here do not appear on the host, nor its here",
                  "mount(\"/\", MS_REC|MS_PRIVATE)");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return BARCO_FAIL(mount, "\"/\", MS_REC|MS_PRIVATE");
    host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (host < 0)
        return BARCO_FAIL(open, "\"/\", O_PATH");
    if (rootfs->opened == 0 && (result = barco_rootfs_open(rootfs, -1)) < 0)
        return result;

    umask(022); /* what is made here is for everybody in the container */
    result = pivot(rootfs->trees[0]);
    if (result == 0)
        result = furnish(rootfs, host);
    if (result == 0)
        result = leave_old_root(host);
    barco_close(&host); /* the last that we have of it */
    if (result == 0)
        result = attach_volumes(rootfs);
    barco_rootfs_close(rootfs);
    return result;
}
