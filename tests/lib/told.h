/**
 * @file
 * @brief What `--explain=json` has written.
 */
#ifndef BARCO_TESTS_TOLD_H
#define BARCO_TESTS_TOLD_H

#include <stdbool.h>

/** A line of it; what it does not have is "". */
struct told {
    const char *place;  /**< who speaks */
    const char *step;   /**< the sentence */
    const char *call;   /**< with decoded flags */
    const char *why;    /**< the reason */
    const char *result; /**< of a step, or of a call that failed */
    const char *cause;  /**< of the failure */
    const char *file;   /**< source file */
    int line;           /**< and line */
};

enum {
    TOLD_MAX = 256
};

/** All lines, in the order in which they came. */
struct tale {
    struct told told[TOLD_MAX]; /**< the lines */
    int count;                  /**< how many there are */
};

/**
 * Parse standard error of a stage. A line that is not an object, or lacks what
 * each has, is printed.
 *
 * @param[out] tale  the lines; their texts last until the program ends
 * @param text  as written
 * @return whether each line is a whole object
 */
bool read_told(struct tale *tale, const char *text);

/**
 * Find a line.
 *
 * @param tale  where
 * @param place  who speaks
 * @param call   a part of the call, or NULL: a line without one
 * @param step   a part of the sentence
 * @return the first, or one in which everything is ""
 */
const struct told *find_told(const struct tale *tale, const char *place,
                             const char *call, const char *step);

#endif
