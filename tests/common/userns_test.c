/**
 * @file
 * @brief Maps are written as asked, and the ids are the container's.
 */
#include "barco/userns.h"

#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "barco/process.h"
#include "barco/sync.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

struct box {
    struct barco_userns userns;
    struct barco_sync sync;
    int (*check)(struct box *box);
};

static int inside(void *arg)
{
    struct box *box = arg;
    int fds[BARCO_SYNC_MAX], count;

    if (barco_sync_wait(&box->sync, fds, &count) < 0 ||
        barco_userns_become_root(&box->userns) < 0)
        return 1;
    return box->check(box);
}

static int run_box(struct box *box)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;

    CU_ASSERT_EQUAL(barco_sync_open(&box->sync), 0);
    CU_ASSERT_EQUAL_FATAL(
        barco_process_spawn(&child, CLONE_NEWUSER, inside, box), 0);
    CU_ASSERT_EQUAL(barco_userns_map(&box->userns, child.pid), 0);
    CU_ASSERT_EQUAL(barco_sync_go(&box->sync, NULL, 0), 0);
    barco_sync_close(&box->sync);
    return barco_process_wait(&child);
}

/* The map as the kernel has it, from inside. */
static bool map_is(const char *path, const struct barco_id_range *range)
{
    FILE *file = fopen(path, "re");
    unsigned inside_id, outside, count;
    bool same = true;

    for (; file && range->count > 0; range++)
        same = same &&
               fscanf(file, "%u %u %u", &inside_id, &outside, &count) == 3 &&
               inside_id == range->inside && outside == range->outside &&
               count == range->count;
    same = same && file && fscanf(file, "%u", &inside_id) == EOF;
    if (file)
        fclose(file);
    return same;
}

static int check_maps(struct box *box)
{
    if (!map_is("/proc/self/uid_map", box->userns.uids))
        return 2;
    if (!map_is("/proc/self/gid_map", box->userns.gids))
        return 3;
    return getuid() == 0 && getgid() == 0 && getgroups(0, NULL) <= 1 ? 42 : 4;
}

static void the_maps_are_those_of_the_plan(void)
{
    struct box box = { .check = check_maps };

    CU_ASSERT_EQUAL(barco_userns_prepare(&box.userns), 0);
    if (geteuid() == 0) {
        CU_ASSERT_EQUAL(box.userns.plan, BARCO_USERNS_ROOT);
        CU_ASSERT_EQUAL(box.userns.uids[0].outside, 10000);
        CU_ASSERT_EQUAL(box.userns.uids[0].count, 2000);
    } else {
        CU_ASSERT_EQUAL(box.userns.plan, BARCO_USERNS_SUBID);
        CU_ASSERT_EQUAL(box.userns.uids[1].outside, 100000);
        CU_ASSERT_EQUAL(box.userns.uids[1].count, 65536);
    }
    CU_ASSERT_EQUAL(run_box(&box), 42);
}

static int check_user(struct box *box)
{
    if (barco_userns_become_user(&box->userns) < 0)
        return 2;
    return getuid() == 1234 && getgid() == 1235 && setuid(0) < 0 ? 42 : 3;
}

static void the_command_gets_the_uid_that_was_asked_for(void)
{
    struct box box = { .check = check_user,
                       .userns.uid = 1234,
                       .userns.gid = 1235 };

    CU_ASSERT_EQUAL(barco_userns_prepare(&box.userns), 0);
    CU_ASSERT_EQUAL(run_box(&box), 42);
}

static int check_single(struct box *box)
{
    char text[16];

    (void)box;
    if (getuid() != 77 || getgid() != 77)
        return 2;
    read_text("/proc/self/setgroups", text, sizeof(text));
    return strcmp(text, "deny\n") == 0 ? 42 : 3;
}

/* As for a user who is not in /etc/subuid. */
static void a_single_id_is_the_one_that_was_asked_for(void)
{
    struct box box = {
        .check = check_single,
        .userns = {
            .uid = 77,
            .plan = BARCO_USERNS_SINGLE,
            .uids = { { 77, geteuid(), 1 } },
            .gids = { { 77, getegid(), 1 } },
        },
    };

    CU_ASSERT_EQUAL(run_box(&box), 42);
}

SUITE("userns",
      { "the maps are those of the plan", the_maps_are_those_of_the_plan },
      { "the command gets the uid that was asked for",
        the_command_gets_the_uid_that_was_asked_for },
      { "a single id is the one that was asked for",
        a_single_id_is_the_one_that_was_asked_for })
