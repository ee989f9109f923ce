/**
 * @file
 * @brief The relay: between the caller's terminal and the container's.
 *
 *     typed:  caller's terminal -> master
 *     shown:  master -> caller's terminal
 *
 * Each way has room for one read, and reads again when that has been written.
 * So a slow reader holds up its own direction, and neither the other one nor
 * signals. For that nothing here may block: the master is ours alone, and the
 * caller's terminal is opened once more, because O_NONBLOCK on the descriptors
 * that we were given would be seen by every process that shares them.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/console.h"
#include "barco/error.h"

enum {
    CHILD,
    SIGNALS,
    HANDOVER,
    IN,
    OUT,
    MASTER,
    SOURCES
};

/* How often to look whether the keys are ours again; nobody tells us. */
enum {
    LOOK_AGAIN_MS = 300
};

/* One direction: room for the longest line of a terminal, which is 4096 bytes
 * (termios(3)), and an end of file. */
struct way {
    unsigned char data[4096 + 1];
    size_t begin, end;
};

struct relay {
    struct barco_console *console;
    struct barco_process *child;
    struct pollfd fds[SOURCES];
    int signals;
    int in, out, master; /* -1 when there is none, or none any more */
    struct way typed, shown;
    bool raw;  /* the caller's terminal is, and has to be restored */
    bool over; /* the container has ended; what it wrote is still shown */
    bool done;
};

static bool empty(const struct way *way)
{
    return way->begin == way->end;
}

static void drop(struct way *way)
{
    way->begin = way->end = 0;
}

/* ---- The caller's terminal ----------------------------------------------- */

/* An open file of our own. Where that is refused (after su(1) the terminal
 * belongs to somebody else) the shared one has to do, and may block. */
static int open_again(int fd, int flags)
{
    char path[32];
    int again;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    again = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return again < 0 ? fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : again;
}

static void make_raw(struct relay *r)
{
    struct barco_terminal *terminal = &r->console->terminal;
    struct termios raw;

    if (!terminal->saved)
        barco_terminal_save(terminal);
    if (!terminal->saved)
        return;
    raw = terminal->settings;
    cfmakeraw(&raw);
    r->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static void restore(struct relay *r)
{
    if (r->raw)
        barco_terminal_restore(&r->console->terminal);
    r->raw = false;
}

/* Whether what is typed now is for the container. In the background it is not:
 * a process that reads there is stopped. Nor is it when the terminal shows no
 * lines to a pipeline, for then another program has taken it. */
static bool listens(struct relay *r)
{
    struct termios now;

    if (r->in < 0 || r->master < 0)
        return false;
    if (barco_terminal_in_background()) {
        r->raw = false;
        return false;
    }
    if (!r->console->interactive)
        return tcgetattr(STDIN_FILENO, &now) == 0 && (now.c_lflag & ICANON);
    if (!r->raw)
        make_raw(r);
    return r->raw;
}

/* The kernel sends SIGWINCH to the foreground inside if it has changed. */
static void take_size_over(struct relay *r)
{
    struct winsize size;

    if (r->master >= 0 && ioctl(r->console->output, TIOCGWINSZ, &size) == 0)
        ioctl(r->master, TIOCSWINSZ, &size);
}

/* Ours has hung up. The container's does so when its master is closed: the
 * kernel sends SIGHUP there, and reads find the end of file. */
static void hang_up(struct relay *r)
{
    barco_close(&r->in);
    barco_close(&r->out);
    barco_close(&r->master);
    drop(&r->typed);
    drop(&r->shown);
}

/* ---- The two ways -------------------------------------------------------- */

/* The key that means end of file inside. */
static cc_t end_of_file(const struct relay *r)
{
    struct termios inside;

    return tcgetattr(r->master, &inside) == 0 ? inside.c_cc[VEOF] : 4;
}

static void read_typed(struct relay *r)
{
    struct way *typed = &r->typed;
    ssize_t n = read(r->in, typed->data, sizeof(typed->data) - 1);

    if (n < 0 && (errno == EAGAIN || errno == EINTR ||
                  (errno == EIO && barco_terminal_in_background())))
        return;
    if (n < 0) {
        hang_up(r);
        return;
    }
    typed->begin = 0;
    typed->end = (size_t)n;
    /* A line without its end, perhaps an empty one: Ctrl-D made it so. */
    if (!r->raw && (n == 0 || typed->data[n - 1] != '\n'))
        typed->data[typed->end++] = end_of_file(r);
}

static void read_shown(struct relay *r)
{
    ssize_t n = read(r->master, r->shown.data, sizeof(r->shown.data));

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) /* EIO: the other end has been closed */
        barco_close(&r->master);
    r->shown.begin = 0;
    r->shown.end = n > 0 ? (size_t)n : 0;
}

/* Writes what is there, or a part of it. */
static int pass(int fd, struct way *way)
{
    ssize_t n = write(fd, way->data + way->begin, way->end - way->begin);

    if (n >= 0)
        way->begin += (size_t)n;
    else if (errno != EAGAIN && errno != EINTR)
        return -errno;
    return 0;
}

static void write_typed(struct relay *r)
{
    if (r->master < 0 || pass(r->master, &r->typed) < 0)
        drop(&r->typed); /* nobody reads there any more */
}

static void write_shown(struct relay *r)
{
    int result = r->out < 0 ? -EBADF : pass(r->out, &r->shown);

    if (result == -EIO)
        hang_up(r);
    else if (result < 0)
        drop(&r->shown); /* it was opened to be read alone */
}

static void move(struct relay *r)
{
    if ((r->fds[IN].revents | r->fds[OUT].revents) & POLLHUP)
        hang_up(r);
    else if (r->fds[IN].revents && listens(r)) /* still: it may be another's */
        read_typed(r);
    if (!empty(&r->typed))
        write_typed(r);
    if (r->fds[MASTER].revents && r->master >= 0 && empty(&r->shown))
        read_shown(r);
    if (!empty(&r->shown))
        write_shown(r);
}

/* ---- Signals ------------------------------------------------------------- */

/* Those that barco_process_spawn() has blocked, and two for ourselves. The end
 * of the child is left for barco_process_wait(). SIGTTOU stops us again, as
 * `stty tostop` wants it for output in the background. */
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

    restore(r);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
}

/* After a stop that we could not foresee: a shell had the terminal meanwhile,
 * and has set it up for itself. */
static void take_again(struct relay *r)
{
    if (barco_terminal_in_background())
        r->raw = false;
    if (r->raw)
        make_raw(r);
    take_size_over(r);
}

static void pass_signal_on(struct relay *r, const struct signalfd_siginfo *info)
{
    int signal = (int)info->ssi_signo;

    if (r->over)
        r->done = true; /* nobody wants to wait for a terminal that is stuck */
    else if (info->ssi_code == SI_KERNEL && r->master >= 0 &&
             *r->child->began && (signal == SIGINT || signal == SIGQUIT))
        ioctl(r->master, TIOCSIG, signal); /* a key, at a terminal not raw */
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
        take_size_over(r);
        break;
    default:
        pass_signal_on(r, &info);
    }
}

/* ---- The loop ------------------------------------------------------------ */

/* PID 1 has made the terminal; or it has failed and said why, and the end of
 * the child will be next. */
static int receive(struct relay *r)
{
    struct barco_console *console = r->console;
    int fds[BARCO_HANDSHAKE_MAX], count;
    int result = barco_handshake_wait(&console->handover, fds, &count);

    barco_handshake_close(&console->handover);
    if (result < 0 || count != 1)
        return result == -ECANCELED ? 0 : result;
    BARCO_EXPLAIN("from here on keys and screen are the container's",
                  "cfmakeraw(), poll(), read(), write()");
    r->master = fds[0];
    r->out = open_again(console->output, O_WRONLY);
    if (console->replaced[STDIN_FILENO])
        r->in = open_again(STDIN_FILENO, O_RDONLY);
    take_size_over(r);
    return 0;
}

static void listen_to(struct relay *r, int source, int fd, int events)
{
    r->fds[source] = (struct pollfd){ .fd = fd, .events = (short)events };
}

/* poll(2) tells that ours has hung up even where nothing else is asked for. Of
 * the master it would tell that again and again, so we ask only when it is of
 * use. */
static int wait_for_something(struct relay *r)
{
    int master =
        (empty(&r->shown) ? POLLIN : 0) | (empty(&r->typed) ? 0 : POLLOUT);
    bool hears = empty(&r->typed) && listens(r);
    bool idle = empty(&r->typed) && !hears && r->in >= 0;
    int timeout = r->over && empty(&r->shown) ? 0 : idle ? LOOK_AGAIN_MS : -1;

    listen_to(r, CHILD, r->over ? -1 : r->child->pidfd, POLLIN);
    listen_to(r, SIGNALS, r->signals, POLLIN);
    listen_to(r, HANDOVER, r->console->handover.child, POLLIN);
    listen_to(r, IN, r->in, hears ? POLLIN : 0);
    listen_to(r, OUT, r->out, empty(&r->shown) ? 0 : POLLOUT);
    listen_to(r, MASTER, master ? r->master : -1, master);
    if (poll(r->fds, SOURCES, timeout) < 0 && errno != EINTR)
        return BARCO_FAIL(poll, "the terminals");
    return 0;
}

static int turn(struct relay *r)
{
    bool finishing = r->over && empty(&r->shown);
    int result = wait_for_something(r);

    if (result == 0 && r->fds[HANDOVER].revents)
        result = receive(r);
    if (r->fds[SIGNALS].revents)
        handle_signal(r);
    if (r->fds[CHILD].revents)
        r->over = true;
    move(r);
    /* All had been shown, and when asked, nobody had more. */
    if (finishing && !r->fds[HANDOVER].revents && !r->fds[MASTER].revents)
        r->done = true;
    return result;
}

static int relay(struct barco_console *console, struct barco_process *child)
{
    struct relay r = {
        .console = console, .child = child, .in = -1, .out = -1, .master = -1
    };
    sigset_t before;
    int result = r.signals = open_signals(&before);

    /* The other end is the child's alone, so that we see when it has died. */
    barco_close(&console->handover.parent);
    while (result >= 0 && !r.done)
        result = turn(&r);
    restore(&r);
    hang_up(&r);
    barco_close(&r.signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

int barco_console_wait(struct barco_console *console,
                       struct barco_process *child)
{
    int result = console->wanted ? relay(console, child) : 0;

    return result < 0 ? result : barco_process_wait(child);
}
