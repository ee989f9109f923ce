/**
 * @file
 * @brief `--hostname`: the container's name.
 */
#include "barco/hostname.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    const char **name = state->input;

    if (key != 'h')
        return ARGP_ERR_UNKNOWN;
    if (barco_hostname_problem(arg))
        barco_cli_refuse(
            state,
            "--hostname: \"%s\" %s; give 1 to 64 characters, as in "
            "web-1",
            arg, barco_hostname_problem(arg));
    *name = arg;
    return 0;
}

static const struct argp_option options[] = {
    { "hostname", 'h', "NAME", 0,
      "Name the container: 1 to 64 characters without spaces; "
      "default: " BARCO_HOSTNAME,
      0 },
    { 0 },
};

const struct argp barco_hostname_options = { .options = options,
                                             .parser = parse_option };
