/**
 * @file
 * @brief Takes errors that a test provokes, and keeps the last one.
 */
#include "tests/lib/errors.h"

#include <stdio.h>

struct remembered remembered;

void be_quiet(const struct barco_error *error, void *arg)
{
    (void)error;
    (void)arg;
}

void remember_error(const struct barco_error *error, void *arg)
{
    (void)arg;
    snprintf(remembered.call, sizeof(remembered.call), "%s", error->call);
    snprintf(remembered.args, sizeof(remembered.args), "%s", error->args);
    snprintf(remembered.cause, sizeof(remembered.cause), "%s",
             error->cause ? error->cause : "");
}
