/**
 * @file
 * @brief `--mnt` and `--read-only`: the root directory.
 */
#include "barco/rootfs.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_READ_ONLY = 0x300
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_rootfs *rootfs = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &rootfs->volumes;
        return 0;
    case 'm':
        rootfs->dir = arg;
        return 0;
    case OPT_READ_ONLY:
        rootfs->read_only = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "mnt", 'm', "DIR", 0,
      "Use DIR as the root directory; default: the bundled busybox root, "
      "read-only",
      0 },
    { "read-only", OPT_READ_ONLY, NULL, 0,
      "Let nothing be written to the directory of --mnt; --volume has an "
      ":ro of its own",
      0 },
    { 0 },
};

static const struct argp_child children[] = { { .argp = &barco_volume_options },
                                              { 0 } };

const struct argp barco_rootfs_options = { .options = options,
                                           .parser = parse_option,
                                           .children = children };
