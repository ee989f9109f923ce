/**
 * @file
 * @brief A message from the child, which a container may have taken over:
 * handshake_next() with an input as the message.
 *
 * The first byte says how many descriptors come with it. A message that is not
 * exactly one of ours is refused, and reported once; and all descriptors are
 * either handed on or closed. The texts of an error end, and can be shown on a
 * terminal.
 */
#include "common/handshake_next.h"

#include <dirent.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

/* The lowest descriptor that is free, which is the same before and after if
 * everything was closed, and nothing else. */
static int lowest_free(void)
{
    int fd = dup(STDIN_FILENO);

    close(fd);
    return fd;
}

static void send_input(int fd, const uint8_t *data, size_t size, unsigned count)
{
    struct iovec part = { (void *)data, size };
    /* The descriptors are 0: standard input, so many times. */
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(BARCO_FDS_MAX * sizeof(int))];
    } control = { 0 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
    }
    MUST(sendmsg(fd, &message, 0) == (ssize_t)size);
}

/* Whether a message has a text that does not end; see struct message. */
static bool runs_on(const uint8_t *data, size_t size)
{
    const size_t head = 3 * sizeof(int32_t), text = 256;

    for (size_t at = head; at + text <= size; at += text)
        if (!memchr(data + at, '\0', text))
            return true;
    return false;
}

static void must_show(const char *text)
{
    MUST(!text || fuzz_is_printable(text));
}

static void check(const struct barco_handshake_error *got)
{
    const struct barco_error *error = &got->error;

    if (error->err == 0)
        return;
    MUST(error->err > 0 && error->err <= 4095);
    MUST(error->call && error->func && error->file);
    MUST(memchr(error->args, '\0', sizeof(error->args)));
    must_show(error->step);
    must_show(error->call);
    must_show(error->cause);
    must_show(error->fix);
    must_show(error->func);
    must_show(error->file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    struct barco_handshake_error error = { .error = { .err = 0 } };
    struct barco_fds fds = { 0 };
    int before, result;

    if (size < 2)
        return 0;
    MUST(barco_handshake_open(&handshake) == 0);
    before = lowest_free();
    send_input(handshake.child, data + 1, size - 1,
               data[0] % (BARCO_FDS_MAX + 1));
    fuzz_count_errors();
    result = handshake_next(&handshake, &fds, &error);
    MUST(result == 1 || result < 0);
    MUST(fuzz_errors() == (result < 0));
    if (result < 0)
        MUST(fds.count == 0 && error.error.err == 0);
    else
        MUST(!runs_on(data + 1, size - 1));
    check(&error);
    MUST(fds.count >= 0 && fds.count <= BARCO_FDS_MAX);
    barco_fds_close(&fds);
    MUST(lowest_free() == before);
    return 0;
}
