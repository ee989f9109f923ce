/**
 * @file
 * @brief Reads what it has freed, so that we know that valgrind would report
 * it.
 */
#include <stdlib.h>

int main(void)
{
    char *volatile text = malloc(1);

    free(text);
    return *text == 'x'; // NOLINT(clang-analyzer-unix.Malloc)
}
