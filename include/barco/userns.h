/**
 * @file
 * @brief Stage 04: a user namespace; from here on no root is needed.
 */
#ifndef BARCO_USERNS_H
#define BARCO_USERNS_H

#include <argp.h>
#include <sys/types.h>

#include "barco/rootfs.h"

/**
 * @defgroup userns User namespace
 * @brief Root inside, nobody outside.
 *
 * The first process of a user namespace has every capability in it, and none
 * outside. Which user of the host an id inside stands for is written, once,
 * to uid_map and gid_map. barco knows three maps:
 *
 * who runs it       | map                       | written by
 * ------------------|---------------------------|---------------------------
 * root              | 0-1999 to 10000-11999     | the parent
 * a user in subuid(5) | 0 to the user, 1-N to the user's range | newuidmap(1)
 * any other user    | one id, that of `--uid`, to the user | the parent
 *  @{
 */

/** One line of a map, as in `/proc/PID/uid_map`. */
struct barco_id_range {
    unsigned inside;  /**< first id in the namespace */
    unsigned outside; /**< first id on the host */
    unsigned count;   /**< how many; 0 ends a list */
};

/** Who is who inside, and how the map gets there. */
struct barco_userns {
    unsigned uid; /**< `--uid`: the user that the command becomes */
    unsigned gid; /**< and its group: the same number, unless it is given */

    /** How the map is written. */
    enum barco_userns_plan {
        BARCO_USERNS_SINGLE, /**< by the parent, and setgroups denied */
        BARCO_USERNS_SUBID,  /**< by newuidmap and newgidmap */
        BARCO_USERNS_ROOT,   /**< by the parent, which is root */
    } plan;                  /**< chosen by barco_userns_prepare() */

    struct barco_id_range uids[3]; /**< the user map */
    struct barco_id_range gids[3]; /**< the group map */
};

/** `-u/--uid UID[:GID]`; fills a struct barco_userns. */
extern const struct argp barco_userns_argp;

/**
 * Choose the maps for the user that runs us; before the child is started.
 *
 * @param[in,out] userns  gets plan, uids and gids
 * @return 0, or a negative errno, reported
 * @see user_namespaces(7), subuid(5)
 */
int barco_userns_prepare(struct barco_userns *userns);

/**
 * In the parent: write the maps of the child's user namespace.
 *
 * @param userns  prepared
 * @param pid     the child, started with CLONE_NEWUSER and waiting
 * @return 0, or a negative errno, reported: EPERM
 * @see user_namespaces(7), newuidmap(1)
 */
int barco_userns_map(const struct barco_userns *userns, pid_t pid);

/**
 * In the parent, when it is root: open the root directory for the child.
 *
 * Uid 0 inside is uid 10000 outside and would own nothing there, so the files
 * are mapped too; and it may be unable to reach the directory by its path.
 * An ordinary user's child opens the directory itself: nothing is done here.
 *
 * @param userns  prepared and mapped
 * @param pid     the child
 * @param[in,out] rootfs  gets its trees
 * @return 0, or a negative errno, reported
 * @see "ID-mapped mounts" in mount_setattr(2)
 */
int barco_userns_open_root(const struct barco_userns *userns, pid_t pid,
                           struct barco_rootfs *rootfs);

/**
 * In the child, when its ids are mapped: become uid 0 and gid 0 inside.
 *
 * @param userns  prepared, and mapped by the parent
 * @return 0, or a negative errno, reported
 * @see setgroups(2), setresuid(2)
 */
int barco_userns_become_root(const struct barco_userns *userns);

/** How many inotify instances a container may have, of the 128 of its user. */
#define BARCO_USERNS_INOTIFY 32

/**
 * In the child, when it is root inside: limit what no cgroup counts.
 *
 * What the users of a user namespace have is counted for whoever made it too.
 * So a container could use up all inotify instances of the user who started
 * it, and his other programs would fail.
 *
 * @pre /proc is mounted, the host's or the container's, and can be written
 * @return 0, or a negative errno, reported
 * @see "The /proc/sys/user directory" in namespaces(7), inotify(7)
 */
int barco_userns_limit(void);

/**
 * In the command's process: become the user of `--uid`.
 *
 * @param userns  prepared
 * @return 0, or a negative errno, reported: EINVAL when the map has no such id
 */
int barco_userns_become_user(const struct barco_userns *userns);

/** @} */

#endif
