/**
 * @file
 * @brief Whether the descriptors that were asked for arrive, and no others, and
 * no directory.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tutorials/check/check.h"

enum {
    MOST = 32
};

/* What the program inherits: a path for each descriptor, or NULL. */
static const char *inherited[MOST];

static bool open_at(int descriptor, const char *path)
{
    int opened = open(path, O_RDONLY);

    return opened >= 0 &&
           (opened == descriptor ||
            (dup2(opened, descriptor) >= 0 && close(opened) == 0));
}

/* From the highest down: open() takes the lowest free number, which may be one
 * that is still to be filled. */
static bool inherit(void *unused)
{
    (void)unused;
    for (int i = MOST - 1; i >= 0; i--)
        if (inherited[i] && !open_at(i, inherited[i]))
            return false;
    return true;
}

/* The program inherits a file as each of these descriptors, and no other. */
static void put_files(long first, long last)
{
    for (int i = 0; i < MOST; i++)
        inherited[i] = i >= first && i <= last ? "/etc/passwd" : NULL;
    before_start(inherit, NULL);
}

static const char *numbers_up_to(long last)
{
    const char *list = "0";

    for (long i = 1; i <= last; i++)
        list = text("%s %ld", list, i);
    return list;
}

static void those_asked_for_arrive(void)
{
    long more = seeded(2, 12);
    pid_t command;

    put_files(3, more + 2);
    command = find_in(start(number(more), "sleep", "1000", NULL), "sleep");
    expect_text("the list of the command's descriptors",
                descriptors_of(command), numbers_up_to(more + 2));
    expect_text("what the last of them leads to",
                link_text("/proc/%d/fd/%ld", command, more + 2), "/etc/passwd");
}

static void no_others_arrive(void)
{
    long more = seeded(0, 9);
    pid_t command;

    put_files(3, more + 2 + seeded(1, 9));
    inherited[MOST - 1] = "/";
    command = find_in(start(number(more), "sleep", "1000", NULL), "sleep");
    expect_text("the list of the command's descriptors",
                descriptors_of(command), numbers_up_to(more + 2));
}

/* The command would write a file. */
static void expect_refused(long more)
{
    const char *word = seeded_word();
    struct run run;

    run_to_end(&run, number(more), "touch", word, NULL);
    expect_number("the exit status", run.status, 125);
    expect(access(text("%s/%s", folder(), word), F_OK) < 0,
           "the command does not run", "the command ran");
}

static void a_directory_is_refused(void)
{
    long more = seeded(3, 9);

    put_files(3, more + 2);
    inherited[seeded(3, more + 2)] = seeded(0, 1) ? "/" : folder();
    expect_refused(more);
}

static void a_directory_as_input_is_refused(void)
{
    put_files(3, 5);
    inherited[STDIN_FILENO] = "/";
    expect_refused(seeded(0, 3));
}

static void the_status_is_the_commands(void)
{
    long status = seeded(1, 99);
    struct run run;

    put_files(0, -1);
    run_to_end(&run, "0", "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
}

EXERCISE("08_inherited", "keep_descriptors", AS_LEARNER,
         { "the descriptors asked for arrive", those_asked_for_arrive },
         { "no others arrive", no_others_arrive },
         { "a directory among them is refused", a_directory_is_refused },
         { "a directory as standard input is refused",
           a_directory_as_input_is_refused },
         { "the exit status is the command's", the_status_is_the_commands })
