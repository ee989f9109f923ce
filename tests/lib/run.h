/**
 * @file
 * @brief Run a real program and look at what it did.
 */
#ifndef BARCO_TESTS_RUN_H
#define BARCO_TESTS_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/lib/leftovers.h"

/** What a finished program left. */
struct run {
    int status;      /**< exit status; 128 + N after signal N */
    char out[65536]; /**< standard output, ended by NUL */
    char err[65536]; /**< standard error, ended by NUL */
};

/**
 * Run a stage to its end.
 *
 * @param[out] run  what it left
 * @param stage  its name, as in "02_pid"
 * @param ...    its arguments; ended by NULL
 */
void run_stage(struct run *run, const char *stage, ...)
    __attribute__((sentinel));

/**
 * Start a stage in a process group of its own, with its output thrown away, and
 * return at once.
 *
 * @param stage  its name
 * @param ...    its arguments; ended by NULL
 * @return its process
 */
pid_t start_stage(const char *stage, ...) __attribute__((sentinel));

/**
 * Wait for a process of start_stage(), for at most a minute.
 *
 * @param pid  the process
 * @return its exit status, 128 + N after signal N, or -1 when it is still
 * running
 */
int wait_stage(pid_t pid);

/**
 * Wait until a condition holds, for at most half a minute.
 *
 * @param holds  asked again and again
 * @param arg    handed to @p holds
 * @return whether it did
 */
bool eventually(bool (*holds)(const void *arg), const void *arg);

/** Whether a file exists. @param path  of it @return so, for eventually() */
bool exists(const void *path);

/** Whether a file does not exist. @param path  of it
 * @return so, for eventually() */
bool is_gone(const void *path);

/**
 * Find the process that runs `sleep SECONDS`, in a container or not. A test
 * chooses the number, and so knows its command by it.
 *
 * @param seconds  as on the command line
 * @return its process, or 0
 */
pid_t find_sleep(const char *seconds);

/** Whether one runs. @param seconds  as for find_sleep()
 * @return so, for eventually() */
bool is_sleeping(const void *seconds);

/** Whether a process waits for something, as /proc shows it.
 * @param pid  a pid_t @return so, for eventually() */
bool is_waiting(const void *pid);

/** The function of a child that runs until it is killed.
 * @param arg  not used @return never */
int wait_for_ever(void *arg);

/**
 * Run a function in a child of the library, in namespaces of its own; for an
 * ordinary user in a user namespace too, where their own id is 0.
 *
 * @param flags  CLONE_NEW*
 * @param main   its result is the exit status
 * @param arg    handed to @p main
 * @return its exit status, or a negative errno
 */
int run_in(uint64_t flags, int (*main)(void *arg), void *arg);

/**
 * Read a small file.
 *
 * @param path  of the file
 * @param buf   gets its text, ended by NUL; empty when it cannot be read
 * @param size  bytes in @p buf
 * @return @p buf
 */
const char *read_text(const char *path, char *buf, size_t size);

#endif
