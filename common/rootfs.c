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
#include <linux/openat2.h>
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

/* ---- /proc and /sys ---------------------------------------------------- */

/* Mounts of the kernel's files, and of the host's root. */
struct kernel {
    int proc, sys, host;
};

static int mount_proc(void)
{
    return barco_mount_open_at("proc", "/proc", BARCO_MOUNT_RESTRICTED, NULL);
}

/* sysfs shows the devices of a network namespace, so a container that owns none
 * gets no fresh one. Then it is the host's, with the host's interfaces in it.
 */
static int mount_sys(const struct barco_rootfs *rootfs, int host)
{
    BARCO_CLEANUP(barco_close) int sys = -1;
    int result;

    if (rootfs->new_netns)
        return barco_mount_open_at(
            "sysfs", "/sys", BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY, NULL);
    sys = barco_mount_clone(host, "sys");
    if (sys < 0)
        return sys;
    BARCO_EXPLAIN("the host's devices may be looked at, and not be changed",
                  "mount_setattr(\"/sys\", MOUNT_ATTR_RDONLY)");
    (void)((result = barco_mount_set_read_only(sys)) < 0 ||
           (result = barco_mount_attach(sys, "/sys")) < 0);
    return result < 0 ? result : barco_take_fd(&sys);
}

/* ---- What must not be seen, and what must not be changed ---------------- */

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

static const char *const read_only[] = {
    "/proc/bus",
    "/proc/fs",
    "/proc/sys",
    "/proc/sysrq-trigger",
};
//! [masks]

//! [below]
/* A kernel file by its path, looked up below the mount of ours and not below
 * /: another container with the same root directory may rename /proc while we
 * are at it. */
static int open_kernel_file(const struct kernel *kernel, const char *path)
{
    struct open_how how = { .flags = O_PATH | O_CLOEXEC,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
    bool in_proc = strncmp(path, "/proc/", strlen("/proc/")) == 0;
    long file =
        syscall(SYS_openat2, in_proc ? kernel->proc : kernel->sys,
                path + strlen(in_proc ? "/proc/" : "/sys/"), &how, sizeof(how));

    /* Not in this kernel: nothing to protect. Whatever else went wrong, it
     * may be there. */
    if (file < 0 && errno != ENOENT)
        return BARCO_FAIL(openat2, "\"%s\", RESOLVE_BENEATH", path);
    return file < 0 ? -ENOENT : (int)file;
}
//! [below]

/* A file is covered with /dev/null, a directory with an empty one. */
static int mask(const struct kernel *kernel, int file, const char *path)
{
    BARCO_CLEANUP(barco_close) int cover = -1;
    struct stat st;

    if (fstat(file, &st) < 0)
        return BARCO_FAIL(fstat, "\"%s\"", path);
    cover = S_ISDIR(st.st_mode)
                ? barco_mount_new(
                      "tmpfs", BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY, NULL)
                : barco_dev_clone_null(kernel->host);
    return cover < 0 ? cover : barco_mount_attach_to(cover, file, path);
}

static int make_read_only(const struct kernel *kernel, int file,
                          const char *path)
{
    BARCO_CLEANUP(barco_close) int tree = -1;
    int result;

    (void)kernel;
    tree = open_tree(file, "",
                     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
                         AT_RECURSIVE);
    if (tree < 0)
        return BARCO_FAIL(open_tree, "\"%s\", OPEN_TREE_CLONE", path);
    result = barco_mount_set_read_only(tree);
    return result < 0 ? result : barco_mount_attach_to(tree, file, path);
}

/* Does the same to each path of a list. */
static int
protect(const struct kernel *kernel, const char *const paths[], size_t count,
        int (*how)(const struct kernel *kernel, int file, const char *path))
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        BARCO_CLEANUP(barco_close)
        int file = open_kernel_file(kernel, paths[i]);

        if (file != -ENOENT)
            result = file < 0 ? file : how(kernel, file, paths[i]);
    }
    return result;
}

static int protect_kernel_files(const struct kernel *kernel)
{
    int result;

    BARCO_EXPLAIN("they tell about the host: kernel memory, keys, hardware",
                  "mount over /proc/kcore, /proc/keys, /sys/firmware, ...");
    result = protect(kernel, masked, sizeof(masked) / sizeof(*masked), mask);
    if (result < 0)
        return result;
    BARCO_EXPLAIN("they change the host: sysctls, sysrq",
                  "mount read-only /proc/sys, /proc/sysrq-trigger, ...");
    return protect(kernel, read_only, sizeof(read_only) / sizeof(*read_only),
                   make_read_only);
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
    if (!rootfs->dir || rootfs->read_only)
        attrs |= MOUNT_ATTR_RDONLY;
    /* The bundled root is for all containers, and so must not be theirs: the
     * owner of a file may take a lease on it, and then others wait to open it.
     */
    result = barco_mount_isolate(tree, rootfs->dir ? userns : -1,
                                 attrs & MOUNT_ATTR_RDONLY, dir);
    if (result < 0)
        return result;
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

static int populate_kernel(const struct barco_rootfs *rootfs, int host)
{
    BARCO_CLEANUP(barco_close) int proc = mount_proc();
    BARCO_CLEANUP(barco_close) int sys = -1;
    struct kernel kernel = { .proc = proc, .host = host };
    int result = 0;

    if (proc < 0)
        return proc;
    kernel.sys = sys = mount_sys(rootfs, host);
    (void)((result = sys) < 0 || (result = barco_dev_mount(host)) < 0 ||
           (result = protect_kernel_files(&kernel)) < 0);
    return result;
}

static int populate(const struct barco_rootfs *rootfs, int host)
{
    static barco_mount_options tmp[] = { { "mode", "1777" }, { 0 } };
    static barco_mount_options home[] = { { "mode", "700" }, { 0 } };
    unsigned attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    int result = populate_kernel(rootfs, host);

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
        result = populate(rootfs, host);
    if (result == 0)
        result = leave_old_root(host);
    barco_close(&host); /* the last that we have of it */
    if (result == 0)
        result = attach_volumes(rootfs);
    barco_rootfs_close(rootfs);
    return result;
}
