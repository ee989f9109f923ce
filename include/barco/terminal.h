/**
 * @file
 * @brief The terminal is sane again after any exit of the container.
 */
#ifndef BARCO_TERMINAL_H
#define BARCO_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

/** @addtogroup core
 *  @{
 */

/** The terminal that standard input was, before the container had it. */
struct barco_terminal {
    bool saved;              /**< false: standard input is no terminal */
    struct termios settings; /**< echo, line editing and so on */
};

/**
 * Remember the terminal: its settings, and that it is ours.
 *
 * @param[out] terminal  for barco_terminal_restore()
 * @see termios(3), tcgetpgrp(3)
 */
void barco_terminal_save(struct barco_terminal *terminal);

/**
 * Cleanup: take the terminal back and undo what the container did to it.
 *
 * A shell in the container makes its jobs the foreground of the terminal. If
 * it is killed, the terminal goes on listening to a job that is no more.
 *
 * @param terminal  not saved afterwards
 */
void barco_terminal_restore(struct barco_terminal *terminal);

/** @} */

#endif
