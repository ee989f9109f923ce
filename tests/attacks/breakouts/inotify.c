/**
 * @file
 * @brief inotify: a resource that no cgroup counts is used up.
 *
 * A user may have 128 inotify instances. A user namespace counts its own, and
 * counts them once more for the user who made it: so the host's root has none
 * left of its own, and systemd, udev and tail -f fail there. A smaller limit
 * inside helps: /proc/sys/user/max_inotify_instances, which every user
 * namespace has for itself.
 */
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(inotify)
{
    int instances = 0;

    /* What somebody gives back meanwhile is ours too. */
    for (int i = 0; i < 60; i++) {
        while (instances < 4096 && inotify_init1(0) >= 0)
            instances++;
        if (instances < 100)
            return stopped("inotify_init1");
        prctl(PR_SET_NAME, "escaped");
        usleep(100000);
    }
    printf("%d instances\n", instances);
    return 0;
}
