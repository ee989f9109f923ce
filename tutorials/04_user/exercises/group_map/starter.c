/**
 * @file
 * @brief Run COMMAND as root of a user namespace, where our group is GID:
 *
 *     group_map GID COMMAND [ARG...]
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(125);
}

/* Writes a map of one line: the id inside, the id outside, and how many. */
static void write_map(const char *path, const char *inside, unsigned outside)
{
    char rest[32];
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        fail(path);
    snprintf(rest, sizeof(rest), " %u 1\n", outside);
    if (write(fd, inside, strlen(inside)) < 0 ||
        write(fd, rest, strlen(rest)) < 0)
        fail(path);
    close(fd);
}

/* Moves us into a new user namespace, and maps the only ids that an ordinary
   user may map: their own. */
static void enter(const char *gid)
{
    if (unshare(CLONE_NEWUSER) < 0)
        fail("unshare");
    write_map("/proc/self/uid_map", "0", geteuid());
    write_map("/proc/self/gid_map", gid, getegid());
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "Usage: group_map GID COMMAND [ARG...]\n");
        return 125;
    }
    enter(argv[1]);
    execvp(argv[2], argv + 2);
    fail(argv[2]);
}
