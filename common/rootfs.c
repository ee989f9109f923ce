/**
 * @file
 * @brief From the host's root to a root of our own, with no way back.
 *
 *     1  make every mount private     our mounts stay with us
 *     2  open the host's sources      the root directory and the volumes
 *     3  attach the new root          over the old one
 *     4  make each mount of the list and attach it below the new root
 *     5  hide files that reveal too much, protect those that change too much
 *     6  pivot_root(".", ".")         the new root is / , the old one lies on
 *                                     top of it
 *     7  unmount the old root         nothing leads back
 *
 * Step 4 comes before step 7 because it needs the host's tree. Device nodes are
 * the host's. And in a user namespace the kernel makes a proc or a sysfs only
 * while another one, with nothing mounted over its files, is in the mount
 * namespace: a process that may see only parts of /proc must not get the rest
 * by mounting a new one.
 *
 * It comes before step 6 because the new root can be full of traps: a link in
 * an image can say anything. Every path is looked up with the new root's
 * descriptor as / (RESOLVE_IN_ROOT), and up to step 6 nothing is mounted on it.
 * Afterwards the old root is, and where ".." reaches / the kernel steps onto
 * it.
 *
 * Mounts are made one at a time, because until it is attached each is in a
 * mount namespace of its own, and user.max_mnt_namespaces is soon reached. The
 * paths of volumes are still opened before step 3: afterwards the new root is
 * mounted on / , and ".." above it leads into the image.
 *
 * Step 5 looks files up below the mounts of step 4, not by a path from / :
 * another container with the same root directory could rename /proc meanwhile.
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

#include "barco/dev.h"
#include "barco/error.h"
#include "barco/volume.h"

/* ---- Reading the specification ------------------------------------------- */

/* Something of the host's, and not a new file system. */
static bool is_bind(const struct barco_mount *mount)
{
    return strcmp(mount->type, "bind") == 0;
}

/* A place below the root directory, on which nothing may be mounted. */
static bool is_below_root(const char *path)
{
    const char *name = path + strspn(path, "/");

    if (*path != '/' || !*name)
        return false;
    for (; *name; name += strspn(name, "/")) {
        size_t length = strcspn(name, "/");

        if (length == 2 && strncmp(name, "..", 2) == 0)
            return false;
        name += length;
    }
    return true;
}

static bool is_complete(const struct barco_mount *mount)
{
    return mount->type && mount->target && is_below_root(mount->target) &&
           (!is_bind(mount) || mount->source);
}

static int check_paths(const char *const paths[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (*paths[i] != '/') {
            errno = EINVAL;
            return BARCO_FAIL(rootfs, "path %zu: \"%s\"", i, paths[i]);
        }
    return 0;
}

static int check_specification(const struct barco_rootfs *rootfs)
{
    int result;

    if (!rootfs->dir) {
        errno = EINVAL;
        return BARCO_FAIL(rootfs, "dir: NULL");
    }
    if (rootfs->mount_count >= BARCO_FDS_MAX) {
        errno = E2BIG;
        return BARCO_FAIL(rootfs, "%zu mounts", rootfs->mount_count);
    }
    for (size_t i = 0; i < rootfs->mount_count; i++)
        if (!is_complete(&rootfs->mounts[i])) {
            errno = EINVAL;
            return BARCO_FAIL(rootfs, "mount %zu", i);
        }
    if ((result = check_paths(rootfs->masked, rootfs->masked_count)) < 0)
        return result;
    return check_paths(rootfs->read_only_paths, rootfs->read_only_count);
}

/* ---- Looking at the host ------------------------------------------------ */

/* With flags, a mount of the directory; without, only a descriptor to look
 * at. */
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

/* Root in the container may see what we may not: it has the user ids of
 * /etc/subuid. So we cannot say that the path does not exist. */
static bool is_hidden(const char *path)
{
    return access(path, F_OK) < 0 && errno == EACCES;
}

int barco_rootfs_check(const struct barco_rootfs *rootfs)
{
    BARCO_CLEANUP(barco_close) int tree = -1;
    int result = check_specification(rootfs);

    if (result < 0)
        return result;
    BARCO_EXPLAIN("a wrong path is reported before anything is made",
                  "open_tree(\"%s\")", rootfs->dir);
    if (!is_hidden(rootfs->dir) && (tree = open_directory(rootfs->dir, 0)) < 0)
        return tree;
    for (size_t i = 0; i < rootfs->mount_count; i++) {
        const struct barco_mount *mount = &rootfs->mounts[i];

        if (!is_bind(mount) || is_hidden(mount->source))
            continue;
        BARCO_CLEANUP(barco_close) int source = barco_volume_open(mount);

        if (source < 0)
            return source;
    }
    return 0;
}

bool barco_rootfs_lacks(const struct barco_rootfs *rootfs, const char *path)
{
    BARCO_CLEANUP(barco_close) int root = -1;
    char top[NAME_MAX + 1];
    struct stat st;

    if (!rootfs->dir || sscanf(path, "/%255[^/]", top) != 1)
        return false;
    for (size_t i = 0; i < rootfs->mount_count; i++)
        if (is_bind(&rootfs->mounts[i]))
            return false;
    root = open(rootfs->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return root >= 0 && fstatat(root, top, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
           errno == ENOENT;
}

/* ---- Opening the host's sources ------------------------------------------ */

//! [root]
static int open_root(const struct barco_rootfs *rootfs, int userns)
{
    const char *dir = rootfs->dir;
    BARCO_CLEANUP(barco_close) int tree = -1;
    unsigned attrs =
        MOUNT_ATTR_NODEV | (rootfs->read_only ? MOUNT_ATTR_RDONLY : 0);
    int result;

    BARCO_EXPLAIN("a mount of the directory that is not attached anywhere yet",
                  "open_tree(\"%s\", OPEN_TREE_CLONE|AT_RECURSIVE)", dir);
    tree = open_directory(dir, OPEN_TREE_CLONE | AT_RECURSIVE);
    if (tree < 0)
        return tree;
    result = barco_mount_isolate(tree, rootfs->map_owners ? userns : -1,
                                 rootfs->read_only, dir);
    if (result < 0)
        return result;
    BARCO_EXPLAIN("device nodes that came with the files do not work",
                  "mount_setattr(\"%s\", MOUNT_ATTR_NODEV%s)", dir,
                  rootfs->read_only ? "|MOUNT_ATTR_RDONLY" : "");
    if ((result = barco_mount_set_attrs(tree, attrs)) < 0)
        return result;
    return barco_take_fd(&tree);
}
//! [root]

/* A clone of a volume, with the owners that a user namespace maps, or just the
 * place. A clone of / has on it what lies on / when it is made: later that is
 * the new root, and its /proc, which nothing covers yet. */
static int open_volume(const struct barco_mount *volume, bool clone, int userns)
{
    BARCO_CLEANUP(barco_close) int source = barco_volume_open(volume);

    if (source < 0)
        return source;
    if (clone || barco_mount_is_host_root(source))
        return barco_volume_clone(volume, source, userns);
    return barco_take_fd(&source);
}

/* A mount of the root directory; then the volumes, either cloned or only
 * opened. */
static int open_sources(const struct barco_rootfs *rootfs, bool clone,
                        int userns, struct barco_fds *sources)
{
    int fd = check_specification(rootfs);

    if (fd < 0)
        return fd;
    if ((fd = open_root(rootfs, userns)) < 0)
        return fd;
    sources->fd[sources->count++] = fd;
    for (size_t i = 0; i < rootfs->mount_count; i++) {
        const struct barco_mount *mount = &rootfs->mounts[i];

        if (!is_bind(mount))
            continue;
        fd = open_volume(mount, clone, userns);
        if (fd < 0)
            return fd;
        sources->fd[sources->count++] = fd;
    }
    return 0;
}

int barco_rootfs_open(const struct barco_rootfs *rootfs, int userns,
                      struct barco_fds *mounts)
{
    int result = open_sources(rootfs, true, userns, mounts);

    if (result < 0)
        barco_fds_close(mounts);
    return result;
}

/* ---- Putting mounts in place -------------------------------------------- */

/* sysfs shows the devices of a network namespace, so the kernel refuses a new
 * one to a container that owns none. Then it is the host's, with the host's
 * interfaces in it. */
static int show_sysfs(const struct barco_mount *mount)
{
    BARCO_CLEANUP(barco_close) int sys = barco_mount_clone(AT_FDCWD, "/sys");
    int result;

    if (sys < 0)
        return sys;
    result = barco_mount_set_attrs(sys, mount->attrs | MOUNT_ATTR_RDONLY);
    return result < 0 ? result : barco_take_fd(&sys);
}

static int make_file_system(const struct barco_rootfs *rootfs,
                            const struct barco_mount *mount)
{
    const char *why = mount->why ? mount->why : "a file system of its own";
    const char *read_only =
        mount->attrs & MOUNT_ATTR_RDONLY ? "MOUNT_ATTR_RDONLY" : "";

    if (strcmp(mount->type, "sysfs") == 0 && !rootfs->new_netns) {
        BARCO_EXPLAIN("only the owner of a network namespace may make a new "
                      "sysfs, so this is the host's, read-only",
                      "open_tree(\"/sys\", OPEN_TREE_CLONE), "
                      "mount_setattr(MOUNT_ATTR_RDONLY), move_mount(\"%s\")",
                      mount->target);
        return show_sysfs(mount);
    }
    BARCO_EXPLAIN(why, "fsopen(\"%s\"), fsmount(%s), move_mount(\"%s\")",
                  mount->type, read_only, mount->target);
    return barco_mount_new(mount);
}

/* What is in place so far: the root directory, then mounts in order. */
struct tree {
    struct barco_fds fds;
    int dev; /* the one on /dev, or -1 */
};

static void close_tree(struct tree *tree)
{
    barco_fds_close(&tree->fds);
}

/* Attaches the mount that was made last. */
static int attach(const struct barco_rootfs *rootfs,
                  const struct barco_mount *mount, struct tree *tree)
{
    int root = tree->fds.fd[0], fd = tree->fds.fd[tree->fds.count - 1];
    int result;

    if (is_bind(mount))
        return barco_volume_attach(mount, fd, root, tree->dev);
    result = barco_mount_attach(fd, root, mount->target);
    if (result < 0 || strcmp(mount->target, "/dev") != 0)
        return result;
    tree->dev = fd;
    return rootfs->devices ? barco_dev_populate(fd) : 0;
}

/* Sources are those of open_sources(): cloned by root on the host's side, or
 * opened here and then cloned when their turn comes. */
static int attach_mounts(const struct barco_rootfs *rootfs,
                         struct barco_fds *sources, bool cloned,
                         struct tree *tree)
{
    int *source = sources->fd;
    int fd, result;

    tree->fds.fd[tree->fds.count++] = barco_take_fd(source++);
    for (size_t i = 0; i < rootfs->mount_count; i++) {
        const struct barco_mount *mount = &rootfs->mounts[i];

        if (!is_bind(mount)) {
            fd = make_file_system(rootfs, mount);
        } else if (cloned || barco_mount_is_host_root(*source)) {
            fd = barco_take_fd(source++);
        } else {
            fd = barco_volume_clone(mount, *source, -1);
            barco_close(source++);
        }
        if (fd < 0)
            return fd;
        tree->fds.fd[tree->fds.count++] = fd;
        if ((result = attach(rootfs, mount, tree)) < 0)
            return result;
    }
    return 0;
}

/* ---- What must not be seen, and what must not be changed ---------------- */

//! [below]
/* Opens a file by its path, looked up below the mount that it is in and not
 * below / : the last in the list whose target the path begins with. */
static int open_file(const struct barco_rootfs *rootfs, const struct tree *tree,
                     const char *path)
{
    struct open_how how = { .flags = O_PATH | O_CLOEXEC,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
    const char *rest = path + 1;
    int dir = tree->fds.fd[0];
    long file;

    for (size_t i = 0; i < rootfs->mount_count; i++) {
        const char *target = rootfs->mounts[i].target;
        size_t length = strlen(target);

        if (strncmp(path, target, length) == 0 && path[length] == '/') {
            dir = tree->fds.fd[1 + i];
            rest = path + length + 1;
        }
    }
    file = syscall(SYS_openat2, dir, rest, &how, sizeof(how));
    /* ENOENT: this kernel does not have it, so there is nothing to protect.
     * After any other error it may exist. */
    if (file < 0 && errno != ENOENT)
        return BARCO_FAIL(openat2, "\"%s\", RESOLVE_BENEATH", path);
    return file < 0 ? -ENOENT : (int)file;
}
//! [below]

//! [mask]
/* Covers a file with /dev/null, and a directory with an empty one. */
static int mask(int file, const char *path)
{
    static const struct barco_mount empty = {
        .type = "tmpfs",
        .attrs = BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY,
    };
    BARCO_CLEANUP(barco_close) int cover = -1;
    struct stat st;

    if (fstat(file, &st) < 0)
        return BARCO_FAIL(fstat, "\"%s\"", path);
    cover =
        S_ISDIR(st.st_mode) ? barco_mount_new(&empty) : barco_dev_clone_null();
    return cover < 0 ? cover : barco_mount_attach_to(cover, file, path);
}

static int make_read_only(int file, const char *path)
{
    BARCO_CLEANUP(barco_close) int tree = barco_mount_clone(file, "");
    int result;

    if (tree < 0)
        return tree;
    if ((result = barco_mount_set_attrs(tree, MOUNT_ATTR_RDONLY)) < 0)
        return result;
    return barco_mount_attach_to(tree, file, path);
}
//! [mask]

/* Does the same to each path of a list. */
static int protect(const struct barco_rootfs *rootfs, const struct tree *tree,
                   const char *const paths[], size_t count,
                   int (*how)(int file, const char *path))
{
    for (size_t i = 0; i < count; i++) {
        BARCO_CLEANUP(barco_close)
        int file = open_file(rootfs, tree, paths[i]);
        int result;

        if (file == -ENOENT)
            continue;
        if (file < 0)
            return file;
        if ((result = how(file, paths[i])) < 0)
            return result;
    }
    return 0;
}

static int protect_paths(const struct barco_rootfs *rootfs,
                         const struct tree *tree)
{
    int result;

    BARCO_EXPLAIN(
        "these show the host: its memory, its keys, its hardware. "
        "An empty file or directory covers each",
        "move_mount(/dev/null or tmpfs, over /proc/kcore, /proc/keys, "
        "/sys/firmware, ...)");
    result = protect(rootfs, tree, rootfs->masked, rootfs->masked_count, mask);
    if (result < 0)
        return result;
    BARCO_EXPLAIN("these change the host: its settings, a reboot by sysrq. "
                  "They can still be read",
                  "mount_setattr(MOUNT_ATTR_RDONLY) on /proc/sys, "
                  "/proc/sysrq-trigger, ...");
    return protect(rootfs, tree, rootfs->read_only_paths,
                   rootfs->read_only_count, make_read_only);
}

/* ---- The root itself ----------------------------------------------------- */

//! [private]
static int make_private(void)
{
    BARCO_EXPLAIN("mounts made here do not appear on the host, nor the host's "
                  "here",
                  "mount(\"/\", MS_REC|MS_PRIVATE)");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return BARCO_FAIL(mount, "\"/\", MS_REC|MS_PRIVATE");
    return 0;
}
//! [private]

static int attach_root(int root)
{
    BARCO_EXPLAIN("the new root becomes a mount of this namespace",
                  "move_mount(root directory, \"/\")");
    if (move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return BARCO_FAIL(move_mount, "\"/\"");
    if (fchdir(root) < 0)
        return BARCO_FAIL(fchdir, "root directory");
    return 0;
}

//! [pivot]
/* The working directory is the new root, and after this it is / . The old root
 * is mounted on top of it, where only "/.." leads. This is pivot_root(".", ".")
 * in pivot_root(2). */
static int pivot(void)
{
    BARCO_EXPLAIN("chroot leaves the old root mounted and can be escaped; this "
                  "moves it away",
                  "pivot_root(\".\", \".\")");
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return BARCO_FAIL(pivot_root, "\".\", \".\"");
    return 0;
}

static int leave_old_root(int host)
{
    BARCO_EXPLAIN("no file of the host can be reached any more",
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

static int enter(const struct barco_rootfs *rootfs, struct barco_fds *mounts)
{
    bool cloned = mounts->count > 0;
    BARCO_CLEANUP(barco_close) int host = -1;
    BARCO_CLEANUP(close_tree) struct tree tree = { .dev = -1 };
    int result;

    if ((result = make_private()) < 0)
        return result;
    if (!cloned && (result = open_sources(rootfs, false, -1, mounts)) < 0)
        return result;
    host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (host < 0)
        return BARCO_FAIL(open, "\"/\", O_PATH");
    if ((result = attach_root(mounts->fd[0])) < 0)
        return result;
    if ((result = attach_mounts(rootfs, mounts, cloned, &tree)) < 0)
        return result;
    if ((result = protect_paths(rootfs, &tree)) < 0)
        return result;
    if ((result = pivot()) < 0)
        return result;
    return leave_old_root(host);
}

int barco_rootfs_enter(const struct barco_rootfs *rootfs,
                       struct barco_fds *mounts)
{
    /* Files made here are for every user in the container. */
    mode_t mask = umask(022);
    int result = enter(rootfs, mounts);

    umask(mask);
    barco_fds_close(mounts);
    return result;
}
