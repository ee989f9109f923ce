/**
 * @file
 * @brief Run COMMAND, and say so as soon as it runs:
 *
 *     silent_failure COMMAND [ARG...]
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts a command. When this returns, it runs, or else the result is -1, and
   errno says why not. */
static pid_t start(char **argv)
{
    pid_t child = fork();

    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    return child;
}

int main(int argc, char **argv)
{
    pid_t child;
    int status = 0;

    if (argc < 2) {
        fprintf(stderr, "Usage: silent_failure COMMAND [ARG...]\n");
        return 125;
    }
    child = start(argv + 1);
    if (child < 0) {
        int error = errno;

        fprintf(stderr, "silent_failure: %s: %s\n", argv[1], strerror(error));
        return error == ENOENT ? 127 : 126;
    }
    printf("%s runs as process %d\n", argv[1], child);
    fflush(stdout);
    if (waitpid(child, &status, 0) < 0) {
        perror("silent_failure: waitpid");
        return 125;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
