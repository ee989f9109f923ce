/**
 * @file
 * @brief loopback: a service of the host answers on 127.0.0.1.
 *
 * Databases and control sockets often trust whoever comes from 127.0.0.1. In a
 * network namespace of its own a container has a loopback of its own.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(loopback)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(4242),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
        return stopped("connect");
    return show_fd(fd, "read");
}
