/**
 * @file
 * @brief leases: a program cannot be started, in any other container.
 *
 * The owner of a file may take a lease on it, and then whoever opens it waits
 * until the owner has given it back, or for /proc/sys/fs/lease-break-time: 45
 * seconds, for each file, again and again. In a root directory that all
 * containers share, and that is idmapped, the root of each is the owner of all
 * files. What is only read needs no owner: left unmapped, it belongs to nobody.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(leases)
{
    int fd = open("/bin/shared", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return stopped("open");
    return fcntl(fd, F_SETLEASE, F_WRLCK) < 0 ? stopped("fcntl(F_SETLEASE)")
                                              : linger();
}
