/**
 * @file
 * @brief What a command inherits is chosen, not left to chance.
 */
#include "barco/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* Whether there is no list of users, or not for us. */
static bool has_no_users(int err)
{
    return err == ENOENT || err == ENOTDIR || err == EACCES || err == ELOOP ||
           err == ENXIO;
}

/* The text of the container's /etc/passwd, to be freed, or NULL. The image
 * chose this file: it could be a pipe that nothing writes to, a device that
 * never ends, or a hole of a terabyte. 0, or a negative errno, reported. */
static int read_users(char **text)
{
    BARCO_CLEANUP(barco_close)
    int fd = open("/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    size_t size, length = 0;
    ssize_t n;

    if (fd < 0 && has_no_users(errno))
        return 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return BARCO_FAIL(open, "\"/etc/passwd\"");
    if (!S_ISREG(st.st_mode))
        return 0;
    size = st.st_size < MAX_USERS ? (size_t)st.st_size : MAX_USERS;
    if (!(*text = malloc(size + 1)))
        return BARCO_FAIL(malloc, "%zu", size + 1);
    while ((n = read(fd, *text + length, size - length)) > 0 ||
           (n < 0 && errno == EINTR))
        length += n > 0 ? (size_t)n : 0;
    (*text)[length] = '\0';
    return n < 0 ? BARCO_FAIL(read, "\"/etc/passwd\"") : 0;
}

/* The home in a line NAME:PASSWORD:UID:GID:ABOUT:HOME:SHELL, if it is that of
 * our user, else NULL. A line that begins with + or - is for NIS. */
static const char *home_in(char *line)
{
    char *fields[6] = { NULL }, *end;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (!(fields[i] = strsep(&line, ":")))
            return NULL;
    if (strchr("+-", *fields[0]) || !*fields[2] ||
        strtoul(fields[2], &end, 10) != geteuid() || *end)
        return NULL;
    return fields[5];
}

/* As the container's /etc/passwd says, or else / . */
static int find_home(void)
{
    BARCO_CLEANUP(barco_free) char *text = NULL;
    const char *home = NULL;
    char *rest, *line;
    int result = read_users(&text);

    if (result < 0)
        return result;
    rest = text;
    while (!home && (line = strsep(&rest, "\n")))
        home = home_in(line);
    if (!home || !*home)
        home = "/";
    return setenv("HOME", home, 0) < 0
               ? BARCO_FAIL(setenv, "\"HOME\", \"%s\"", home)
               : 0;
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
