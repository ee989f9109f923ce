/**
 * @file
 * @brief volumelink: a volume ends up where the image wants it.
 *
 * A volume is to be mounted at /data, and in the image /data is a symbolic link
 * to /proc. A runtime that follows it covers /proc with files that we made, and
 * then writes its own settings, or those of a security module, to nowhere.
 * CVE-2019-16884 and CVE-2019-19921 (runc), CVE-2021-30465 is the race.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(volumelink)
{
    return linger();
}
