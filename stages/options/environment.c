/**
 * @file
 * @brief `--env` and `--workdir`: what the command starts with.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barco/environment.h"
#include "barco/error.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

/* Where the specification's list lies; room for what argv can ask for. */
static const char **variables;

static void add(struct barco_environment *environment, const char *variable)
{
    variables[environment->variable_count++] = variable;
}

/* NAME alone: the caller's, or none. */
static int add_from_caller(struct barco_environment *environment,
                           const char *name)
{
    const char *value = getenv(name);
    char *variable;

    if (!value)
        return 0;
    if (asprintf(&variable, "%s=%s", name, value) < 0) {
        BARCO_FAIL(asprintf, "\"%s\"", name);
        return ENOMEM;
    }
    add(environment, variable);
    return 0;
}

/* PATH, and TERM as the caller has it, since it is the caller's terminal. */
static error_t set_defaults(struct barco_environment *environment, int argc)
{
    variables = calloc((size_t)argc + 2, sizeof(*variables));
    if (!variables) {
        BARCO_FAIL(calloc, "%d + 2, %zu", argc, sizeof(*variables));
        return ENOMEM;
    }
    environment->variables = variables;
    environment->find_home = true;
    add(environment, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                     "/sbin:/bin");
    return add_from_caller(environment, "TERM");
}

static error_t add_option(struct barco_environment *environment,
                          const char *text, struct argp_state *state)
{
    if (!*text || *text == '=')
        barco_cli_refuse(
            state, "--env: \"%s\" has no name; give NAME=VALUE, or NAME", text);
    if (!strchr(text, '='))
        return add_from_caller(environment, text);
    add(environment, text);
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_environment *environment = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        return set_defaults(environment, state->argc);
    case 'e':
        return add_option(environment, arg, state);
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
      "Set a variable; without =VALUE, pass on the caller's. May be repeated",
      0 },
    { "workdir", 'w', "DIR", 0, "Start in DIR; default: /", 0 },
    { 0 },
};

const struct argp barco_environment_options = { .options = options,
                                                .parser = parse_option };
