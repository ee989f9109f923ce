/**
 * @file
 * @brief corepipe: a crash in the container starts a program of the host.
 *
 * If core_pattern begins with |, as on most desktops, the kernel starts that
 * program for every crash, as the host's root and outside every container,
 * and it reads what the crashed process prepared for it: memory, names, links
 * in /proc (CVE-2015-1318, CVE-2022-1242 of apport). A limit of 0 on core files
 * does not stop it. A limit of 1 does: core(5) says so.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(corepipe)
{
    struct rlimit core;
    int status;
    pid_t pid;

    getrlimit(RLIMIT_CORE, &core);
    core.rlim_cur = core.rlim_max;
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
