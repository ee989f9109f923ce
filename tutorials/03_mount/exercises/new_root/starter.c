/**
 * @file
 * @brief Run COMMAND with DIR as its root:
 *
 *     new_root DIR COMMAND [ARG...]
 *
 * COMMAND is a path in the new root, which it cannot change. The exit status is
 * the command's; 128 + N if signal N killed it. It needs CAP_SYS_ADMIN.
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

/* Makes a folder our root, and leaves the old one. */
static void change_root(const char *dir)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        fail("/");
    /* TODO: pivot_root(2) takes a mount, and this may be a folder of one. A
       bind mount of a folder on itself is a mount. */
    /* TODO: let this mount, and only this, be read-only, and let no device and
       no set-user-ID program work on it. A bind mount takes no such flags until
       it exists. */
    if (chdir(dir) < 0)
        fail(dir);
    /* TODO: this moves the `/` of one process. pivot_root(2) makes a mount the
       root mount, and attaches the old one to a folder, which may be the new
       root itself. The C library has no function for it: use syscall(2). */
    if (chroot(".") < 0)
        fail("chroot");
    /* TODO: the old root is on top of the new one. Take it off, although it is
       in use. */
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

    if (argc < 3) {
        fprintf(stderr, "Usage: new_root DIR COMMAND [ARG...]\n");
        return EXIT_OURS;
    }
    pid = start();
    if (pid == 0) {
        change_root(argv[1]);
        become(argv + 2);
    }
    if (waitpid(pid, &status, 0) < 0)
        fail("waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
