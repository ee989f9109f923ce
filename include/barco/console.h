/**
 * @file
 * @brief Stage 08: a terminal of its own, and the caller's left alone.
 */
#ifndef BARCO_CONSOLE_H
#define BARCO_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "barco/handshake.h"
#include "barco/process.h"
#include "barco/terminal.h"

/**
 * @defgroup console Console
 * @brief A pseudoterminal in the container, and a relay outside.
 *
 * A shared terminal can be broken: a program that has it open can change its
 * settings and its mode bits, stop its output (TCOOFF), lock others out
 * (TIOCEXCL), change its line discipline (TIOCSETD), make reads fail for every
 * process that shares the open file (O_NONBLOCK), or type into it (TIOCSTI). So
 * the container gets none of the host's. A pseudoterminal is a pair: programs
 * have the slave, which behaves like a terminal, and whoever holds the master
 * sits at its keyboard and its screen.
 *
 *     your terminal        barco            the container
 *     -------------        -----            -------------
 *     keys   ------------> relay --master/slave--> input of sh
 *     screen <------------ relay <-master/slave--- output of sh
 *     raw mode             Ctrl-C is a byte        Ctrl-C is SIGINT
 *
 * **When.** Whenever standard input, output or error is a terminal. Those that
 * are terminals are replaced by the slave; the others, such as the pipe of
 * `barco ls | less`, are passed on as they are. If none of them is a terminal,
 * there is no pair and no relay.
 *
 * **Keys.** If standard input and output are terminals, yours is made raw
 * (cfmakeraw(3)): every key goes to the container, whose own terminal turns
 * keys into signals, end of file and echo. Ctrl-Z is for the jobs in the
 * container, as with ssh(1). There is no key for barco itself: use kill(1) from
 * another terminal. If standard output is something else, the rest of a
 * pipeline may need the terminal unchanged, so barco leaves it alone: whole
 * lines are passed on, and none at all while another program, such as less(1),
 * has switched line mode off; Ctrl-C reaches the foreground inside as a signal.
 * If standard input is not a terminal, no key is read.
 *
 * **From when.** The keys go to the container once the command has begun. Until
 * then output is shown already, and Ctrl-C still cancels the start.
 *
 * **The end.** Your settings come back when the container ends, however it
 * ends, and while barco is stopped (SIGTSTP). Nothing can restore them when
 * barco is killed by SIGKILL or stopped by SIGSTOP: `stty sane` helps then. If
 * your terminal hangs up, so does the container's. In the background barco
 * shows output and leaves the keys to the foreground.
 *
 * **Whose.** PID 1 of the container makes the pair in the container's own
 * /dev/pts, so it is /dev/pts/0 there and has no name on the host. The slave is
 * opened from the master (TIOCGPTPEER), not by a path, which could lead
 * elsewhere. For the same reason nothing is mounted on /dev/console: it is for
 * messages from the kernel and an init system, the container has neither, and
 * putting a terminal there by its path was CVE-2025-52565 in runc.
 *
 * @par Example
 * @include examples/console.c
 *  @{
 */

/** What has been read and is still to be written: the longest line of a
 * terminal is 4096 bytes (termios(3)), and there may be an end-of-file
 * character after it. The library sets all of it. */
struct barco_console_buffer {
    unsigned char data[4096 + 1]; /**< from @p begin to @p end */
    size_t begin;                 /**< the first byte not written yet */
    size_t end;                   /**< after the last byte */
};

/** The terminal of a container; the host and PID 1 have one each. The library
 * sets all of it, and it begins as BARCO_NO_CONSOLE. */
struct barco_console {
    bool replaced[3]; /**< whether 0, 1, 2 were terminals of the caller */
    bool wanted; /**< whether any was; otherwise nothing here does anything */
    bool interactive; /**< 0 and 1 were: make the caller's terminal raw */
    int output;       /**< which of 1, 2, 0 shows what the container writes */
    int master;       /**< on the host: keyboard and screen; -1: none */
    struct barco_terminal terminal;     /**< standard input, as it was */
    struct barco_console_buffer *shown; /**< what the container wrote */
};

/** No terminal yet. */
#define BARCO_NO_CONSOLE { .wanted = false, .master = -1 }

/**
 * In PID 1: leave the session that we were started in, and with it the process
 * group and the controlling terminal: a signal to a group reaches all of its
 * members, on the host too, and /dev/tty would open the terminal. Before that,
 * remember the terminal's settings, if we are in its foreground.
 *
 * @return 0, or a negative errno, reported
 * @since any
 * @see credentials(7), setsid(2)
 */
int barco_console_separate(void);

/**
 * In PID 1: find out whether the container needs a terminal; if so, make one
 * and replace the caller's terminal with its slave. Then the parent gets
 * "ready", and the master with it.
 *
 * The new terminal starts with the settings and the size of the caller's.
 *
 * @pre /dev/pts is the container's own, and no other program runs there yet;
 *      the session was left by barco_console_separate()
 * @param[out] console  for barco_console_take()
 * @param handshake     of the child
 * @param owner         user id, in the container, of the terminal's owner
 * @return 0, or a negative errno, reported: ENOSPC when there are too many
 *         terminals, ENODEV when /dev/pts is something else
 * @since Linux 5.6, for openat2(2)
 * @see pty(7), ioctl_tty(2), devpts in the kernel's documentation
 */
int barco_console_open(struct barco_console *console,
                       struct barco_handshake *handshake, uid_t owner);

/**
 * In the command's process: start a session, with the terminal as its
 * controlling terminal, so that Ctrl-C and job control work. Without a terminal
 * it stays in the session of PID 1.
 *
 * @param console  as it was opened in PID 1
 * @return 0, or a negative errno, reported
 * @since any
 * @see setsid(2), TIOCSCTTY in ioctl_tty(2)
 */
int barco_console_take(const struct barco_console *console);

/**
 * On the host: wait as barco_handshake_follow() does, take the master, and
 * meanwhile be the container's screen. Signals do what they do in
 * barco_console_wait(); no key is read, and the caller's terminal stays as it
 * is.
 *
 * @param[in,out] console  BARCO_NO_CONSOLE before; close it afterwards
 * @param handshake        after the release; closed afterwards
 * @param child            the process
 * @param[out] error       as for barco_handshake_follow()
 * @return 0, or a negative errno, reported
 * @since Linux 5.1, for pidfd_send_signal(2)
 */
int barco_console_connect(struct barco_console *console,
                          struct barco_handshake *handshake,
                          struct barco_process *child,
                          struct barco_handshake_error *error);

/**
 * On the host: wait as barco_process_wait() does, and meanwhile be the
 * container's keyboard and screen.
 *
 * Without a master this is just barco_process_wait(). With one, signals from
 * the terminal (Ctrl-C where it is not raw) go to the foreground inside, and
 * others to the child. SIGWINCH passes the new size on; SIGTSTP restores the
 * settings and stops us, and SIGCONT takes the terminal again.
 *
 * @param console    closed afterwards, with the caller's terminal restored
 * @param handshake  if still open, barco_console_connect() comes first
 * @param child      empty afterwards
 * @return its exit status, as from barco_process_wait(); or a negative errno,
 *         reported, and then the child may still exist
 * @since Linux 5.1, for pidfd_send_signal(2)
 * @see poll(2), signalfd(2), termios(3)
 */
int barco_console_wait(struct barco_console *console,
                       struct barco_handshake *handshake,
                       struct barco_process *child);

/**
 * Cleanup: close the master.
 *
 * @param console  without a descriptor afterwards
 * @since any
 */
void barco_console_close(struct barco_console *console);

/** @} */

#endif
