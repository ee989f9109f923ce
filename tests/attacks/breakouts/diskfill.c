/**
 * @file
 * @brief diskfill: the disk of the host is filled.
 *
 * The container's root directory lies on a disk of the host, and nothing counts
 * what is written there: not the cgroup, whose io.max only slows it down. We
 * take 16 MiB. To keep a container from it, give it its files read-only
 * (--read-only) and a tmpfs, which memory.max counts; or a directory on a file
 * system of its own, or below a project quota.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(diskfill)
{
    int fd = open("/fill", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0) /* its owner is somebody else */
        fd = open("/tmp/fill", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return stopped("open");
    return posix_fallocate(fd, 0, 16 << 20) != 0 ? stopped("fallocate") : 0;
}
