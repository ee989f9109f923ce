/**
 * @file
 * @brief dmesg: the log of the host's kernel is read.
 *
 * It tells of addresses, of hardware, and of what other containers did. With
 * kernel.dmesg_restrict it takes CAP_SYSLOG, in the first user namespace.
 */
#include <stdio.h>
#include <sys/klog.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(dmesg)
{
    static char text[1 << 18];
    int n = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, text, sizeof(text));

    if (n < 0)
        return stopped("syslog(SYSLOG_ACTION_READ_ALL)");
    fwrite(text, 1, (size_t)n, stdout);
    return 0;
}
