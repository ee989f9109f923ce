/**
 * @file
 * @brief Whether the program finds what the check let it inherit.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* What the program inherits, each from the seed. */
static struct inherited {
    long descriptors[2];
    const char *paths[2];
    long nice, files, umask;
    int ignored, blocked; /* signals */
} inherited;

static void expect_line(const struct run *run, const char *line)
{
    expect(strstr(text("\n%s", run->out), text("\n%s\n", line)),
           text("it prints the line \"%s\"", line), "it printed \"%s\"",
           run->out);
}

static int count_lines(const char *lines, const char *key)
{
    int count = 0;

    for (const char *line = strstr(lines, key); line;
         line = strstr(line + 1, key))
        count++;
    return count;
}

/* ---- Descriptors --------------------------------------------------------- */

static bool open_at(long descriptor, const char *path)
{
    int opened = open(path, O_RDWR | O_CREAT, 0600);

    return opened >= 0 &&
           (opened == descriptor ||
            (dup2(opened, (int)descriptor) >= 0 && close(opened) == 0));
}

/* From above, because open(2) takes the lowest number that is free. */
static bool open_both(void *unused)
{
    (void)unused;
    return open_at(inherited.descriptors[1], inherited.paths[1]) &&
           open_at(inherited.descriptors[0], inherited.paths[0]);
}

static void all_descriptors(void)
{
    struct run run;

    inherited.descriptors[0] = seeded(3, 30);
    inherited.descriptors[1] = seeded(40, 90);
    for (int i = 0; i < 2; i++)
        inherited.paths[i] = text("%s/%s", folder(), seeded_word());
    before_start(open_both, NULL);
    run_to_end(&run, NULL);
    for (int i = 0; i < 2; i++)
        expect_line(&run, text("descriptor %ld %s", inherited.descriptors[i],
                               inherited.paths[i]));
    expect_number("the number of lines with a descriptor",
                  count_lines(run.out, "descriptor "), 2);
}

/* ---- Habits -------------------------------------------------------------- */

static bool take_habits(void *unused)
{
    struct rlimit files;

    (void)unused;
    umask((mode_t)inherited.umask);
    if (setpriority(PRIO_PROCESS, 0, (int)inherited.nice) < 0 ||
        getrlimit(RLIMIT_NOFILE, &files) < 0)
        return false;
    files.rlim_cur = (rlim_t)inherited.files;
    return setrlimit(RLIMIT_NOFILE, &files) == 0;
}

static void run_with_habits(struct run *run)
{
    inherited.nice = seeded(3, 18);
    inherited.files = seeded(100, 900);
    inherited.umask = seeded(1, 0777);
    before_start(take_habits, NULL);
    run_to_end(run, NULL);
}

static void its_umask(void)
{
    struct run run;

    run_with_habits(&run);
    expect_line(&run, text("umask %03lo", inherited.umask));
}

static void its_nice_value(void)
{
    struct run run;

    run_with_habits(&run);
    expect_line(&run, text("nice %ld", inherited.nice));
}

static void its_limit(void)
{
    struct run run;

    run_with_habits(&run);
    expect_line(&run, text("files %ld", inherited.files));
}

/* ---- Signals ------------------------------------------------------------- */

static bool ignore_and_block(void *unused)
{
    sigset_t set;

    (void)unused;
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    return signal(inherited.ignored, SIG_IGN) != SIG_ERR &&
           sigemptyset(&set) == 0 && sigaddset(&set, inherited.blocked) == 0 &&
           sigprocmask(SIG_SETMASK, &set, NULL) == 0;
}

static void ignored_signals(void)
{
    static const int signals[] = { SIGHUP,  SIGINT,  SIGUSR1, SIGUSR2,
                                   SIGPIPE, SIGALRM, SIGTERM };
    struct run run;

    inherited.ignored = signals[seeded(0, 6)];
    inherited.blocked = signals[seeded(0, 6)];
    if (inherited.blocked == inherited.ignored)
        inherited.blocked = SIGWINCH;
    before_start(ignore_and_block, NULL);
    run_to_end(&run, NULL);
    expect_line(&run, text("ignored %d", inherited.ignored));
    expect_number("the number of lines with an ignored signal",
                  count_lines(run.out, "ignored "), 1);
}

EXERCISE("08_inherited", "what_came_along", AS_LEARNER,
         { "it prints its umask", its_umask },
         { "it prints all descriptors, and none of its own", all_descriptors },
         { "it prints its nice value", its_nice_value },
         { "it prints its limit of open files", its_limit },
         { "it prints the signals that it ignores", ignored_signals })
