/**
 * @file
 * @brief A socket pair: one byte says "go on", and may carry a descriptor.
 *
 * Each side closes the other's end first. Else the child would hold the
 * parent's end open itself, and never see that the parent is gone.
 */
#include "barco/sync.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "barco/error.h"

/* Room for one descriptor, aligned as cmsg(3) wants it. */
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

int barco_sync_open(struct barco_sync *sync)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return BARCO_FAIL(socketpair, "AF_UNIX, SOCK_SEQPACKET");
    sync->parent = ends[0];
    sync->child = ends[1];
    return 0;
}

int barco_sync_go(struct barco_sync *sync, int fd)
{
    char byte = 0;
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    union control control = { 0 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

    barco_close(&sync->child);
    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(fd));
        memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
    }
    BARCO_EXPLAIN("the child goes on", "sendmsg(%s)",
                  fd >= 0 ? "SCM_RIGHTS: the root directory" : "\"\\0\"");
    if (sendmsg(sync->parent, &message, MSG_NOSIGNAL) < 0)
        return BARCO_FAIL(sendmsg, "go on");
    return 0;
}

int barco_sync_wait(struct barco_sync *sync, int *fd)
{
    char byte;
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    union control control = { 0 };
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    const struct cmsghdr *header;
    ssize_t received;

    barco_close(&sync->parent);
    *fd = -1;
    received = recvmsg(sync->child, &message, MSG_CMSG_CLOEXEC);
    if (received < 0)
        return BARCO_FAIL(recvmsg, "go on");
    if (received == 0)
        return -ECANCELED;
    header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(header), sizeof(*fd));
    barco_sync_close(sync);
    return 0;
}

void barco_sync_close(struct barco_sync *sync)
{
    barco_close(&sync->parent);
    barco_close(&sync->child);
}
