/**
 * @file
 * @brief ptrace: PID 1 becomes a puppet.
 *
 * A tracer reads and writes the memory of a process and runs what it likes in
 * it. PID 1 of the container is the runtime: it has not dropped as much as the
 * command, has no filter, and holds what the host gave it.
 */
#include <sys/ptrace.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(ptrace)
{
    if (ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) < 0)
        return stopped("ptrace(PTRACE_SEIZE)");
    return linger();
}
