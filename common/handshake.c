/**
 * @file
 * @brief A socket pair and three messages, which can carry descriptors.
 *
 * Each side closes the other's end first. Otherwise the child would hold the
 * parent's end open itself, and never see that the parent is gone; nor would
 * the parent see that the child has executed its command.
 *
 * The child runs our own code, and loses its end at the exec. Still, a message
 * from a container is checked before it is used.
 */
#include "barco/handshake.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <bsd/string.h>

#include "barco/error.h"
#include "handshake_next.h"
#include "process_inside.h"

enum kind {
    GO = 1,
    READY,
    ERROR
};

/* The texts of an error, in the order of its message. */
enum {
    STEP,
    CALL,
    CAUSE,
    FIX,
    FUNC,
    SOURCE
};

/* Every message has this size; in "go" and "ready" all but the kind is 0. */
struct message {
    int32_t kind;
    int32_t err, line;
    char args[sizeof(((struct barco_error *)NULL)->args)];
    char text[BARCO_HANDSHAKE_TEXTS][256];
};

/* Room for the descriptors, aligned as cmsg(3) wants it. */
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(BARCO_FDS_MAX * sizeof(int))];
};

int barco_handshake_open(struct barco_handshake *handshake)
{
    int ends[2];

    BARCO_EXPLAIN("the child will wait on one end for its parent to release it",
                  "socketpair(AF_UNIX, SOCK_SEQPACKET|SOCK_CLOEXEC)");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return BARCO_FAIL(socketpair, "AF_UNIX, SOCK_SEQPACKET");
    handshake->parent = ends[0];
    handshake->child = ends[1];
    return 0;
}

void barco_handshake_close(struct barco_handshake *handshake)
{
    barco_close(&handshake->parent);
    barco_close(&handshake->child);
}

/* ---- Messages ----------------------------------------------------------- */

/* 0, or -1 and errno, not reported, because this is also used to send
 * errors. */
static int send_message(int fd, const struct message *text,
                        const struct barco_fds *fds, int flags)
{
    struct iovec data = { .iov_base = (void *)text, .iov_len = sizeof(*text) };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
    union control control = { 0 };

    if (fds && (fds->count < 0 || fds->count > BARCO_FDS_MAX)) {
        errno = EINVAL;
        return -1;
    }
    if (fds && fds->count > 0) {
        const size_t size = (size_t)fds->count * sizeof(int);

        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(size);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(&control.header), fds->fd, size);
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL | flags) < 0 ? -1 : 0;
}

/* Takes the descriptors that a message carried. */
static void take_fds(struct msghdr *message, struct barco_fds *fds)
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    size_t size;

    fds->count = 0;
    if (!header || header->cmsg_level != SOL_SOCKET ||
        header->cmsg_type != SCM_RIGHTS)
        return;
    size = header->cmsg_len - CMSG_LEN(0);
    memcpy(fds->fd, CMSG_DATA(header), size);
    fds->count = (int)(size / sizeof(int));
}

static bool ends(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

//! [valid]
static bool is_valid(const struct message *text, size_t length)
{
    if (length != sizeof(*text) || text->kind < GO || text->kind > ERROR)
        return false;
    if (text->kind == ERROR && (text->err <= 0 || text->err > 4095))
        return false; /* the kernel has no higher errno */
    for (int i = 0; i < BARCO_HANDSHAKE_TEXTS; i++)
        if (!ends(text->text[i], sizeof(text->text[i])))
            return false;
    return ends(text->args, sizeof(text->args));
}
//! [valid]

/* Receives a message. 1, or 0 at end of file, or a negative errno, reported;
 * then there are no descriptors. */
static int receive(int fd, struct message *text, struct barco_fds *fds)
{
    struct iovec data = { .iov_base = text, .iov_len = sizeof(*text) };
    union control control = { 0 };
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = CMSG_LEN(BARCO_FDS_MAX * sizeof(int)),
    };
    ssize_t length;
    int count;

    fds->count = 0;
    /* ECONNRESET: the other side ended before it had read everything; what it
     * sent is still there. */
    do
        length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && (errno == EINTR || errno == ECONNRESET));
    if (length < 0)
        return BARCO_FAIL(recvmsg, "the handshake");
    if (length == 0)
        return 0;
    take_fds(&message, fds);
    count = fds->count;
    if (!(message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) &&
        is_valid(text, (size_t)length))
        return 1;
    barco_fds_close(fds);
    /* There was no room for all of them, and the kernel has closed the rest.
     */
    errno = message.msg_flags & MSG_CTRUNC ? EMFILE : EPROTO;
    return errno == EMFILE
               ? BARCO_FAIL(recvmsg, "only %d of the descriptors arrived",
                            count)
               : BARCO_FAIL(recvmsg, "%zd bytes that are not a message",
                            length);
}

/* Sends "go" or "ready", and descriptors that are no longer ours. */
static int hand_over(int fd, enum kind kind, struct barco_fds *fds)
{
    const struct message text = { .kind = (int32_t)kind };
    const char *word = kind == GO ? "go" : "ready";
    int count = fds ? fds->count : 0;

    BARCO_EXPLAIN(kind == GO
                      ? "the child continues, and gets what was opened for it"
                      : "the parent is notified, and gets what is meant for it",
                  "sendmsg(%s, SCM_RIGHTS: %d descriptor%s)", word, count,
                  count == 1 ? "" : "s");
    if (send_message(fd, &text, fds, 0) < 0)
        return BARCO_FAIL(sendmsg, "%s, %d descriptors", word, count);
    /* Our copies are no longer of use, and keep what they refer to busy. */
    if (fds)
        barco_fds_close(fds);
    return 0;
}

/* ---- The parent releases the child --------------------------------------- */

int barco_handshake_release(struct barco_handshake *handshake,
                            struct barco_fds *fds)
{
    barco_close(&handshake->child);
    return hand_over(handshake->parent, GO, fds);
}

//! [wait]
int barco_handshake_wait(struct barco_handshake *handshake,
                         struct barco_fds *fds)
{
    BARCO_CLEANUP(barco_fds_close) struct barco_fds came = { 0 };
    struct message text;
    int result;

    barco_close(&handshake->parent);
    process_keep(handshake->child);
    if (fds)
        fds->count = 0;
    BARCO_EXPLAIN("until its ids are mapped, this process is nobody",
                  "recvmsg()");
    result = receive(handshake->child, &text, &came);
    if (result < 0)
        return result;
    if (result == 0)
        return -ECANCELED;
    if (text.kind != GO) {
        errno = EPROTO;
        return BARCO_FAIL(recvmsg, "message %d instead of go", text.kind);
    }
    if (fds) {
        *fds = came;
        came.count = 0;
    }
    return 0;
}
//! [wait]

/* ---- The child answers -------------------------------------------------- */

int barco_handshake_ready(struct barco_handshake *handshake,
                          struct barco_fds *fds)
{
    return hand_over(handshake->child, READY, fds);
}

void barco_handshake_report(const struct barco_error *error, void *arg)
{
    const struct barco_handshake *handshake = arg;
    const char *const texts[] = {
        [STEP] = error->step, [CALL] = error->call, [CAUSE] = error->cause,
        [FIX] = error->fix,   [FUNC] = error->func, [SOURCE] = error->file,
    };
    struct message text = {
        .kind = ERROR,
        .err = error->err,
        .line = error->line,
    };

    strlcpy(text.args, error->args, sizeof(text.args));
    for (int i = 0; i < BARCO_HANDSHAKE_TEXTS; i++)
        strlcpy(text.text[i], texts[i] ? texts[i] : "", sizeof(text.text[i]));
    if (send_message(handshake->child, &text, NULL, MSG_DONTWAIT) == 0)
        return;
    barco_error_set_sink(NULL, NULL);
    barco_error_deliver(error);
}

/* NULL for an empty text. */
static const char *take_text(struct barco_handshake_error *to,
                             const struct message *from, int i)
{
    barco_log_printable(from->text[i], to->text[i], sizeof(to->text[i]));
    return *to->text[i] ? to->text[i] : NULL;
}

static void take_error(struct barco_handshake_error *to,
                       const struct message *from)
{
    const char *call = take_text(to, from, CALL);
    const char *func = take_text(to, from, FUNC);
    const char *file = take_text(to, from, SOURCE);

    to->error = (struct barco_error){
        .step = take_text(to, from, STEP),
        .call = call ? call : "?",
        .err = from->err,
        .cause = take_text(to, from, CAUSE),
        .fix = take_text(to, from, FIX),
        .func = func ? func : "?",
        .file = file ? file : "?",
        .line = from->line,
    };
    strlcpy(to->error.args, from->args, sizeof(to->error.args));
}

/* Does what a message asks of the parent. */
static int obey(const struct message *text, struct barco_fds *came,
                struct barco_fds *fds, struct barco_handshake_error *error)
{
    struct barco_handshake_error other;

    if (text->kind == READY && fds->count == 0) {
        *fds = *came;
        came->count = 0;
    } else if (text->kind != ERROR) {
        errno = EPROTO;
        return BARCO_FAIL(recvmsg, "message %d, unexpected", text->kind);
    } else if (error && error->error.err == 0) {
        take_error(error, text);
    } else {
        take_error(&other, text);
        barco_error_deliver(&other.error);
    }
    return 1;
}

int handshake_next(struct barco_handshake *handshake, struct barco_fds *fds,
                   struct barco_handshake_error *error)
{
    BARCO_CLEANUP(barco_fds_close) struct barco_fds came = { 0 };
    struct message text;
    int result = receive(handshake->parent, &text, &came);

    return result <= 0 ? result : obey(&text, &came, fds, error);
}

/* ---- The parent follows ------------------------------------------------- */

int handshake_open_signals(void)
{
    sigset_t set;
    int fd;

    sigprocmask(SIG_BLOCK, NULL, &set);
    sigdelset(&set, SIGCHLD); /* for barco_process_wait() */
    sigdelset(&set, SIGTTOU); /* nobody reads it */
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? BARCO_FAIL(signalfd, "-1") : fd;
}

static int follow(struct barco_handshake *handshake,
                  struct barco_process *child, struct barco_fds *fds,
                  struct barco_handshake_error *error)
{
    BARCO_CLEANUP(barco_close) int signals = handshake_open_signals();
    struct pollfd poll_fds[] = {
        { .fd = handshake->parent, .events = POLLIN },
        { .fd = signals, .events = POLLIN },
        { .fd = child->pidfd, .events = POLLIN },
    };
    struct signalfd_siginfo info;
    bool ended = false;
    int result = signals < 0 ? signals : 1;

    while (result > 0) {
        if (poll(poll_fds, 3, ended ? 0 : -1) < 0) {
            if (errno != EINTR) /* we were stopped and have continued */
                return BARCO_FAIL(poll, "the handshake");
            continue;
        }
        if (poll_fds[0].revents)
            result = handshake_next(handshake, fds, error);
        else if (ended)
            return 0; /* and has sent everything */
        if (poll_fds[1].revents &&
            read(signals, &info, sizeof(info)) == sizeof(info))
            process_take_signal(child, (int)info.ssi_signo, info.ssi_code);
        ended = poll_fds[2].revents != 0;
    }
    return result;
}

int barco_handshake_follow(struct barco_handshake *handshake,
                           struct barco_process *child, struct barco_fds *fds,
                           struct barco_handshake_error *error)
{
    BARCO_CLEANUP(barco_fds_close) struct barco_fds unwanted = { 0 };
    int result;

    if (fds)
        fds->count = 0;
    if (error)
        error->error.err = 0;
    barco_close(&handshake->child);
    result = follow(handshake, child, fds ? fds : &unwanted, error);
    barco_handshake_close(handshake);
    return result;
}
