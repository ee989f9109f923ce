/**
 * @file
 * @brief What every stage's main() does.
 */
#ifndef BARCO_STAGE_H
#define BARCO_STAGE_H

#include "barco/error.h"
#include "barco/process.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    BARCO_MAX_OPTION_GROUPS = 12 /**< in one stage; an empty one ends them */
};

/** A stage: what it says of itself, its options, and its story. */
struct barco_stage {
    const char *about;  /**< one sentence for `--help` */
    const char *banner; /**< what to try; an interactive shell begins with it */
    const char *demo;   /**< shell commands, one a line, for `--demo` */
    struct barco_option_group options[BARCO_MAX_OPTION_GROUPS]; /**< `--help`
        lists them in this order */
    /** runs the command: its exit status, or a negative errno, reported */
    int (*run)(char **argv);
};

/**
 * Read the command line, run the stage, and leave the terminal as it was.
 *
 * Signals are blocked for as long as there may be something to clean up, and
 * those that came meanwhile arrive at the end.
 *
 * @param stage  what to do
 * @param argc   of main()
 * @param argv   of main()
 * @return the exit status: the command's, or 125 (BARCO_EXIT_FAILED)
 */
int barco_stage_main(const struct barco_stage *stage, int argc, char **argv);

#endif
