/**
 * @file
 * @brief From a path on the host to a path in the container, safely.
 *
 *     1  open_tree(SRC)            the host's path, by the host's rules
 *     2  mount_setattr()           private, no set-uid, no devices, read-only
 *     3  openat2(DST)              the container's path, by its rules
 *     4  mkdirat(), mknodat()      the parts that are missing
 *     5  move_mount()              from descriptor to descriptor
 *
 * Somebody else may have made the container's files, and may change them while
 * we look. A path that is checked first and used later could lead elsewhere by
 * then, so each step goes from one descriptor to the next. And because a link
 * in the image can say anything, the walk uses the container's root directory
 * as / . Nothing may be mounted on that: where ".." reaches / , the kernel
 * steps onto whatever is mounted there, and after pivot_root that is the host's
 * root. Three kinds of targets are refused:
 *
 *  - /proc and /sys, because a volume there would cover what protects the host,
 *    or pretend to be it (CVE-2019-19921 of runc was of that kind);
 *  - /dev except /dev/shm, because a program that writes to /dev/null would
 *    write to the volume;
 *  - the root directory itself, because nobody would find the volume there.
 */
#include "barco/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"

enum {
    MQUEUE_MAGIC = 0x19800202 /* ipc/mqueue.c of the kernel */
};

/* ---- The source -------------------------------------------------------- */

int barco_volume_open(const struct barco_mount *volume)
{
    int source = open_tree(AT_FDCWD, volume->source, OPEN_TREE_CLOEXEC);

    return source < 0 ? BARCO_FAIL(open_tree, "\"%s\"", volume->source)
                      : source;
}

int barco_volume_clone(const struct barco_mount *volume, int source, int userns)
{
    BARCO_CLEANUP(barco_close) int tree = -1;
    bool read_only = volume->attrs & MOUNT_ATTR_RDONLY;
    int result;

    BARCO_EXPLAIN("a mount of the volume",
                  "open_tree(\"%s\", OPEN_TREE_CLONE|AT_RECURSIVE)",
                  volume->source);
    tree = barco_mount_clone(source, "");
    if (tree < 0)
        return tree;
    result = barco_mount_isolate(tree, volume->map_owners ? userns : -1,
                                 read_only, volume->source);
    if (result < 0)
        return result;
    BARCO_EXPLAIN("set-user-ID programs and device nodes do not work in a "
                  "volume",
                  "mount_setattr(MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV%s)",
                  read_only ? "|MOUNT_ATTR_RDONLY" : "");
    if ((result = barco_mount_set_attrs(tree, volume->attrs)) < 0)
        return result;
    return barco_take_fd(&tree);
}

/* ---- The target in the container ---------------------------------------- */

/* Opens a path, with a directory as its root. Magic links are refused: those of
 * /proc/self lead to the host's files that we have open. ".." fails with EAGAIN
 * while a directory is being renamed, anywhere, and is worth another try. */
static int open_in(int root, const char *path, uint64_t resolve)
{
    struct open_how how = { .flags = O_PATH | O_CLOEXEC,
                            .resolve = resolve | RESOLVE_NO_MAGICLINKS };
    int tries = 100;
    long mountpoint;

    do
        mountpoint = syscall(SYS_openat2, root, path, &how, sizeof(how));
    while (mountpoint < 0 && errno == EAGAIN && --tries > 0);
    return mountpoint < 0 ? -errno : (int)mountpoint;
}

/* Makes a directory or an empty file. If something has appeared there
 * meanwhile, it will do, unless it is a link. The name is the end of the
 * path. */
static int make_mountpoint(int dir, const char *path, const char *name,
                           bool directory)
{
    int mountpoint;

    if (directory && mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
        return BARCO_FAIL(mkdirat, "\"%s\"", path);
    if (!directory && mknodat(dir, name, S_IFREG | 0644, 0) < 0 &&
        errno != EEXIST)
        return BARCO_FAIL(mknodat, "\"%s\", S_IFREG", path);
    mountpoint = open_in(dir, name, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    if (mountpoint < 0) {
        errno = -mountpoint;
        return BARCO_FAIL(openat2, "\"%s\", RESOLVE_NO_SYMLINKS", path);
    }
    return mountpoint;
}

/* Opens the target of a path, if a volume may go there. A missing one is not
 * reported, because it can be made. */
static int walk_to(int root, const char *path)
{
    BARCO_CLEANUP(barco_close)
    int mountpoint = open_in(root, path, RESOLVE_IN_ROOT);
    struct statfs fs;

    if (mountpoint == -ENOENT)
        return mountpoint;
    if (mountpoint < 0) {
        errno = -mountpoint;
        return BARCO_FAIL(
            openat2, "\"%s\", RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS", path);
    }
    if (fstatfs(mountpoint, &fs) < 0)
        return BARCO_FAIL(fstatfs, "\"%s\"", path);
    if (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC ||
        fs.f_type == CGROUP2_SUPER_MAGIC) {
        errno = EPERM;
        return BARCO_FAIL(fstatfs, "\"%s\", a file system of the kernel", path);
    }
    return barco_take_fd(&mountpoint);
}

/* Walks along the path, /a, /a/b, /a/b/c, and makes what is missing. Each step
 * starts at the root again, because that is where absolute links start. */
static int open_mountpoint(int root, const char *target, bool directory)
{
    BARCO_CLEANUP(barco_close) int mountpoint = fcntl(root, F_DUPFD_CLOEXEC, 0);
    const char *end = target;

    if (mountpoint < 0)
        return BARCO_FAIL(fcntl, "F_DUPFD_CLOEXEC");
    while (end[strspn(end, "/")]) {
        const char *name = end + strspn(end, "/");
        char path[PATH_MAX];
        int next;

        end = strchrnul(name, '/');
        if (snprintf(path, sizeof(path), "%.*s", (int)(end - target), target) >=
            PATH_MAX) {
            errno = ENAMETOOLONG;
            return BARCO_FAIL(openat2, "\"%s\"", target);
        }
        next = walk_to(root, path);
        if (next == -ENOENT)
            next = make_mountpoint(mountpoint, path, path + (name - target),
                                   directory || end[strspn(end, "/")]);
        if (next < 0)
            return next;
        barco_close(&mountpoint);
        mountpoint = next;
    }
    return barco_take_fd(&mountpoint);
}

/* Whether a file in /dev would be covered. The file system on /dev is
 * recognized by its descriptor, those of pts and mqueue by their type; a device
 * node is a mount from the host's /dev. /dev/shm is for data. If in doubt,
 * yes. */
static bool is_in_dev(int mountpoint, const struct stat *st, int dev)
{
    struct statfs fs;
    struct stat top;

    if (!S_ISDIR(st->st_mode) && !S_ISREG(st->st_mode))
        return true;
    if (fstatfs(mountpoint, &fs) < 0 || fs.f_type == DEVPTS_SUPER_MAGIC ||
        fs.f_type == MQUEUE_MAGIC)
        return true;
    return dev >= 0 && (fstat(dev, &top) < 0 || top.st_dev == st->st_dev);
}

static int check_mountpoint(int root, int mountpoint, int dev,
                            const char *target)
{
    struct stat st, top;

    if (fstat(mountpoint, &st) < 0 || fstat(root, &top) < 0)
        return BARCO_FAIL(fstat, "\"%s\"", target);
    if (st.st_dev == top.st_dev && st.st_ino == top.st_ino) {
        errno = EBUSY;
        return BARCO_FAIL(move_mount, "\"%s\", the root directory", target);
    }
    if (is_in_dev(mountpoint, &st, dev)) {
        errno = EPERM;
        return BARCO_FAIL(move_mount, "\"%s\", in /dev", target);
    }
    return 0;
}

int barco_volume_attach(const struct barco_mount *volume, int tree, int root,
                        int dev)
{
    BARCO_CLEANUP(barco_close) int mountpoint = -1;
    const char *target = volume->target;
    struct stat st;
    int result;

    if (fstat(tree, &st) < 0)
        return BARCO_FAIL(fstat, "\"%s\"", volume->source);
    BARCO_EXPLAIN("links of the image are followed, and cannot lead out of it",
                  "openat2(\"%s\", RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS)",
                  target);
    mountpoint = open_mountpoint(root, target, S_ISDIR(st.st_mode));
    if (mountpoint < 0)
        return mountpoint;
    if ((result = check_mountpoint(root, mountpoint, dev, target)) < 0)
        return result;
    BARCO_EXPLAIN("the volume appears", "move_mount(\"%s\", \"%s\")",
                  volume->source, target);
    if (move_mount(tree, "", mountpoint, "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return BARCO_FAIL(move_mount, "\"%s\"", target);
    return 0;
}
