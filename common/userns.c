/**
 * @file
 * @brief Three ways to fill uid_map and gid_map, and what follows from them.
 *
 * Which ids of the host they lead to is found in userns_ranges.c, and what
 * newuidmap does for ordinary users in userns_newidmap.c.
 */
#include "barco/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/process.h"
#include "common/userns_newidmap.h"
#include "common/userns_ranges.h"

/* ---- Choosing the maps -------------------------------------------------- */

/* Root's: a range of its own, or the one that was asked for. */
static int choose_as_root(struct barco_userns *userns)
{
    struct barco_id_range *uid = &userns->uids[0], *gid = &userns->gids[0];
    int lock;

    userns->id_mapping = BARCO_ID_MAPPING_ROOT;
    *uid = userns->ids;
    if (userns->ids.count == 0) {
        lock = barco_range_of_its_own(uid);
        if (lock < 0)
            return lock;
        userns->lock = lock;
    }
    *gid = *uid;
    return 0;
}

/* A group that is not our own, and opens files to us; if in doubt, yes. */
static bool has_groups(void)
{
    static gid_t groups[NGROUPS_MAX];
    int count = getgroups(NGROUPS_MAX, groups);
    bool found = count < 0;

    while (!found && count > 0)
        found = groups[--count] != getegid();
    return found;
}

/* One id is all that we may map, so it had better be the right one. That is a
 * container still, and better than none; but what it lacks has to be told. */
static void choose_single(struct barco_userns *userns)
{
    userns->id_mapping = BARCO_ID_MAPPING_SINGLE;
    userns->uids[0].inside = userns->uid;
    userns->gids[0].inside = userns->gid;
    if (has_groups())
        BARCO_WARN("without a range in /etc/subuid and /etc/subgid the "
                   "container keeps your groups, and can use files that are "
                   "theirs");
}

/* What /etc/subuid and /etc/subgid grant: 1, and 0 if it cannot be had. */
static int use_subids(struct barco_userns *userns)
{
    struct barco_id_range uids = { .inside = 1 }, gids = { .inside = 1 };
    int has_uids = barco_range_of_user("/etc/subuid", &uids);
    int has_gids =
        has_uids < 0 ? has_uids : barco_range_of_user("/etc/subgid", &gids);

    if (has_gids < 0)
        return has_gids;
    if (has_uids != has_gids) {
        BARCO_WARN("you have a range in %s, and none in %s: the container has "
                   "one id",
                   has_uids ? "/etc/subuid" : "/etc/subgid",
                   has_uids ? "/etc/subgid" : "/etc/subuid");
        return 0;
    }
    if (has_uids && !barco_newidmap_can_run()) {
        BARCO_WARN("you have a range in /etc/subuid, and newuidmap to map it "
                   "with is not installed (Debian's package uidmap): the "
                   "container has one id");
        return 0;
    }
    if (!has_uids) {
        BARCO_INFO("you have no range in /etc/subuid: the container has one "
                   "id");
        return 0;
    }
    userns->uids[1] = uids;
    userns->gids[1] = gids;
    return 1;
}

static int choose_as_user(struct barco_userns *userns)
{
    int result;

    if (userns->ids.count > 0) {
        errno = EPERM;
        return BARCO_FAIL(geteuid, "--ids %u:%u", userns->ids.outside,
                          userns->ids.count);
    }
    userns->uids[0] = (struct barco_id_range){ 0, geteuid(), 1 };
    userns->gids[0] = (struct barco_id_range){ 0, getegid(), 1 };
    result = use_subids(userns);
    if (result == 0)
        choose_single(userns);
    if (result > 0)
        userns->id_mapping = BARCO_ID_MAPPING_SUBID;
    return result < 0 ? result : 0;
}

static bool maps(const struct barco_id_range *range, unsigned id)
{
    for (; range->count > 0; range++)
        if (id >= range->inside && id - range->inside < range->count)
            return true;
    return false;
}

/* Said now, while there is nothing yet to be undone. */
static int check_user(const struct barco_userns *userns)
{
    errno = EINVAL;
    if (!maps(userns->uids, userns->uid))
        return BARCO_FAIL(setresuid, "%u, and the container has %u ids",
                          userns->uid,
                          userns->uids[0].count + userns->uids[1].count);
    if (!maps(userns->gids, userns->gid))
        return BARCO_FAIL(setresgid, "%u, and the container has %u ids",
                          userns->gid,
                          userns->gids[0].count + userns->gids[1].count);
    return 0;
}

int barco_userns_prepare(struct barco_userns *userns)
{
    int result =
        geteuid() == 0 ? choose_as_root(userns) : choose_as_user(userns);

    return result < 0 ? result : check_user(userns);
}

void barco_userns_release(struct barco_userns *userns)
{
    if (userns->lock > 0)
        close(userns->lock);
    userns->lock = 0;
}

/* ---- Writing the maps --------------------------------------------------- */

/* The kernel takes a map once, and in one write(2). */
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
                     const struct barco_id_range *range)
{
    char path[64], text[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    snprintf(text, sizeof(text), "%u %u %u", range->inside, range->outside,
             range->count);
    BARCO_EXPLAIN("first id inside, first id on the host, how many",
                  "write(\"%s\", \"%s\")", path, text);
    return write_text(path, text);
}

int barco_userns_map(const struct barco_userns *userns, pid_t pid)
{
    int result;

    if (userns->id_mapping == BARCO_ID_MAPPING_SUBID)
        return barco_newidmap_run(userns, pid);

    /* Leaving a group can open files that are closed to its members, so the
     * kernel lets an ordinary user map groups only when that is given up. */
    if (userns->id_mapping == BARCO_ID_MAPPING_SINGLE) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
        BARCO_EXPLAIN("without this an ordinary user may map no group",
                      "write(\"%s\", \"deny\")", path);
        result = write_text(path, "deny");
        if (result < 0)
            return result;
    }
    result = write_map(pid, "gid_map", userns->gids);
    return result < 0 ? result : write_map(pid, "uid_map", userns->uids);
}

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
    BARCO_EXPLAIN("real, effective and saved, so that there is no way back",
                  "setresgid(%u), setresuid(%u)", gid, uid);
    if (setresgid(gid, gid, gid) < 0)
        return BARCO_FAIL(setresgid, "%u, %u, %u", gid, gid, gid);
    if (setresuid(uid, uid, uid) < 0)
        return BARCO_FAIL(setresuid, "%u, %u, %u", uid, uid, uid);
    return 0;
}

int barco_userns_become_root(const struct barco_userns *userns)
{
    int result;

    /* With one id mapped we are that id already, and groups cannot be set. */
    if (userns->id_mapping == BARCO_ID_MAPPING_SINGLE)
        return 0;
    BARCO_EXPLAIN("the groups of the host's user are not the container's",
                  "setgroups(0)");
    if (setgroups(0, NULL) < 0)
        return BARCO_FAIL(setgroups, "0");
    result = set_ids(0, 0);
    /* The change of ids has made the kernel forget. */
    return result < 0 ? result : barco_process_die_with_parent();
}

int barco_userns_become_user(const struct barco_userns *userns)
{
    int result;

    if (userns->id_mapping == BARCO_ID_MAPPING_SINGLE ||
        (userns->uid == 0 && userns->gid == 0))
        return 0;
    result = set_ids(userns->uid, userns->gid);
    return result < 0 ? result : barco_process_die_with_parent();
}
