/**
 * @file
 * @brief corepipe: a crash in the container starts a program of the host.
 *
 * If core_pattern begins with |, as on most desktops, the kernel starts that
 * program for every crash, as the host's root and outside every container,
 * and it reads what the crashed process prepared for it: memory, names, links
 * in /proc (CVE-2015-1318, CVE-2022-1242 of apport). RLIMIT_CORE is ignored
 * then, says core(5), even if it is 0. But the kernel starts nothing if it is
 * 1: so it keeps such a program from running for its own crashes (coredump_pipe
 * or do_coredump in fs/coredump.c). A process can lower 1 to 0 again; only the
 * filter stops that.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(corepipe)
{
    static const struct rlimit core = { 0, 0 };
    int status;
    pid_t pid;

    setrlimit(RLIMIT_CORE, &core);
    if ((pid = fork()) < 0)
        return stopped("fork");
    if (pid == 0) {
        raise(SIGSEGV);
        _exit(1);
    }
    waitpid(pid, &status, 0);
    return WCOREDUMP(status) ? linger() : stopped("core");
}
