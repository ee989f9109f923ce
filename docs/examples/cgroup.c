/* A child that may have five processes, itself included. */
#include "barco/cgroup.h"

static int child(void *argv)
{
    return barco_process_exec(argv);
}

int main(void)
{
    const struct barco_cgroup_limits limits = {
        .memory_max = 16 << 20,
        .pids_max = 5,
    };
    char *argv[] = { "sh", "-c", "for i in 1 2 3 4 5 6; do sleep 9 & done",
                     NULL };
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;

    if (barco_cgroup_create(&cgroup, &limits, &process) < 0 ||
        barco_process_spawn(&process, 0, child, argv) < 0)
        return 1;
    return barco_process_wait(&process);
}
