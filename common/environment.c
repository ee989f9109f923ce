/**
 * @file
 * @brief What a command inherits is chosen, not left to chance.
 */
#include "barco/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "process_inside.h"

/* ---- Variables ---------------------------------------------------------- */

enum {
    MAX_USERS = 1 << 20 /* bytes, room for thousands of them */
};

/* The image chose this file: it could be a pipe that nothing writes to, a
 * device that never ends, or a hole of a terabyte. */
static size_t read_users(char *text)
{
    BARCO_CLEANUP(barco_close)
    int fd = open("/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    size_t length = 0;
    ssize_t n;

    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    while ((n = read(fd, text + length, MAX_USERS - length)) > 0)
        length += (size_t)n;
    return length;
}

/* Finds our user's home in the container's /etc/passwd, or takes / , as for a
 * line that lacks it. A line that begins with + or - is for NIS. */
static void look_up_home(char *text, char *home, size_t size)
{
    size_t length = read_users(text);
    FILE *users = length ? fmemopen(text, length, "r") : NULL;
    const struct passwd *user = NULL;

    snprintf(home, size, "/");
    while (users && (user = fgetpwent(users)) &&
           (strchr("+-", *user->pw_name) || user->pw_uid != geteuid()))
        ;
    if (user && *user->pw_dir)
        snprintf(home, size, "%s", user->pw_dir);
    if (users)
        fclose(users);
}

static int find_home(void)
{
    BARCO_CLEANUP(barco_free) char *text = malloc(MAX_USERS);
    char home[PATH_MAX];

    if (!text)
        return BARCO_FAIL(malloc, "%d", MAX_USERS);
    look_up_home(text, home, sizeof(home));
    if (setenv("HOME", home, 0) < 0)
        return BARCO_FAIL(setenv, "\"HOME\", \"%s\"", home);
    return 0;
}

/* The name before the "=" is not checked further, because the kernel passes any
 * string on. */
static int add_variable(const char *variable)
{
    const char *equals = strchr(variable, '=');

    if (!equals || equals == variable) {
        errno = EINVAL;
        return BARCO_FAIL(putenv, "\"%s\"", variable);
    }
    /* putenv(3) keeps the pointer and does not change the string. */
    if (putenv((char *)variable) != 0)
        return BARCO_FAIL(putenv, "\"%s\"", variable);
    return 0;
}

//! [variables]
static int replace_variables(const struct barco_environment *environment)
{
    BARCO_EXPLAIN("the host's variables contain paths, and perhaps secrets",
                  "clearenv(), then %zu variable%s",
                  environment->variable_count,
                  environment->variable_count == 1 ? "" : "s");
    clearenv();
    for (size_t i = 0; i < environment->variable_count; i++) {
        int result = add_variable(environment->variables[i]);

        if (result < 0)
            return result;
    }
    return environment->find_home ? find_home() : 0;
}
//! [variables]

/* ---- Directory and descriptors ------------------------------------------ */

//! [directory]
/* A directory reached through a descriptor of the host has no path in the
 * container, and the kernel's getcwd says "(unreachable)". glibc hides that, so
 * this makes the system call itself. That was CVE-2024-21626 in runc. */
static int enter_directory(const char *dir)
{
    char path[PATH_MAX];

    BARCO_EXPLAIN("the command starts here", "chdir(\"%s\")", dir);
    if (chdir(dir) < 0)
        return BARCO_FAIL(chdir, "\"%s\"", dir);
    if (syscall(SYS_getcwd, path, sizeof(path)) < 0)
        return BARCO_FAIL(getcwd, "after chdir(\"%s\")", dir);
    if (*path != '/') {
        errno = ELOOP;
        return BARCO_FAIL(getcwd, "\"%s\" after chdir(\"%s\")", path, dir);
    }
    return 0;
}
//! [directory]

int barco_environment_enter(const struct barco_environment *environment)
{
    int result =
        enter_directory(environment->workdir ? environment->workdir : "/");

    if (result < 0)
        return result;
    return replace_variables(environment);
}

//! [close]
int barco_environment_close_descriptors(void)
{
    struct stat st;

    /* A process that has a directory open can walk up from there with "..". */
    for (int fd = 0; fd < 3; fd++)
        if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
            errno = EISDIR;
            return BARCO_FAIL(fstat, "%d", fd);
        }
    BARCO_EXPLAIN("a descriptor of a file on the host is a way out",
                  "close_range(3, ~0)");
    return process_close_all_but(process_kept());
}
//! [close]
