/* A command on a terminal that the host does not have. Needs root. */
#include "barco/console.h"
#include "barco/mount.h"
#include <sys/mount.h>

static struct barco_handshake both = BARCO_NO_HANDSHAKE;
static struct barco_console console = BARCO_NO_CONSOLE;

static int child(void *argv)
{
    if (barco_handshake_wait(&both, NULL) < 0 || barco_console_separate() < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        barco_mount_new_at("devpts", "/dev/pts", 0, "ptmxmode=0666") < 0 ||
        barco_console_open(&console, &both, 0) < 0 ||
        barco_console_take(&console) < 0)
        return 1;
    return barco_process_exec(argv);
}

int main(void)
{
    char *argv[] = { "tty", NULL };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;
    if (barco_handshake_open(&both) == 0 &&
        barco_process_spawn(&process, CLONE_NEWNS, child, argv) == 0 &&
        barco_handshake_release(&both, NULL) == 0)
        return barco_console_wait(&console, &both, &process);
    return 1;
}
