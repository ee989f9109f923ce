/**
 * @file
 * @brief A map is written from outside, and the process becomes the user that
 * it maps.
 *
 *     on the host                     in PID 1
 *     -----------                     --------
 *     choose the maps                 wait
 *     write uid_map and gid_map
 *     open the root directory
 *     release ----------------------> become root
 *                                     in the command's process: become the user
 *
 * userns_choose.c chooses the ids of the host.
 */
#include "barco/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/process.h"
#include "common/userns_maps.h"
#include "common/userns_newidmap.h"

/* ---- Writing the maps --------------------------------------------------- */

/* The kernel accepts a map only once, and in one write(2). */
static int write_text(const char *path, const char *text)
{
    BARCO_CLEANUP(barco_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return BARCO_FAIL(open, "\"%s\", O_WRONLY", path);
    if (write(fd, text, strlen(text)) < 0)
        return BARCO_FAIL(write, "\"%s\", \"%s\"", path, text);
    return 0;
}

static int write_map(pid_t pid, const char *name,
                     const struct barco_id_range *ranges, size_t count)
{
    char path[64], text[USERNS_MAPS_BYTES];
    int result = userns_maps_print(name, ranges, count, text);

    if (result < 0)
        return result;
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    BARCO_EXPLAIN("first id inside, first id on the host, how many",
                  "write(\"%s\", \"%s\")", path, text);
    return write_text(path, text);
}

//! [map]
/* Leaving a group can give access to files that are closed to its members, so
 * the kernel lets an ordinary user map a group only once setgroups(2) is
 * denied. */
static int deny_setgroups(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
    BARCO_EXPLAIN("without this an ordinary user may not map a group",
                  "write(\"%s\", \"deny\")", path);
    return write_text(path, "deny");
}

int barco_userns_map(const struct barco_userns *userns, pid_t pid)
{
    int result;

    if (userns->id_mapping == BARCO_ID_MAPPING_SUBID)
        return userns_newidmap_run(userns, pid);
    if (userns->id_mapping == BARCO_ID_MAPPING_SINGLE &&
        (result = deny_setgroups(pid)) < 0)
        return result;
    if ((result = write_map(pid, "gid_map", userns->gids, userns->gid_count)) <
        0)
        return result;
    return write_map(pid, "uid_map", userns->uids, userns->uid_count);
}
//! [map]

int barco_userns_open_root(const struct barco_userns *userns, pid_t pid,
                           const struct barco_rootfs *rootfs,
                           struct barco_fds *mounts)
{
    BARCO_CLEANUP(barco_close) int namespace = -1;
    char path[64];

    if (userns->id_mapping != BARCO_ID_MAPPING_ROOT)
        return 0;
    snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
    namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0)
        return BARCO_FAIL(open, "\"%s\"", path);
    return barco_rootfs_open(rootfs, namespace, mounts);
}

/* ---- Becoming somebody -------------------------------------------------- */

static int set_ids(unsigned uid, unsigned gid)
{
    BARCO_EXPLAIN("real, effective and saved ids, so that there is no way back",
                  "setresgid(%u), setresuid(%u)", gid, uid);
    if (setresgid(gid, gid, gid) < 0)
        return BARCO_FAIL(setresgid, "%u, %u, %u", gid, gid, gid);
    if (setresuid(uid, uid, uid) < 0)
        return BARCO_FAIL(setresuid, "%u, %u, %u", uid, uid, uid);
    return 0;
}

static int set_groups(const gid_t *groups, size_t count)
{
    BARCO_EXPLAIN("the groups of the host's user are not the container's",
                  "setgroups(%zu)", count);
    return setgroups(count, groups) < 0 ? BARCO_FAIL(setgroups, "%zu", count)
                                        : 0;
}

//! [become root]
int barco_userns_become_root(const struct barco_userns *userns)
{
    int result;

    /* If only one id is mapped we have that id already, and groups cannot be
     * set. */
    if (userns->id_mapping == BARCO_ID_MAPPING_SINGLE)
        return 0;
    if ((result = set_groups(NULL, 0)) < 0)
        return result;
    if ((result = set_ids(0, 0)) < 0)
        return result;
    /* The change of ids has cleared the parent-death signal. */
    return barco_process_die_with_parent();
}
//! [become root]

int barco_userns_become_user(const struct barco_userns *userns)
{
    int result;

    if (userns->id_mapping == BARCO_ID_MAPPING_SINGLE)
        return 0;
    if (userns->group_count > 0 &&
        (result = set_groups(userns->groups, userns->group_count)) < 0)
        return result;
    if (userns->uid == 0 && userns->gid == 0)
        return 0;
    if ((result = set_ids(userns->uid, userns->gid)) < 0)
        return result;
    return barco_process_die_with_parent();
}
