/**
 * @file
 * @brief The command line of stage 09, read again and again in one process.
 */
#ifndef BARCO_TESTS_FUZZ_LINE_H
#define BARCO_TESTS_FUZZ_LINE_H

#include <stdbool.h>

#include "barco/spec.h"

enum {
    LINE_WORDS = 64 /**< of a command line */
};

/** What became of a command line. */
struct line {
    bool ended; /**< by exit(): a mistake, or an option such as --help */
    int status; /**< then: of exit() */
    int result; /**< otherwise 0, or a negative errno */
    struct barco_spec spec; /**< for 0 */
    char said[65536];       /**< what it wrote, ended by NUL */
};

/**
 * Read a command line as barco does.
 *
 * What must hold for each: what barco says can be shown on a terminal; a
 * mistake ends it with status 125, a question such as --help with 0, and either
 * way something was said; and a specification that it accepts is one that the
 * library accepts.
 *
 * @param words  after `barco --mnt=/`
 * @param count  of words, up to #LINE_WORDS
 * @return what became of it; it lasts until line_free()
 */
const struct line *line_read(char *const words[], int count);

/**
 * Read the line `barco --mnt=/ OPTION=VALUE true`.
 *
 * @param option  such as "--memory"
 * @param value   its value
 * @return as line_read()
 */
const struct line *line_read_option(const char *option, const char *value);

/** Free everything that the last line has allocated. */
void line_free(void);

#endif
