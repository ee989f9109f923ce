/**
 * @file
 * @brief Two ioctls: read the flags of "lo", write them back with IFF_UP.
 *
 * The kernel then gives it 127.0.0.1 and ::1.
 */
#include "barco/network.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "barco/cleanup.h"
#include "barco/error.h"

//! [loopback]
int barco_network_start_loopback(void)
{
    BARCO_CLEANUP(barco_close)
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq lo = { .ifr_name = "lo" };

    if (any < 0)
        return BARCO_FAIL(socket, "AF_INET, SOCK_DGRAM");
    BARCO_EXPLAIN("the container's own 127.0.0.1, not the host's",
                  "ioctl(SIOCSIFFLAGS, \"lo\", IFF_UP)");
    if (ioctl(any, SIOCGIFFLAGS, &lo) < 0)
        return BARCO_FAIL(ioctl, "SIOCGIFFLAGS, \"lo\"");
    lo.ifr_flags |= IFF_UP;
    if (ioctl(any, SIOCSIFFLAGS, &lo) < 0)
        return BARCO_FAIL(ioctl, "SIOCSIFFLAGS, \"lo\", IFF_UP");
    return 0;
}
//! [loopback]
