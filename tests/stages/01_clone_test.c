/**
 * @file
 * @brief Stage 01, the real program: exit statuses, signals, command line.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"
#include "tests/lib/terminal.h"
#include "tests/lib/told.h"

static struct run r;

static void it_exits_as_its_command_does(void)
{
    run_stage(&r, "01_clone", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    run_stage(&r, "01_clone", "--", "sh", "-c", "exit 7", NULL);
    CU_ASSERT_EQUAL(r.status, 7);
    run_stage(&r, "01_clone", "sh", "-c", "kill -9 $$", NULL);
    CU_ASSERT_EQUAL(r.status, 137);
}

static void bad_usage_is_125(void)
{
    run_stage(&r, "01_clone", "--no-such-option", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    run_stage(&r, "01_clone", "-a", "x", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    run_stage(&r, "01_clone", "-c", "ls", "--", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
}

static void a_command_that_is_not_executable_is_126_and_explained(void)
{
    run_stage(&r, "01_clone", "/etc/passwd", NULL);
    CU_ASSERT_EQUAL(r.status, 126);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "execvp(\"/etc/passwd\") = EACCES"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "fix:   chmod +x it"));
}

static void a_command_that_is_not_there_is_127_and_explained(void)
{
    run_stage(&r, "01_clone", "no-such-command", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cause: there is no such program: "));
    CU_ASSERT_PTR_NULL(strstr(r.err, "--mnt")); /* it has no such option */
    CU_ASSERT_PTR_NULL(strstr(r.err, "container's"));
}

static void a_directory_as_the_command_is_126_and_explained(void)
{
    run_stage(&r, "01_clone", "/tmp", NULL);
    CU_ASSERT_EQUAL(r.status, 126);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cause: that is a directory"));
}

/* The command makes a file to say that it is ready. */
static void a_signal_reaches_the_command(void)
{
    static const char script[] = "trap 'rm $0; exit 33' TERM; touch $0; "
                                 "while :; do sleep 0.01; done";
    pid_t pid;

    make_scratch("/tmp");
    pid = start_stage("01_clone", "sh", "-c", script, scratch("ready"), NULL);
    CU_ASSERT_TRUE(eventually(exists, scratch("ready")));
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(pid), 33);
    CU_ASSERT_TRUE(is_gone(scratch("ready")));
    remove_scratch();
}

static void output_and_errors_stay_apart(void)
{
    run_stage(&r, "01_clone", "sh", "-c", "echo out; echo err >&2", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "out\n");
    CU_ASSERT_STRING_EQUAL(r.err, "err\n");
}

static void verbose_logs_in_the_format_of_the_original(void)
{
    int h, m, s;

    run_stage(&r, "01_clone", "-v", "true", NULL);
    CU_ASSERT_EQUAL(
        sscanf(r.err, "%2d:%2d:%2d INFO  stages/01_clone.c:", &h, &m, &s), 3);
}

static void explain_names_calls_and_reasons(void)
{
    run_stage(&r, "01_clone", "--explain", "true", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "host    > start the container\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "host      clone3(CLONE_PIDFD)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "child   > run the command\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "child       this process becomes the command\n"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "\033"));
}

static int explain_true(void *arg)
{
    if (arg)
        setenv("NO_COLOR", arg, 1);
    else
        unsetenv("NO_COLOR");
    execl("stages/01_clone", "01_clone", "--explain", "true", NULL);
    return 99;
}

/* no-color.org: any text that is not empty. */
static void an_explanation_has_colours_only_on_a_terminal_that_wants_them(void)
{
    static char none[] = "", some[] = "1";
    char *const no_color[] = { NULL, none, some };
    static struct terminal t;

    for (size_t i = 0; i < 3; i++) {
        terminal_start(&t, (const int[]){ -1, -1, -1 }, explain_true,
                       no_color[i]);
        CU_ASSERT_EQUAL(terminal_wait(&t), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(t.screen, "start the container"));
        CU_ASSERT_EQUAL(strchr(t.screen, '\033') != NULL, i < 2);
        terminal_close(&t);
    }
}

static void an_explanation_as_data_has_the_same_calls(void)
{
    static struct tale tale;
    static struct run text;

    run_stage(&text, "01_clone", "--explain", "true", NULL);
    run_stage(&r, "01_clone", "--explain=json", "sh", "-c", "exit 7", NULL);
    CU_ASSERT_EQUAL(r.status, 7);
    CU_ASSERT_TRUE(read_told(&tale, r.err));
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "child", "execvp(", "run")->why,
                           "this process becomes the command");
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "host", "clone3(", "start")->file,
                           "common/process.c");
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "host", NULL, "start")->result,
                           "0");
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "host", NULL, "wait")->result, "7");
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "host", NULL, "wait")->file,
                           "stages/01_clone.c");
    for (int i = 0; i < tale.count; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(text.err, tale.told[i].why));
}

static void a_failure_is_data_too(void)
{
    static struct tale tale;

    run_stage(&r, "01_clone", "--explain=json", "/no/such", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    CU_ASSERT_TRUE(read_told(&tale, r.err));
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "", "execvp(", "run")->result,
                           "ENOENT");
    CU_ASSERT_STRING_NOT_EQUAL(find_told(&tale, "", "execvp(", "run")->cause,
                               "");
}

static void without_a_command_and_a_terminal_it_runs_the_demo(void)
{
    run_stage(&r, "01_clone", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, geteuid() == 0
                                             ? "container # hostname\n"
                                             : "container $ hostname\n"));
}

static void nothing_is_left_behind(void)
{
    struct leftovers before = count_leftovers();
    pid_t pid;

    run_stage(&r, "01_clone", "true", NULL);
    run_stage(&r, "01_clone", "no-such-command", NULL);
    CU_ASSERT_TRUE(nothing_left_since(before));

    pid = start_stage("01_clone", "sleep", "1000", NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
    kill(pid, SIGKILL);
    CU_ASSERT_EQUAL(wait_stage(pid), 137);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("01_clone",
      { "it exits as its command does", it_exits_as_its_command_does },
      { "bad usage is 125", bad_usage_is_125 },
      { "a command that is not executable is 126 and explained",
        a_command_that_is_not_executable_is_126_and_explained },
      { "a command that is not there is 127 and explained",
        a_command_that_is_not_there_is_127_and_explained },
      { "a directory as the command is 126 and explained",
        a_directory_as_the_command_is_126_and_explained },
      { "a signal reaches the command", a_signal_reaches_the_command },
      { "output and errors stay apart", output_and_errors_stay_apart },
      { "verbose logs in the format of the original",
        verbose_logs_in_the_format_of_the_original },
      { "explain names calls and reasons", explain_names_calls_and_reasons },
      { "an explanation has colours only on a terminal that wants them",
        an_explanation_has_colours_only_on_a_terminal_that_wants_them },
      { "an explanation as data has the same calls",
        an_explanation_as_data_has_the_same_calls },
      { "a failure is data too", a_failure_is_data_too },
      { "without a command and a terminal it runs the demo",
        without_a_command_and_a_terminal_it_runs_the_demo },
      { "nothing is left behind", nothing_is_left_behind })
