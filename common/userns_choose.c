/**
 * @file
 * @brief Which ids a container gets depends on the user who starts it.
 *
 * Root may map any ids, and gets some that nobody else has (userns_blocks.c).
 * An ordinary user may map the range that /etc/subuid grants (userns_subids.c),
 * with the help of a set-user-ID program; without a range, only their own id.
 */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/userns.h"
#include "common/userns_blocks.h"
#include "common/userns_maps.h"
#include "common/userns_newidmap.h"
#include "common/userns_subids.h"

static void use(struct barco_userns *userns, const struct barco_ids *ids,
                size_t count, enum barco_id_mapping id_mapping)
{
    userns->uids = ids->uids;
    userns->gids = ids->gids;
    userns->uid_count = userns->gid_count = count;
    userns->id_mapping = id_mapping;
}

static int choose_as_root(struct barco_userns *userns, struct barco_ids *ids)
{
    int lock = userns_blocks_take(&ids->uids[0]);

    if (lock < 0)
        return lock;
    ids->lock = lock;
    ids->gids[0] = ids->uids[0];
    use(userns, ids, 1, BARCO_ID_MAPPING_ROOT);
    return 0;
}

/* Whether we have a group besides our own, which gives access to files; if in
 * doubt, yes. */
static bool has_groups(void)
{
    gid_t groups[NGROUPS_MAX];
    int count = getgroups(NGROUPS_MAX, groups);
    bool found = count < 0;

    while (!found && count > 0)
        found = groups[--count] != getegid();
    return found;
}

/* We may map only one id, so it had better be the right one. That is still a
 * container, and better than none; but warn about what it lacks. */
static void choose_single(struct barco_userns *userns, struct barco_ids *ids)
{
    ids->uids[0].inside = userns->uid;
    ids->gids[0].inside = userns->gid;
    use(userns, ids, 1, BARCO_ID_MAPPING_SINGLE);
    if (has_groups())
        BARCO_WARN("without a range in /etc/subuid and /etc/subgid the "
                   "container keeps your groups, and can use their files");
}

/* What /etc/subuid and /etc/subgid grant: 1, or 0 if it cannot be used. */
static int find_subids(struct barco_id_range *uids, struct barco_id_range *gids)
{
    int has_uids, has_gids, can_run;

    has_uids = userns_subids_find("/etc/subuid", uids);
    if (has_uids < 0)
        return has_uids;
    has_gids = userns_subids_find("/etc/subgid", gids);
    if (has_gids < 0)
        return has_gids;
    if (has_uids != has_gids) {
        BARCO_WARN("you have a range in %s, but none in %s: the container has "
                   "one id",
                   has_uids ? "/etc/subuid" : "/etc/subgid",
                   has_uids ? "/etc/subgid" : "/etc/subuid");
        return 0;
    }
    if (!has_uids) {
        BARCO_INFO("you have no range in /etc/subuid: the container has one "
                   "id");
        return 0;
    }
    can_run = userns_newidmap_can_run();
    if (can_run < 0)
        return can_run;
    if (!can_run) {
        BARCO_WARN("you have a range in /etc/subuid, but newuidmap, which maps "
                   "it, is not installed (Debian's package uidmap): the "
                   "container has one id");
        return 0;
    }
    return 1;
}

//! [as user]
static int choose_as_user(struct barco_userns *userns, struct barco_ids *ids)
{
    int found;

    ids->uids[0] = (struct barco_id_range){ 0, geteuid(), 1 };
    ids->gids[0] = (struct barco_id_range){ 0, getegid(), 1 };
    ids->uids[1].inside = ids->gids[1].inside = 1;
    found = find_subids(&ids->uids[1], &ids->gids[1]);
    if (found < 0)
        return found;
    if (found > 0)
        use(userns, ids, 2, BARCO_ID_MAPPING_SUBID);
    else
        choose_single(userns, ids);
    return 0;
}
//! [as user]

/* Checks a map that the caller gave. The kernel has the last word on it; from
 * an ordinary user it accepts only a map of their own id. */
static int check_given(const struct barco_userns *userns)
{
    char text[USERNS_MAPS_BYTES];
    int result;

    if (geteuid() != 0) {
        errno = EPERM;
        return BARCO_FAIL(geteuid, "a map of %zu lines", userns->uid_count);
    }
    /* Print them to see whether that works. */
    if ((result = userns_maps_print("uid_map", userns->uids, userns->uid_count,
                                    text)) < 0)
        return result;
    return userns_maps_print("gid_map", userns->gids, userns->gid_count, text);
}

static int check_uid(const struct barco_userns *userns, unsigned uid)
{
    if (userns_maps_has(userns->uids, userns->uid_count, uid))
        return 0;
    errno = EINVAL;
    return BARCO_FAIL(setresuid, "%u, and the container has %llu ids", uid,
                      userns_maps_size(userns->uids, userns->uid_count));
}

static int check_gid(const struct barco_userns *userns, unsigned gid)
{
    if (userns_maps_has(userns->gids, userns->gid_count, gid))
        return 0;
    errno = EINVAL;
    return BARCO_FAIL(setresgid, "%u, and the container has %llu ids", gid,
                      userns_maps_size(userns->gids, userns->gid_count));
}

/* Reports mistakes now, while there is nothing to undo. */
static int check_user(const struct barco_userns *userns)
{
    bool single = userns->id_mapping == BARCO_ID_MAPPING_SINGLE;
    int result;

    /* PID 1 is root inside, if there is a root. */
    if (!single && (result = check_uid(userns, 0)) < 0)
        return result;
    if (!single && (result = check_gid(userns, 0)) < 0)
        return result;
    if ((result = check_uid(userns, userns->uid)) < 0)
        return result;
    if ((result = check_gid(userns, userns->gid)) < 0)
        return result;
    if (single && userns->group_count > 0) {
        errno = EPERM;
        return BARCO_FAIL(setgroups, "%zu groups", userns->group_count);
    }
    for (size_t i = 0; i < userns->group_count; i++)
        if ((result = check_gid(userns, userns->groups[i])) < 0)
            return result;
    return 0;
}

int barco_userns_choose(struct barco_userns *userns, struct barco_ids *ids)
{
    int result;

    *ids = (struct barco_ids)BARCO_NO_IDS;
    if (userns->uid_count > 0 || userns->gid_count > 0)
        result = check_given(userns);
    else if (geteuid() == 0)
        result = choose_as_root(userns, ids);
    else
        result = choose_as_user(userns, ids);
    return result < 0 ? result : check_user(userns);
}

void barco_userns_release(struct barco_ids *ids)
{
    barco_close(&ids->lock);
}
