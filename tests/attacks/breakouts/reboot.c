/**
 * @file
 * @brief reboot: what the host does at Ctrl-Alt-Del.
 *
 * reboot(2) can do worse than this, and in a PID namespace it does less: there
 * it ends the container, and knows no other request.
 */
#include <sys/reboot.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(reboot)
{
    return reboot(RB_DISABLE_CAD) < 0 ? stopped("reboot(RB_DISABLE_CAD)") : 0;
}
