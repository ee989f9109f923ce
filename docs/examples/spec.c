/* What a specification lacks is found before anything is started. */
#include <stdio.h>

#include "barco/spec.h"

int main(void)
{
    const struct barco_namespace new = { .from = BARCO_NAMESPACE_NEW };
    char *const command[] = { "hostname", NULL };
    struct barco_spec spec = {
        .argv = command,
        .hostname = "boat",
        .namespaces = { .pid = new, .mount = new },
        .rootfs = { .dir = "/" },
        .caller_cgroup = true,
    };

    printf("%d\n", barco_spec_check(&spec));
    spec.namespaces.uts = new; /* the name is for this one */
    printf("%d\n", barco_spec_check(&spec));
}
