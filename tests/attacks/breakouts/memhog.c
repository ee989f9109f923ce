/**
 * @file
 * @brief memhog: more memory than the container may have.
 *
 * Memory that is touched has to come from somewhere, and when there is none
 * left the kernel kills processes of the host. memory.max stops it, if
 * memory.swap.max is set too: otherwise the hog only moves to the disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(memhog)
{
    size_t size = (size_t)atoi(words[0]) << 20; /* MiB */
    volatile char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return stopped("mmap");
    for (size_t i = 0; i < size; i += 4096)
        memory[i] = 1;
    return linger();
}
