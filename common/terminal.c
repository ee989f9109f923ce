/**
 * @file
 * @brief Saves the terminal, and takes it back.
 */
#include "barco/terminal.h"

#include <signal.h>
#include <unistd.h>

#include "barco/error.h"

void barco_terminal_save(struct barco_terminal *terminal)
{
    /* In the background it is somebody else's, and not ours to restore. */
    terminal->saved = tcgetattr(STDIN_FILENO, &terminal->settings) == 0 &&
                      tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* Makes our process group the one that the terminal listens to, perhaps with
 * these settings. In the background, whoever does that is stopped by SIGTTOU.
 */
static int take(const struct termios *settings)
{
    sigset_t ttou, before;
    int result;

    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    sigprocmask(SIG_BLOCK, &ttou, &before);
    result = tcsetpgrp(STDIN_FILENO, getpgrp());
    if (settings)
        tcsetattr(STDIN_FILENO, TCSADRAIN, settings);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

int barco_terminal_separate(const struct barco_terminal *terminal)
{
    /* With the output in a pipe, somebody else in our group reads it, and may
     * want the terminal: `barco ls | less`. */
    if (!terminal->saved || !isatty(STDOUT_FILENO)) {
        BARCO_EXPLAIN("kill(0) in the container reaches nobody outside",
                      "setsid()");
        return setsid() < 0 ? BARCO_FAIL(setsid, "%s", "") : 0;
    }
    BARCO_EXPLAIN("kill(0) in the container reaches nobody outside, and Ctrl-C "
                  "goes to the container",
                  "setpgid(0, 0), tcsetpgrp()");
    if (setpgid(0, 0) < 0)
        return BARCO_FAIL(setpgid, "0, 0");
    return take(NULL) < 0 ? BARCO_FAIL(tcsetpgrp, "our own group") : 0;
}

void barco_terminal_restore(struct barco_terminal *terminal)
{
    if (terminal->saved)
        take(&terminal->settings);
    terminal->saved = false;
}
