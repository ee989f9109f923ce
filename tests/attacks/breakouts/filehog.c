/**
 * @file
 * @brief filehog: more open files than the machine has to give.
 *
 * fs.file-max says how many files all processes together may have open. The
 * limit of one process is RLIMIT_NOFILE, and a process that may raise it far
 * enough can have them all; then nobody on the host but root can open anything.
 * We take 4,000. A hard limit of 1,024 for each process, and pids.max, leave
 * enough.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(filehog)
{
    struct rlimit files;
    int count = 0;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    /* A pipe end; descriptors of one file would count as one. */
    while (count < 4000 && pipe((int[2]){ 0 }) == 0)
        count += 2;
    printf("%d files\n", count);
    return count < 4000 ? stopped("pipe") : linger();
}
