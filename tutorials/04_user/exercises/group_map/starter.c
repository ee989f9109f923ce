/**
 * @file
 * @brief Run COMMAND as root of a user namespace, where our group is GID:
 *
 *     group_map GID COMMAND [ARG...]
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(125);
}

/* Writes a file of another process in /proc. */
static void write_file(pid_t pid, const char *name, const char *value)
{
    char path[64];
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) < 0)
        fail(path);
    close(fd);
}

/* One line of a map: the id inside, the id outside, and how many. */
static void write_maps(pid_t pid, const char *gid)
{
    char line[64];

    snprintf(line, sizeof(line), "0 %u 1", geteuid());
    write_file(pid, "uid_map", line);
    snprintf(line, sizeof(line), "%s %u 1", gid, getegid());
    write_file(pid, "gid_map", line);
}

/* The child waits until its ids are mapped. If we fail, it reads end of file.
 */
static void run_when_mapped(int go[2], char **command)
{
    char byte;

    close(go[1]);
    if (read(go[0], &byte, 1) != 1)
        _exit(125);
    execvp(command[0], command);
    fail(command[0]);
}

int main(int argc, char **argv)
{
    struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
    int go[2], status = 0;
    pid_t pid;

    if (argc < 3) {
        fprintf(stderr, "Usage: group_map GID COMMAND [ARG...]\n");
        return 125;
    }
    if (pipe2(go, O_CLOEXEC) < 0)
        fail("pipe2");
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (pid < 0)
        fail("clone3");
    if (pid == 0)
        run_when_mapped(go, argv + 2);
    write_maps(pid, argv[1]);
    if (write(go[1], "", 1) < 0 || waitpid(pid, &status, 0) < 0)
        fail("wait for the command");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
