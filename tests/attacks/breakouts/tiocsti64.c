/**
 * @file
 * @brief tiocsti64: like tiocsti, with a bit that only the filter sees.
 *
 * An ioctl's number has 32 bits in the kernel and 64 in the register. A filter
 * that compares all 64 with TIOCSTI does not know TIOCSTI|1<<32; the kernel
 * throws the upper half away and does it. CVE-2019-10063 (flatpak).
 */
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(tiocsti64)
{
    for (const char *c = "owned\n"; *c; c++)
        if (syscall(SYS_ioctl, STDIN_FILENO, TIOCSTI | 1UL << 32, c) < 0)
            return stopped("ioctl(TIOCSTI|1<<32)");
    return 0;
}
