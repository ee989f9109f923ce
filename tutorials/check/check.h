/**
 * @file
 * @brief What the check of an exercise is written with.
 *
 * A check starts the reader's program and looks at the kernel, from outside
 * that program: at /proc, at cgroups, at what it printed. It never believes
 * what the program says of itself. Numbers and names come from a seed, so that
 * nobody can know the answer beforehand.
 *
 * The program runs as learner, or as the root of a user namespace of its own,
 * in a cgroup with limits. It cannot reach the check, and whatever it leaves
 * running is killed at the end of each test.
 *
 * @code
 * static void the_limit_is_in_the_kernel(void)
 * {
 *     long limit = seeded(10, 90);
 *     pid_t sleeper = find_in(start(number(limit), "sleep", "1000", NULL),
 * "sleep");
 *
 *     expect_text("pids.max of its cgroup", cgroup_file(sleeper, "pids.max"),
 *                 number(limit));
 * }
 *
 * EXERCISE("05_cgroups", "pids_limit", AS_LEARNER,
 *          { "the limit is in the kernel", the_limit_is_in_the_kernel })
 * @endcode
 */
#ifndef BARCO_TUTORIALS_CHECK_H
#define BARCO_TUTORIALS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* ---- The exercise -------------------------------------------------------- */

/** As whom the reader's program runs. */
enum run_as {
    AS_LEARNER,       /**< an ordinary user */
    AS_NAMESPACE_ROOT /**< learner, as uid 0 of a new user and network namespace
                       */
};

/** A test of an exercise. */
struct check_test {
    const char *name;  /**< a sentence that holds for a right solution */
    void (*run)(void); /**< calls expect_*() */
};

/** An exercise, and how it is checked. */
struct exercise {
    const char *chapter;            /**< as in "05_cgroups" */
    const char *name;               /**< as its folder */
    enum run_as user;               /**< who runs the reader's program */
    const struct check_test *tests; /**< ended by one without a name */
    struct exercise *next;          /**< set by exercise_add() */
};

/** Makes an exercise known to main(). @param exercise  it */
void exercise_add(struct exercise *exercise);

/** Defines the exercise of a file: chapter, name, enum run_as, tests. */
#define EXERCISE(chapter_, name_, user_, ...)                         \
    static const struct check_test tests_[] = { __VA_ARGS__, { 0 } }; \
    static struct exercise exercise_ = { .chapter = (chapter_),       \
                                         .name = (name_),             \
                                         .user = (user_),             \
                                         .tests = tests_ };           \
    __attribute__((constructor)) static void add_(void)               \
    {                                                                 \
        exercise_add(&exercise_);                                     \
    }

/* ---- What nobody can know beforehand ------------------------------------- */

/** A number from the seed. @param low,high  its bounds, which it may be
 * @return the number; two calls in a row differ, if the bounds allow it */
long seeded(long low, long high);

/** A word from the seed, of eight lower-case letters. @return it, kept until
 * the test ends */
const char *seeded_word(void);

/** A number as an argument. @param n  it @return its digits, kept until the
 * test ends */
const char *number(long n);

/** Text as by printf(3). @param format  as for printf @return it, kept until
 * the test ends */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- The reader's program ------------------------------------------------ */

/** What a program left that has ended. */
struct run {
    bool ended; /**< false if it was still running after #patience seconds */
    int status; /**< exit status; 128 + N after signal N; -1 if it did not end
                 */
    char out[65536]; /**< the beginning of what it wrote to standard output */
    char err[65536]; /**< the same of standard error */
};

/** For how long a program may run, and a check waits, in seconds: 30, or what
 * --patience says. */
extern int patience;

/** Runs the program to its end. @param[out] run  what it left @param ...  its
 * arguments; ended by NULL */
void run_to_end(struct run *run, ...) __attribute__((sentinel));

/** Starts the program, and returns. @param ...  its arguments; ended by NULL
 * @return its process */
pid_t start(const char *argument, ...) __attribute__((sentinel));

/** Has every program that is started from now on in this test prepared, as its
 * caller would do it: open descriptors, a umask, a filter. It may also become
 * another program that stands beside the reader's, by execvp(3).
 * @param prepare  called last in the child, as its user, before execve(2);
 * returns whether it could; NULL: nothing is prepared any longer
 * @param arg  handed to it */
void before_start(bool (*prepare)(void *arg), void *arg);

/** The check itself, as a command for the reader's program. With the arguments
 * "--call", the number of a system call, and up to six arguments of that call,
 * which are numbers or texts, it makes the call and prints the kernel's answer:
 * "0", or an error as in "EPERM". @return its path */
const char *this_check(void);

/** Waits for the end of a program that start() has started. @param pid  its
 * process @return its exit status, as in struct run; -1, and the test fails, if
 * it still runs after #patience seconds */
int end_of(pid_t pid);

/** The folder of the test in which the program may write. @return its path; it
 * is removed when the test ends */
const char *folder(void);

/* ---- The kernel ---------------------------------------------------------- */

/** Waits for a process by the name that /proc/PID/comm has: the one that was
 * started, or one below it.
 * @param parent  the one that was started @param comm  as in "sleep"
 * @return its pid, on the host; 0, and the test fails, if there is none in
 * #patience seconds */
pid_t find_in(pid_t parent, const char *comm);

/** Counts the processes whose parent is this one, or one below it, zombies
 * included. @param pid  of the process @return how many */
int count_below(pid_t pid);

/** Counts the zombies among them. @param pid  of the process @return how many
 */
int zombies_below(pid_t pid);

/** Counts what the programs of the test have started, wherever it is now, and
 * themselves: what runs, and zombies. Ask eventually(), since even a SIGKILL
 * takes a moment. @return how many */
int processes_left(void);

/** Reads a file, without the last newline. @param format  its path, as by
 * printf
 * @return its text, kept until the test ends; "" if it cannot be read */
const char *file_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/** Where a symbolic link leads. @param format  its path, as by printf
 * @return as in "/etc/passwd"; "" if it cannot be read */
const char *link_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/** The descriptors of a process. @param pid  of the process
 * @return their numbers, in order, as in "0 1 2" */
const char *descriptors_of(pid_t pid);

/** A field of /proc/PID/status. @param pid  of the process @param field  as in
 * "NSpid" @return its value; "" if there is none */
const char *status_of(pid_t pid, const char *field);

/** A file of the cgroup in which a process is. @param pid  of the process
 * @param file  as in "pids.max" @return its text; "" if it cannot be read */
const char *cgroup_file(pid_t pid, const char *file);

/** Counts the cgroups that the program has made and not removed. @return how
 * many */
int cgroups_made(void);

/** The cgroup of the test, in which a check may make others, and put processes
 * into them. @return its folder; when the test ends, all in it is killed and
 * removed */
const char *cgroup_of_test(void);

/** A namespace of a process. @param pid  of the process @param kind  as in
 * "pid"
 * @return as in "pid:[4026531836]"; "" if it cannot be read */
const char *namespace_of(pid_t pid, const char *kind);

/** A line of /proc/PID/mountinfo. @param pid  of the process @param point  a
 * mount point as that process names it, without special characters
 * @return the line of the uppermost mount there; "" if nothing is mounted there
 */
const char *mount_of(pid_t pid, const char *point);

/** Waits until something holds, for at most #patience seconds.
 * @param holds  asked again and again @param arg  handed to it
 * @return whether it did */
bool eventually(bool (*holds)(void *arg), void *arg);

/* ---- What was seen, and what was expected: both in words, and the test fails
   if they differ ----------------------------------------------------------- */

/** Two texts are the same. @param what  as in "its host name" @param saw  the
 * text
 * @param expected  the other @return whether they are */
bool expect_text(const char *what, const char *saw, const char *expected);

/** Two numbers are the same. @param what  as in "its exit status" @param saw
 * the number @param expected  the other @return whether they are */
bool expect_number(const char *what, long saw, long expected);

/** Something holds. @param holds  whether it does @param expected  what should
 * be, in a sentence @param saw  what was seen, as by printf @return @p holds */
bool expect(bool holds, const char *expected, const char *saw, ...)
    __attribute__((format(printf, 3, 4)));

#endif
