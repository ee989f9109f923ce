/**
 * @file
 * @brief Variables, working directory, descriptors.
 */
#include "barco/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stages/options/options.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

extern char **environ;

static bool is(const char *name, const char *value)
{
    const char *found = getenv(name);

    return value ? found && strcmp(found, value) == 0 : !found;
}

static size_t count_variables(void)
{
    size_t count = 0;

    while (environ && environ[count])
        count++;
    return count;
}

static int enter_and_look(void *arg)
{
    static const char *const variables[] = {
        "COLOUR=blue", "PATH=/bin", "EMPTY=", "PATH=/sbin", "-A.B C=d",
    };
    const struct barco_environment environment = { .variables = variables,
                                                   .variable_count = 5 };

    (void)arg;
    setenv("SECRET", "of the host", 1);
    setenv("HOME", "/home/of/the/host", 1);
    if (barco_environment_enter(&environment) < 0)
        return 1;
    if (!is("SECRET", NULL) || !is("HOME", NULL) || !is("COLOUR", "blue"))
        return 2;
    if (!is("EMPTY", "") || !is("PATH", "/sbin") || !is("-A.B C", "d"))
        return 3;
    return count_variables() == 4 ? 42 : 4;
}

static void the_environment_holds_only_what_was_asked_for(void)
{
    CU_ASSERT_EQUAL(run_in(0, enter_and_look, NULL), 42);
}

static int enter_without_anything(void *arg)
{
    const struct barco_environment environment = { .workdir = "/usr" };
    char path[64];

    (void)arg;
    if (barco_environment_enter(&environment) < 0)
        return 1;
    if (!getcwd(path, sizeof(path)) || strcmp(path, "/usr") != 0)
        return 2;
    return count_variables() == 0 ? 42 : 3;
}

static void nothing_is_forced_and_the_directory_is_entered(void)
{
    CU_ASSERT_EQUAL(run_in(0, enter_without_anything, NULL), 42);
}

static int look_for_home(void *arg)
{
    static const char *const home[] = { "HOME=/here" };
    struct barco_environment environment = { .find_home = true };

    (void)arg;
    setenv("HOME", "/home/of/the/host", 1);
    if (barco_environment_enter(&environment) < 0 || !is("HOME", "/root"))
        return 1; /* of uid 0 in /etc/passwd */
    environment.variables = home;
    environment.variable_count = 1;
    return barco_environment_enter(&environment) == 0 && is("HOME", "/here") &&
                   count_variables() == 1
               ? 42
               : 2;
}

static void a_home_is_found_where_none_is_given(void)
{
    CU_ASSERT_EQUAL(run_in(0, look_for_home, NULL), 42);
}

static int enter_with(void *arg)
{
    const char *const variables[] = { "A=b", arg };
    const struct barco_environment environment = { .variables = variables,
                                                   .variable_count = 2 };

    barco_error_set_sink(remember_error, NULL);
    return barco_environment_enter(&environment) == -EINVAL &&
                   strstr(remembered.args, arg) &&
                   strstr(remembered.cause, "NAME=VALUE")
               ? 42
               : 1;
}

static void a_variable_without_name_or_value_is_refused(void)
{
    static char bad[][8] = { "", "NAME", "=value" };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_EQUAL(run_in(0, enter_with, bad[i]), 42);
}

/* ---- The options --------------------------------------------------------- */

static bool lists(const struct barco_environment *environment, const char *text)
{
    size_t i = 0;

    while (i < environment->variable_count &&
           strcmp(environment->variables[i], text) != 0)
        i++;
    return i < environment->variable_count;
}

static int parse(void *arg)
{
    static char e[] = "-e", set[] = "COLOUR=blue", kept[] = "KEPT";
    static char unset[] = "UNSET", name[] = "test";
    char *argv[] = { name, e, set, e, kept, e, unset, NULL };
    struct barco_environment environment = { 0 };

    (void)arg;
    setenv("SECRET", "of the host", 1);
    setenv("KEPT", "on purpose", 1);
    setenv("TERM", "vt100", 1);
    if (argp_parse(&barco_environment_options, 7, argv, 0, NULL,
                   &environment) != 0)
        return 1;
    if (environment.variable_count != 4 || !environment.find_home)
        return 2;
    return lists(&environment, "TERM=vt100") &&
                   lists(&environment, "KEPT=on purpose") &&
                   lists(&environment, "COLOUR=blue") &&
                   strncmp(environment.variables[0], "PATH=/", 6) == 0
               ? 42
               : 3;
}

static void the_command_line_adds_a_path_and_the_terminal(void)
{
    CU_ASSERT_EQUAL(run_in(0, parse, NULL), 42);
}

/* ---- Directory and descriptors ------------------------------------------- */

/* A directory above the root: a path through a descriptor leads there. */
static int enter_outside(void *arg)
{
    struct barco_environment environment = { .workdir = "/proc/self/fd/9" };
    int out = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    (void)arg;
    barco_error_set_sink(be_quiet, NULL);
    if (dup2(out, 9) < 0 || chroot("/proc") < 0 || chdir("/") < 0)
        return 1;
    environment.workdir = "/self/fd/9";
    return barco_environment_enter(&environment) == -ELOOP ? 42 : 2;
}

/* Only root may call chroot(2). */
static void a_directory_outside_the_root_is_refused(void)
{
    CU_ASSERT_EQUAL(run_in(0, enter_outside, NULL), 42);
}

static void a_directory_that_is_not_there_is_refused(void)
{
    const struct barco_environment environment = { .workdir = "/no/such" };

    barco_error_set_sink(be_quiet, NULL);
    CU_ASSERT_EQUAL(barco_environment_enter(&environment), -ENOENT);
    barco_error_set_sink(NULL, NULL);
}

static int open_directory_as(void *arg)
{
    barco_error_set_sink(be_quiet, NULL);
    if (dup2(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), *(int *)arg) < 0)
        return 1;
    return barco_environment_close_descriptors() == -EISDIR ? 42 : 2;
}

static void no_standard_stream_is_a_directory(void)
{
    for (int fd = 0; fd < 3; fd++)
        CU_ASSERT_EQUAL(run_in(0, open_directory_as, &fd), 42);
}

static int list_descriptors(void *arg)
{
    static char shell[] = "sh", dash_c[] = "-c";
    static char script[] = "exec ls /proc/self/fd | tr '\\n' ' ' >$0";
    char *const argv[] = { shell, dash_c, script, arg, NULL };

    if (dup2(STDIN_FILENO, 77) < 0 || dup2(STDIN_FILENO, 500) < 0)
        return 1;
    if (barco_environment_close_descriptors() < 0)
        return 2;
    execvp(argv[0], argv);
    return 3;
}

static void no_descriptor_outlives_the_exec(void)
{
    char path[160], fds[256];

    make_scratch("/tmp");
    snprintf(path, sizeof(path), "%s", scratch("fds"));
    CU_ASSERT_EQUAL(run_in(0, list_descriptors, path), 0);
    /* 3 is that of ls itself, on the directory. */
    CU_ASSERT_STRING_EQUAL(read_text(path, fds, sizeof(fds)), "0 1 2 3 ");
    remove_scratch();
}

SUITE("environment",
      { "the environment holds only what was asked for",
        the_environment_holds_only_what_was_asked_for },
      { "nothing is forced, and the directory is entered",
        nothing_is_forced_and_the_directory_is_entered },
      { "a home is found where none is given",
        a_home_is_found_where_none_is_given },
      { "a variable without name or value is refused",
        a_variable_without_name_or_value_is_refused },
      { "the command line adds a PATH and the terminal",
        the_command_line_adds_a_path_and_the_terminal },
      { "a directory outside the root is refused",
        a_directory_outside_the_root_is_refused, AS_ROOT },
      { "a directory that is not there is refused",
        a_directory_that_is_not_there_is_refused },
      { "no standard stream is a directory",
        no_standard_stream_is_a_directory },
      { "no descriptor outlives the exec", no_descriptor_outlives_the_exec })
