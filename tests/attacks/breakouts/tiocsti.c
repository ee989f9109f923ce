/**
 * @file
 * @brief tiocsti: a command is typed into the host's terminal.
 *
 * ioctl(TIOCSTI) puts a character into a terminal's input as if somebody had
 * typed it. When the container ends, the shell that started it reads the line.
 * CVE-2017-5226 (bubblewrap), CVE-2016-2781 (chroot) and many more. A new
 * session (no controlling terminal), a terminal of its own or a filter stop it.
 */
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(tiocsti)
{
    for (const char *c = "owned\n"; *c; c++)
        if (ioctl(STDIN_FILENO, TIOCSTI, c) < 0)
            return stopped("ioctl(TIOCSTI)");
    return 0;
}
