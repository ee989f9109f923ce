/**
 * @file
 * @brief Errors, log, cleanup, command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"
#include "tests/lib/suite.h"

static struct barco_error caught;

/* What somebody writes to standard error meanwhile. */
struct captured {
    int saved, file;
    char text[4096];
};

static void capture(struct captured *c)
{
    c->saved = dup(STDERR_FILENO);
    c->file = memfd_create("stderr", MFD_CLOEXEC);
    dup2(c->file, STDERR_FILENO);
}

static const char *captured(struct captured *c)
{
    ssize_t n = pread(c->file, c->text, sizeof(c->text) - 1, 0);

    c->text[n < 0 ? 0 : n] = '\0';
    dup2(c->saved, STDERR_FILENO);
    close(c->saved);
    close(c->file);
    return c->text;
}

/* The fix is gone when this returns. */
static void catch_error(const struct barco_error *error, void *arg)
{
    static char fix[256];

    (void)arg;
    caught = *error;
    if (error->fix) {
        snprintf(fix, sizeof(fix), "%s", error->fix);
        caught.fix = fix;
    }
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
    CU_ASSERT_PTR_NOT_NULL(strstr(caught.cause, "1 to 64 bytes"));
}

static void an_unknown_failure_has_no_cause(void)
{
    barco_error_set_sink(catch_error, NULL);
    CU_ASSERT_EQUAL(fail_with(EXDEV), -EXDEV);
    CU_ASSERT_PTR_NULL(caught.cause);
    CU_ASSERT_PTR_NULL(caught.fix);
    /* Other functions have causes for this call and errno. */
    errno = ENOENT;
    BARCO_FAIL(chdir, "\"none\"");
    CU_ASSERT_PTR_NULL(caught.cause);
    barco_error_set_sink(NULL, NULL);
}

static void every_cause_has_a_fix_and_no_full_stop_at_the_end(void)
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
static void a_log_that_cannot_be_written_keeps_errno(void)
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
    barco_log_write("a text\n");
    CU_ASSERT_EQUAL(errno, EXDEV);
    dup2(saved, STDERR_FILENO);
    barco_log.explain = explain;
    close(saved);
    close(full);
}

static void a_log_line_keeps_errno(void)
{
    struct captured c;

    capture(&c);
    errno = EXDEV;
    BARCO_WARN("%s", "a line");
    CU_ASSERT_EQUAL(errno, EXDEV);
    CU_ASSERT_PTR_NOT_NULL(strstr(captured(&c), " WARN  "));
    CU_ASSERT_PTR_NOT_NULL(strstr(c.text, ": a line\n"));
}

static void no_message_gives_orders_to_a_terminal(void)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        { "plain ~", "plain ~" },
        { "\033[31mred\a", "\\x1b[31mred\\x07" },
        { "two\nlines\tand a tab\r", "two\\nlines\\tand a tab\\x0d" },
        { "\x7f", "\\x7f" },
        { "gr\u00fc\u00df dich, \u4e16\u754c \U0001f433",
          "gr\u00fc\u00df dich, \u4e16\u754c \U0001f433" },
        { "\xc2\x9b", "\\xc2\\x9b" },          /* CSI in one character */
        { "\x9b", "\\x9b" },                   /* and in one byte */
        { "\xc1\x9b", "\\xc1\\x9b" },          /* "[" in too many bytes */
        { "\xe0\x80\x9b", "\\xe0\\x80\\x9b" }, /* ESC in too many */
        { "\xe4\xb8", "\\xe4\\xb8" },          /* cut off */
        { "\u202egnp.exe", "\\xe2\\x80\\xaegnp.exe" },
        { "\u2066gnp.exe", "\\xe2\\x81\\xa6gnp.exe" },
        { "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" },
    };
    char buf[128];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        CU_ASSERT_STRING_EQUAL(
            barco_log_printable(cases[i].text, buf, sizeof(buf)),
            cases[i].shown);
    /* An escape that does not fit is left out, and not cut in two. */
    CU_ASSERT_STRING_EQUAL(barco_log_printable("ab\033", buf, 6), "ab");
    CU_ASSERT_STRING_EQUAL(barco_log_printable("ab\033", buf, 7), "ab\\x1b");
}

static void no_message_lets_control_characters_through(void)
{
    static const char evil[] = "a\033[2Jb\nc";
    struct captured c;

    capture(&c);
    BARCO_WARN("%s", evil);
    barco_log_explain("why", "file.c", 1, "call(\"%s\")", evil);
    errno = EXDEV;
    BARCO_FAIL(open, "\"%s\"", evil);
    captured(&c);
    CU_ASSERT_PTR_NULL(strchr(c.text, '\033'));
    CU_ASSERT_PTR_NOT_NULL(strstr(c.text, ": a\\x1b[2Jb\\nc\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(c.text, "call(\"a\\x1b[2Jb\\nc\")\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(c.text, "open(\"a\\x1b[2Jb\\nc\") = EXDEV"));
}

/* JSON is UTF-8, and a name on disk is any bytes. */
static void data_is_utf_8_whatever_a_name_holds(void)
{
    struct captured c;

    barco_log.json = true;
    capture(&c);
    barco_log_explain("why", "file.c", 1, "call(\"a\x9b\")");
    barco_log.json = false;
    CU_ASSERT_PTR_NOT_NULL(strstr(captured(&c), "a\\\\x9b"));
    CU_ASSERT_PTR_NULL(strchr(c.text, 0x9b));
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

/* Two groups of options, one below the other, as --mnt and --volume are. */
static const struct argp_option inner_options[] = {
    { "volume", 0x301, "SRC:DST", 0, "", 0 },
    { 0 },
};
static const struct argp_option outer_options[] = {
    { "memory", 0x300, "SIZE", 0, "", 0 },
    { "mnt", 'm', "DIR", 0, "", 0 },
    { 0 },
};

static error_t take_anything(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    (void)state;
    return key == 0x300 || key == 0x301 || key == 'm' ? 0 : ARGP_ERR_UNKNOWN;
}

static const struct argp inner = { .options = inner_options,
                                   .parser = take_anything };
static const struct argp_child inner_child[] = { { .argp = &inner }, { 0 } };
static const struct argp outer = { .options = outer_options,
                                   .parser = take_anything,
                                   .children = inner_child };

/* Parses a command line that is ended by NULL. */
static struct barco_cli parse(char *argv[])
{
    static const struct barco_option_group parts[] = { { &outer, NULL },
                                                       { 0 } };
    struct barco_cli cli = { .about = "",
                             .banner = "it's \\a ${banner}",
                             .demo = "echo 'a b'\n" };
    int argc = 0;

    while (argv[argc])
        argc++;
    CU_ASSERT_EQUAL(barco_cli_parse(&cli, parts, argc, argv), 0);
    return cli;
}

/* Whether a command line ends the program with 125, and with these words. */
static bool is_refused(const char *words, char *argv[])
{
    struct captured c;
    int status = 0;
    pid_t pid;

    capture(&c);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        parse(argv);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    captured(&c);
    if (WEXITSTATUS(status) == 125 && strstr(c.text, words) &&
        strstr(c.text, "--help"))
        return true;
    printf("\nstatus %d, not \"%s\":\n%s", WEXITSTATUS(status), words, c.text);
    return false;
}

#define REFUSED(words, ...) \
    CU_ASSERT_TRUE(is_refused(words, (char *[]){ "stage", __VA_ARGS__, NULL }))

static void free_cli(struct barco_cli *cli)
{
    free(cli->words);
    free(cli->script);
}

static void words_after_the_command_belong_to_it(void)
{
    char *argv[] = { "stage", "ls", "-v", "--nothing", NULL };
    BARCO_CLEANUP(free_cli) struct barco_cli cli = parse(argv);

    CU_ASSERT_PTR_EQUAL(cli.argv, &argv[1]);
    CU_ASSERT_FALSE(barco_log.verbose);
}

static void cmd_and_arg_give_the_command_of_the_original(void)
{
    char *argv[] = { "stage", "-c", "ls", "-a", "-l", "-a", "/", NULL };
    BARCO_CLEANUP(free_cli) struct barco_cli cli = parse(argv);

    CU_ASSERT_STRING_EQUAL(cli.argv[0], "ls");
    CU_ASSERT_STRING_EQUAL(cli.argv[1], "-l");
    CU_ASSERT_STRING_EQUAL(cli.argv[2], "/");
    CU_ASSERT_PTR_NULL(cli.argv[3]);
}

static void a_single_dot_means_no_arguments(void)
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
                           "[ \"$(id -u)\" = 0 ] && sign='#' || sign='$'\n"
                           "{ printf 'container %s ' \"$sign\"; cat; } <<'+'\n"
                           "echo 'a b'\n+\necho 'a b'\n");
}

static void a_mistyped_option_gets_the_nearest_as_a_hint(void)
{
    REFUSED("no option --memroy; did you mean --memory?", "--memroy", "64M");
    REFUSED("no option --memroy; did you mean --memory?", "--memroy=64M");
    REFUSED("no option --volumes; did you mean --volume?", "--volumes", "a:/b");
    REFUSED("no option --mount; did you mean --mnt?", "-v", "--mount", "/");
    REFUSED("no option --mtn; did you mean --mnt?", "--mtn", "/");
    REFUSED("no option --versoin; did you mean --version?", "--versoin");
    REFUSED("no option --interactive in this stage\n", "--interactive");
    REFUSED("no option -x in this stage\n", "-vx");
    REFUSED("no option --\\x1b[2J in this stage\n", "--\033[2J");
    REFUSED("did you mean --demo?", "--explain=json", "--deom");
    REFUSED("--m is ambiguous: it could be --memory --mnt\n", "--m=\033");
    REFUSED("no option -- in this stage\n", "--=\033[2J");
}

static void an_explanation_comes_as_text_or_as_json(void)
{
    REFUSED("--explain: \"xml\" is not json", "--explain=xml");
    /* A word of its own is the command. */
    REFUSED("no option --such in this stage", "--explain", "--such");
}

static void what_argp_can_explain_is_left_to_it(void)
{
    REFUSED("doesn't allow an argument", "--help=x");
    REFUSED("requires an argument", "--memory");
    REFUSED("doesn't allow an argument", "--demo=x");
}

static void a_volume_after_v_gets_a_hint_and_is_not_a_command(void)
{
    REFUSED("give --volume /srv:/mnt\n", "-v", "/srv:/mnt", "true");
    REFUSED("give --volume /srv:/mnt:ro\n", "-v/srv:/mnt:ro", "true");
    REFUSED("give --volume data:/mnt\n", "-m", "/", "-v", "data:/mnt");
}

static void a_command_and_its_options_are_not_taken_for_a_volume(void)
{
    char *after[] = { "stage", "-v",        "ls",       "-v",
                      "-x",    "/srv:/mnt", "--memroy", NULL };
    char *chosen[] = { "stage", "-v", "--", "/srv:/mnt", NULL };
    BARCO_CLEANUP(free_cli) struct barco_cli one = parse(after);
    BARCO_CLEANUP(free_cli) struct barco_cli two = parse(chosen);

    CU_ASSERT_PTR_EQUAL(one.argv, &after[2]);
    CU_ASSERT_PTR_EQUAL(two.argv, &chosen[3]);
    barco_log.verbose = false;
}

static void an_option_after_cmd_may_be_the_command_s(void)
{
    REFUSED("no option -l in this stage; if the command should get it, write "
            "the whole command last, and without --cmd",
            "-c", "ls", "-l");
    REFUSED("give the arguments of --cmd with --arg", "-c", "ls", "/");
    REFUSED("--cmd is ls already", "--cmd=ls", "--", "pwd");
}

/* A terminal as standard input, and what a shell then does with the command
 * that was chosen. */
static void the_shell_prints_the_banner_when_it_is_there(void)
{
    char *argv[] = { "stage", NULL };
    int saved = dup(STDIN_FILENO), terminal, shell, status = -1;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct captured c;
    struct barco_cli cli;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(openpty(&terminal, &shell, NULL, NULL, NULL), 0);
    dup2(shell, STDIN_FILENO);
    capture(&c);
    cli = parse(argv);
    CU_ASSERT_EQUAL(lseek(c.file, 0, SEEK_CUR), 0); /* nothing yet */
    dup2(null, STDIN_FILENO);
    pid = fork();
    if (pid == 0) {
        execv(cli.argv[0], cli.argv);
        _exit(1);
    }
    waitpid(pid, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_STRING_EQUAL(captured(&c), "it's \\a ${banner}\n");
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(null);
    close(terminal);
    close(shell);
    free_cli(&cli);
}

SUITE("core",
      { "a failure is reported with its cause",
        a_failure_is_reported_with_its_cause },
      { "an unknown failure has no cause", an_unknown_failure_has_no_cause },
      { "every cause has a fix, and no full stop at the end",
        every_cause_has_a_fix_and_no_full_stop_at_the_end },
      { "a fix names the program that runs",
        a_fix_names_the_program_that_runs },
      { "flags are written by name", flags_are_written_by_name },
      { "a log line keeps errno", a_log_line_keeps_errno },
      { "a log that cannot be written keeps errno",
        a_log_that_cannot_be_written_keeps_errno },
      { "no message gives orders to a terminal",
        no_message_gives_orders_to_a_terminal },
      { "no message lets control characters through",
        no_message_lets_control_characters_through },
      { "data is UTF-8, whatever a name holds",
        data_is_utf_8_whatever_a_name_holds },
      { "a scope closes its descriptor", a_scope_closes_its_descriptor },
      { "words after the command belong to it",
        words_after_the_command_belong_to_it },
      { "--cmd and --arg give the command of the original",
        cmd_and_arg_give_the_command_of_the_original },
      { "a single dot means no arguments", a_single_dot_means_no_arguments },
      { "the demo shows each command", the_demo_shows_each_command },
      { "a mistyped option gets the nearest as a hint",
        a_mistyped_option_gets_the_nearest_as_a_hint },
      { "an explanation comes as text or as JSON",
        an_explanation_comes_as_text_or_as_json },
      { "what argp can explain is left to it",
        what_argp_can_explain_is_left_to_it },
      { "a volume after -v gets a hint and is not a command",
        a_volume_after_v_gets_a_hint_and_is_not_a_command },
      { "a command and its options are not taken for a volume",
        a_command_and_its_options_are_not_taken_for_a_volume },
      { "an option after --cmd may be the command's",
        an_option_after_cmd_may_be_the_command_s },
      { "the shell prints the banner when it is there",
        the_shell_prints_the_banner_when_it_is_there })
