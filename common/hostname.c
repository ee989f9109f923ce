/**
 * @file
 * @brief Names the container.
 */
#include "barco/hostname.h"

#include <string.h>
#include <unistd.h>

#include "barco/error.h"

int barco_hostname_set(const char *name)
{
    BARCO_EXPLAIN("the name of this UTS namespace; the host keeps its own",
                  "sethostname(\"%s\")", name);
    if (sethostname(name, strlen(name)) < 0)
        return BARCO_FAIL(sethostname, "\"%s\"", name);
    return 0;
}
