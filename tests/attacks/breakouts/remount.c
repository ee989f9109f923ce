/**
 * @file
 * @brief remount: a read-only volume is written.
 *
 * "Read-only" is a property of a mount, and a process that may mount may change
 * it, unless the kernel has locked it: flags are locked when a mount is copied
 * into a mount namespace of a less privileged user namespace, and not when it
 * was made there. So it takes CAP_SYS_ADMIN away.
 */
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(remount)
{
    int fd;

    if (mount(NULL, "/volume", NULL, MS_REMOUNT | MS_BIND, NULL) < 0)
        return stopped("mount(MS_REMOUNT)");
    fd = open("/volume/owned", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return stopped("open");
    close(fd);
    return 0;
}
