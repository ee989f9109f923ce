/**
 * @file
 * @brief imagenode: a device node came with the image.
 *
 * A container may not call mknod, but a node can be among its files already: an
 * archive that the host's root unpacks brings along whatever is in it, as here
 * a node for the host's disk. A mount with nodev opens none. Without it, what
 * is left is the file's mode, and a cgroup's list of devices.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(imagenode)
{
    return show("/image-disk");
}
