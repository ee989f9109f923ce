/* Root inside, an ordinary user outside: id, and the map that says so. */
#include "barco/userns.h"
#include "barco/handshake.h"

static struct barco_handshake both = BARCO_NO_HANDSHAKE;
static struct barco_userns userns; /* zero: the command is root inside */

static int child(void *argv)
{
    if (barco_handshake_wait(&both, NULL) < 0 ||
        barco_userns_become_root(&userns) < 0)
        return 1;
    return barco_process_exec(argv);
}

int main(void)
{
    char *argv[] = { "sh", "-c", "id -u; cat /proc/self/uid_map", NULL };
    BARCO_CLEANUP(barco_userns_release) struct barco_ids ids = BARCO_NO_IDS;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;

    if (barco_userns_choose(&userns, &ids) < 0 ||
        barco_handshake_open(&both) < 0 ||
        barco_process_spawn(&process, CLONE_NEWUSER, child, argv) < 0 ||
        barco_userns_map(&userns, process.pid) < 0 ||
        barco_handshake_release(&both, NULL) < 0)
        return 1;
    return barco_process_wait(&process);
}
