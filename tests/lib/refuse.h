/**
 * @file
 * @brief Make the kernel refuse a system call.
 */
#ifndef BARCO_TESTS_REFUSE_H
#define BARCO_TESTS_REFUSE_H

#include <stdint.h>

/** Any value of an argument. */
#define ANY_ARG (-1)

/**
 * From now on a system call fails, in this process and in everything that it
 * starts.
 *
 * @param nr     its number, SYS_...
 * @param arg    number of an argument, from 0, or ANY_ARG
 * @param value  the call fails only where the low half of the argument is this
 * @param err    its errno
 */
void refuse_call(long nr, int arg, uint32_t value, int err);

#endif
