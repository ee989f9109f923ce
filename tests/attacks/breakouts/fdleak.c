/**
 * @file
 * @brief fdleak: an inherited descriptor is a directory of the host.
 *
 * A descriptor refers to a file, not to a path; no namespace and no new root
 * changes that. One directory of the host that somebody forgot to close is
 * enough. CVE-2016-9962 and CVE-2024-21626 (runc) were such descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(fdleak)
{
    for (int fd = 3; fd < 64; fd++) {
        int secret = openat(fd, "secret", O_RDONLY | O_CLOEXEC);

        if (secret >= 0)
            return show_fd(secret, "read");
    }
    errno = EBADF;
    return stopped("openat(3...)");
}
