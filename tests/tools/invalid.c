/**
 * @file
 * @brief Reads what it has freed, so that we know valgrind would tell.
 */
#include <stdlib.h>

int main(void)
{
    char *volatile text = malloc(1);

    free(text);
    return *text == 'x'; // NOLINT(clang-analyzer-unix.Malloc)
}
