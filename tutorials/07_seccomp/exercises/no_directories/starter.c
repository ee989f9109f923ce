/**
 * @file
 * @brief Run COMMAND, which can make no directory:
 *
 *     no_directories COMMAND [ARG...]
 *
 * Link with -lseccomp.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A function of libseccomp returns a negative errno. */
static void check(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "no_directories: %s: %s\n", what, strerror(-result));
        exit(125);
    }
}

/* Refuses every call by which a process can make a directory, with EPERM, and
   allows all others.

   TODO: a filter, rules, and the call that gives the filter to the kernel. See
   seccomp_init(3), seccomp_rule_add(3) and seccomp_load(3). SCMP_SYS(mkdir) is
   the number of mkdir, and SCMP_ACT_ERRNO(EPERM) an answer. */
static void load_filter(void)
{
    check(0, "load the filter");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: no_directories COMMAND [ARG...]\n");
        return 125;
    }
    load_filter();
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 127;
}
