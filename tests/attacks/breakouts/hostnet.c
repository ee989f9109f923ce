/**
 * @file
 * @brief hostnet: a look at the host's network.
 *
 * Interfaces and addresses belong to the network namespace, and netlink shows
 * them to everybody in it: who the host is, and whom it can reach.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdio.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(hostnet)
{
    struct ifaddrs *all, *a;

    if (getifaddrs(&all) < 0)
        return stopped("getifaddrs");
    for (a = all; a; a = a->ifa_next) {
        const struct sockaddr_in *in = (const void *)a->ifa_addr;

        if (in && in->sin_family == AF_INET)
            printf("%s %s\n", a->ifa_name, inet_ntoa(in->sin_addr));
    }
    freeifaddrs(all);
    return 0;
}
