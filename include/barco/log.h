/**
 * @file
 * @brief The log (`-v`), and the story told while it happens (`--explain`).
 *
 * Both go to standard error, and both cost one comparison when they are off:
 * their arguments are not even evaluated.
 */
#ifndef BARCO_LOG_H
#define BARCO_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @defgroup core Core: errors, log, cleanup, command line
 * @brief What every stage is written in.
 *  @{
 */

/** What is switched on; the command line sets it, everybody reads it. */
struct barco_log {
    bool verbose; /**< `-v`: log each step with its time and place */
    bool explain; /**< `--explain`: show each system call and why it is made */
};

extern struct barco_log barco_log; /**< of this process and its children */

/** A bit and its name in the manual page; a table ends with an empty name. */
struct barco_flag {
    uint64_t bit;     /**< one bit, or several with one name */
    const char *name; /**< as the header and the man page spell it */
};

/**
 * Write flags by name: `CLONE_NEWPID|CLONE_NEWUTS`.
 *
 * @param table  the names
 * @param flags  the bits; those without a name are written in hexadecimal
 * @param buf    where to write; "0" when there is no bit
 * @param size   bytes in @p buf
 * @return @p buf
 */
const char *barco_flag_names(const struct barco_flag *table, uint64_t flags,
                             char *buf, size_t size);

/**
 * Name the step that begins; use BARCO_STEP() or BARCO_TRY().
 *
 * @param sentence  imperative, without a full stop; must outlive the step
 * @param file      source file of the step
 * @param line      line of the step
 */
void barco_log_step(const char *sentence, const char *file, int line);

/**
 * The step that is going on.
 *
 * @return its sentence, or NULL before the first one
 */
const char *barco_log_current_step(void);

/**
 * Write one line in the format of the original barco; use BARCO_INFO().
 *
 * `22:08:41 INFO  stages/02_pid.c:40: name the container...` Keeps errno.
 *
 * @param level  INFO or WARN
 * @param file   source file
 * @param line   line of the source file
 * @param fmt    printf(3) format
 */
void barco_log_line(const char *level, const char *file, int line,
                    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * Write one system call and its reason; use BARCO_EXPLAIN(). Keeps errno.
 *
 * @param why  one line, plain words
 * @param fmt  printf(3) format of the call, as strace(1) would write it
 */
void barco_log_explain(const char *why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Begin a step of the story. */
#define BARCO_STEP(sentence) barco_log_step(sentence, __FILE__, __LINE__)

/** Log a line, with `-v` alone. */
#define BARCO_INFO(...)                                              \
    do {                                                             \
        if (barco_log.verbose)                                       \
            barco_log_line("INFO", __FILE__, __LINE__, __VA_ARGS__); \
    } while (0)

/** Log a line always: barco goes on, and the user should know how. */
#define BARCO_WARN(...) barco_log_line("WARN", __FILE__, __LINE__, __VA_ARGS__)

/** Tell the call that comes next and why, with `--explain` alone. */
#define BARCO_EXPLAIN(why, ...)                  \
    do {                                         \
        if (barco_log.explain)                   \
            barco_log_explain(why, __VA_ARGS__); \
    } while (0)

/** @} */

#endif
