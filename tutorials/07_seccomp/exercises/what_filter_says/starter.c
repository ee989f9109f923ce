/**
 * @file
 * @brief Ask how the filters of this process answer calls, by their numbers:
 *
 *     what_filter_says NUMBER...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* TODO: how many filters has this process? The kernel says so in
   /proc/self/status. */
static int count_filters(void)
{
    return 0;
}

/* Makes a call, all of whose arguments are 0, and prints a line: the number of
   the call, and what became of it, which is "ok", "error N" with the errno, or
   "killed".

   TODO: a filter may answer a call by killing the process that makes it, and we
   have others to ask about. */
static void ask(long call)
{
    printf("%ld ok\n", call);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: what_filter_says NUMBER...\n");
        return 125;
    }
    for (int i = 1; i < argc; i++) {
        char *end;

        if (strtol(argv[i], &end, 10) < 0 || end == argv[i] || *end != '\0') {
            fprintf(stderr, "what_filter_says: not a number: %s\n", argv[i]);
            return 125;
        }
    }
    printf("filters %d\n", count_filters());
    for (int i = 1; i < argc; i++)
        ask(strtol(argv[i], NULL, 10));
    return 0;
}
