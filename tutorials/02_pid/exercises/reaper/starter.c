/**
 * @file
 * @brief Run COMMAND as PID 2 of a new PID namespace, with an init as PID 1:
 *
 *     reaper COMMAND [ARG...]
 *
 * The exit status is the command's; 128 + N if signal N killed it. How each
 * orphan ended is printed on standard error. It needs CAP_SYS_ADMIN.
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

/* Waits for a process. Returns how it ended, as an exit status. */
static int wait_for(pid_t pid)
{
    int status = 0;

    if (waitpid(pid, &status, 0) < 0)
        fail("waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Is PID 1: starts the command, and waits for it. When PID 1 ends, the kernel
   kills whatever is left in the namespace. */
static int be_init(char *const command[])
{
    pid_t pid;

    /* If our parent has died already, this is too late: chapter 1, step 4. */
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
    return wait_for(pid);
}

int main(int argc, char **argv)
{
    struct clone_args args = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD };
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "Usage: reaper COMMAND [ARG...]\n");
        return EXIT_OURS;
    }
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (pid < 0)
        fail("clone3");
    if (pid == 0)
        return be_init(argv + 1);
    return wait_for(pid);
}
