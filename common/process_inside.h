/**
 * @file
 * @brief What the modules around a process share, for use in the library only.
 */
#ifndef BARCO_COMMON_PROCESS_INSIDE_H
#define BARCO_COMMON_PROCESS_INSIDE_H

#include <stdbool.h>

#include "barco/process.h"

/* Does with a signal what barco_process_wait() does: forwards it, or cancels
 * the start with it. The code is si_code of sigaction(2). */
void process_take_signal(struct barco_process *child, int signal, int code);

/* Closes every descriptor but 0, 1, 2 and `keep`. 0, or a negative errno,
 * reported. */
int process_close_all_but(int keep);

/* In a child of barco_process_spawn(): the descriptor to keep open until the
 * exec, when all others are closed; -1: none. */
void process_keep(int fd);
int process_kept(void);

/* In a child of barco_process_spawn(): the flag that tells its parent that the
 * command has begun. PID 1 hands it on to PID 2. */
bool *process_began(void);

#endif
