/**
 * @file
 * @brief cgrouplimit: the container raises its own limit.
 *
 * A limit is a file. /sys/fs/cgroup is mounted read-only, but root with
 * CAP_SYS_ADMIN can remount it. What stops it is that the files are the host's
 * root's, and that a cgroup namespace's own limits cannot be written from
 * within it (nsdelegate).
 */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

/* Where we are in the tree that we see. */
static void own_group(char *path, size_t size)
{
    char line[256] = "0::/\n";
    FILE *file = fopen("/proc/self/cgroup", "re");

    if (file && fgets(line, sizeof(line), file))
        fclose(file);
    snprintf(path, size, "/tmp/v2%.*s/pids.max", (int)strcspn(line + 3, "\n"),
             line + 3);
}

BREAKOUT(cgrouplimit)
{
    char path[512];

    mkdir("/tmp/v2", 0755);
    if (mount("v2", "/tmp/v2", "cgroup2", 0, NULL) < 0)
        return stopped("mount(\"cgroup2\")");
    own_group(path, sizeof(path));
    return put(path, "max") < 0 ? stopped("pids.max") : linger();
}
