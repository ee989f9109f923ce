/**
 * @file
 * @brief Stage 03: a root directory of its own.
 */
#ifndef BARCO_ROOTFS_H
#define BARCO_ROOTFS_H

#include <argp.h>
#include <stdbool.h>

#include "barco/volume.h"

/**
 * @defgroup rootfs Root file system
 * @brief Mount namespace, pivot_root, and what a container finds in / .
 *
 * Mounts are handled as objects with a descriptor (open_tree, fsmount) that
 * are put in place when they are finished (move_mount). Nothing is half ready
 * at a path that somebody else can reach, and nothing is looked up twice.
 *  @{
 */

/** The most trees that a container is made of: its root, and volumes. */
enum {
    BARCO_ROOTFS_TREES = 1 + BARCO_VOLUME_MAX
};

/** A directory that becomes a container's root, and what is mounted in it. */
struct barco_rootfs {
    const char *dir;  /**< host path, from `--mnt`; NULL: the bundled root */
    bool read_only;   /**< `--read-only`; the bundled root always is */
    bool own_network; /**< in a new network namespace: /sys can be fresh */
    struct barco_volumes volumes; /**< `--volume` */

    /** mounts that are not attached anywhere yet: the root directory, then
     * the volumes in their order */
    int trees[BARCO_ROOTFS_TREES];
    int opened; /**< how many of the trees there are: none, or all */
};

/** No root directory chosen yet. */
#define BARCO_ROOTFS_DEFAULT     \
    {                            \
        .dir = NULL, .opened = 0 \
    }

/** `--mnt DIR`, `--read-only` and `--volume`; fills a struct barco_rootfs. */
extern const struct argp barco_rootfs_argp;

/**
 * Make mounts of the root directory and of the volumes that are not attached
 * anywhere yet.
 *
 * The bundled root is read-only, with room to write in /tmp and /root.
 *
 * @pre CAP_SYS_ADMIN over the mount namespace
 * @param[in,out] rootfs  gets its trees
 * @param userns  descriptor of a user namespace: files show there the owners
 *                that they have on the host, see barco_mount_adopt().
 *                -1: no mapping
 * @return 0, or a negative errno, reported: ENOENT, ENOTDIR, EACCES, EPERM
 * @see open_tree(2), mount_setattr(2)
 */
int barco_rootfs_open(struct barco_rootfs *rootfs, int userns);

/**
 * Make it the root of this process, with no way back to the old one.
 *
 * The new root gets a /proc and a /dev of its own and a read-only /sys; what
 * would tell or change too much of the host is covered or made read-only. Then
 * the volumes are put in their places.
 *
 * @pre this process was started with CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWIPC
 * @param rootfs  opened here if it is not open yet; its trees are used up
 * @return 0, or a negative errno, reported
 * @see pivot_root(2), mount_namespaces(7)
 */
int barco_rootfs_enter(struct barco_rootfs *rootfs);

/**
 * Cleanup: let go of trees that were not used.
 *
 * @param rootfs  without trees afterwards
 */
void barco_rootfs_close(struct barco_rootfs *rootfs);

/** @} */

#endif
