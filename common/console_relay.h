/**
 * @file
 * @brief What the sources of the console share.
 */
#ifndef BARCO_COMMON_CONSOLE_RELAY_H
#define BARCO_COMMON_CONSOLE_RELAY_H

#include <poll.h>
#include <stdbool.h>

#include "barco/console.h"

/* What a relay waits for. */
enum {
    CHILD,
    SIGNALS,
    HANDSHAKE,
    IN,
    OUT,
    MASTER,
    SOURCES
};

struct relay {
    struct barco_console *console;
    struct barco_process *child;
    struct barco_handshake *handshake; /* until the command has begun */
    struct barco_handshake_error *error;
    struct pollfd fds[SOURCES];
    int signals;
    int in, out; /* -1 when there is none, or it has been closed */
    struct barco_console_buffer typed;
    bool raw;  /* the caller's terminal is raw, and has to be restored */
    bool over; /* the container has ended; what it wrote is still shown */
    bool done;
};

/* Finds out which of 0, 1 and 2 are terminals, and what follows from it. */
void console_look(struct barco_console *console);

/* Opens the caller's terminal: its screen, and with `keys` its keyboard. */
void console_open_callers(struct relay *r, bool keys);

/* Makes the caller's terminal raw. */
void console_make_raw(struct relay *r);

/* Restores its settings. */
void console_restore(struct relay *r);

/* Whether keys typed now are for the container. */
bool console_listens(struct relay *r);

/* Gives the container's terminal the size of the caller's. */
void console_take_size(struct relay *r);

/* Closes everything, because the caller's terminal has hung up. */
void console_hang_up(struct relay *r);

/* Reads and writes whatever poll(2) has reported as ready. */
void console_move(struct relay *r);

static inline bool console_is_empty(const struct barco_console_buffer *buffer)
{
    return !buffer || buffer->begin == buffer->end;
}

#endif
