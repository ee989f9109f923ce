/**
 * @file
 * @brief Saves the terminal, and takes it back.
 */
#include "barco/terminal.h"

#include <signal.h>
#include <unistd.h>

bool barco_terminal_in_background(void)
{
    pid_t foreground = tcgetpgrp(STDIN_FILENO);

    return foreground >= 0 && foreground != getpgrp();
}

void barco_terminal_save(struct barco_terminal *terminal)
{
    /* In the background it is somebody else's, and not ours to restore. */
    terminal->saved = tcgetattr(STDIN_FILENO, &terminal->settings) == 0 &&
                      !barco_terminal_in_background();
}

void barco_terminal_restore(struct barco_terminal *terminal)
{
    sigset_t ttou, before;

    if (!terminal->saved)
        return;
    terminal->saved = false;

    /* In the background, a process that does this is stopped by SIGTTOU. */
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    sigprocmask(SIG_BLOCK, &ttou, &before);
    tcsetpgrp(STDIN_FILENO, getpgrp());
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->settings);
    sigprocmask(SIG_SETMASK, &before, NULL);
}
