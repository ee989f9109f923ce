/**
 * @file
 * @brief Runs a stage under ptrace(2), and lets one of its system calls fail.
 *
 * Recorded is what barco itself calls: in the process that is the stage, from
 * its main() to its end, and in each child until that becomes another program.
 * A process is named by its birth: "0" is the stage, "0.2" its second child,
 * "0.2.1" the first child of that one. So names are the same in each run,
 * whatever comes first.
 */
#ifndef BARCO_TESTS_INJECT_H
#define BARCO_TESTS_INJECT_H

#include <stdbool.h>
#include <stddef.h>

enum {
    NAME_MAX_ = 24,
    CALLS_MAX = 4096
};

/** A system call of a run. */
struct call {
    char process[NAME_MAX_]; /**< who makes it, by birth */
    long nr;                 /**< SYS_* */
    int number;  /**< which of that process's calls of this kind, from 1 */
    long answer; /**< what the kernel answered, or a negative errno */
};

/** The calls of a run, in the order in which they came. */
struct calls {
    struct call call[CALLS_MAX]; /**< each of them */
    int count;                   /**< how many */
};

/** A run, and what it is to meet. */
struct trial {
    const char *stage;       /**< path of the program; children that execute
                                  another one are not looked at */
    char *const *argv;       /**< the stage's words */
    const char *user;        /**< who starts it: root, or a user of the lab */
    const struct call *fail; /**< the call that fails, or NULL */
    int error;               /**< what it fails with, an errno */
    int out;                 /**< descriptor for standard output */
    int err;                 /**< and for standard error */
};

/**
 * Run it to the end of its last process.
 *
 * A call that fails is not made, but for close(2), which closes whatever it
 * answers.
 *
 * @param trial       what to run
 * @param[out] calls  the calls that were made
 * @param[out] met    whether the call that should fail was made
 * @return exit status of the stage, 128 + N after signal N; -1 when a process
 * was still there after a minute, which has been killed
 */
int inject(const struct trial *trial, struct calls *calls, bool *met);

/** The name of a system call. @param nr  SYS_* @return its name */
const char *name_of_call(long nr);

#endif
