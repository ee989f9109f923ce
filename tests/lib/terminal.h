/**
 * @file
 * @brief A terminal for what is tested: its keyboard, its screen, its shell.
 */
#ifndef BARCO_TESTS_TERMINAL_H
#define BARCO_TESTS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

/** What is the same before and after a container. */
struct terminal_state {
    struct termios settings; /**< of the terminal */
    int flags;               /**< of the open file, as in O_NONBLOCK */
    int discipline;          /**< TIOCGETD */
    int exclusive;           /**< TIOCGEXCL */
    mode_t mode;             /**< of the device node */
};

/** A pseudo terminal, and who runs on it. */
struct terminal {
    int master;                   /**< keyboard and screen */
    int slave;                    /**< kept open, to look at */
    pid_t pid;                    /**< leads the session on it */
    char screen[1536 << 10];      /**< what has been shown, ended by NUL */
    size_t length;                /**< bytes of it */
    size_t seen;                  /**< how far terminal_shows() has read */
    struct terminal_state before; /**< as it was when it was new */
};

/**
 * Run a function in a session of its own on a new terminal of 24 rows and 80
 * columns.
 *
 * @param[out] t  the terminal
 * @param fds     what is to be standard input, output, error; -1: the terminal
 * @param main    its result is the exit status
 * @param arg     handed to @p main
 */
void terminal_start(struct terminal *t, const int fds[3],
                    int (*main)(void *arg), void *arg);

/**
 * The same, as a job of a small shell: a process group in the foreground.
 *
 * When the job stops the shell says `[stopped N]` and takes the terminal; at
 * the next line that is typed it puts the job into the foreground and continues
 * it.
 *
 * @param[out] t      the terminal
 * @param background  start it there, until a line is typed
 * @param main        its result is the exit status
 * @param arg         handed to @p main
 */
void terminal_start_job(struct terminal *t, bool background,
                        int (*main)(void *arg), void *arg);

/** Type. @param t  terminal @param keys  what is typed */
void terminal_type(struct terminal *t, const char *keys);

/**
 * Wait until something is shown, for at most ten seconds.
 *
 * @param t     the terminal
 * @param text  looked for after what was found the last time
 * @return whether it was shown; else the screen is printed
 */
bool terminal_shows(struct terminal *t, const char *text);

/** Read what there is within some time. @param t  terminal
 * @param timeout_ms  how long to wait for more @return whether more came */
bool terminal_read(struct terminal *t, int timeout_ms);

/** Give the terminal another size. @param t  terminal @param rows  lines
 * @param columns  characters in each */
void terminal_resize(struct terminal *t, unsigned short rows,
                     unsigned short columns);

/** Whether a terminal is as it was when it was new. @param t  terminal
 * @return so; else what is different has been printed */
bool terminal_is_unspoiled(const struct terminal *t);

/** Whether keys are passed on one by one. @param t  a struct terminal */
bool terminal_is_raw(const void *t);

/**
 * Wait for the end, for at most ten seconds, and read what is shown until
 * then.
 *
 * @param t  the terminal, which stays open for terminal_state()
 * @return exit status, 128 + N after signal N, or -1 when it had to be killed
 */
int terminal_wait(struct terminal *t);

/** Close it. @param t  the terminal */
void terminal_close(struct terminal *t);

#endif
