/**
 * @file
 * @brief shm: shared memory of the host.
 *
 * System V shared memory is found by a number, in no directory. Databases keep
 * their buffers there. It belongs to the IPC namespace.
 */
#include <stdio.h>
#include <sys/shm.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(shm)
{
    int id = shmget(0xba2c0, 0, 0);
    const char *text = id < 0 ? NULL : shmat(id, NULL, SHM_RDONLY);

    if (!text || text == (void *)-1)
        return stopped("shmget");
    puts(text);
    return 0;
}
