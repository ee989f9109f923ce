/**
 * @file
 * @brief Run COMMAND in a user namespace, as the user that we are, with one
 * capability, such as cap_chown:
 *
 *     one_capability NAME COMMAND [ARG...]
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(125);
}

static void write_file(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, value, strlen(value)) < 0)
        fail(path);
    close(fd);
}

/* Enters a new user namespace, where our ids are what they were. The kernel
   gives us all capabilities there. */
static void enter_namespace(void)
{
    uid_t uid = getuid();
    gid_t gid = getgid();
    char map[64];

    if (unshare(CLONE_NEWUSER) < 0)
        fail("unshare");
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "%u %u 1", uid, uid);
    write_file("/proc/self/uid_map", map);
    snprintf(map, sizeof(map), "%u %u 1", gid, gid);
    write_file("/proc/self/gid_map", map);
}

/* Lets one capability survive the exec of an ordinary user, and takes the
   others from every set.

   TODO: an exec leaves such a user only what is ambient, and the kernel lets a
   capability in there only if it is permitted and inheritable. First set these
   two, with cap_set_proc(3), so that they have this one and no other.

   TODO: the bounding set is the most that a file could add in a later exec.
   Drop the others from it too. That takes a capability itself: when do you
   still have it? */
static void keep_only(cap_value_t cap)
{
    (void)cap;
}

int main(int argc, char **argv)
{
    cap_value_t cap;
    int status = 0;
    pid_t pid;

    if (argc < 3 || cap_from_name(argv[1], &cap) < 0) {
        fprintf(stderr, "Usage: one_capability NAME COMMAND [ARG...]\n");
        return 125;
    }
    pid = fork();
    if (pid == 0) {
        enter_namespace();
        keep_only(cap);
        execvp(argv[2], argv + 2);
        fail(argv[2]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        fail("start the command");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
