/**
 * @file
 * @brief Run COMMAND, and end as it has ended:
 *
 *     exit_status COMMAND [ARG...]
 *
 * The exit status is the command's own; 128 + N if signal N killed it; 125 if
 * exit_status itself failed, 126 if the command cannot be run, and 127 if it
 * does not exist.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EXIT_OURS = 125,
    EXIT_CANNOT_RUN = 126,
    EXIT_NOT_FOUND = 127
};

static void become(char *const command[])
{
    int reason;

    execvp(command[0], command);
    reason = errno;
    perror(command[0]);
    _exit(reason == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

/* Starts the command. Returns its process. */
static pid_t start(char *const command[])
{
    pid_t pid = fork();

    if (pid < 0) {
        perror("fork");
        exit(EXIT_OURS);
    }
    if (pid == 0)
        become(command);
    return pid;
}

/* Waits for the command. Returns how it ended, as our own exit status. */
static int wait_for(pid_t pid)
{
    int status = 0;

    if (waitpid(pid, &status, 0) < 0) {
        perror("waitpid");
        return EXIT_OURS;
    }
    return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: exit_status COMMAND [ARG...]\n");
        return EXIT_OURS;
    }
    return wait_for(start(argv + 1));
}
