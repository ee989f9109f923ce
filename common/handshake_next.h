/**
 * @file
 * @brief The next message of a child, for whoever polls more than that.
 */
#ifndef BARCO_COMMON_HANDSHAKE_NEXT_H
#define BARCO_COMMON_HANDSHAKE_NEXT_H

#include "barco/handshake.h"

/* In the parent, when poll(2) has told that there is something: takes it, as
 * barco_handshake_follow() does. 1 when there may be more, 0 at the end of
 * file, or a negative errno, reported. */
int handshake_next(struct barco_handshake *handshake, struct barco_fds *fds,
                   struct barco_handshake_error *error);

/* A descriptor from which the signals can be read that are held, without
 * SIGCHLD; or a negative errno, reported. */
int handshake_open_signals(void);

#endif
