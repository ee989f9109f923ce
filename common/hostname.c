/**
 * @file
 * @brief Names the container.
 */
#include "barco/hostname.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "barco/cli.h"
#include "barco/error.h"

/* What is wrong with a name, or NULL. A prompt shows it, so there is nothing in
 * it that a terminal would take for a command. The kernel would not mind. */
static const char *problem_of(const char *name)
{
    size_t length = strlen(name);

    if (length == 0)
        return "is empty";
    if (length > HOST_NAME_MAX)
        return "is longer than 64 bytes";
    for (; *name; name++)
        if (*name <= ' ' || *name > '~')
            return "has a space, a control character, or one that is not ASCII";
    return NULL;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    const char **name = state->input;

    if (key != 'h')
        return ARGP_ERR_UNKNOWN;
    if (problem_of(arg))
        barco_cli_refuse(
            state,
            "--hostname: \"%s\" %s; give 1 to 64 characters, as in "
            "web-1",
            arg, problem_of(arg));
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

const struct argp barco_hostname_argp = { .options = options,
                                          .parser = parse_option };

int barco_hostname_set(const char *name)
{
    BARCO_EXPLAIN("the name of this UTS namespace; the host keeps its own",
                  "sethostname(\"%s\")", name);
    if (problem_of(name)) {
        errno = EINVAL;
        return BARCO_FAIL(sethostname, "\"%s\", which %s", name,
                          problem_of(name));
    }
    if (sethostname(name, strlen(name)) < 0)
        return BARCO_FAIL(sethostname, "\"%s\"", name);
    return 0;
}
