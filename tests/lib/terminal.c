/**
 * @file
 * @brief A terminal for what is tested: openpty(3), and a small shell.
 */
#include "tests/lib/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const int all_three[3] = { -1, -1, -1 };

/* ---- What it is like ------------------------------------------------------
 */

static struct terminal_state look_at(int slave)
{
    struct terminal_state state = { .flags = fcntl(slave, F_GETFL) };
    struct stat st = { 0 };

    tcgetattr(slave, &state.settings);
    ioctl(slave, TIOCGETD, &state.discipline);
    ioctl(slave, TIOCGEXCL, &state.exclusive);
    fstat(slave, &st);
    state.mode = st.st_mode;
    return state;
}

static bool same(const char *what, const void *a, const void *b, size_t size)
{
    bool result = memcmp(a, b, size) == 0;

    if (!result)
        printf("the terminal differs in its %s\n", what);
    return result;
}

/* Output goes through: it is not stopped. */
static bool writes(int slave)
{
    struct pollfd room = { .fd = slave, .events = POLLOUT };

    return poll(&room, 1, 1000) > 0 && (room.revents & POLLOUT);
}

bool terminal_is_unspoiled(const struct terminal *t)
{
    const struct terminal_state *a = &t->before;
    const struct terminal_state b = look_at(t->slave);

    /* All of them, so that each difference is printed. */
    bool same_in_all[] = {
        same("settings", &a->settings, &b.settings, sizeof(b.settings)),
        same("flags", &a->flags, &b.flags, sizeof(b.flags)),
        same("line discipline", &a->discipline, &b.discipline, sizeof(int)),
        same("exclusive mode", &a->exclusive, &b.exclusive, sizeof(int)),
        same("permissions", &a->mode, &b.mode, sizeof(b.mode)),
        writes(t->slave),
    };

    if (!writes(t->slave))
        printf("the terminal is stopped\n");
    return !memchr(same_in_all, 0, sizeof(same_in_all));
}

bool terminal_is_raw(const void *t)
{
    struct termios settings = { 0 };

    return tcgetattr(((const struct terminal *)t)->slave, &settings) == 0 &&
           !(settings.c_lflag & (ICANON | ISIG | ECHO)) &&
           !(settings.c_oflag & OPOST);
}

/* ---- The start ------------------------------------------------------------
 */

void terminal_start(struct terminal *t, const int fds[3],
                    int (*main)(void *arg), void *arg)
{
    struct winsize size = { .ws_row = 24, .ws_col = 80 };

    t->length = t->seen = 0;
    if (openpty(&t->master, &t->slave, NULL, NULL, &size) < 0)
        abort();
    t->before = look_at(t->slave);
    fcntl(t->master, F_SETFD, FD_CLOEXEC);
    fcntl(t->slave, F_SETFD, FD_CLOEXEC);
    fflush(stdout);
    t->pid = fork();
    if (t->pid != 0)
        return;
    setsid();
    ioctl(t->slave, TIOCSCTTY, 0);
    signal(SIGINT, SIG_DFL); /* ignored in the background of a script */
    signal(SIGQUIT, SIG_DFL);
    for (int fd = 0; fd < 3; fd++)
        dup2((fds ? fds : all_three)[fd] < 0 ? t->slave : fds[fd], fd);
    close_range(3, ~0U, 0);
    _exit(main(arg));
}

/* ---- The shell ----------------------------------------------------------- */

struct job {
    bool background;
    int (*main)(void *arg);
    void *arg;
};

static void put_into_foreground(pid_t group)
{
    char line[64];

    while (read(STDIN_FILENO, line, sizeof(line)) < 0 && errno == EINTR)
        ;
    tcsetpgrp(STDIN_FILENO, group);
    kill(-group, SIGCONT);
}

static int shell(void *arg)
{
    const struct job *job = arg;
    pid_t pid;
    int status;

    signal(SIGTTOU, SIG_IGN);
    pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        if (!job->background)
            tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        _exit(job->main(job->arg));
    }
    if (job->background)
        put_into_foreground(pid);
    while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
        tcsetpgrp(STDIN_FILENO, getpgrp());
        dprintf(STDOUT_FILENO, "[stopped %d]\n", WSTOPSIG(status));
        put_into_foreground(pid);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void terminal_start_job(struct terminal *t, bool background,
                        int (*main)(void *arg), void *arg)
{
    struct job job = { background, main, arg };

    terminal_start(t, NULL, shell, &job);
}

/* ---- Keyboard and screen --------------------------------------------------
 */

void terminal_type(struct terminal *t, const char *keys)
{
    if (write(t->master, keys, strlen(keys)) != (ssize_t)strlen(keys))
        printf("cannot type\n");
}

bool terminal_read(struct terminal *t, int timeout_ms)
{
    struct pollfd more = { .fd = t->master, .events = POLLIN };
    size_t room = sizeof(t->screen) - 1 - t->length;
    ssize_t n = -1;

    if (poll(&more, 1, timeout_ms) > 0)
        n = read(t->master, t->screen + t->length, room);
    if (n > 0)
        t->length += (size_t)n;
    t->screen[t->length] = '\0';
    return n > 0;
}

bool terminal_shows(struct terminal *t, const char *text)
{
    for (;;) {
        const char *place;

        t->screen[t->length] = '\0';
        place = strstr(t->screen + t->seen, text);
        if (place) {
            t->seen = (size_t)(place - t->screen) + strlen(text);
            return true;
        }
        if (!terminal_read(t, 10000)) {
            printf("not shown: \"%s\", but:\n%s\n", text, t->screen + t->seen);
            return false;
        }
    }
}

void terminal_resize(struct terminal *t, unsigned short rows,
                     unsigned short columns)
{
    struct winsize size = { .ws_row = rows, .ws_col = columns };

    ioctl(t->master, TIOCSWINSZ, &size);
}

/* ---- The end --------------------------------------------------------------
 */

int terminal_wait(struct terminal *t)
{
    int status = 0;

    for (int i = 0; i < 500; i++) {
        while (t->master >= 0 && terminal_read(t, 0))
            ;
        if (waitpid(t->pid, &status, WNOHANG) == t->pid) {
            while (t->master >= 0 && terminal_read(t, 0))
                ;
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                       : WEXITSTATUS(status);
        }
        poll(NULL, 0, 20);
    }
    printf("had to be killed; the screen:\n%s\n", t->screen + t->seen);
    kill(t->pid, SIGKILL);
    waitpid(t->pid, &status, 0);
    return -1;
}

void terminal_close(struct terminal *t)
{
    if (t->master >= 0)
        close(t->master);
    close(t->slave);
    t->master = -1;
}
