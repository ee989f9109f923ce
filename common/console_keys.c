/**
 * @file
 * @brief Keys and screen: what the relay reads and writes.
 *
 *     typed:  caller's terminal -> master
 *     shown:  master -> caller's terminal
 *
 * Each direction has room for one read, and reads again when that has been
 * written. So a slow reader holds up only its own direction, not the other one
 * or signals. For that nothing here may block. The master is ours alone; the
 * caller's terminal is opened again, because O_NONBLOCK on the descriptors that
 * we were given would affect every process that shares them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/console.h"
#include "console_relay.h"

/* ---- The caller's terminal ----------------------------------------------- */

/* Opens a file description of our own. If that is refused (after su(1) the
 * terminal belongs to another user) the shared one has to do, and may block. */
static int open_again(int fd, int flags)
{
    char path[32];
    int again;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    again = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return again < 0 ? fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : again;
}

static void drop(struct barco_console_buffer *buffer)
{
    buffer->begin = buffer->end = 0;
}

void console_open_callers(struct relay *r, bool keys)
{
    r->out = open_again(r->console->output, O_WRONLY);
    if (keys && r->console->replaced[STDIN_FILENO])
        r->in = open_again(STDIN_FILENO, O_RDONLY);
}

void console_make_raw(struct relay *r)
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

void console_restore(struct relay *r)
{
    if (r->raw)
        barco_terminal_restore(&r->console->terminal);
    r->raw = false;
}

/* Whether keys typed now are for the container. In the background they are not:
 * the kernel stops a background process that reads. Nor are they, in a
 * pipeline, when the terminal is not in line mode, because then another program
 * is using it. */
bool console_listens(struct relay *r)
{
    struct termios now;

    if (r->in < 0 || r->console->master < 0)
        return false;
    if (barco_terminal_in_background()) {
        r->raw = false;
        return false;
    }
    if (!r->console->interactive)
        return tcgetattr(STDIN_FILENO, &now) == 0 && (now.c_lflag & ICANON);
    if (!r->raw)
        console_make_raw(r);
    return r->raw;
}

/* The kernel sends SIGWINCH to the foreground inside if the size has
 * changed. */
void console_take_size(struct relay *r)
{
    struct winsize size;

    if (r->console->master >= 0 &&
        ioctl(r->console->output, TIOCGWINSZ, &size) == 0)
        ioctl(r->console->master, TIOCSWINSZ, &size);
}

/* Our terminal has hung up. The container's hangs up when its master is closed:
 * the kernel sends SIGHUP there, and reads return end of file. */
void console_hang_up(struct relay *r)
{
    barco_close(&r->in);
    barco_close(&r->out);
    barco_close(&r->console->master);
    drop(&r->typed);
    drop(r->console->shown);
}

/* ---- The two directions -------------------------------------------------- */

/* The key that means end of file inside. */
static cc_t end_of_file(const struct relay *r)
{
    struct termios inside;

    return tcgetattr(r->console->master, &inside) == 0 ? inside.c_cc[VEOF] : 4;
}

static void read_typed(struct relay *r)
{
    struct barco_console_buffer *typed = &r->typed;
    ssize_t n = read(r->in, typed->data, sizeof(typed->data) - 1);

    if (n < 0 && (errno == EAGAIN || errno == EINTR ||
                  (errno == EIO && barco_terminal_in_background())))
        return;
    if (n < 0) {
        console_hang_up(r);
        return;
    }
    typed->begin = 0;
    typed->end = (size_t)n;
    /* A line without a newline, perhaps empty: it was ended by Ctrl-D. */
    if (!r->raw && (n == 0 || typed->data[n - 1] != '\n'))
        typed->data[typed->end++] = end_of_file(r);
}

static void read_shown(struct relay *r)
{
    ssize_t n = read(r->console->master, r->console->shown->data,
                     sizeof(r->console->shown->data));

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) /* EIO: the other end has been closed */
        barco_close(&r->console->master);
    r->console->shown->begin = 0;
    r->console->shown->end = n > 0 ? (size_t)n : 0;
}

/* Writes the first `size` bytes, or as many of them as fit. */
static int pass(int fd, struct barco_console_buffer *buffer, size_t size)
{
    ssize_t n = write(fd, buffer->data + buffer->begin, size);

    if (n >= 0)
        buffer->begin += (size_t)n;
    else if (errno != EAGAIN && errno != EINTR)
        return -errno;
    return 0;
}

static size_t length(const struct barco_console_buffer *buffer)
{
    return buffer->end - buffer->begin;
}

static void write_typed(struct relay *r)
{
    if (r->console->master < 0 ||
        pass(r->console->master, &r->typed, length(&r->typed)) < 0)
        drop(&r->typed); /* nothing reads there any more */
}

/* How much can be written at once. While our terminal is not raw it puts a CR
 * before each LF; the container's has done that already, and one is enough. */
static size_t piece_to_show(struct relay *r)
{
    struct barco_console_buffer *shown = r->console->shown;
    const unsigned char *next = shown->data + shown->begin, *end;

    if (r->raw || !r->console->interactive)
        return length(shown);
    if (length(shown) > 1 && next[0] == '\r' && next[1] == '\n') {
        shown->begin++;
        next++;
    }
    end = memmem(next, length(shown), "\r\n", 2);
    return end ? (size_t)(end - next) : length(shown);
}

static void write_shown(struct relay *r)
{
    size_t size = piece_to_show(r);
    int result = r->out < 0 ? -EBADF : pass(r->out, r->console->shown, size);

    if (result == -EIO)
        console_hang_up(r);
    else if (result < 0)
        drop(r->console->shown); /* it was opened only for reading */
}

void console_move(struct relay *r)
{
    if ((r->fds[IN].revents | r->fds[OUT].revents) & POLLHUP)
        console_hang_up(r);
    else if (r->fds[IN].revents &&
             console_listens(r)) /* again: another program may have it */
        read_typed(r);
    if (!console_is_empty(&r->typed))
        write_typed(r);
    if (r->fds[MASTER].revents && r->console->master >= 0 &&
        console_is_empty(r->console->shown))
        read_shown(r);
    if (!console_is_empty(r->console->shown))
        write_shown(r);
}
