/**
 * @file
 * @brief A socket pair: one byte says "go on", and may carry descriptors.
 *
 * Each side closes the other's end first. Else the child would hold the
 * parent's end open itself, and never see that the parent is gone.
 */
#include "barco/handshake.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "barco/error.h"

/* Room for the descriptors, aligned as cmsg(3) wants it. */
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(BARCO_HANDSHAKE_MAX * sizeof(int))];
};

int barco_handshake_open(struct barco_handshake *handshake)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return BARCO_FAIL(socketpair, "AF_UNIX, SOCK_SEQPACKET");
    handshake->parent = ends[0];
    handshake->child = ends[1];
    return 0;
}

int barco_handshake_release(struct barco_handshake *handshake, int fds[],
                            int count)
{
    const size_t size = (size_t)count * sizeof(*fds);
    char byte = 0;
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    union control control = { 0 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

    barco_close(&handshake->child);
    if (count < 0 || count > BARCO_HANDSHAKE_MAX) {
        errno = EINVAL;
        return BARCO_FAIL(sendmsg, "SCM_RIGHTS, %d descriptors", count);
    }
    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(size);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(&control.header), fds, size);
    }
    BARCO_EXPLAIN("the child goes on, and gets what was opened for it",
                  "sendmsg(\"\\0\", SCM_RIGHTS: %d descriptor%s)", count,
                  count == 1 ? "" : "s");
    if (sendmsg(handshake->parent, &message, MSG_NOSIGNAL) < 0)
        return BARCO_FAIL(sendmsg, "go on");
    /* Ours are of no use any more, and keep what they refer to busy. */
    for (int i = 0; i < count; i++)
        barco_close(&fds[i]);
    barco_close(&handshake->parent);
    return 0;
}

/* How many descriptors a message carried. */
static int take(struct msghdr *message, int fds[static BARCO_HANDSHAKE_MAX])
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    size_t size;

    if (!header || header->cmsg_type != SCM_RIGHTS)
        return 0;
    size = header->cmsg_len - CMSG_LEN(0);
    memcpy(fds, CMSG_DATA(header), size);
    return (int)(size / sizeof(*fds));
}

int barco_handshake_wait(struct barco_handshake *handshake,
                         int fds[static BARCO_HANDSHAKE_MAX], int *count)
{
    char byte = 0;
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    union control control = { 0 };
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    ssize_t received;

    barco_close(&handshake->parent);
    *count = 0;
    received = recvmsg(handshake->child, &message, MSG_CMSG_CLOEXEC);
    if (received < 0)
        return BARCO_FAIL(recvmsg, "go on");
    if (received == 0)
        return -ECANCELED;
    if (byte != 0) {
        errno = EPROTO;
        return BARCO_FAIL(recvmsg, "go on: %#x", byte);
    }
    *count = take(&message, fds);
    /* There was no room for all of them, and the kernel has dropped the rest.
     */
    if (message.msg_flags & MSG_CTRUNC) {
        errno = EMFILE;
        return BARCO_FAIL(recvmsg, "go on, but only %d descriptors came",
                          *count);
    }
    barco_handshake_close(handshake);
    return 0;
}

void barco_handshake_close(struct barco_handshake *handshake)
{
    barco_close(&handshake->parent);
    barco_close(&handshake->child);
}
