/* The host's files, read-only, with one of them hidden. Needs root. */
#include "barco/rootfs.h"
#include "barco/process.h"

static int child(void *arg)
{
    const char *const masked[] = { "/etc/passwd" };
    const struct barco_rootfs rootfs = {
        .dir = "/",
        .read_only = true,
        .masked = masked,
        .masked_count = 1,
    };
    struct barco_fds mounts = { .count = 0 };
    int result = barco_rootfs_enter(&rootfs, &mounts);

    return result < 0 ? result : barco_process_exec(arg);
}

int main(void)
{
    char *argv[] = { "sh", "-c", "wc -c </etc/passwd; >/new", NULL };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;

    if (barco_process_spawn(&process, CLONE_NEWNS, child, argv) < 0)
        return 1;
    return barco_process_wait(&process);
}
