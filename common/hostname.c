/**
 * @file
 * @brief Names the container.
 */
#include "barco/hostname.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "barco/error.h"

/* A prompt shows the name, so it must not contain anything that a terminal
 * takes for a command. The kernel would accept it. */
const char *barco_hostname_problem(const char *name)
{
    size_t length = strlen(name);

    if (length == 0)
        return "is empty";
    if (length > HOST_NAME_MAX)
        return "is longer than 64 bytes";
    for (; *name; name++)
        if (*name <= ' ' || *name > '~')
            return "has a space, a control character or one that is not ASCII";
    return NULL;
}

//! [set]
int barco_hostname_set(const char *name)
{
    BARCO_EXPLAIN("the name of this UTS namespace; the host keeps its own",
                  "sethostname(\"%s\")", name);
    if (barco_hostname_problem(name)) {
        errno = EINVAL;
        return BARCO_FAIL(sethostname, "\"%s\", which %s", name,
                          barco_hostname_problem(name));
    }
    if (sethostname(name, strlen(name)) < 0)
        return BARCO_FAIL(sethostname, "\"%s\"", name);
    return 0;
}
//! [set]
