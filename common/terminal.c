/**
 * @file
 * @brief Saves the terminal's settings, and restores them.
 */
#include "barco/terminal.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* In a new PID namespace the caller's process groups have no number: both calls
 * return 0. The host's /proc, which is still mounted, shows their numbers. */
static bool in_background_of_host(void)
{
    FILE *stat = fopen("/proc/self/stat", "re");
    int group = 0, foreground = 0;

    if (!stat)
        return false;
    if (fscanf(stat, "%*d (%*[^)]) %*c %*d %d %*d %*d %d", &group,
               &foreground) != 2)
        group = foreground = 0;
    fclose(stat);
    return group != foreground;
}

bool barco_terminal_in_background(void)
{
    pid_t foreground = tcgetpgrp(STDIN_FILENO);

    if (foreground == 0 && getpgrp() == 0)
        return in_background_of_host();
    return foreground >= 0 && foreground != getpgrp();
}

void barco_terminal_save(struct barco_terminal *terminal)
{
    /* In the background it belongs to another job, and is not ours to
     * restore. */
    terminal->saved = tcgetattr(STDIN_FILENO, &terminal->settings) == 0 &&
                      !barco_terminal_in_background();
}

void barco_terminal_restore(struct barco_terminal *terminal)
{
    sigset_t ttou, before;

    if (!terminal->saved)
        return;
    terminal->saved = false;

    /* In the background, SIGTTOU stops a process that does this. */
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    sigprocmask(SIG_BLOCK, &ttou, &before);
    tcsetpgrp(STDIN_FILENO, getpgrp());
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->settings);
    sigprocmask(SIG_SETMASK, &before, NULL);
}
