/**
 * @file
 * @brief Maps are written as asked, and the ids are the container's.
 */
#include "barco/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barco/handshake.h"
#include "barco/process.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

struct box {
    struct barco_userns userns;
    struct barco_ids ids;
    struct barco_handshake handshake;
    int (*check)(struct box *box);
    const char *maps[2]; /* gid_map and uid_map, if not barco's */
};

static int inside(void *arg)
{
    struct box *box = arg;

    if (barco_handshake_wait(&box->handshake, NULL) < 0 ||
        barco_userns_become_root(&box->userns) < 0)
        return 1;
    return box->check(box);
}

static void write_maps(pid_t pid, const char *const maps[2])
{
    static const char *const names[] = { "gid_map", "uid_map" };
    char path[64];

    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[i]);
        CU_ASSERT_TRUE(write_text(path, maps[i]));
    }
}

static int run_box(struct box *box)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;

    CU_ASSERT_EQUAL(barco_handshake_open(&box->handshake), 0);
    CU_ASSERT_EQUAL_FATAL(
        barco_process_spawn(&child, CLONE_NEWUSER, inside, box), 0);
    if (box->maps[0])
        write_maps(child.pid, box->maps);
    else
        CU_ASSERT_EQUAL(barco_userns_map(&box->userns, child.pid), 0);
    CU_ASSERT_EQUAL(barco_handshake_release(&box->handshake, NULL), 0);
    barco_handshake_close(&box->handshake);
    return barco_process_wait(&child);
}

/* The map as the kernel has it, from inside. */
static bool map_is(const char *path, const struct barco_id_range *ranges,
                   size_t lines)
{
    FILE *file = fopen(path, "re");
    unsigned inside_id, outside, count;
    bool same = true;

    for (size_t i = 0; file && i < lines; i++)
        same = same &&
               fscanf(file, "%u %u %u", &inside_id, &outside, &count) == 3 &&
               inside_id == ranges[i].inside && outside == ranges[i].outside &&
               count == ranges[i].count;
    same = same && file && fscanf(file, "%u", &inside_id) == EOF;
    if (file)
        fclose(file);
    return same;
}

/* A change of ids makes the kernel forget it. */
static bool dies_with_its_parent(void)
{
    int signal = 0;

    return prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == SIGKILL;
}

static int check_maps(struct box *box)
{
    const struct barco_userns *userns = &box->userns;

    if (!dies_with_its_parent())
        return 1;
    if (!map_is("/proc/self/uid_map", userns->uids, userns->uid_count))
        return 2;
    if (!map_is("/proc/self/gid_map", userns->gids, userns->gid_count))
        return 3;
    return getuid() == 0 && getgid() == 0 && getgroups(0, NULL) == 0 ? 42 : 4;
}

static void the_maps_are_the_ones_that_were_chosen(void)
{
    static const gid_t groups[] = { 55, 56 };
    struct box box = { .check = check_maps };

    CU_ASSERT_EQUAL(barco_userns_choose(&box.userns, &box.ids), 0);
    if (geteuid() == 0) {
        CU_ASSERT_EQUAL(setgroups(2, groups), 0);
        CU_ASSERT_EQUAL(box.userns.id_mapping, BARCO_ID_MAPPING_ROOT);
        CU_ASSERT(box.userns.uids[0].outside >= 0x78000000);
        CU_ASSERT(box.userns.uids[0].outside < 0x7ffe0000);
        CU_ASSERT_EQUAL(box.userns.uids[0].outside % 65536, 0);
        CU_ASSERT_EQUAL(box.userns.uids[0].count, 65536);
    } else {
        CU_ASSERT_EQUAL(box.userns.id_mapping, BARCO_ID_MAPPING_SUBID);
        CU_ASSERT_EQUAL(box.userns.uids[1].outside, 100000);
        CU_ASSERT_EQUAL(box.userns.uids[1].count, 65536);
    }
    CU_ASSERT_EQUAL(run_box(&box), 42);
    if (geteuid() == 0)
        setgroups(0, NULL);
    barco_userns_release(&box.ids);
}

static int check_user(struct box *box)
{
    if (barco_userns_become_user(&box->userns) < 0 || !dies_with_its_parent())
        return 2;
    return getuid() == 1234 && getgid() == 1235 && setuid(0) < 0 &&
                   setgid(0) < 0
               ? 42
               : 3;
}

static void the_command_gets_the_uid_that_was_asked_for(void)
{
    struct box box = { .check = check_user,
                       .userns.uid = 1234,
                       .userns.gid = 1235 };

    CU_ASSERT_EQUAL(barco_userns_choose(&box.userns, &box.ids), 0);
    CU_ASSERT_EQUAL(run_box(&box), 42);
    barco_userns_release(&box.ids);
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

/* What a user without a line in /etc/subuid gets. */
static void a_single_id_is_the_one_that_was_asked_for(void)
{
    const struct barco_id_range uids = { 77, geteuid(), 1 },
                                gids = { 77, getegid(), 1 };
    struct box box = {
        .check = check_single,
        .userns = {
            .uid = 77,
            .uids = &uids,
            .gids = &gids,
            .uid_count = 1,
            .gid_count = 1,
            .id_mapping = BARCO_ID_MAPPING_SINGLE,
        },
    };

    CU_ASSERT_EQUAL(run_box(&box), 42);
}

/* ---- Maps of the caller's own -------------------------------------------- */

static const struct barco_id_range two_lines[] = { { 0, 300000, 1000 },
                                                   { 5000, 400000, 10 } };

/* Such as root may give; the user is in the second line. */
static struct box box_of_two_lines(int (*check)(struct box *box))
{
    return (struct box){ .check = check,
                         .userns = { .uid = 5003,
                                     .gid = 5004,
                                     .uids = two_lines,
                                     .gids = two_lines,
                                     .uid_count = 2,
                                     .gid_count = 2 } };
}

static int check_two_lines(struct box *box)
{
    int result = check_maps(box);

    if (result != 42)
        return result;
    if (barco_userns_become_user(&box->userns) < 0)
        return 5;
    return getuid() == 5003 && getgid() == 5004 ? 42 : 6;
}

static void a_map_may_have_several_lines(void)
{
    struct box box = box_of_two_lines(check_two_lines);

    CU_ASSERT_EQUAL(barco_userns_choose(&box.userns, &box.ids), 0);
    CU_ASSERT_EQUAL(run_box(&box), 42);
}

/* As many lines as the kernel takes, each with one id. */
static void a_map_may_have_as_many_lines_as_the_kernel_takes(void)
{
    struct barco_id_range lines[341];
    struct box box = { .check = check_maps,
                       .userns = { .uids = lines, .gids = lines } };

    for (unsigned i = 0; i < 341; i++)
        lines[i] = (struct barco_id_range){ i, 70000 + i, 1 };
    box.userns.uid_count = box.userns.gid_count = 340;
    CU_ASSERT_EQUAL(barco_userns_choose(&box.userns, &box.ids), 0);
    CU_ASSERT_EQUAL(run_box(&box), 42);

    barco_error_set_sink(be_quiet, NULL);
    box.userns.uid_count = 341;
    CU_ASSERT_EQUAL(barco_userns_choose(&box.userns, &box.ids), -E2BIG);
    barco_error_set_sink(NULL, NULL);
}

static int check_groups(struct box *box)
{
    gid_t groups[3] = { 0 };

    if (barco_userns_become_user(&box->userns) < 0)
        return 2;
    return getgroups(3, groups) == 2 && groups[0] == 7 && groups[1] == 5009 &&
                   getuid() == box->userns.uid
               ? 42
               : 3;
}

static void the_command_gets_its_groups(void)
{
    const gid_t groups[] = { 7, 5009 };
    struct box box = box_of_two_lines(check_groups);

    box.userns.groups = groups;
    box.userns.group_count = 2;
    CU_ASSERT_EQUAL(barco_userns_choose(&box.userns, &box.ids), 0);
    CU_ASSERT_EQUAL(run_box(&box), 42);
    box.userns.uid = box.userns.gid = 0; /* root has them too */
    CU_ASSERT_EQUAL(run_box(&box), 42);
}

/* A map that cannot work is refused before there is a container. */
static void expect_refused(struct barco_userns userns, int err,
                           const char *cause)
{
    struct barco_ids ids;

    remembered.cause[0] = '\0';
    CU_ASSERT_EQUAL(barco_userns_choose(&userns, &ids), -err);
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, cause));
    barco_userns_release(&ids);
}

static void a_map_that_is_not_valid_is_refused(void)
{
    static const struct barco_id_range empty[] = { { 0, 300000, 0 } },
                                       high[] = { { 0, 4294901760, 65536 } },
                                       rootless[] = { { 1, 300000, 1000 } };
    static const gid_t stranger = 1000;
    const struct barco_userns good = box_of_two_lines(NULL).userns;
    struct barco_userns bad = good;

    barco_error_set_sink(remember_error, NULL);
    bad.uids = empty;
    bad.uid_count = 1;
    expect_refused(bad, EINVAL, "a number of ids above 0");
    bad.uids = high;
    expect_refused(bad, EINVAL, "the last id is at most 4294967294");
    bad.uids = rootless;
    bad.uid = 1;
    expect_refused(bad, EINVAL, "not in the container's map");
    bad = good;
    bad.gids = rootless;
    bad.gid_count = 1;
    bad.gid = 1;
    expect_refused(bad, EINVAL, "not in the container's map");
    bad = good;
    bad.gid_count = 0;
    expect_refused(bad, EINVAL, "for users and for groups");
    bad = good;
    bad.groups = &stranger;
    bad.group_count = 1;
    expect_refused(bad, EINVAL, "not in the container's map");
    bad = good;
    bad.uid = 1000;
    expect_refused(bad, EINVAL, "not in the container's map");
    barco_error_set_sink(NULL, NULL);
}

/* The kernel wants less than a page; 340 lines of large numbers have more. */
static void a_map_that_fills_a_page_is_refused(void)
{
    struct barco_id_range lines[340];
    struct barco_userns userns = {
        .uids = lines, .gids = lines, .uid_count = 340, .gid_count = 340
    };

    for (unsigned i = 0; i < 340; i++)
        lines[i] = (struct barco_id_range){ i, 3000000000 + i, 1 };
    barco_error_set_sink(remember_error, NULL);
    expect_refused(userns, E2BIG, "less than a page");
    barco_error_set_sink(NULL, NULL);
}

/* Only the kernel can find this out. */
static void two_lines_that_overlap_are_explained(void)
{
    static const struct barco_id_range lines[] = { { 0, 300000, 10 },
                                                   { 5, 400000, 10 } };
    const struct barco_userns userns = {
        .uids = lines, .gids = lines, .uid_count = 2, .gid_count = 2
    };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;

    CU_ASSERT_EQUAL(
        barco_process_spawn(&child, CLONE_NEWUSER, wait_for_ever, NULL), 0);
    barco_error_set_sink(remember_error, NULL);
    CU_ASSERT_EQUAL(barco_userns_map(&userns, child.pid), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, "share an id"));
    barco_error_set_sink(NULL, NULL);
}

static void only_root_may_choose_a_map(void)
{
    barco_error_set_sink(remember_error, NULL);
    expect_refused(box_of_two_lines(NULL).userns, EPERM, "only root");
    barco_error_set_sink(NULL, NULL);
}

/* ---- What the host's files say ------------------------------------------- */

/* The test's own /etc, and the user who reads it. */
struct host {
    const char *passwd, *group, *subuid, *subgid; /* NULL: there is none */
    int (*change)(void);                          /* makes it worse */
    uid_t uid;
    unsigned outside; /* where the range has to begin */
    bool has_groups;  /* the command gets one more group */
};

enum {
    OTHER_RANGE = 201,
    NOT_READY,
    SINGLE,
    SUBID,
    ROOT
};

/* Mounts are private here, so the host's /etc is not touched. */
static bool populate(const struct host *host)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("etc", "/etc", "tmpfs", 0, "mode=755") < 0)
        return false;
    return (!host->passwd || write_text("/etc/passwd", host->passwd)) &&
           (!host->group || write_text("/etc/group", host->group)) &&
           (!host->subuid || write_text("/etc/subuid", host->subuid)) &&
           (!host->subgid || write_text("/etc/subgid", host->subgid)) &&
           (!host->change || host->change() == 0) && setgroups(0, NULL) == 0 &&
           setresgid(host->uid, host->uid, host->uid) == 0 &&
           setresuid(host->uid, host->uid, host->uid) == 0;
}

static int ask_host(void *arg)
{
    static const gid_t group = 0;
    const struct host *host = arg;
    struct barco_userns userns = { .groups = &group,
                                   .group_count = host->has_groups };
    struct barco_ids ids;
    int result;

    if (!populate(host))
        return NOT_READY;
    result = barco_userns_choose(&userns, &ids);
    if (result < 0)
        return -result;
    if (userns.id_mapping == BARCO_ID_MAPPING_SINGLE)
        return SINGLE;
    if (userns.id_mapping == BARCO_ID_MAPPING_ROOT)
        return userns.uids[0].outside == host->outside ? ROOT : OTHER_RANGE;
    return userns.uids[1].outside == host->outside &&
                   userns.gids[1].outside == 300000
               ? SUBID
               : OTHER_RANGE;
}

static void expect(struct host host, int expected)
{
    int result = run_in(CLONE_NEWNS, ask_host, &host);

    if (result != expected)
        printf("subuid \"%s\": %d, expected %d\n",
               host.subuid ? host.subuid : "none", result, expected);
    CU_ASSERT_EQUAL(result, expected);
}

/* A user's line in /etc/subuid, and the expected result. */
static void expect_line(const char *subuid, unsigned outside, int expected)
{
    expect((struct host){ .passwd = "root:x:0:0::/:\nlearner:x:1000:1000::/:\n",
                          .subuid = subuid,
                          .subgid = "learner:300000:65536\n",
                          .uid = 1000,
                          .outside = outside },
           expected);
}

/* It takes root to make an /etc, and to become a user. */
static void a_line_of_subuid_counts_whole_or_not_at_all(void)
{
    expect_line("learner:100000:65536\n", 100000, SUBID);
    expect_line("bot:1:1\n\n1000:100000:65536", 100000, SUBID);
    expect_line("learner:4294901759:65536\n", 4294901759, SUBID);
    expect_line("1000th-bot:100000:65536\n", 0, SINGLE);
    expect_line("learner2:100000:65536\n", 0, SINGLE);
    expect_line(":100000:65536\n", 0, SINGLE);
    expect_line("4294968296:100000:65536\n", 0, SINGLE); /* 2^32 + 1000 */
    expect_line("learner:4294901760:65536\n", 0, EINVAL);
    expect_line("learner:4295067296:65536\n", 0, EINVAL); /* 2^32 + 100000 */
    expect_line("learner:100000:4295032832\n", 0, EINVAL);
    expect_line("learner:100000:0\n", 0, EINVAL);
    expect_line("learner:100000\n", 0, EINVAL);
    expect_line("learner: 100000:65536\n", 0, EINVAL);
    expect_line("learner:100000:65536:1\n", 0, EINVAL);
    expect_line("learner:0x186a0:65536\n", 0, EINVAL);
    expect_line(NULL, 0, SINGLE);
    /* A user of a directory service, whose name nobody knows here. */
    expect((struct host){ .passwd = "",
                          .subuid = ":100000:65536\n",
                          .subgid = ":300000:65536\n",
                          .uid = 1000 },
           SINGLE);
}

/* The kernel takes a map of one id only after setgroups(2) has been denied. */
static void with_one_id_there_are_no_groups(void)
{
    struct host host = { .passwd = "learner:x:1000:1000::/:\n", .uid = 1000 };

    expect(host, SINGLE);
    host.has_groups = true;
    expect(host, EPERM);
}

static int forbid_subuid(void)
{
    return chmod("/etc/subuid", 0600);
}

static int forbid_passwd(void)
{
    return chmod("/etc/passwd", 0600);
}

static int make_subuid_a_pipe(void)
{
    return unlink("/etc/subuid") | mkfifo("/etc/subuid", 0644);
}

static int make_passwd_huge(void)
{
    return truncate("/etc/passwd", 1L << 40);
}

static int make_subgid_endless(void)
{
    return unlink("/etc/subgid") | symlink("/dev/zero", "/etc/subgid");
}

/* It takes root to make an /etc. */
static void a_file_that_cannot_be_read_ends_the_run(void)
{
    struct host host = { .passwd = "learner:x:1000:1000::/:\n",
                         .group = "",
                         .subuid = "learner:100000:65536\n",
                         .subgid = "learner:300000:65536\n",
                         .uid = 1000,
                         .outside = 100000 };

    expect(host, SUBID);
    host.change = forbid_subuid;
    expect(host, EACCES);
    host.change = forbid_passwd;
    expect(host, EACCES);
    host.change = make_subuid_a_pipe;
    expect(host, EINVAL);
    host.change = make_passwd_huge;
    expect(host, EFBIG);
    host.change = make_subgid_endless;
    expect(host, EINVAL);
    host.uid = 0;
    expect(host, EINVAL);
    host.change = make_passwd_huge;
    expect(host, EFBIG);
}

/* ---- Root's ranges ------------------------------------------------------- */

/* An ordinary user has the range of /etc/subuid. */
static void a_range_that_belongs_to_somebody_is_not_taken(void)
{
    /* All but the last of the 2046 ranges. */
    struct host host = { .passwd = "root:x:0:0::/:\n",
                         .subuid = "bot:2013265920:134021120\n",
                         .outside = 0x7ffd0000 };

    expect(host, ROOT);
    /* All but the first. */
    host.subuid = "";
    host.subgid = "bot:2013331456:134021120\n";
    host.outside = 0x78000000;
    expect(host, ROOT);
    /* One user has an id at the end of the range, so only the others are
     * left. */
    host.passwd = "+\nroot:x:0:0::/:\na:x:2013331455:0::/:\n";
    expect(host, OTHER_RANGE);
    host.passwd = "";
    host.group = "a:x:2013265920:\n";
    expect(host, OTHER_RANGE);
    /* All ranges but the first, where the host has its users. */
    host.subgid = "bot:65536:2147418112\n";
    expect(host, ERANGE);
}

static bool is_named(unsigned outside)
{
    FILE *names = fopen("/proc/net/unix", "re");
    char name[64], line[256];
    bool found = false;

    snprintf(name, sizeof(name), " @barco-ids-%u\n", outside);
    while (names && !found && fgets(line, sizeof(line), names))
        found = strstr(line, name) != NULL;
    if (names)
        fclose(names);
    return found;
}

static bool overlap(const struct barco_id_range *a,
                    const struct barco_id_range *b)
{
    return a->outside < b->outside + b->count &&
           b->outside < a->outside + a->count;
}

/* So several containers of one process share no id. */
static void ranges_are_held_until_they_are_given_back(void)
{
    enum {
        COUNT = 50
    };
    struct barco_ids all[COUNT];

    for (int i = 0; i < COUNT; i++) {
        struct barco_userns userns = { 0 };

        CU_ASSERT_EQUAL(barco_userns_choose(&userns, &all[i]), 0);
        CU_ASSERT_TRUE(is_named(all[i].uids[0].outside));
        for (int j = 0; j < i; j++) {
            CU_ASSERT_FALSE(overlap(&all[i].uids[0], &all[j].uids[0]));
            CU_ASSERT_FALSE(overlap(&all[i].gids[0], &all[j].gids[0]));
        }
    }
    for (int i = 0; i < COUNT; i++) {
        barco_userns_release(&all[i]);
        CU_ASSERT_FALSE(is_named(all[i].uids[0].outside));
    }
}

/* Takes the one that is left, and asks for another. */
static int ask_twice(void *arg)
{
    struct barco_userns one = { 0 }, two = { 0 };
    struct barco_ids first, second;

    if (!populate(arg) || barco_userns_choose(&one, &first) < 0)
        return NOT_READY;
    return -barco_userns_choose(&two, &second);
}

static void a_range_is_not_taken_twice(void)
{
    struct host host = { .subuid = "bot:2013265920:134021120\n" };

    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, ask_twice, &host), EADDRINUSE);
}

/* Root of a user namespace that has no more than this. */
struct outer {
    struct box box;
    unsigned outside; /* the expected result */
};

static int ask_inside(struct box *box)
{
    struct outer *outer = (struct outer *)box;
    struct barco_userns inner = { 0 };
    int result = barco_userns_choose(&inner, &outer->box.ids);

    if (result < 0)
        return -result;
    return inner.uids[0].outside == outer->outside ? ROOT : OTHER_RANGE;
}

static void expect_inside(const char *gids, const char *uids, unsigned outside,
                          int expected)
{
    struct outer outer = {
        .box = { .check = ask_inside,
                 .userns.id_mapping = BARCO_ID_MAPPING_ROOT,
                 .maps = { gids, uids } },
        .outside = outside,
    };
    int result = run_box(&outer.box);

    if (result != expected)
        printf("%s: %d\n", uids, result);
    CU_ASSERT_EQUAL(result, expected);
}

/* An ordinary user cannot map such a namespace. */
static void inside_a_user_namespace_the_range_is_in_its_map(void)
{
    static const char ours[] = "0 0 1\n2059141120 2059141120 65536",
                      one[] = "0 0 1\n1900000 1900000 100000",
                      more[] = "0 0 1\n1000000 1000000 1000000",
                      unaligned[] = "0 0 1\n1000000 1000000 65536",
                      pieces[] = "0 0 1\n1048576 1048576 65535\n"
                                 "1114111 1114111 1";

    expect_inside(ours, ours, 2059141120, ROOT);
    expect_inside(one, one, 29 * 65536, ROOT);
    expect_inside(one, more, 29 * 65536, ROOT);
    expect_inside(more, one, 29 * 65536, ROOT);
    expect_inside(unaligned, unaligned, 0, ERANGE);
    expect_inside(pieces, pieces, 0, ERANGE);
}

SUITE("userns",
      { "the maps are the ones that were chosen",
        the_maps_are_the_ones_that_were_chosen },
      { "the command gets the uid that was asked for",
        the_command_gets_the_uid_that_was_asked_for },
      { "a single id is the one that was asked for",
        a_single_id_is_the_one_that_was_asked_for },
      { "a map may have several lines", a_map_may_have_several_lines, AS_ROOT },
      { "a map may have as many lines as the kernel takes",
        a_map_may_have_as_many_lines_as_the_kernel_takes, AS_ROOT },
      { "the command gets its groups", the_command_gets_its_groups, AS_ROOT },
      { "a map that is not valid is refused",
        a_map_that_is_not_valid_is_refused, AS_ROOT },
      { "a map that fills a page is refused",
        a_map_that_fills_a_page_is_refused, AS_ROOT },
      { "two lines that overlap are explained",
        two_lines_that_overlap_are_explained, AS_ROOT },
      { "only root may choose a map", only_root_may_choose_a_map, AS_LEARNER },
      { "a line of subuid counts whole or not at all",
        a_line_of_subuid_counts_whole_or_not_at_all, AS_ROOT },
      { "with one id there are no groups", with_one_id_there_are_no_groups,
        AS_ROOT },
      { "a file that cannot be read ends the run",
        a_file_that_cannot_be_read_ends_the_run, AS_ROOT },
      { "a range that belongs to somebody is not taken",
        a_range_that_belongs_to_somebody_is_not_taken, AS_ROOT },
      { "ranges are held until they are given back",
        ranges_are_held_until_they_are_given_back, AS_ROOT },
      { "a range is not taken twice", a_range_is_not_taken_twice, AS_ROOT },
      { "inside a user namespace the range is in its map",
        inside_a_user_namespace_the_range_is_in_its_map, AS_ROOT })
