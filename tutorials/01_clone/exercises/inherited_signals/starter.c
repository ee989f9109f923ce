/**
 * @file
 * @brief Print which signals this program was born ignoring, which blocked, and
 * which were waiting for it:
 *
 *     inherited_signals
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

/* Signals begin with 1, and Linux has 64. The C library keeps 32 and 33 for its
   own use, and its sigaction() fails for them. */
enum {
    LAST_SIGNAL = 64
};

/* Returns whether we ignore a signal.

   TODO: ask the kernel. sigaction(2) says what happens to a signal, and changes
   nothing if it is given no new action. */
static bool is_ignored(int signal)
{
    (void)signal;
    return false;
}

/* Returns whether we block a signal.

   TODO: ask the kernel. sigprocmask(2) says which signals are blocked, and
   changes nothing if it is given no set. */
static bool is_blocked(int signal)
{
    (void)signal;
    return false;
}

/* Returns whether a signal has come that waits until we no longer block it.

   TODO: ask the kernel. sigpending(2) says which signals wait. */
static bool is_pending(int signal)
{
    (void)signal;
    return false;
}

/* Prints a line: the signals for which something holds. */
static void print(const char *what, bool (*holds)(int signal))
{
    printf("%s:", what);
    for (int signal = 1; signal <= LAST_SIGNAL; signal++)
        if (holds(signal))
            printf(" %d", signal);
    printf("\n");
}

int main(int argc, char **argv)
{
    if (argc != 1) {
        fprintf(stderr, "Usage: %s\n", argv[0]);
        return 2;
    }
    print("ignored", is_ignored);
    print("blocked", is_blocked);
    print("pending", is_pending);
    return 0;
}
