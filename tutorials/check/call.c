/**
 * @file
 * @brief The check as a command that the reader's program runs: one system
 * call.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tutorials/check/inside.h"

const char *this_check(void)
{
    return link_text("/proc/self/exe");
}

static long word_of(char *argument)
{
    char *end;
    long word = strtol(argument, &end, 0);

    return *argument && !*end ? word : (long)argument;
}

int call_main(int argc, char **argv)
{
    long words[7] = { 0 };

    if (argc > 7)
        return 2;
    for (int i = 0; i < argc; i++)
        words[i] = word_of(argv[i]);
    fputs(syscall(words[0], words[1], words[2], words[3], words[4], words[5],
                  words[6]) < 0
              ? strerrorname_np(errno)
              : "0",
          stdout);
    return 0;
}
