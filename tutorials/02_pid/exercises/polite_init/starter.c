/**
 * @file
 * @brief Run COMMAND as PID 2 of a new PID namespace, and pass signals on to
 * it:
 *
 *     polite_init COMMAND [ARG...]
 *
 * The exit status is the command's; 128 + N if signal N killed it. It needs
 * CAP_SYS_ADMIN.
 */
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
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

/* Waits for a child, and reaps all others until then. Returns how it ended, as
   an exit status. The process outside does it for PID 1, and PID 1 for the
   command.

   TODO: this hears no signal. sigwaitinfo(2) waits for blocked ones: SIGCHLD
   says that a child may have ended, and every other is for the child. */
static int serve(pid_t child)
{
    int status = 0;
    pid_t ended;

    do {
        ended = wait(&status);
        if (ended < 0)
            fail("wait");
    } while (ended != child);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Is PID 1. When it ends, the kernel kills whatever is left in the namespace.

   TODO: a mask is inherited, and survives an exec. Which one should the command
   have? */
static int be_init(char *const command[])
{
    pid_t pid;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        fail("prctl");
    pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(EXIT_NOT_FOUND);
    }
    return serve(pid);
}

int main(int argc, char **argv)
{
    struct clone_args args = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD };
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "Usage: polite_init COMMAND [ARG...]\n");
        return EXIT_OURS;
    }
    /* TODO: block the signals before there is a child. Blocked, they stay
       pending, even in PID 1, which has no handler for them. */
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (pid < 0)
        fail("clone3");
    if (pid == 0)
        return be_init(argv + 1);
    return serve(pid);
}
