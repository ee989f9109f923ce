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
 * @brief A pseudo terminal in the container, and a relay outside.
 *
 * A terminal that is shared can be broken: a program that has it open may
 * change its settings and its mode bits, stop its output (TCOOFF), lock others
 * out (TIOCEXCL), change its line discipline (TIOCSETD), make reads fail for
 * all who share the open file (O_NONBLOCK), or type into it (TIOCSTI). So the
 * container gets none of the host's. A pseudo terminal is a pair: programs
 * have the slave, which behaves like a terminal, and the holder of the master
 * is at its keyboard and its screen.
 *
 *     your terminal        barco            the container
 *     -------------        -----            -------------
 *     keys   ------------> relay --master/slave--> input of sh
 *     screen <------------ relay <-master/slave--- output of sh
 *     raw mode             Ctrl-C is a byte        Ctrl-C is SIGINT
 *
 * **When.** As soon as standard input, output or error is a terminal. Those
 * that are become the slave; those that are not, such as the pipe of
 * `barco ls | less`, are passed on as they are. Where none of them is a
 * terminal there is no pair and no relay.
 *
 * **Keys.** Where standard input and output are terminals, yours is made raw
 * (cfmakeraw(3)): every key goes to the container, whose own terminal makes
 * signals, end of file and echo of it. Ctrl-Z is for the jobs in the container,
 * as with ssh(1). There is no key for barco itself: another terminal and
 * kill(1) will do. Where standard output is something else, the rest of a
 * pipeline may want the terminal as it is, so it is left as it is: whole lines
 * are passed on, and none at all while somebody else, such as less(1), has
 * switched lines off; Ctrl-C reaches the foreground inside as a signal.
 * Where standard input is no terminal, no key is read.
 *
 * **When the keys are the container's.** Not before the command has begun: on
 * the way there its output is shown already, and Ctrl-C still ends the start.
 *
 * **The end.** Your settings come back when the container ends, in whichever
 * way, and while barco is stopped (SIGTSTP). Nobody can do it when barco is
 * killed by SIGKILL, or stopped by SIGSTOP: `stty sane` helps then. If your
 * terminal hangs up, so does the container's. In the background barco shows
 * output and leaves the keys to the foreground.
 *
 * **Whose.** The pair is made by PID 1 of the container in the container's own
 * /dev/pts, so it is /dev/pts/0 there, and no name of it exists on the host.
 * The slave comes from the master (TIOCGPTPEER), not from a path, which could
 * lead elsewhere. For the same reason nothing is mounted on /dev/console: it
 * is for the messages of the kernel and of an init system, the container has
 * neither, and to put a terminal there by its path was CVE-2025-52565 in runc.
 *  @{
 */

/** What has been read and is still to be written: the longest line of a
 * terminal is 4096 bytes (termios(3)); and an end of file. */
struct barco_console_buffer {
    unsigned char data[4096 + 1]; /**< from @p begin to @p end */
    size_t begin;                 /**< the first that is not written yet */
    size_t end;                   /**< after the last */
};

/** The terminal of a container; the host and PID 1 have one each. */
struct barco_console {
    bool replaced[3]; /**< whether 0, 1, 2 were terminals of the caller */
    bool wanted;      /**< whether any was; else nothing here does a thing */
    bool interactive; /**< 0 and 1: the caller's terminal is to be raw */
    int output;       /**< which of 1, 2, 0 shows what the container writes */
    int master;       /**< on the host: keyboard and screen; -1: none */
    struct barco_terminal terminal;    /**< standard input, as it was */
    struct barco_console_buffer shown; /**< what the container wrote */
};

/** No terminal yet. */
#define BARCO_NO_CONSOLE { .wanted = false, .master = -1 }

/**
 * In PID 1: leave the session that we were started in, and so the process
 * group, for a signal to a group reaches all of its members, also on the host;
 * and the controlling terminal, which /dev/tty would be. Before that, remember
 * how the terminal is set up, if it is ours to look at.
 *
 * @return 0, or a negative errno, reported
 * @see credentials(7), setsid(2)
 */
int barco_console_separate(void);

/**
 * In PID 1: find out whether the container needs a terminal; if so make it, and
 * put the slave instead of the caller's terminal. The parent gets "ready", and
 * the master with it.
 *
 * It starts with the settings and the size of the caller's terminal.
 *
 * @pre /dev/pts is the container's own, and no other program runs there yet;
 *      the session was left by barco_console_separate()
 * @param[out] console  for barco_console_take()
 * @param handshake     of the child
 * @param owner         user id in the container that the terminal belongs to
 * @return 0, or a negative errno, reported: ENOSPC when there are too many
 *         terminals, ENODEV when /dev/pts is something else
 * @see pty(7), ioctl_tty(2), devpts in the kernel's documentation
 */
int barco_console_open(struct barco_console *console,
                       struct barco_handshake *handshake, uid_t owner);

/**
 * In the command's process: a session of its own, with the terminal as its
 * controlling terminal, so that Ctrl-C and job control work. Without a terminal
 * it stays in the session of PID 1.
 *
 * @param console  as it was opened in PID 1
 * @return 0, or a negative errno, reported
 * @see setsid(2), TIOCSCTTY in ioctl_tty(2)
 */
int barco_console_take(const struct barco_console *console);

/**
 * On the host: wait as barco_handshake_follow() does, take the master, and be
 * the screen of the container until then. Signals do what they do in
 * barco_console_wait(); no key is read, and the caller's terminal stays as it
 * is.
 *
 * @param[in,out] console  BARCO_NO_CONSOLE before; to be closed
 * @param handshake        after the release; closed afterwards
 * @param child            the process
 * @param[out] error       as for barco_handshake_follow()
 * @return 0, or a negative errno, reported
 */
int barco_console_connect(struct barco_console *console,
                          struct barco_handshake *handshake,
                          struct barco_process *child,
                          struct barco_handshake_error *error);

/**
 * On the host: wait as barco_process_wait() does, and be keyboard and screen
 * of the container until then.
 *
 * Without a master it is barco_process_wait(). With one, signals that the
 * terminal sends (Ctrl-C where it is not raw) go to the foreground inside, and
 * others to the child; SIGWINCH takes the new size over; SIGTSTP gives the
 * settings back and stops us, and SIGCONT takes the terminal again.
 *
 * @param console    closed afterwards, and the caller's terminal as it was
 * @param handshake  where it is still open, barco_console_connect() comes first
 * @param child      empty afterwards
 * @return its exit status, as barco_process_wait() gives it; or a negative
 *         errno, reported, and then the child may still be there
 * @see poll(2), signalfd(2), termios(3)
 */
int barco_console_wait(struct barco_console *console,
                       struct barco_handshake *handshake,
                       struct barco_process *child);

/**
 * Cleanup: close the master.
 *
 * @param console  without a descriptor afterwards
 */
void barco_console_close(struct barco_console *console);

/** @} */

#endif
