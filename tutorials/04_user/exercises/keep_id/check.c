/**
 * @file
 * @brief Whether the map has the caller where they asked to be, and the
 * caller's range around them.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tutorials/check/check.h"

enum {
    LAST = 1000 /* the last id inside */
};

static long learner(void)
{
    struct stat home = { 0 };

    stat("/home/learner", &home);
    return home.st_uid;
}

/* A first id that leaves room for all others in learner's range. */
static long some_first(void)
{
    long first = 100000;
    FILE *file = fopen("/etc/subuid", "re");

    if (file) {
        if (fscanf(file, "%*[^:]:%ld", &first) != 1)
            first = 100000;
        fclose(file);
    }
    return first + seeded(1, 60000);
}

/* What an id of a map stands for. */
static const char *host_id(const char *map, long id)
{
    for (const char *line = map; line; line = strchr(line, '\n')) {
        long inside, outside, count;

        line += *line == '\n';
        if (sscanf(line, "%ld %ld %ld", &inside, &outside, &count) == 3 &&
            id >= inside && id < inside + count)
            return number(outside + id - inside);
    }
    return "none";
}

static void expect_id(const char *map, long id, const char *expected)
{
    expect_text(text("the host's id for %ld", id), host_id(map, id), expected);
}

/* The map of a command; NULL, and the test fails, if it does not run. */
static const char *map_with(long id, long first)
{
    pid_t command = find_in(
        start(number(id), number(first), "sleep", "1000", NULL), "sleep");

    return command ? file_text("/proc/%d/uid_map", command) : NULL;
}

static void the_caller_has_the_id(void)
{
    long id = seeded(1, LAST - 1);
    const char *map = map_with(id, some_first());
    struct run run;

    if (map)
        expect_id(map, id, number(learner()));
    run_to_end(&run, number(id), number(some_first()), "id", "-u", NULL);
    run.out[strcspn(run.out, "\n")] = '\0';
    expect_text("what `id -u` prints", run.out, number(id));
}

static void the_ids_below_are_the_ranges(void)
{
    long id = seeded(2, LAST - 1), first = some_first();
    const char *map = map_with(id, first);

    if (map) {
        expect_id(map, 0, number(first));
        expect_id(map, id - 1, number(first + id - 1));
    }
}

static void the_ids_above_go_on_with_it(void)
{
    long id = seeded(1, LAST - 2), first = some_first();
    const char *map = map_with(id, first);

    if (map) {
        expect_id(map, id + 1, number(first + id));
        expect_id(map, LAST, number(first + LAST - 1));
        expect_id(map, LAST + 1, "none");
    }
}

static void the_caller_can_be_the_first(void)
{
    long first = some_first();
    const char *map = map_with(0, first);

    if (map) {
        expect_id(map, 0, number(learner()));
        expect_id(map, 1, number(first));
        expect_id(map, LAST, number(first + LAST - 1));
    }
}

static void the_caller_can_be_the_last(void)
{
    long first = some_first();
    const char *map = map_with(LAST, first);

    if (map) {
        expect_id(map, 0, number(first));
        expect_id(map, LAST - 1, number(first + LAST - 1));
        expect_id(map, LAST, number(learner()));
    }
}

EXERCISE("04_user", "keep_id", AS_LEARNER,
         { "the caller has the id that was asked for", the_caller_has_the_id },
         { "the ids below are the range's", the_ids_below_are_the_ranges },
         { "the ids above continue the range", the_ids_above_go_on_with_it },
         { "the caller can be 0", the_caller_can_be_the_first },
         { "the caller can be the last id", the_caller_can_be_the_last })
