/**
 * @file
 * @brief Run COMMAND with its standard input, output and error, and nothing
 * else open:
 *
 *     open_descriptors COMMAND [ARG...]
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whoever has started us may have left descriptors open: the container's
   command would find the host's files behind them. They begin at 3, and where
   close(2) says that there is nothing to close, we are done. */
static int close_inherited(void)
{
    int descriptor = 3;

    while (close(descriptor) == 0)
        descriptor++;
    return errno == EBADF ? 0 : -1;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: open_descriptors COMMAND [ARG...]\n");
        return 125;
    }
    if (close_inherited() < 0) {
        perror("open_descriptors: close");
        return 125;
    }
    execvp(argv[1], argv + 1);
    fprintf(stderr, "open_descriptors: %s: %s\n", argv[1], strerror(errno));
    return errno == ENOENT ? 127 : 126;
}
