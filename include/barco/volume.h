/**
 * @file
 * @brief Stage 03: files of the host, shown to the container.
 */
#ifndef BARCO_VOLUME_H
#define BARCO_VOLUME_H

#include <argp.h>
#include <stdbool.h>

/**
 * @defgroup volume Volume
 * @brief A file or directory of the host, mounted inside.
 *
 * The source is a path of the host and is opened there; the destination is a
 * path of the container, and whoever made its root directory may have put
 * symbolic links there to lead us astray. So it is looked up inside of that
 * root, link by link, and nothing is mounted over /proc or /sys, where a mount
 * could hide what barco has covered.
 *  @{
 */

/** One `--volume SRC:DST[:ro]`. */
struct barco_volume {
    const char *source;      /**< host path of a directory or a file */
    const char *destination; /**< absolute path inside; made if missing */
    bool read_only;          /**< `:ro` */
};

/** How many the command line can name. */
#define BARCO_MAX_VOLUMES 15

/** All of them. */
struct barco_volumes {
    struct barco_volume list[BARCO_MAX_VOLUMES]; /**< in the order given */
    int count;                                   /**< how many */
};

/** `--volume SRC:DST[:ro]`; fills a struct barco_volumes. */
extern const struct argp barco_volume_argp;

/**
 * Make a mount of the source that is not attached anywhere yet.
 *
 * Setuid programs and device nodes in it have no effect.
 *
 * @pre CAP_SYS_ADMIN over the mount namespace
 * @param volume  which
 * @param userns  as in barco_mount_open()
 * @return the mount's descriptor, or a negative errno, reported: ENOENT, EACCES
 */
int barco_volume_open(const struct barco_volume *volume, int userns);

/**
 * Attach it at its destination below the present root directory.
 *
 * @param volume  which
 * @param tree    its mount, which stays open
 * @return 0, or a negative errno, reported: EROFS when the destination has to
 *         be made and cannot, ELOOP for a link into /proc, EPERM on /proc
 *         or /sys
 * @see RESOLVE_IN_ROOT in openat2(2), in the kernel since 5.6
 */
int barco_volume_attach(const struct barco_volume *volume, int tree);

/** @} */

#endif
