/**
 * @file
 * @brief mountleak: a file system mounted inside appears on the host.
 *
 * systemd makes every mount shared, and a new mount namespace gets copies that
 * are shared with the originals: what is mounted in one appears in the other.
 * That way a container could cover files of the host. A mount namespace alone
 * does not help; MS_REC|MS_PRIVATE on / before anything is mounted does.
 */
#include <sys/mount.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(mountleak)
{
    return mount("mountleak", "/tmp", "tmpfs", 0, NULL) < 0 ? stopped("mount")
                                                            : 0;
}
