/* A file system that is finished before it can be seen. Needs root. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>

#include "barco/mount.h"
#include "barco/process.h"

static int child(void *argv)
{
    const struct barco_mount small = { .type = "tmpfs", .data = "size=64k" };
    BARCO_CLEANUP(barco_close) int tmp = barco_mount_new(&small);

    /* Or the mount would appear on the host as well. */
    if (tmp < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        barco_mount_set_attrs(tmp, MOUNT_ATTR_RDONLY) < 0 ||
        barco_mount_attach(tmp, AT_FDCWD, "/tmp") < 0)
        return 1;
    return barco_process_exec(argv);
}

int main(void)
{
    char *argv[] = { "grep", " /tmp ", "/proc/self/mounts", NULL };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;
    if (barco_process_spawn(&process, CLONE_NEWNS, child, argv) < 0)
        return 1;
    return barco_process_wait(&process);
}
