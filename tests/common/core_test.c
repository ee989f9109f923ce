/**
 * @file
 * @brief Errors, log, cleanup, command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/cli.h"
#include "barco/error.h"
#include "tests/lib/suite.h"

static struct barco_error caught;

static void catch_error(const struct barco_error *error, void *arg)
{
    (void)arg;
    caught = *error;
}

static int fail_with(int err)
{
    errno = err;
    return BARCO_FAIL(sethostname, "\"%s\"", "name");
}

static int two_steps(bool *second)
{
    BARCO_TRY("take the first step", fail_with(EINVAL));
    *second = true;
    return 0;
}

static void a_failure_is_reported_with_its_cause(void)
{
    bool second = false;

    barco_error_set_sink(catch_error, NULL);
    CU_ASSERT_EQUAL(two_steps(&second), -EINVAL);
    barco_error_set_sink(NULL, NULL);

    CU_ASSERT_FALSE(second);
    CU_ASSERT_STRING_EQUAL(caught.step, "take the first step");
    CU_ASSERT_STRING_EQUAL(caught.call, "sethostname");
    CU_ASSERT_STRING_EQUAL(caught.args, "\"name\"");
    CU_ASSERT_STRING_EQUAL(caught.func, "fail_with");
    CU_ASSERT_PTR_NOT_NULL_FATAL(caught.cause);
    CU_ASSERT_PTR_NOT_NULL(strstr(caught.cause, "64 bytes"));
}

static void an_unknown_failure_has_no_cause(void)
{
    barco_error_set_sink(catch_error, NULL);
    CU_ASSERT_EQUAL(fail_with(EXDEV), -EXDEV);
    barco_error_set_sink(NULL, NULL);
    CU_ASSERT_PTR_NULL(caught.cause);
    CU_ASSERT_PTR_NULL(caught.fix);
}

static void every_cause_has_a_fix_and_ends_without_full_stop(void)
{
    size_t count;
    const struct barco_cause *row = barco_error_causes(&count);

    CU_ASSERT(count > 20);
    for (; count > 0; count--, row++) {
        CU_ASSERT(row->err > 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row->cause);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row->fix);
        CU_ASSERT_NOT_EQUAL(row->cause[strlen(row->cause) - 1], '.');
    }
}

static void a_fix_names_the_program_that_runs(void)
{
    barco_error_set_sink(catch_error, NULL);
    errno = ENOSYS;
    BARCO_FAIL(clone3, "0");
    barco_error_set_sink(NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(caught.fix);
    CU_ASSERT_PTR_NULL(strstr(caught.fix, "%s"));
}

static void flags_are_written_by_name(void)
{
    static const struct barco_flag table[] = { { 1, "ONE" },
                                               { 4, "FOUR" },
                                               { 0 } };
    char buf[64];

    CU_ASSERT_STRING_EQUAL(barco_flag_names(table, 5, buf, sizeof(buf)),
                           "ONE|FOUR");
    CU_ASSERT_STRING_EQUAL(barco_flag_names(table, 0, buf, sizeof(buf)), "0");
    CU_ASSERT_STRING_EQUAL(barco_flag_names(table, 0x14, buf, sizeof(buf)),
                           "FOUR|0x10");
    CU_ASSERT_STRING_EQUAL(barco_flag_names(table, 5, buf, 4), "ONE");
}

/* Where each write fails, and says why. */
static void a_log_line_keeps_errno(void)
{
    int saved = dup(STDERR_FILENO);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    bool explain = barco_log.explain;

    barco_log.explain = true;
    dup2(full, STDERR_FILENO);
    errno = EXDEV;
    BARCO_WARN("%s", "a line");
    CU_ASSERT_EQUAL(errno, EXDEV);
    BARCO_EXPLAIN("a reason", "%s", "a call");
    CU_ASSERT_EQUAL(errno, EXDEV);
    dup2(saved, STDERR_FILENO);
    barco_log.explain = explain;
    close(saved);
    close(full);
}

static void a_scope_closes_its_descriptor(void)
{
    int number, kept;

    {
        BARCO_CLEANUP(barco_close) int fd = open("/", O_PATH | O_CLOEXEC);
        number = fd;
        CU_ASSERT(fcntl(number, F_GETFD) >= 0);
    }
    CU_ASSERT(fcntl(number, F_GETFD) < 0);
    {
        BARCO_CLEANUP(barco_close) int fd = open("/", O_PATH | O_CLOEXEC);
        kept = barco_take_fd(&fd);
    }
    CU_ASSERT(fcntl(kept, F_GETFD) >= 0);
    close(kept);
}

/* Parses a command line that is ended by NULL. */
static struct barco_cli parse(char *argv[])
{
    struct barco_cli cli = { .about = "",
                             .banner = "",
                             .demo = "echo 'a b'\n" };
    int argc = 0;

    while (argv[argc])
        argc++;
    CU_ASSERT_EQUAL(barco_cli_parse(&cli, NULL, argc, argv), 0);
    return cli;
}

static void free_cli(struct barco_cli *cli)
{
    free(cli->words);
    free(cli->script);
}

static void words_after_the_command_belong_to_it(void)
{
    char *argv[] = { "stage", "ls", "-v", "--help", NULL };
    BARCO_CLEANUP(free_cli) struct barco_cli cli = parse(argv);

    CU_ASSERT_PTR_EQUAL(cli.argv, &argv[1]);
    CU_ASSERT_FALSE(barco_log.verbose);
}

static void options_give_the_command_of_the_original(void)
{
    char *argv[] = { "stage", "-c", "ls", "-a", "-l", "-a", "/", NULL };
    BARCO_CLEANUP(free_cli) struct barco_cli cli = parse(argv);

    CU_ASSERT_STRING_EQUAL(cli.argv[0], "ls");
    CU_ASSERT_STRING_EQUAL(cli.argv[1], "-l");
    CU_ASSERT_STRING_EQUAL(cli.argv[2], "/");
    CU_ASSERT_PTR_NULL(cli.argv[3]);
}

static void a_dot_alone_is_no_argument(void)
{
    char *argv[] = { "stage", "-c", "ls", "-a", ".", NULL };
    BARCO_CLEANUP(free_cli) struct barco_cli cli = parse(argv);

    CU_ASSERT_PTR_NULL(cli.argv[1]);
}

static void the_demo_shows_each_command(void)
{
    char *argv[] = { "stage", "--demo", NULL };
    BARCO_CLEANUP(free_cli) struct barco_cli cli = parse(argv);

    CU_ASSERT_STRING_EQUAL(cli.argv[0], "/bin/sh");
    CU_ASSERT_STRING_EQUAL(cli.argv[2],
                           "cat <<'+'\n$ echo 'a b'\n+\necho 'a b'\n");
}

SUITE("core",
      { "a failure is reported with its cause",
        a_failure_is_reported_with_its_cause },
      { "an unknown failure has no cause", an_unknown_failure_has_no_cause },
      { "every cause has a fix and ends without full stop",
        every_cause_has_a_fix_and_ends_without_full_stop },
      { "a fix names the program that runs",
        a_fix_names_the_program_that_runs },
      { "flags are written by name", flags_are_written_by_name },
      { "a log line keeps errno", a_log_line_keeps_errno },
      { "a scope closes its descriptor", a_scope_closes_its_descriptor },
      { "words after the command belong to it",
        words_after_the_command_belong_to_it },
      { "options give the command of the original",
        options_give_the_command_of_the_original },
      { "a dot alone is no argument", a_dot_alone_is_no_argument },
      { "the demo shows each command", the_demo_shows_each_command })
