/**
 * @file
 * @brief Names the container.
 */
#include "barco/hostname.h"

#include <string.h>
#include <unistd.h>

#include "barco/error.h"

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    const char **name = state->input;

    if (key != 'h')
        return ARGP_ERR_UNKNOWN;
    *name = arg;
    return 0;
}

static const struct argp_option options[] = {
    { "hostname", 'h', "NAME", 0,
      "Name the container; default: " BARCO_HOSTNAME, 0 },
    { 0 },
};

const struct argp barco_hostname_argp = { .options = options,
                                          .parser = parse_option };

int barco_hostname_set(const char *name)
{
    BARCO_EXPLAIN("the name of this UTS namespace; the host keeps its own",
                  "sethostname(\"%s\")", name);
    if (sethostname(name, strlen(name)) < 0)
        return BARCO_FAIL(sethostname, "\"%s\"", name);
    return 0;
}
