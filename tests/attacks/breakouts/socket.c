/**
 * @file
 * @brief socket: a service whose socket lies in a volume answers.
 *
 * What you hand in, you hand in. A UNIX socket in a volume works through every
 * namespace, and can even pass descriptors of the host. If it is the socket of
 * Docker, its service starts privileged containers: no layer stops that.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(socket)
{
    struct sockaddr_un to = { AF_UNIX, "/volume/socket" };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
        return stopped("connect");
    return show_fd(fd, "read");
}
