/**
 * @file
 * @brief Run COMMAND with its standard input, output and error, and the N
 * descriptors that follow:
 *
 *     keep_descriptors N COMMAND [ARG...]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what)
{
    fprintf(stderr, "keep_descriptors: %s: %s\n", what, strerror(errno));
    exit(125);
}

/* Closes all descriptors but the first ones.

   TODO: 0, 1 and 2 stay. So should the N that follow. */
static void close_all_but(unsigned kept)
{
    (void)kept;
    if (close_range(3, ~0U, 0) < 0)
        fail("close_range");
}

/* Ends the program if one of the first descriptors is a directory, from which a
   command could walk up to the host's files.

   TODO: what is open can be of any kind: fstat(2) says which. Say which
   descriptor it was, and exit with 125. */
static void refuse_directories(unsigned kept)
{
    (void)kept;
}

int main(int argc, char **argv)
{
    unsigned long more;
    char *end;

    if (argc < 3) {
        fprintf(stderr, "Usage: keep_descriptors N COMMAND [ARG...]\n");
        return 125;
    }
    more = strtoul(argv[1], &end, 10);
    if (end == argv[1] || *end != '\0' || more > 1000) {
        fprintf(stderr, "keep_descriptors: not a number up to 1000: %s\n",
                argv[1]);
        return 125;
    }
    close_all_but(3 + (unsigned)more);
    refuse_directories(3 + (unsigned)more);
    execvp(argv[2], argv + 2);
    fprintf(stderr, "keep_descriptors: %s: %s\n", argv[2], strerror(errno));
    return errno == ENOENT ? 127 : 126;
}
