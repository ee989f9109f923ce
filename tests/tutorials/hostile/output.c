/** @file @brief Prints 100 MB, whatever is said to it. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    char block[1 << 16];

    memset(block, 'x', sizeof(block));
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 1600; i++)
        if (write(STDOUT_FILENO, block, sizeof(block)) < 0 ||
            write(STDERR_FILENO, block, sizeof(block)) < 0)
            continue;
    return 0;
}
