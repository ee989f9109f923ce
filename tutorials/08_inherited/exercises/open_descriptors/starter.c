/**
 * @file
 * @brief Run COMMAND with its standard input, output and error, and nothing
 * else open, and write to LOG how it ended:
 *
 *     open_descriptors LOG COMMAND [ARG...]
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "open_descriptors: %s: %s\n", what, strerror(errno));
    exit(125);
}

/* Whoever has started us may have left descriptors open: the container's
   command would find the host's files behind them. They begin at 3, and where
   close(2) says that there is nothing to close, we are done. */
static void close_inherited(void)
{
    int descriptor = 3;

    while (close(descriptor) == 0)
        descriptor++;
    if (errno != EBADF)
        fail("close");
}

static int open_log(const char *path)
{
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);

    if (log < 0)
        fail(path);
    return log;
}

static void run(char **argv)
{
    int reason;

    execvp(argv[0], argv);
    reason = errno;
    fprintf(stderr, "open_descriptors: %s: %s\n", argv[0], strerror(reason));
    _exit(reason == ENOENT ? 127 : 126);
}

int main(int argc, char **argv)
{
    int log, status;
    pid_t pid;

    if (argc < 3) {
        fprintf(stderr, "Usage: open_descriptors LOG COMMAND [ARG...]\n");
        return 125;
    }
    close_inherited();
    log = open_log(argv[1]);
    pid = fork();
    if (pid == 0)
        run(argv + 2);
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        fail("start the command");
    status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    dprintf(log, "%s: %d\n", argv[2], status);
    return status;
}
