/**
 * @file
 * @brief A network of its own: loopback up, and nothing else.
 */
#include "barco/network.h"

#include <arpa/inet.h>
#include <linux/sched.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static const struct sockaddr_in here = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = 0x0100007f,
    .sin_port = 0x2823,
};

/* A listener of the host, on 127.0.0.1. */
static int listen_here(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)&here, sizeof(here)) < 0 ||
        listen(fd, 1) < 0)
        return -1;
    return fd;
}

static int connects(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = connect(fd, (const struct sockaddr *)&here, sizeof(here));

    close(fd);
    return result == 0;
}

static int use_loopback(void *arg)
{
    int server;

    (void)arg;
    if (connects())
        return 1; /* to the host's, before there is one of ours */
    if (barco_network_start_loopback() < 0)
        return 2;
    if (connects())
        return 3;
    server = listen_here();
    return server >= 0 && connects() ? 42 : 4;
}

static void loopback_is_the_container_s_own(void)
{
    int server = listen_here();

    CU_ASSERT(server >= 0);
    CU_ASSERT_TRUE(connects());
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNET, use_loopback, NULL), 42);
    close(server);
}

static int count_interfaces(void *arg)
{
    struct if_nameindex *list = if_nameindex();
    int count = 0;

    (void)arg;
    while (list && list[count].if_index)
        count++;
    return count == 1 && strcmp(list[0].if_name, "lo") == 0 ? 42 : count;
}

static void there_is_no_other_interface(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNET, count_interfaces, NULL), 42);
}

SUITE("network",
      { "loopback is the container's own", loopback_is_the_container_s_own },
      { "there is no other interface", there_is_no_other_interface })
