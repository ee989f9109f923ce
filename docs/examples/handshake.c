/* A child waits for its parent, and gets a descriptor from it. */
#include "barco/handshake.h"
#include <fcntl.h>
#include <unistd.h>

static int child(void *handshake)
{
    char *const command[] = { "head", "-n", "1", NULL };
    struct barco_fds fds;

    if (barco_handshake_wait(handshake, &fds) < 0 ||
        dup2(fds.fd[0], STDIN_FILENO) < 0)
        return 1;
    return barco_process_exec(command);
}

int main(void)
{
    struct barco_handshake both = BARCO_NO_HANDSHAKE;
    struct barco_fds fds = { 1, { open("/proc/self/status", O_RDONLY) } };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;

    if (barco_handshake_open(&both) < 0 ||
        barco_process_spawn(&process, 0, child, &both) < 0 ||
        barco_handshake_release(&both, &fds) < 0 ||
        barco_handshake_follow(&both, &process, NULL, NULL) < 0)
        return 1;
    return barco_process_wait(&process);
}
