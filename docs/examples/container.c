/* A whole container, without root: who and where am I? */
#include "barco/container.h"

int main(void)
{
    const struct barco_namespace new = { .from = BARCO_NAMESPACE_NEW };
    const struct barco_mount proc = { .type = "proc", .target = "/proc" };
    char *const command[] = { "sh", "-c", "id -u; echo $$; hostname", NULL };
    BARCO_CLEANUP(barco_userns_release) struct barco_ids ids = BARCO_NO_IDS;
    struct barco_spec spec = {
        .argv = command,
        .hostname = "boat",
        .namespaces = { .user = new, .pid = new, .mount = new, .uts = new },
        .rootfs = { .dir = "/", .mounts = &proc, .mount_count = 1 },
        .caller_cgroup = true,
    };

    if (barco_userns_choose(&spec.userns, &ids) < 0)
        return BARCO_EXIT_FAILED;
    return barco_process_exit_status(barco_container_run(&spec));
}
