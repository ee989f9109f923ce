/**
 * @file
 * @brief Whether the kernel has the group map, and what it asks for first.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tutorials/check/check.h"

static struct stat learner(void)
{
    struct stat home = { 0 };

    stat("/home/learner", &home);
    return home;
}

/* A map of one line, with single spaces. */
static const char *map_of(pid_t pid, const char *file)
{
    const char *map = file_text("/proc/%d/%s", pid, file);
    unsigned inside, outside, count;
    char more;

    return sscanf(map, "%u %u %u %c", &inside, &outside, &count, &more) == 3
               ? text("%u %u %u", inside, outside, count)
               : map;
}

static void the_group_map_is_in_the_kernel(void)
{
    long gid = seeded(20, 60000);
    pid_t command = find_in(start(number(gid), "sleep", "1000", NULL), "sleep");

    if (command)
        expect_text("gid_map of the command", map_of(command, "gid_map"),
                    text("%ld %u 1", gid, learner().st_gid));
}

static void it_has_the_group_that_was_asked_for(void)
{
    long gid = seeded(20, 60000);
    struct run run;

    run_to_end(&run, number(gid), "id", "-g", NULL);
    run.out[strcspn(run.out, "\n")] = '\0';
    expect_text("what `id -g` prints", run.out, number(gid));
}

static void nobody_there_can_leave_a_group(void)
{
    pid_t command = find_in(
        start(number(seeded(20, 60000)), "sleep", "1000", NULL), "sleep");

    if (command)
        expect_text("/proc/PID/setgroups of the command",
                    file_text("/proc/%d/setgroups", command), "deny");
}

static void it_is_root_there(void)
{
    pid_t command = find_in(
        start(number(seeded(20, 60000)), "sleep", "1000", NULL), "sleep");

    if (command)
        expect_text("uid_map of the command", map_of(command, "uid_map"),
                    text("0 %u 1", learner().st_uid));
}

static void the_status_is_the_commands(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "70", "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
}

EXERCISE("04_user", "group_map", AS_LEARNER,
         { "the group map is in the kernel", the_group_map_is_in_the_kernel },
         { "the command has the group that was asked for",
           it_has_the_group_that_was_asked_for },
         { "nobody there can leave a group", nobody_there_can_leave_a_group },
         { "the command is root there", it_is_root_there },
         { "the exit status is the command's", the_status_is_the_commands })
