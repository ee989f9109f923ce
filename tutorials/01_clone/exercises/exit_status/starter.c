/**
 * @file
 * @brief Run COMMAND, and end as it has ended:
 *
 *     exit_status COMMAND [ARG...]
 *
 * The exit status is the command's own; 128 + N if signal N killed it; 125 if
 * exit_status itself failed, 126 if the command cannot be run, and 127 if it
 * does not exist. What its caller ignores, the command ignores too.
 */
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
    execvp(command[0], command);
    perror(command[0]);
    _exit(EXIT_FAILURE);
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

    waitpid(pid, &status, 0);
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
