/**
 * @file
 * @brief Stage 08: what a command finds when it starts, and nothing else.
 */
#ifndef BARCO_ENVIRONMENT_H
#define BARCO_ENVIRONMENT_H

#include <argp.h>

/**
 * @defgroup environment Environment
 * @brief Variables, working directory, descriptors: none of them the host's.
 *
 * A process hands more on to what it executes than its arguments: a working
 * directory, an environment full of secrets and settings, and every descriptor
 * that is not marked close-on-exec. Each of them can be a way out.
 *  @{
 */

/** How many variables the command line can set. */
#define BARCO_MAX_VARIABLES 128

/** What the command is given. */
struct barco_environment {
    const char *workdir;                  /**< `-w`; NULL: the root directory */
    char *variables[BARCO_MAX_VARIABLES]; /**< `-e`: NAME=VALUE, or NAME */
    int count;                            /**< how many variables */
};

/** `-e/--env`, `-w/--workdir`; fills a struct barco_environment. */
extern const struct argp barco_environment_argp;

/**
 * In the command's process: a clean environment, and the working directory.
 *
 * PATH and HOME are set, TERM is kept, and then come those of `--env`; NAME
 * without a value is taken from the environment that barco was started in.
 *
 * @pre the root directory and the user are the command's
 * @param environment  what the command is given
 * @return 0, or a negative errno, reported: ENOENT or EACCES when there is no
 *         such working directory, ELOOP when it lies outside of the root
 * @see environ(7), getcwd(2)
 */
int barco_environment_enter(const struct barco_environment *environment);

/**
 * In the command's process: close all descriptors but 0, 1 and 2, ours and
 * those that we were started with.
 *
 * It comes before the working directory is entered, which could lead through
 * one of them.
 *
 * @return 0, or a negative errno, reported
 * @see close_range(2), in the kernel since 5.9
 */
int barco_environment_close_descriptors(void);

/** @} */

#endif
