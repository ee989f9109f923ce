/**
 * @file
 * @brief Run COMMAND with an empty FOLDER:
 *
 *     leaking_mount FOLDER COMMAND [ARG...]
 *
 * FOLDER is a path that begins with a slash. Nobody else sees what is mounted
 * there. The exit status is the command's; 128 + N if signal N killed it. It
 * needs CAP_SYS_ADMIN.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
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

/* Starts a child. */
static pid_t start(void)
{
    pid_t pid = fork();

    if (pid < 0)
        fail("fork");
    return pid;
}

/* Mounts an empty file system. */
static void cover(const char *folder)
{
    if (mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, NULL) < 0)
        fail(folder);
}

static void uncover(const char *folder)
{
    if (umount2(folder, MNT_DETACH) < 0)
        fail(folder);
}

static void become(char *const command[])
{
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
    cover(argv[1]);
    pid = start();
    if (pid == 0)
        become(argv + 2);
    if (waitpid(pid, &status, 0) < 0)
        fail("waitpid");
    uncover(argv[1]);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
