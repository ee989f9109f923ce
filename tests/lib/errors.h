/**
 * @file
 * @brief Errors that are expected: sinks for barco_error_set_sink().
 */
#ifndef BARCO_TESTS_ERRORS_H
#define BARCO_TESTS_ERRORS_H

#include "barco/error.h"

/** What remember_error() was given last. */
struct remembered {
    char call[64];   /**< the call that failed */
    char args[256];  /**< its arguments */
    char cause[256]; /**< its likely cause, or "" */
};

/** The last error. */
extern struct remembered remembered;

/** A sink that says nothing. @param error  ignored @param arg  ignored */
void be_quiet(const struct barco_error *error, void *arg);

/** A sink that says nothing, and keeps it in #remembered.
 * @param error  what is kept @param arg  ignored */
void remember_error(const struct barco_error *error, void *arg);

#endif
