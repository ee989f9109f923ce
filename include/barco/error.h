/**
 * @file
 * @brief Errors that teach: step, system call, errno, likely cause, fix.
 *
 * A function returns 0 or more on success and a negative errno on failure.
 * The function that sees a call fail reports it, once, with BARCO_FAIL();
 * everybody above passes the number on. The library never exits.
 *
 * Causes and fixes stand in one table (common/causes.c), keyed by call, errno
 * and function, with a probe where the machine can be asked.
 */
#ifndef BARCO_ERROR_H
#define BARCO_ERROR_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "barco/log.h"

/** @addtogroup core
 *  @{
 */

/** Exit statuses that are barco's own; they are those of env(1) and chroot(1).
 */
enum barco_exit {
    BARCO_EXIT_FAILED = 125,     /**< barco itself failed */
    BARCO_EXIT_CANNOT_RUN = 126, /**< the command is there and cannot be run */
    BARCO_EXIT_NOT_FOUND = 127,  /**< there is no such command */
    BARCO_EXIT_SIGNAL = 128,     /**< plus N: signal N ended the command */
};

/** Everything that is known about one failure. */
struct barco_error {
    const char *step;  /**< the sentence given to BARCO_TRY(), or NULL */
    const char *call;  /**< system call or library function that failed */
    char args[256];    /**< its arguments, decoded */
    int err;           /**< errno, positive */
    const char *cause; /**< likely cause, or NULL */
    const char *fix;   /**< what to do about it, or NULL */
    const char *func;  /**< function that reports */
    const char *file;  /**< source file of the report */
    int line;          /**< line of the report */
};

/** One row of the table of causes; the first row that fits is used. */
struct barco_cause {
    const char *call; /**< the call that failed; NULL fits any */
    int err;          /**< errno, positive */
    const char *func; /**< the function that reports; NULL fits any */
    /** asks the machine whether this is the cause; NULL: no need to ask */
    bool (*holds)(const struct barco_error *error);
    const char *cause; /**< one sentence without a full stop */
    const char *fix;   /**< one sentence; every `%s` is the stage's name */
};

/** Receives each error; see barco_error_set_sink(). */
typedef void barco_error_sink(const struct barco_error *error, void *arg);

/**
 * Send errors somewhere else than to standard error.
 *
 * @param sink  gets every error from now on; NULL: standard error again
 * @param arg   handed to @p sink
 */
void barco_error_set_sink(barco_error_sink *sink, void *arg);

/**
 * The table of causes, from which the book makes its troubleshooting page.
 *
 * @param[out] count  number of rows
 * @return the first row
 */
const struct barco_cause *barco_error_causes(size_t *count);

/**
 * Report a failure; use BARCO_FAIL(), which fills in the place.
 *
 * @param call  what failed
 * @param err   errno, positive
 * @param func  reporting function
 * @param file  reporting file
 * @param line  reporting line
 * @param fmt   printf(3) format of the arguments of the call
 * @return -@p err
 */
int barco_error_report(const char *call, int err, const char *func,
                       const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 6, 7), cold));

/**
 * Report that @p call has failed with the errno of now; the value is -errno.
 *
 * @code
 * if (sethostname(name, strlen(name)) < 0)
 *     return BARCO_FAIL(sethostname, "\"%s\"", name);
 * @endcode
 */
#define BARCO_FAIL(call, ...) \
    barco_error_report(#call, errno, __func__, __FILE__, __LINE__, __VA_ARGS__)

/**
 * Do one step of a stage's story; leave the function with its error.
 *
 * The sentence is what `-v` and `--explain` print before the step, and what an
 * error message says could not be done: "barco: cannot <sentence>".
 */
#define BARCO_TRY(sentence, expr) BARCO_TRY_AS(sentence, sentence, expr)

/** The same, where the line in the log has words of its own. */
#define BARCO_TRY_AS(sentence, line_text, expr) \
    do {                                        \
        int result_;                            \
                                                \
        BARCO_STEP_AS(sentence, line_text);     \
        result_ = (expr);                       \
        if (result_ < 0)                        \
            return result_;                     \
    } while (0)

/** @} */

#endif
