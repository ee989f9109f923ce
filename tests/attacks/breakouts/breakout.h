/**
 * @file
 * @brief What a break-out is made of.
 *
 * Each file beside this one is a break-out: its story, and BREAKOUT(name) with
 * what it does. All are linked into one program, so that one file brings them
 * into a container: `breakout forkbomb`. It does nothing outside the lab.
 *
 * A break-out prints what it finds and says what stopped it. It does not decide
 * whether it got through: run-matrix looks at the host (../run-matrix).
 */
#ifndef BARCO_TESTS_BREAKOUT_H
#define BARCO_TESTS_BREAKOUT_H

/** A break-out, by its name. */
struct breakout {
    const char *name;         /**< as on the command line */
    int (*run)(char **words); /**< words: what follows, ended by NULL */
};

/** Defines a break-out: `BREAKOUT(kill) { ... }`, with `words` at hand. */
#define BREAKOUT(id)                                                         \
    static int run_##id(char **words);                                       \
    static const struct breakout entry_##id = { #id, run_##id };             \
    __attribute__((used, section("breakouts"))) static const struct breakout \
        *const pointer_##id = &entry_##id;                                   \
    static int run_##id(__attribute__((unused)) char **words)

/** Report which call failed, and why. @return 1, the exit status */
int stopped(const char *call);

/** Print what a file holds, up to 4 KiB. @return 0, or 1 after stopped() */
int show(const char *path);

/** Whether a file can be read and is not empty, as one under a mask is. */
int readable(const char *path);

/** Print what a descriptor gives, up to 4 KiB. @return as show() */
int show_fd(int fd, const char *what);

/** Write a text to a file that is there. @return 0, or -1 with errno set */
int put(const char *path, const char *text);

/** The host's disk, as its kernel calls it: vda in the lab, sda in the page.
 *
 * @return its name in /sys/class/block
 */
const char *disk_of_host(void);

/** Stay, under the name "escaped", until run-matrix has seen us. @return 0 */
int linger(void);

/** Our parent's number in the /proc that is mounted; in a container it is PID
 * 1, which was started as the runtime. @return the number, or 0 */
int parent(void);

/** The host's path of this container's root directory.
 *
 * A mount of a directory shows in mountinfo which directory it is. Handlers
 * that the kernel starts live on the host and need its path.
 *
 * @return the path, "" for the host's own root
 */
const char *root_on_host(void);

#endif
