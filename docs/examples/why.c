/* A container that cannot start, and the process that learns why. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "barco/container.h"
#include "barco/error.h"

#define NEW { .from = BARCO_NAMESPACE_NEW }

/* The sink: gets each error as data, not as text. */
static void hear(const struct barco_error *error, void *caller)
{
    printf("heard by: %s\nstep:     %s\ncall:     %s(%s) = %s\ncause:    %s\n",
           getpid() == *(pid_t *)caller ? "the caller" : "another process",
           error->step, error->call, error->args, strerrorname_np(error->err),
           error->cause);
}

int main(void)
{
    char *const command[] = { "/no/such/program", NULL };
    struct barco_ids ids = BARCO_NO_IDS;
    struct barco_spec spec = {
        .argv = command,
        .namespaces = { .user = NEW, .pid = NEW, .mount = NEW },
        .rootfs = { .dir = "/" },
        .caller_cgroup = true,
    };
    struct barco_container container = BARCO_NO_CONTAINER;
    pid_t caller = getpid();

    barco_userns_choose(&spec.userns, &ids);
    barco_error_set_sink(hear, &caller);
    printf("returned: %d\n", barco_container_start(&container, &spec));
    barco_container_end(&container);
    barco_userns_release(&ids);
}
