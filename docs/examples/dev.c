/* Devices for a container, here below /tmp. Needs root. */
#include <fcntl.h>
#include <sys/mount.h>

#include "barco/dev.h"
#include "barco/mount.h"
#include "barco/process.h"

static int child(void *argv)
{
    const struct barco_mount small = { .type = "tmpfs" };
    BARCO_CLEANUP(barco_close) int dev = barco_mount_new(&small);

    /* Or the mounts would appear on the host as well. */
    if (dev < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        barco_mount_attach(dev, AT_FDCWD, "/tmp") < 0 ||
        barco_dev_populate(dev) < 0)
        return 1;
    return barco_process_exec(argv);
}

int main(void)
{
    char *argv[] = { "ls", "/tmp", NULL };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;
    if (barco_process_spawn(&process, CLONE_NEWNS, child, argv) < 0)
        return 1;
    return barco_process_wait(&process);
}
