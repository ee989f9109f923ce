/**
 * @file
 * @brief `--no-init`: who is PID 1.
 */
#include "barco/init.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_NO_INIT = 0x320
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_init *init = state->input;

    (void)arg;
    if (key != OPT_NO_INIT)
        return ARGP_ERR_UNKNOWN;
    init->none = true;
    return 0;
}

static const struct argp_option options[] = {
    { "no-init", OPT_NO_INIT, NULL, 0,
      "Run without init: COMMAND is PID 1 itself", 0 },
    { 0 },
};

const struct argp barco_init_options = { .options = options,
                                         .parser = parse_option };
