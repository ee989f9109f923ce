/**
 * @file
 * @brief mqueue: a message of the host is received.
 *
 * POSIX message queues have names, and mq_open(3) finds them without any mount:
 * what counts is the IPC namespace.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(mqueue)
{
    char text[8192];
    mqd_t queue = mq_open("/barco-host", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n;

    if (queue < 0)
        return stopped("mq_open");
    n = mq_receive(queue, text, sizeof(text), NULL);
    if (n < 0)
        return stopped("mq_receive");
    printf("%.*s\n", (int)n, text);
    return 0;
}
