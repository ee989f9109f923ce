/**
 * @file
 * @brief freshproc: a new /proc, without masks and read-only paths.
 *
 * Why take masks off, if proc can be mounted again? In the new one sysctls can
 * be written; ours is harmless (vm.overcommit_ratio). In a user namespace the
 * kernel mounts no proc that shows more than the one that is there, and a
 * sysctl belongs to the host's root anyway.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(freshproc)
{
    mkdir("/tmp/proc", 0755);
    if (mount("proc", "/tmp/proc", "proc", 0, NULL) < 0)
        return stopped("mount(\"proc\")");
    return put("/tmp/proc/sys/vm/overcommit_ratio", "51") < 0
               ? stopped("overcommit_ratio")
               : 0;
}
