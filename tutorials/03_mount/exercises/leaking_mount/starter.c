/**
 * @file
 * @brief Run COMMAND with an empty FOLDER:
 *
 *     leaking_mount FOLDER COMMAND [ARG...]
 *
 * FOLDER is a path that begins with a slash. The exit status is the command's;
 * 128 + N if signal N killed it. It needs CAP_SYS_ADMIN.
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EXIT_OURS = 125,
    EXIT_NOT_FOUND = 127
};

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_OURS);
}

/* Starts a child with a copy of our list of mounts. */
static pid_t start(void)
{
    struct clone_args args = { .flags = CLONE_NEWNS, .exit_signal = SIGCHLD };
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

    if (pid < 0)
        fail("clone3");
    return pid;
}

/* Is the child: mounts an empty file system, and becomes the command. */
static void become(const char *folder, char *const command[])
{
    if (mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, NULL) < 0)
        fail(folder);
    execvp(command[0], command);
    perror(command[0]);
    _exit(EXIT_NOT_FOUND);
}

int main(int argc, char **argv)
{
    int status = 0;
    pid_t pid;

    if (argc < 3 || argv[1][0] != '/') {
        fprintf(stderr, "Usage: leaking_mount FOLDER COMMAND [ARG...]\n");
        return EXIT_OURS;
    }
    pid = start();
    if (pid == 0)
        become(argv[1], argv + 2);
    if (waitpid(pid, &status, 0) < 0)
        fail("waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
