/* A child becomes a command, and its parent waits for it. */
#include <stdio.h>

#include "barco/process.h"

static int child(void *argv)
{
    return barco_process_exec(argv);
}

int main(void)
{
    char *exits[] = { "sh", "-c", "exit 7", NULL };
    char *dies[] = { "sh", "-c", "kill -TERM $$", NULL };
    char **const commands[] = { exits, dies };

    for (int i = 0; i < 2; i++) {
        BARCO_CLEANUP(barco_process_end)
        struct barco_process process = BARCO_NO_PROCESS;

        if (barco_process_spawn(&process, 0, child, commands[i]) == 0)
            printf("%d\n", barco_process_wait(&process));
    }
}
