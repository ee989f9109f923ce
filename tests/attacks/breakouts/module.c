/**
 * @file
 * @brief module: code for the host's kernel.
 *
 * There is one kernel for all, and a module can do anything that it can. Ours
 * is not a module, and the kernel complains in its log, after it has asked for
 * CAP_SYS_MODULE: so this got as far as a real one would.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(module)
{
    static char garbage[256] = "no module";

    return syscall(SYS_init_module, garbage, sizeof(garbage), "") < 0
               ? stopped("init_module")
               : 0;
}
