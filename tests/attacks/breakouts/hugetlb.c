/**
 * @file
 * @brief hugetlb: the huge pages of the host are used up.
 *
 * An administrator sets huge pages aside for a database, and mmap(2) with
 * MAP_HUGETLB gives them to whoever asks first. memory.max does not count them;
 * a controller of its own does, hugetlb, where the kernel has it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(hugetlb)
{
    size_t size = 2 << 20;
    int pages = 0, all = atoi(words[0]);

    while (pages < all) {
        volatile char *page =
            mmap(NULL, size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

        if (page == MAP_FAILED)
            break;
        *page = 1;
        pages++;
    }
    printf("%d huge pages\n", pages);
    return pages < all ? stopped("mmap(MAP_HUGETLB)") : linger();
}
