/**
 * @file
 * @brief `--env` and `--workdir`: what the command starts with.
 */
#include "barco/environment.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

static void add_variable(struct barco_environment *environment, char *text,
                         struct argp_state *state)
{
    if (!*text || *text == '=')
        barco_cli_refuse(
            state, "--env: \"%s\" has no name; give NAME=VALUE, or NAME", text);
    if (environment->count == BARCO_MAX_VARIABLES)
        barco_cli_refuse(state, "--env: more than %d of them",
                         BARCO_MAX_VARIABLES);
    environment->variables[environment->count++] = text;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_environment *environment = state->input;

    switch (key) {
    case 'e':
        add_variable(environment, arg, state);
        return 0;
    case 'w':
        if (*arg != '/')
            barco_cli_refuse(
                state, "--workdir: \"%s\" is not absolute; begin it with /",
                arg);
        environment->workdir = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "env", 'e', "NAME[=VALUE]", 0,
      "Set a variable; without a value, hand on the one that is set here", 0 },
    { "workdir", 'w', "DIR", 0, "Start in DIR; default: /", 0 },
    { 0 },
};

const struct argp barco_environment_options = { .options = options,
                                                .parser = parse_option };
