/**
 * @file
 * @brief Stage 03: files of the host that a container may use.
 */
#ifndef BARCO_VOLUME_H
#define BARCO_VOLUME_H

#include <argp.h>
#include <stdbool.h>

/**
 * @defgroup volume Volumes
 * @brief A directory or a file of the host, at a place in the container.
 *
 * A container loses what it wrote when its root directory is thrown away, and
 * sees nothing of the host's. A volume is the exception that its user grants:
 *
 *     --volume /srv/photos:/mnt:ro
 *
 * The host's path is opened on the host's side, by whoever may; the place is
 * looked up on the container's side, where the links of an image lead nowhere
 * but into the image. Between the two the volume is a descriptor and no path.
 *
 * What root owns in a volume root in the container owns too, so that a volume
 * is as dangerous as what it shows: hand over data, and no system.
 *  @{
 */

/** The most volumes of one container. */
enum {
    BARCO_VOLUME_MAX = 15
};

/** A file or directory of the host, and its place in the container. */
struct barco_volume {
    const char *source; /**< host path, looked up when it is opened */
    const char *target; /**< place in the container, absolute, without ".." */
    bool read_only;     /**< `:ro` */
};

/** All volumes of a container, in the order in which they are mounted. */
struct barco_volumes {
    struct barco_volume list[BARCO_VOLUME_MAX]; /**< the first count are used */
    int count;                                  /**< how many there are */
};

/** `--volume SRC:DST[:ro]`; adds to a struct barco_volumes. */
extern const struct argp barco_volume_argp;

/**
 * Make a mount of a volume's source that is not attached anywhere yet.
 *
 * No set-uid program and no device node works in it.
 *
 * @pre CAP_SYS_ADMIN over the mount namespace
 * @param volume  what to open
 * @param userns  descriptor of the user namespace in which files show the
 *                owners that they have on the host, see barco_mount_adopt();
 *                -1: no mapping
 * @return the mount's descriptor, or a negative errno, reported: ENOENT,
 *         ENOTDIR, EACCES
 * @see open_tree(2), mount_setattr(2)
 */
int barco_volume_open(const struct barco_volume *volume, int userns);

/**
 * Attach a volume at its place; make the place if it is missing.
 *
 * Symbolic links on the way are followed as the container would, but for the
 * magic links of proc(5). Nothing is mounted in /proc or /sys, nor on the root
 * directory. Directories that are missing are made, and an empty file where
 * the source is one.
 *
 * @pre the root directory is the container's, and the host's is unmounted
 * @param volume  whose place it is
 * @param tree    its mount, which stays open
 * @return 0, or a negative errno, reported: EROFS, EACCES when the place is
 *         missing and cannot be made; ELOOP, ENOTDIR, EPERM, EBUSY, EINVAL
 *         when it is none for a volume
 * @see openat2(2), move_mount(2)
 */
int barco_volume_attach(const struct barco_volume *volume, int tree);

/** @} */

#endif
