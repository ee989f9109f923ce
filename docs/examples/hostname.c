/* A host name that only the child has. Needs root. */
#include <stdio.h>
#include <unistd.h>

#include "barco/hostname.h"
#include "barco/process.h"

static int child(void *name)
{
    char *const command[] = { "hostname", NULL };
    int result = barco_hostname_set(name);

    return result < 0 ? result : barco_process_exec(command);
}

int main(void)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;

    printf("my boat %s\n", barco_hostname_problem("my boat"));
    fflush(stdout);
    if (barco_process_spawn(&process, CLONE_NEWUTS, child, "my-boat") < 0)
        return 1;
    return barco_process_wait(&process);
}
