/**
 * @file
 * @brief procexe: the runtime's own program is changed from inside.
 *
 * /proc/PID/exe leads to a process's program, wherever that lies. PID 1 of the
 * container was started as the runtime, so its exe is a file of the host, and
 * whoever may follow the link may change it: the next container runs what was
 * written there, as the host's root. CVE-2019-5736 (runc). We only change its
 * mode. PID 1 has made itself non-dumpable; that stops all but the host's root.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(procexe)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/exe", parent());
    return chmod(path, 0777) < 0 ? stopped("chmod") : 0;
}
