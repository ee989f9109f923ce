/**
 * @file
 * @brief Run COMMAND, as root, with one capability, that of number CAP:
 *
 *     bounding_set CAP COMMAND [ARG...]
 */
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(125);
}

static int number_of(const char *digits)
{
    char *end;
    long n = strtol(digits, &end, 10);

    if (end == digits || *end != '\0' || n < 0 || n > 63) {
        fprintf(stderr, "not a capability: %s\n", digits);
        exit(125);
    }
    return (int)n;
}

/* Drops every capability but one from the bounding set. For root, the exec then
   takes away the others. */
static void keep_only(int kept)
{
    for (int cap = 0; cap <= CAP_AUDIT_READ; cap++) {
        if (cap == kept)
            continue;
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            fail("PR_CAPBSET_DROP");
    }
}

int main(int argc, char **argv)
{
    int status = 0;
    pid_t pid;

    if (argc < 3) {
        fprintf(stderr, "Usage: bounding_set CAP COMMAND [ARG...]\n");
        return 125;
    }
    pid = fork();
    if (pid == 0) {
        keep_only(number_of(argv[1]));
        execvp(argv[2], argv + 2);
        fail(argv[2]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        fail("start the command");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
