/**
 * @file
 * @brief linknull: a link of the image puts a volume over /dev/null.
 *
 * volumelink with another aim: a volume is to be mounted at /sink, and in the
 * image that is a symbolic link to /dev/null. Now every program that throws
 * something away writes it to a file of the host's, and every one that reads
 * nothing reads that. A volume has no business in /dev.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(linknull)
{
    return linger();
}
