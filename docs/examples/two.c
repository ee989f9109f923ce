/* Two containers at once, each from a description written by hand. */
#include "barco/container.h"
#include <stdio.h>

#define NEW { .from = BARCO_NAMESPACE_NEW }

int main(void)
{
    char *const hello[] = { "/bin/sh", "-c", "echo $$ in $(hostname)", NULL };
    const struct barco_mount proc = { .type = "proc", .target = "/proc" };
    BARCO_CLEANUP(barco_userns_release) struct barco_ids ids = BARCO_NO_IDS;
    BARCO_CLEANUP(barco_container_end)
    struct barco_container one = BARCO_NO_CONTAINER, two = BARCO_NO_CONTAINER;
    struct barco_spec boat = {
        .argv = hello,
        .hostname = "boat",
        .caller_cgroup = true,
        .namespaces = { .user = NEW, .pid = NEW, .mount = NEW, .uts = NEW },
        .rootfs = { .dir = "/", .mounts = &proc, .mount_count = 1 },
    }, ship;

    barco_userns_choose(&boat.userns, &ids);
    ship = boat;
    ship.hostname = "ship";
    if (barco_container_start(&one, &boat) < 0 ||
        barco_container_start(&two, &ship) < 0)
        return 1;
    printf("%d\n", barco_container_wait(&two) + barco_container_wait(&one));
}
