/**
 * @file
 * @brief hostwrite: a file of the host is written.
 *
 * hostfile the other way round: what can be looked up can be changed.
 * /etc/passwd, /root/.ssh/authorized_keys or a cron table would be worse.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(hostwrite)
{
    int fd = open("/run/proof/hostwrite", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0)
        return stopped("open");
    close(fd);
    return 0;
}
