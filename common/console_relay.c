/**
 * @file
 * @brief The relay between the caller's terminal and the container's.
 *
 * One poll(2) waits for everything that can happen: keys and output, signals,
 * the end of the child and, until the command has begun, the child's messages.
 * It runs twice, first as the screen only, then with the keyboard as well.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/console.h"
#include "barco/error.h"
#include "console_relay.h"
#include "handshake_next.h"

/* How often to check whether the keys are ours again; nothing notifies us. */
enum {
    LOOK_AGAIN_MS = 300
};

/* ---- Signals ------------------------------------------------------------- */

/* Opens those that barco_process_spawn() has blocked, and two for ourselves.
 * SIGCHLD is left for barco_process_wait(). SIGTTOU can stop us again:
 * `stty tostop` asks for that on output in the background. */
static int open_signals(sigset_t *before)
{
    sigset_t set;
    int fd;

    sigprocmask(SIG_BLOCK, NULL, before);
    set = *before;
    sigaddset(&set, SIGTSTP);
    sigaddset(&set, SIGCONT);
    sigdelset(&set, SIGTTOU);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigdelset(&set, SIGCHLD);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? BARCO_FAIL(signalfd, "-1") : fd;
}

/* Stops as if we had never blocked the signal; continues after SIGCONT. */
static void suspend(struct relay *r)
{
    sigset_t stop;

    console_restore(r);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
}

/* After a stop that we could not foresee: a shell had the terminal meanwhile,
 * and changed its settings. */
static void take_again(struct relay *r)
{
    if (barco_terminal_in_background())
        r->raw = false;
    if (r->raw)
        console_make_raw(r);
    console_take_size(r);
}

static void pass_signal_on(struct relay *r, const struct signalfd_siginfo *info)
{
    int signal = (int)info->ssi_signo;

    if (r->over)
        r->done = true; /* do not wait for a terminal that is stuck */
    else if (info->ssi_code == SI_KERNEL && r->console->master >= 0 &&
             *r->child->began && (signal == SIGINT || signal == SIGQUIT))
        ioctl(r->console->master, TIOCSIG,
              signal); /* a key at a terminal that is not raw */
    else
        barco_process_forward(r->child, signal);
}

static void handle_signal(struct relay *r)
{
    struct signalfd_siginfo info;

    if (read(r->signals, &info, sizeof(info)) != sizeof(info))
        return;
    switch (info.ssi_signo) {
    case SIGTSTP:
        suspend(r);
        break;
    case SIGCONT:
        take_again(r);
        break;
    case SIGWINCH:
        console_take_size(r);
        break;
    default:
        pass_signal_on(r, &info);
    }
}

/* ---- The loop ------------------------------------------------------------ */

/* Takes a message from the child. "ready" brings the master; end of file means
 * that the command has begun, or never will. */
static int receive(struct relay *r)
{
    BARCO_CLEANUP(barco_fds_close) struct barco_fds fds = { 0 };
    int result = handshake_next(r->handshake, &fds, r->error);

    if (result <= 0) {
        r->done = true;
        return result;
    }
    if (fds.count > 1 || (fds.count == 1 && r->console->master >= 0)) {
        errno = EPROTO;
        return BARCO_FAIL(recvmsg, "ready, with %d descriptors", fds.count);
    }
    if (fds.count == 1) {
        r->console->master = fds.fd[--fds.count];
        console_take_size(r);
    }
    return 0;
}

static void listen_to(struct relay *r, int source, int fd, int events)
{
    r->fds[source] = (struct pollfd){ .fd = fd, .events = (short)events };
}

/* poll(2) reports that our terminal has hung up even if we ask for no events.
 * For the master it would report that again and again, so we poll it only when
 * we can use the answer. */
static int wait_for_something(struct relay *r)
{
    bool nothing_typed = console_is_empty(&r->typed);
    bool nothing_shown = console_is_empty(r->console->shown);
    int master = (nothing_shown ? POLLIN : 0) | (nothing_typed ? 0 : POLLOUT);
    bool hears = nothing_typed && console_listens(r);
    bool idle = nothing_typed && !hears && r->in >= 0;
    int timeout = r->over && nothing_shown ? 0 : idle ? LOOK_AGAIN_MS : -1;

    listen_to(r, CHILD, r->over ? -1 : r->child->pidfd, POLLIN);
    listen_to(r, SIGNALS, r->signals, POLLIN);
    listen_to(r, HANDSHAKE, r->handshake ? r->handshake->parent : -1, POLLIN);
    listen_to(r, IN, r->in, hears ? POLLIN : 0);
    listen_to(r, OUT, r->out, nothing_shown ? 0 : POLLOUT);
    listen_to(r, MASTER, master ? r->console->master : -1, master);
    if (poll(r->fds, SOURCES, timeout) < 0 && errno != EINTR)
        return BARCO_FAIL(poll, "the terminals");
    return 0;
}

static int turn(struct relay *r)
{
    bool finishing = r->over && console_is_empty(r->console->shown);
    int result;

    if ((result = wait_for_something(r)) < 0)
        return result;
    if (r->fds[HANDSHAKE].revents && (result = receive(r)) < 0)
        return result;
    if (r->done) /* output and keys are the command's from now on */
        return 0;
    if (r->fds[SIGNALS].revents)
        handle_signal(r);
    if (r->fds[CHILD].revents)
        r->over = true;
    console_move(r);
    /* Everything has been shown, and no source had more. */
    if (finishing && !r->fds[HANDSHAKE].revents && !r->fds[MASTER].revents)
        r->done = true;
    return 0;
}

static int relay(struct relay *r, bool keys)
{
    sigset_t before;
    int result = r->signals = open_signals(&before);

    console_open_callers(r, keys);
    while (result >= 0 && !r->done)
        result = turn(r);
    console_restore(r);
    barco_close(&r->in);
    barco_close(&r->out);
    barco_close(&r->signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

/* Shows what is written, until the command has begun. */
static int show_the_start(struct barco_console *console,
                          struct barco_handshake *handshake,
                          struct barco_process *child,
                          struct barco_handshake_error *error)
{
    struct relay r = { .console = console,
                       .child = child,
                       .handshake = handshake,
                       .error = error,
                       .in = -1,
                       .out = -1 };
    int result;

    if (!console->shown &&
        !(console->shown = calloc(1, sizeof(*console->shown))))
        return BARCO_FAIL(calloc, "1, %zu", sizeof(*console->shown));
    if (error)
        error->error.err = 0;
    barco_close(&handshake->child);
    result = relay(&r, false);
    barco_handshake_close(handshake);
    return result;
}

int barco_console_connect(struct barco_console *console,
                          struct barco_handshake *handshake,
                          struct barco_process *child,
                          struct barco_handshake_error *error)
{
    console_look(console);
    return console->wanted
               ? show_the_start(console, handshake, child, error)
               : barco_handshake_follow(handshake, child, NULL, error);
}

/* From here on keys are passed on, too. */
static int show_all(struct barco_console *console, struct barco_process *child)
{
    struct relay r = {
        .console = console, .child = child, .in = -1, .out = -1
    };
    int result;

    BARCO_EXPLAIN("from here on keys and screen are the container's",
                  "cfmakeraw(), poll(), read(), write()");
    result = relay(&r, true);
    barco_console_close(console);
    return result;
}

int barco_console_wait(struct barco_console *console,
                       struct barco_handshake *handshake,
                       struct barco_process *child)
{
    int result = 0;

    if (handshake->parent >= 0)
        result = barco_console_connect(console, handshake, child, NULL);
    if (result < 0)
        return result;
    if (console->master >= 0 || !console_is_empty(console->shown))
        result = show_all(console, child);
    return result < 0 ? result : barco_process_wait(child);
}
