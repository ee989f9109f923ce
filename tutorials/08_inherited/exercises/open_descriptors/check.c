/**
 * @file
 * @brief Whether a command gets descriptors 0, 1 and 2, no others, and none of
 * them missing.
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

static const char *log_path(void)
{
    return text("%s/log", folder());
}

static pid_t sleeper(void)
{
    return find_in(start(log_path(), "sleep", "1000", NULL), "sleep");
}

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

static void expect_three(pid_t command)
{
    expect_text("the list of the command's descriptors",
                descriptors_of(command), "0 1 2");
}

static void expect_none_of(struct inherited *inherited)
{
    before_start(inherit, inherited);
    expect_three(sleeper());
}

static void nothing_after_a_gap(void)
{
    expect_none_of(
        &(struct inherited){ .count = 1, .descriptors = { seeded(30, 90) } });
}

static void not_one_of_many(void)
{
    struct inherited inherited = { .count = 16 };

    for (int i = 0; i < inherited.count; i++)
        inherited.descriptors[i] = seeded(3, 250);
    expect_none_of(&inherited);
}

static void nothing_above_the_limit(void)
{
    expect_none_of(&(struct inherited){
        .count = 1, .descriptors = { seeded(300, 900) }, .limit = 64 });
}

static void the_log_does_not_arrive(void)
{
    expect_three(sleeper());
}

static bool close_some(void *numbers)
{
    for (int i = 0; i < 3; i++)
        if (*(int *)numbers >> i & 1 && close(i) < 0)
            return false;
    return true;
}

static void what_is_missing_is_null(void)
{
    int missing = (int)seeded(1, 7), output = 1 << STDOUT_FILENO;
    long status = seeded(1, 99);
    struct run run;
    pid_t command;

    before_start(close_some, &missing);
    command = sleeper();
    expect_three(command);
    for (int i = 0; i < 3; i++)
        if (missing >> i & 1)
            expect_text(text("number %d, which was closed,", i),
                        link_text("/proc/%d/fd/%d", command, i), "/dev/null");
    before_start(close_some, &output);
    run_to_end(&run, log_path(), "sh", "-c",
               text("echo unseen && exit %ld", status), NULL);
    expect_number("the exit status of a command that writes to it", run.status,
                  status);
}

static bool open_input(void *path)
{
    return open_at(STDIN_FILENO, path);
}

static void the_first_three_arrive(void)
{
    const char *word = seeded_word();
    struct run run;

    run_to_end(&run, log_path(), "sh", "-c",
               text("echo %s >input; echo %s >&2", word, word), NULL);
    expect_text("what arrives at its standard error", run.err,
                text("%s\n", word));
    before_start(open_input, (void *)text("%s/input", folder()));
    run_to_end(&run, log_path(), "cat", NULL);
    expect_text("what the command reads from its standard input", run.out,
                text("%s\n", word));
}

static void the_log_says_how_it_ended(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, log_path(), "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
    expect_text("what is in the log", file_text("%s", log_path()),
                text("sh: %ld", status));
}

EXERCISE("08_inherited", "open_descriptors", AS_LEARNER,
         { "nothing arrives that comes after a gap", nothing_after_a_gap },
         { "of many descriptors none arrives", not_one_of_many },
         { "nothing arrives from above the limit of open files",
           nothing_above_the_limit },
         { "its own log does not arrive", the_log_does_not_arrive },
         { "what is missing is /dev/null", what_is_missing_is_null },
         { "standard input, output and error arrive", the_first_three_arrive },
         { "the log says how the command ended", the_log_says_how_it_ended })
