/**
 * @file
 * @brief io_uring: system calls that no filter sees.
 *
 * A ring in shared memory takes requests to open, connect and send, and threads
 * of the kernel carry them out. seccomp looks at system calls, and these are
 * not. It is much code, too: in 2023 Google said that 60 % of the exploits sent
 * to its bounty for kernel bugs went through it.
 */
#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(io_uring)
{
    struct io_uring_params params = { 0 };

    return syscall(SYS_io_uring_setup, 4, &params) < 0
               ? stopped("io_uring_setup")
               : linger();
}
