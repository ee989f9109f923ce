/**
 * @file
 * @brief initenv: the environment of PID 1.
 *
 * The command's environment may be clean, but PID 1 is still the runtime, and
 * was started with the host's. /proc/PID/environ reads it from its memory. Only
 * a process that may trace PID 1 may read it, and PID 1 is not dumpable.
 */
#include <stdio.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(initenv)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/environ", parent());
    return show(path);
}
