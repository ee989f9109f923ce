/**
 * @file
 * @brief The next message from a child, for callers that poll more than that.
 */
#ifndef BARCO_COMMON_HANDSHAKE_NEXT_H
#define BARCO_COMMON_HANDSHAKE_NEXT_H

#include "barco/handshake.h"

/* In the parent, when poll(2) has reported a message: takes it, as
 * barco_handshake_follow() does. 1 when there may be more, 0 at end of file, or
 * a negative errno, reported. */
int handshake_next(struct barco_handshake *handshake, struct barco_fds *fds,
                   struct barco_handshake_error *error);

/* A descriptor from which blocked signals, except SIGCHLD, can be read; or a
 * negative errno, reported. */
int handshake_open_signals(void);

#endif
