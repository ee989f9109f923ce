/**
 * @file
 * @brief Stage 03: a root directory of its own.
 */
#ifndef BARCO_ROOTFS_H
#define BARCO_ROOTFS_H

#include <argp.h>

/**
 * @defgroup rootfs Root file system
 * @brief Mount namespace, pivot_root, and what a container finds in / .
 *
 * Mounts are handled as objects with a descriptor (open_tree, fsmount) that
 * are put in place when they are finished (move_mount). Nothing is half ready
 * at a path that somebody else can reach, and nothing is looked up twice.
 *  @{
 */

/** A directory that becomes a container's root. */
struct barco_rootfs {
    const char *dir; /**< host path, from `--mnt`; NULL: the bundled root */
    int tree;        /**< its mount, not attached anywhere yet, or -1 */
};

/** No root directory chosen yet. */
#define BARCO_ROOTFS_DEFAULT    \
    {                           \
        .dir = NULL, .tree = -1 \
    }

/** `-m/--mnt DIR`; fills a struct barco_rootfs. */
extern const struct argp barco_rootfs_argp;

/**
 * Make a mount of the root directory that is not attached anywhere yet.
 *
 * The bundled root is read-only, with room to write in /tmp and /root.
 *
 * @pre CAP_SYS_ADMIN over the mount namespace
 * @param[in,out] rootfs  gets its tree
 * @param userns  descriptor of a user namespace: files show there the owners
 *                that they have on the host (an idmapped mount); a file system
 *                that cannot do that is used as it is, with a warning.
 *                -1: no mapping
 * @return 0, or a negative errno, reported: ENOENT, ENOTDIR, EACCES, EPERM
 * @see open_tree(2), mount_setattr(2)
 */
int barco_rootfs_open(struct barco_rootfs *rootfs, int userns);

/**
 * Make it the root of this process, with no way back to the old one.
 *
 * The new root gets a /proc and a /dev of its own and a read-only /sys; what
 * would tell or change too much of the host is covered or made read-only.
 *
 * @pre this process was started with CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWIPC
 * @param rootfs  opened here if it is not open yet; its tree is used up
 * @return 0, or a negative errno, reported
 * @see pivot_root(2), mount_namespaces(7)
 */
int barco_rootfs_enter(struct barco_rootfs *rootfs);

/**
 * Cleanup: let go of a tree that was not used.
 *
 * @param rootfs  without a tree afterwards
 */
void barco_rootfs_close(struct barco_rootfs *rootfs);

/** @} */

#endif
