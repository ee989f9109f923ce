/* /etc of the host is at /mnt too, read-only. Needs root. */
#include "barco/volume.h"
#include "barco/process.h"
#include <fcntl.h>
#include <sys/mount.h>

static int child(void *argv)
{
    const struct barco_mount volume = { .source = "/etc",
                                        .target = "/mnt",
                                        .attrs = MOUNT_ATTR_RDONLY };
    BARCO_CLEANUP(barco_close) int etc = barco_volume_open(&volume);
    BARCO_CLEANUP(barco_close) int tree = barco_volume_clone(&volume, etc, -1);
    BARCO_CLEANUP(barco_close) int root = open("/", O_PATH | O_CLOEXEC);

    if (tree < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        barco_volume_attach(&volume, tree, root, -1) < 0)
        return 1;
    return barco_process_exec(argv);
}

int main(void)
{
    char *argv[] = { "touch", "/mnt/passwd", NULL };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;
    if (barco_process_spawn(&process, CLONE_NEWNS, child, argv) < 0)
        return 1;
    return barco_process_wait(&process);
}
