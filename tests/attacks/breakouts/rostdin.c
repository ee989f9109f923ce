/**
 * @file
 * @brief rostdin: a file that was handed in for reading is written.
 *
 * `barco sh <data` hands in a descriptor that can only be read. But
 * /proc/self/fd/0 is a door to the file itself, and whether it can be opened
 * anew depends only on its owner and its mode: an ordinary user's container is
 * that user. No namespace has anything to do with it, and no mount. Hand in a
 * pipe, `cat data | barco sh`, and there is no file behind the door.
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(rostdin)
{
    return put("/proc/self/fd/0", "owned") < 0 ? stopped("/proc/self/fd/0") : 0;
}
