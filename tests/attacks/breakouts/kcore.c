/**
 * @file
 * @brief kcore: the memory of the kernel, as a file.
 *
 * /proc/kcore is all of memory in the shape of a core dump. We print its
 * header, which tells where the kernel is (its addresses are random for each
 * boot). The mask over it is a mount like any other, and CAP_SYS_ADMIN takes it
 * off; but kcore asks for CAP_SYS_RAWIO in the first user namespace too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(kcore)
{
    unsigned char head[256];
    int fd;

    umount2("/proc/kcore", MNT_DETACH);
    fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return stopped("/proc/kcore");
    if (read(fd, head, sizeof(head)) != sizeof(head))
        return stopped("read");
    for (size_t i = 0; i < sizeof(head); i++)
        printf("%02x", head[i]);
    puts("");
    return 0;
}
