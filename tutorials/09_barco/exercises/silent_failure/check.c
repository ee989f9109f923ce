/**
 * @file
 * @brief Whether an exec that fails is reported by the process that asked for
 * it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* It should not say that the command runs, but why not. */
static void expect_failure(const char *command, int status, const char *reason)
{
    struct run run;

    run_to_end(&run, command, NULL);
    expect_text("its standard output", run.out, "");
    expect_number("its exit status", run.status, status);
    expect(strstr(run.err, reason),
           text("its standard error says \"%s\"", reason),
           "its standard error is \"%s\"", run.err);
}

/* A file in the folder. */
static const char *script(const char *interpreter, mode_t mode)
{
    const char *path = text("%s/%s", folder(), seeded_word());
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

    if (fd < 0 || dprintf(fd, "#!%s\nexit 0\n", interpreter) < 0 ||
        close(fd) < 0)
        abort();
    return path;
}

static void no_such_command(void)
{
    expect_failure(text("/%s/%s", seeded_word(), seeded_word()), 127,
                   "No such file or directory");
}

static void the_reason_is_execs(void)
{
    expect_failure(script(text("/%s/sh", seeded_word()), 0755), 127,
                   "No such file or directory");
    expect_failure(script("/bin/sh", 0644), 126, "Permission denied");
}

static bool has_said_it(void *arg)
{
    pid_t *pids = arg;

    return strstr(file_text("/proc/%d/fd/1", pids[0]),
                  text("sleep runs as process %d", pids[1]));
}

static void it_says_so_while_it_runs(void)
{
    pid_t program = start("sleep", "1000", NULL);
    pid_t pids[] = { program, find_in(program, "sleep") };

    expect(eventually(has_said_it, pids),
           text("it prints \"sleep runs as process %d\" while sleep runs",
                pids[1]),
           "it has printed \"%s\"", file_text("/proc/%d/fd/1", program));
}

static void no_extra_descriptor(void)
{
    pid_t command = find_in(start("sleep", "1000", NULL), "sleep");

    expect_text("the list of the command's descriptors",
                descriptors_of(command), "0 1 2");
}

static void a_status_is_no_error(void)
{
    long status = seeded(0, 1) ? 127 : seeded(1, 125);
    struct run run;

    run_to_end(&run, "sh", "-c", "exit 127", NULL);
    expect(strstr(run.out, "sh runs as process "), "it says that sh runs",
           "it printed \"%s\"", run.out);
    expect_number("the exit status", run.status, 127);
    run_to_end(&run, "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
}

EXERCISE("09_barco", "silent_failure", AS_LEARNER,
         { "a command that does not exist is not said to run",
           no_such_command },
         { "the reason is that of exec", the_reason_is_execs },
         { "it says that a command runs while it runs",
           it_says_so_while_it_runs },
         { "the command gets no extra descriptor", no_extra_descriptor },
         { "a command that exits with 127 has run", a_status_is_no_error })
