/**
 * @file
 * @brief ttydead: the host's terminal is left dead.
 *
 * Standard input is a descriptor of the host's terminal, and whoever has one
 * can set how it works, for everybody who uses it: exclusive, so that nobody
 * can open it any more; with a line discipline that swallows every byte; with
 * its output stopped; without waiting, so that the shell reads an error and
 * ends. The container is long gone then. Only a terminal of its own helps, a
 * pty, whose other end the host's side relays.
 */
#include <fcntl.h>
#include <linux/tty.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(ttydead)
{
    int discipline = N_NULL;

    if (!isatty(STDIN_FILENO))
        return stopped("isatty");
    if (ioctl(STDIN_FILENO, TIOCEXCL) < 0)
        stopped("ioctl(TIOCEXCL)");
    if (fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) < 0)
        stopped("fcntl(O_NONBLOCK)");
    if (fchmod(STDIN_FILENO, 0) < 0)
        stopped("fchmod");
    if (tcflow(STDIN_FILENO, TCOOFF) < 0)
        stopped("tcflow(TCOOFF)");
    if (ioctl(STDIN_FILENO, TIOCSETD, &discipline) < 0)
        stopped("ioctl(TIOCSETD)");
    return 0;
}
