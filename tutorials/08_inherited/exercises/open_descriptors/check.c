/**
 * @file
 * @brief Whether a command gets descriptors 0, 1 and 2, and no others.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* What the program inherits. */
struct inherited {
    int count;
    long descriptors[16]; /* of the host's root directory */
    rlim_t limit;         /* of open files, set after they are open; 0: none */
};

static bool open_at(long descriptor, const char *path)
{
    int opened = open(path, O_RDONLY);

    return opened >= 0 &&
           (opened == descriptor ||
            (dup2(opened, (int)descriptor) >= 0 && close(opened) == 0));
}

static bool inherit(void *arg)
{
    const struct inherited *inherited = arg;
    struct rlimit limit;

    for (int i = 0; i < inherited->count; i++)
        if (!open_at(inherited->descriptors[i], "/"))
            return false;
    if (inherited->limit == 0)
        return true;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return false;
    limit.rlim_cur = inherited->limit;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static void expect_three(struct inherited *inherited)
{
    pid_t command;

    before_start(inherit, inherited);
    command = find_in(start("sleep", "1000", NULL), "sleep");
    expect_text("the list of the command's descriptors",
                descriptors_of(command), "0 1 2");
}

static void nothing_after_a_gap(void)
{
    expect_three(
        &(struct inherited){ .count = 1, .descriptors = { seeded(30, 90) } });
}

static void not_one_of_many(void)
{
    struct inherited inherited = { .count = 16 };

    for (int i = 0; i < inherited.count; i++)
        inherited.descriptors[i] = seeded(3, 250);
    expect_three(&inherited);
}

static void nothing_above_the_limit(void)
{
    expect_three(&(struct inherited){
        .count = 1, .descriptors = { seeded(300, 900) }, .limit = 64 });
}

static bool open_input(void *path)
{
    return open_at(STDIN_FILENO, path);
}

static void the_first_three_arrive(void)
{
    const char *word = seeded_word();
    struct run run;

    run_to_end(&run, "sh", "-c",
               text("echo %s >input; echo %s >&2", word, word), NULL);
    expect_text("what arrives at its standard error", run.err,
                text("%s\n", word));
    before_start(open_input, (void *)text("%s/input", folder()));
    run_to_end(&run, "cat", NULL);
    expect_text("what the command reads from its standard input", run.out,
                text("%s\n", word));
}

EXERCISE("08_inherited", "open_descriptors", AS_LEARNER,
         { "nothing arrives that comes after a gap", nothing_after_a_gap },
         { "of many descriptors none arrives", not_one_of_many },
         { "nothing arrives from above the limit of open files",
           nothing_above_the_limit },
         { "standard input, output and error arrive", the_first_three_arrive })
