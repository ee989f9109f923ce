/**
 * @file
 * @brief abstract: a service of the host answers on an abstract socket.
 *
 * A UNIX socket whose name begins with NUL is in no directory: neither mounts
 * nor permissions protect it, only the network namespace. CVE-2020-15257: the
 * shim of containerd listened on one, and containers could start containers.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(abstract)
{
    struct sockaddr_un to = { AF_UNIX, "\0barco-host" };
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 11;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&to, length) < 0)
        return stopped("connect");
    return show_fd(fd, "read");
}
