/**
 * @file
 * @brief Whether no call makes a directory, and all others still work.
 */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* The kernel ends a path where it finds no directory. */
static void expect_none(const char *path)
{
    expect(access(path, F_OK) < 0, "no directory was made", "%s exists", path);
}

static void the_command_has_a_filter(void)
{
    pid_t command = find_in(start("sleep", "1000", NULL), "sleep");

    expect_text("Seccomp, in /proc/PID/status,", status_of(command, "Seccomp"),
                "2");
    expect_text("NoNewPrivs, in /proc/PID/status,",
                status_of(command, "NoNewPrivs"), "1");
}

static void mkdir_fails(void)
{
    const char *path = text("%s/%s", folder(), seeded_word());
    struct run run;

    run_to_end(&run, this_check(), "--call", number(SYS_mkdir), path, "0755",
               NULL);
    expect_text("the answer to mkdir", run.out, "EPERM");
    expect_none(path);
}

static void mkdirat_fails(void)
{
    const char *path = text("%s/%s", folder(), seeded_word());
    struct run run;

    run_to_end(&run, this_check(), "--call", number(SYS_mkdirat),
               number(AT_FDCWD), path, "0755", NULL);
    expect_text("the answer to mkdirat", run.out, "EPERM");
    expect_none(path);
}

static void no_ring(void)
{
    struct run run;

    run_to_end(&run, this_check(), "--call", number(SYS_io_uring_setup), "8",
               "0", NULL);
    expect_text("the answer to io_uring_setup", run.out, "EPERM");
}

static void all_else_goes_on(void)
{
    const char *word = seeded_word();
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "sh", "-c", "echo $0 >$0; (mkdir x); exit $1", word,
               number(status), NULL);
    expect_number("the exit status", run.status, status);
    expect_text("the file that the command has written",
                file_text("%s/%s", folder(), word), word);
}

EXERCISE("07_seccomp", "no_directories", AS_LEARNER,
         { "the command has a filter", the_command_has_a_filter },
         { "mkdir fails with EPERM", mkdir_fails },
         { "mkdirat fails with EPERM", mkdirat_fails },
         { "io_uring_setup fails with EPERM", no_ring },
         { "everything else works", all_else_goes_on })
