/**
 * @file
 * @brief A pseudoterminal, from the container's /dev/pts to its command.
 *
 *     on the host             PID 1                     PID 2
 *     -----------             -----                     -----
 *                             separate: setsid
 *                             (mount /dev/pts)
 *                             open
 *                               is there a terminal?
 *                               the master: /dev/pts/ptmx
 *                               the slave: TIOCGPTPEER
 *     connect <-------------- ready, the master
 *                               slave on 0, 1, 2 ----> take: setsid,
 *                                                        TIOCSCTTY
 *       shows what is written
 *             <--------------------------------------- exec
 *     wait
 *       keys and screen
 *
 * PID 1 puts the slave on its own 0, 1 and 2 too. So no process of the
 * container has a terminal of the host open, messages from PID 1 come through
 * the relay, and the master reads end of file (EIO) only when the container has
 * ended.
 */
#include "barco/console.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "console_relay.h"

/* In PID 1: the caller's terminal, as it was in the caller's session. */
static struct barco_terminal callers;

/* The host and PID 1 have the same 0, 1 and 2, so both find the same. */
void console_look(struct barco_console *console)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        console->replaced[fd] = isatty(fd);
        console->wanted |= console->replaced[fd];
    }
    console->interactive =
        console->replaced[STDIN_FILENO] && console->replaced[STDOUT_FILENO];
    console->output = console->replaced[STDOUT_FILENO]   ? STDOUT_FILENO
                      : console->replaced[STDERR_FILENO] ? STDERR_FILENO
                                                         : STDIN_FILENO;
}

void barco_console_close(struct barco_console *console)
{
    barco_close(&console->master);
    free(console->shown);
    console->shown = NULL;
}

/* ---- In PID 1 ------------------------------------------------------------ */

//! [separate]
int barco_console_separate(void)
{
    /* Later we could not tell whether it is ours or, if we are in the
     * background, belongs to another program with settings of its own. Without
     * one nothing is written, because that would copy a page. */
    if (isatty(STDIN_FILENO))
        barco_terminal_save(&callers);
    BARCO_EXPLAIN("kill(0) in the container reaches no process outside, and "
                  "/dev/tty is not the host's",
                  "setsid()");
    return setsid() < 0 ? BARCO_FAIL(setsid, "%s", "") : 0;
}
//! [separate]

/* No other program runs in the container yet, so nothing on the path can
 * change; a file system on disk could contain a link or a device node here, and
 * both are refused. */
static int open_master(void)
{
    static const char path[] = "/dev/pts/ptmx";
    struct open_how how = {
        .flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
        .resolve = RESOLVE_NO_SYMLINKS,
    };
    BARCO_CLEANUP(barco_close) int master = -1;
    struct statfs fs;

    BARCO_EXPLAIN("a new terminal in the container's own /dev/pts",
                  "openat2(\"%s\", RESOLVE_NO_SYMLINKS)", path);
    master = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
    if (master < 0)
        return BARCO_FAIL(openat2, "\"%s\", RESOLVE_NO_SYMLINKS", path);
    if (fstatfs(master, &fs) < 0)
        return BARCO_FAIL(fstatfs, "\"%s\"", path);
    if (fs.f_type != DEVPTS_SUPER_MAGIC) {
        errno = ENODEV;
        return BARCO_FAIL(fstatfs, "\"%s\", not devpts", path);
    }
    return barco_take_fd(&master);
}

//! [slave]
static int open_slave(int master)
{
    static const int unlocked = 0;
    int slave;

    if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
        return BARCO_FAIL(ioctl, "TIOCSPTLCK, 0");
    BARCO_EXPLAIN("the other end of this very pair, whatever is at its path",
                  "ioctl(TIOCGPTPEER)");
    slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return slave < 0 ? BARCO_FAIL(ioctl, "TIOCGPTPEER") : slave;
}
//! [slave]

/* Copies the settings of the caller's terminal. If that is not made raw, it
 * echoes and ends lines itself, and once is enough. */
static int set_up(const struct barco_console *console, int slave, uid_t owner)
{
    struct termios settings;
    struct winsize size;

    if (tcgetattr(slave, &settings) < 0)
        return BARCO_FAIL(tcgetattr, "the new terminal");
    if (callers.saved)
        settings = callers.settings;
    if (!console->interactive) {
        settings.c_oflag &= ~(tcflag_t)OPOST;
        settings.c_lflag &= ~(tcflag_t)ECHO;
    }
    if (tcsetattr(slave, TCSANOW, &settings) < 0)
        return BARCO_FAIL(tcsetattr, "the new terminal");
    if (ioctl(console->output, TIOCGWINSZ, &size) == 0 &&
        ioctl(slave, TIOCSWINSZ, &size) < 0)
        return BARCO_FAIL(ioctl, "TIOCSWINSZ");

    /* The command opens it again through /dev/stdout. */
    if (fchown(slave, owner, (gid_t)-1) < 0)
        return BARCO_FAIL(fchown, "the new terminal, %u", owner);
    return 0;
}

static int replace(const struct barco_console *console, int slave)
{
    BARCO_EXPLAIN("from here on no process in the container has a terminal of "
                  "the host",
                  "dup2(slave, 0 or 1 or 2)");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (console->replaced[fd] && dup2(slave, fd) < 0)
            return BARCO_FAIL(dup2, "the new terminal, %d", fd);
    return 0;
}

/* Opens a master and a slave and sets them up. 0, or a negative errno,
 * reported. */
static int open_pair(const struct barco_console *console, uid_t owner,
                     struct barco_fds *masters, int *slave)
{
    int master = open_master();

    if (master < 0)
        return master;
    masters->fd[masters->count++] = master;
    if ((*slave = open_slave(master)) < 0)
        return *slave;
    return set_up(console, *slave, owner);
}

int barco_console_open(struct barco_console *console,
                       struct barco_handshake *handshake, uid_t owner)
{
    BARCO_CLEANUP(barco_fds_close) struct barco_fds masters = { 0 };
    BARCO_CLEANUP(barco_close) int slave = -1;
    int result;

    console_look(console);
    if (!console->wanted)
        return 0;
    if ((result = open_pair(console, owner, &masters, &slave)) < 0)
        return result;
    if ((result = barco_handshake_ready(handshake, &masters)) < 0)
        return result;
    return replace(console, slave);
}

/* ---- In the command's process -------------------------------------------- */

//! [take]
int barco_console_take(const struct barco_console *console)
{
    if (!console->wanted)
        return 0;
    BARCO_EXPLAIN("Ctrl-C reaches the foreground of this session, and a shell "
                  "can choose the foreground",
                  "setsid(), ioctl(TIOCSCTTY)");
    /* If the command is PID 1, it leads its session already. */
    if (getsid(0) != getpid() && setsid() < 0)
        return BARCO_FAIL(setsid, "%s", "");
    if (ioctl(console->output, TIOCSCTTY, 0) < 0)
        return BARCO_FAIL(ioctl, "TIOCSCTTY");
    return 0;
}
//! [take]
