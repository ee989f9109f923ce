/**
 * @file
 * @brief `--volume`: files of the host that a container may use.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "barco/error.h"
#include "barco/rootfs.h"
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
static const char *problem_of(const struct barco_mount *volume,
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

/* Makes the list of mounts longer; the options made it, on the heap. */
static error_t add_mount(struct barco_rootfs *rootfs,
                         const struct barco_mount *mount,
                         struct argp_state *state)
{
    struct barco_mount *mounts =
        reallocarray((struct barco_mount *)rootfs->mounts,
                     rootfs->mount_count + 1, sizeof(*mounts));

    if (!mounts) {
        argp_failure(state, BARCO_EXIT_FAILED, ENOMEM, "--volume");
        return ENOMEM;
    }
    rootfs->mounts = mounts;
    mounts[rootfs->mount_count++] = *mount;
    return 0;
}

static error_t add_volume(struct barco_rootfs *rootfs, const char *arg,
                          struct argp_state *state)
{
    char *copy = strdup(arg), *rest = copy; /* the volume points into it */
    struct barco_mount volume = { .type = "bind",
                                  .attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
                                  .map_owners = true };
    const char *problem;
    error_t result;

    volume.source = strsep(&rest, ":");
    volume.target = strsep(&rest, ":");
    if (rest)
        volume.attrs |= MOUNT_ATTR_RDONLY;
    problem = volume.source ? problem_of(&volume, rest) : strerror(ENOMEM);
    if (problem)
        barco_cli_refuse(
            state,
            "--volume: \"%s\": %s; give SRC:DST, or SRC:DST:ro for "
            "read-only, as in /srv/data:/mnt:ro",
            arg, problem);
    result = problem ? EINVAL : add_mount(rootfs, &volume, state);
    if (result)
        free(copy);
    return result;
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
