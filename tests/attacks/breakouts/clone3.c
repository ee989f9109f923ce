/**
 * @file
 * @brief clone3: like clone, with the flags where no filter sees them.
 *
 * clone3(2) takes a pointer, and a seccomp filter cannot follow pointers. So
 * all of it has to go, with ENOSYS: then the C library falls back to clone.
 * EPERM would break every program that starts a thread.
 */
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(clone3)
{
    struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
    long pid = syscall(SYS_clone3, &args, sizeof(args));

    if (pid < 0)
        return stopped("clone3");
    if (pid == 0)
        return linger();
    wait(NULL);
    return 0;
}
