/**
 * @file
 * @brief sniff: what others say on the host's network is heard.
 *
 * A packet socket sees every packet of the network namespace. CAP_NET_RAW is
 * among the defaults of several runtimes, for ping; CVE-2020-14386 got from
 * there to the host's root. In a user namespace it counts only for a network
 * namespace that belongs to it.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(sniff)
{
    char packet[2048];
    struct timeval wait = { .tv_usec = 200000 };
    time_t end = time(NULL) + atoi(words[0]);
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

    if (fd < 0)
        return stopped("socket(AF_PACKET)");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    while (time(NULL) < end) {
        ssize_t n = recv(fd, packet, sizeof(packet), 0);

        if (n > 0)
            fwrite(packet, 1, (size_t)n, stdout);
    }
    return 0;
}
