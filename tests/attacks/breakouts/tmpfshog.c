/**
 * @file
 * @brief tmpfshog: memory that no process owns.
 *
 * A file on a tmpfs is memory, and stays when its writer has ended: no limit of
 * a process (RLIMIT_AS) counts it and the OOM killer finds nobody to kill. A
 * cgroup counts it. A size for each tmpfs helps too, but only for that one.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(tmpfshog)
{
    int fd = open("/dev/shm/hog", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return stopped("/dev/shm");
    unlink("/dev/shm/hog");
    if (posix_fallocate(fd, 0, atoi(words[0]) << 20) != 0)
        return stopped("fallocate");
    return linger();
}
