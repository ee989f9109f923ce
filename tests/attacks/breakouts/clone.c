/**
 * @file
 * @brief clone: like unshare, by another door.
 *
 * clone(2) makes namespaces too. A filter cannot forbid it, because fork(2)
 * needs it, but it can look at the flags, which are a number in a register.
 */
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(clone)
{
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

    if (pid < 0)
        return stopped("clone");
    if (pid == 0)
        return linger();
    wait(NULL);
    return 0;
}
