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

static int enter_and_look(void *arg)
{
    char set[] = "COLOUR=blue", empty[] = "EMPTY=", kept[] = "KEPT";
    char path[] = "PATH=/bin", unset[] = "UNSET";
    const struct barco_environment environment = {
        .variables = { set, empty, kept, path, unset },
        .count = 5,
    };
    int count = 0;

    (void)arg;
    setenv("SECRET", "of the host", 1);
    setenv("KEPT", "on purpose", 1);
    setenv("TERM", "vt100", 1);
    if (barco_environment_enter(&environment) < 0)
        return 1;
    if (!is("SECRET", NULL) || !is("UNSET", NULL) || !is("COLOUR", "blue"))
        return 2;
    if (!is("EMPTY", "") || !is("KEPT", "on purpose") || !is("PATH", "/bin"))
        return 3;
    while (environ[count])
        count++;
    /* These four, HOME and TERM. */
    return is("TERM", "vt100") && getenv("HOME") && count == 6 ? 42 : 4;
}

static void the_environment_holds_what_was_asked_for_alone(void)
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
    return strstr(getenv("PATH"), "/usr/bin") ? 42 : 3;
}

static void there_is_a_path_and_the_directory_is_entered(void)
{
    CU_ASSERT_EQUAL(run_in(0, enter_without_anything, NULL), 42);
}

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

/* Chroot() is root's. */
static void a_directory_outside_of_the_root_is_refused(void)
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
      { "the environment holds what was asked for alone",
        the_environment_holds_what_was_asked_for_alone },
      { "there is a PATH, and the directory is entered",
        there_is_a_path_and_the_directory_is_entered },
      { "a directory outside of the root is refused",
        a_directory_outside_of_the_root_is_refused, AS_ROOT },
      { "a directory that is not there is refused",
        a_directory_that_is_not_there_is_refused },
      { "no descriptor outlives the exec", no_descriptor_outlives_the_exec })
