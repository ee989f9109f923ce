/**
 * @file
 * @brief `--nofile`: how many descriptors a process may have open.
 */
#include "barco/limits.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_NOFILE = 0x800,
    MIN_NOFILE = 64, /* a root directory, 15 volumes, and what mounts them */
    MAX_NOFILE = 1048576 /* fs.nr_open, as a rule */
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_limits *limits = state->input;

    if (key != OPT_NOFILE)
        return ARGP_ERR_UNKNOWN;
    limits->nofile =
        barco_cli_number_from(state, arg, "--nofile", MIN_NOFILE, MAX_NOFILE);
    return 0;
}

static const struct argp_option options[] = {
    { "nofile", OPT_NOFILE, "N", 0,
      "Descriptors that a process may have open: at least 64; default: 1024",
      0 },
    { 0 },
};

const struct argp barco_limits_options = { .options = options,
                                           .parser = parse_option };
