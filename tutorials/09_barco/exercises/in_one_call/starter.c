/**
 * @file
 * @brief Run COMMAND in a container of barco's library:
 *
 *     in_one_call NAME PROCESSES MEMORY COMMAND [ARG...]
 *
 * NAME is its host name, and it has at most PROCESSES processes and MEMORY
 * bytes. Link with barco's library.
 */
#include <stdio.h>
#include <stdlib.h>

#include "barco/container.h"
#include "barco/error.h"

#define NEW { .from = BARCO_NAMESPACE_NEW }

int main(int argc, char **argv)
{
    const struct barco_mount proc = { .type = "proc", .target = "/proc" };
    struct barco_ids ids = BARCO_NO_IDS;
    int status = -1;
    struct barco_spec spec = {
        .argv = argv + 4,
        .namespaces = { .user = NEW, .pid = NEW, .mount = NEW },
        .rootfs = { .dir = "/", .mounts = &proc, .mount_count = 1 },
        .caller_cgroup = true,
    };

    if (argc < 5) {
        fprintf(stderr, "Usage: in_one_call NAME PROCESSES MEMORY COMMAND "
                        "[ARG...]\n");
        return BARCO_EXIT_FAILED;
    }
    /* TODO: what is not asked for, the container does not get. Ask for the host
       name, for both limits, in a cgroup of its own, and for the filter that
       comes with barco. Its IPC, network and cgroup should be new, too. */
    if (barco_userns_choose(&spec.userns, &ids) == 0)
        status = barco_container_run(&spec);
    barco_userns_release(&ids);
    return barco_process_exit_status(status);
}
