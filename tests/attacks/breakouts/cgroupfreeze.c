/**
 * @file
 * @brief cgroupfreeze: somebody else's processes stand still.
 *
 * The cgroup tree is a file system, and a process that can write cgroup.freeze
 * of a service stops it. It needs no path to the tree: a new mount shows all of
 * it, unless we are in a cgroup namespace and in a user namespace.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(cgroupfreeze)
{
    mkdir("/tmp/v2", 0755);
    if (mount("v2", "/tmp/v2", "cgroup2", 0, NULL) < 0)
        return stopped("mount(\"cgroup2\")");
    return put("/tmp/v2/victim/cgroup.freeze", "1") < 0 ? stopped("freeze") : 0;
}
