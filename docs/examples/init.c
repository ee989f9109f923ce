/* PID 1 of a new PID namespace, and the command as PID 2. Needs root. */
#include <stdio.h>
#include <unistd.h>

#include "barco/init.h"

static int in_pid_2(void *arg)
{
    (void)arg;
    dprintf(STDOUT_FILENO, "the command is %d, below %d\n", getpid(),
            getppid());
    return 3;
}

static int in_pid_1(void *init)
{
    return barco_init_run(init, in_pid_2, NULL);
}

int main(void)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process pid_1 = BARCO_NO_PROCESS;
    struct barco_init init = { .none = false };

    if (barco_process_spawn(&pid_1, CLONE_NEWPID, in_pid_1, &init) < 0)
        return 1;
    printf("it ended with %d\n", barco_process_wait(&pid_1));
}
