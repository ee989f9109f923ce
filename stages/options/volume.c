/**
 * @file
 * @brief `--volume`: files of the host that a container may use.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "barco/volume.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_VOLUME = 0x310
};

static bool has_dot_dot(const char *path)
{
    for (; *path; path += strcspn(path, "/")) {
        path += strspn(path, "/");
        if (strncmp(path, "..", 2) == 0 && (path[2] == '/' || !path[2]))
            return true;
    }
    return false;
}

/* What is wrong with a volume, or NULL. */
static const char *problem_of(const struct barco_volume *volume,
                              const char *mode)
{
    const char *target = volume->target;

    if (!*volume->source)
        return "SRC is missing";
    if (!target || !*target)
        return "DST is missing";
    if (*target != '/')
        return "DST does not begin with /";
    if (has_dot_dot(target))
        return "DST has .. in it";
    if (!target[strspn(target, "/")])
        return "DST is the root directory";
    if (mode && strcmp(mode, "ro") != 0)
        return "after DST there can only be ro";
    return NULL;
}

static error_t add_volume(struct barco_volumes *volumes, const char *arg,
                          struct argp_state *state)
{
    char *copy = strdup(arg), *rest = copy; /* the volume points into it */
    struct barco_volume volume = { 0 };
    const char *problem;

    volume.source = strsep(&rest, ":");
    volume.target = strsep(&rest, ":");
    volume.read_only = rest != NULL;
    problem = volume.source ? problem_of(&volume, rest) : strerror(ENOMEM);
    if (!problem && volumes->count == BARCO_VOLUME_MAX)
        problem = "there are too many";
    if (problem) {
        barco_cli_refuse(
            state,
            "--volume: \"%s\": %s; give SRC:DST, or SRC:DST:ro for "
            "read-only, up to %d times, as in /srv/data:/mnt:ro",
            arg, problem, BARCO_VOLUME_MAX);
        free(copy);
        return EINVAL;
    }
    volumes->list[volumes->count++] = volume;
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    return key == OPT_VOLUME ? add_volume(state->input, arg, state)
                             : ARGP_ERR_UNKNOWN;
}

static const struct argp_option options[] = {
    { "volume", OPT_VOLUME, "SRC:DST[:ro]", 0,
      "Show SRC, a directory or file of the host, at DST in the container; "
      "with :ro nothing can be written there. May be repeated",
      0 },
    { 0 },
};

const struct argp barco_volume_options = { .options = options,
                                           .parser = parse_option };
