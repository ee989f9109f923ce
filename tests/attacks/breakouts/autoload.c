/**
 * @file
 * @brief autoload: the host's root runs modprobe, for whoever asks.
 *
 * Where the kernel lacks a protocol, it starts the program that
 * /proc/sys/kernel/modprobe names, as root of the host and outside every
 * container, to load the module for it. An ordinary user can ask: for SCTP and
 * DCCP with socket(), for the line discipline of a serial multiplexer with an
 * ioctl() on a pseudo terminal of their own. The kernel then has code in it
 * that hardly anybody uses, and that has been a way in: CVE-2017-6074 (DCCP),
 * CVE-2017-2636 (n_hdlc). A filter can compare types, protocols and requests.
 */
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

enum {
    SCTP = 132,
    DCCP = 33,
    SOCKET_OF_DCCP = 6,
    HDLC = 13
};

static void set_discipline(void)
{
    int discipline = HDLC, unlocked = 0;
    int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
    int slave;

    if (master < 0)
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    ioctl(master, TIOCSPTLCK, &unlocked);
    slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
    if (ioctl(slave, TIOCSETD, &discipline) < 0)
        stopped("ioctl(TIOCSETD)");
}

BREAKOUT(autoload)
{
    char name[16] = "none";

    if (socket(AF_INET, SOCK_STREAM, SCTP) < 0)
        stopped("socket(SCTP)");
    if (socket(AF_INET, SOCKET_OF_DCCP, DCCP) < 0)
        stopped("socket(DCCP)");
    if (ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCBRDELBR, name) < 0)
        stopped("ioctl(SIOCBRDELBR)");
    set_discipline();
    return 0;
}
