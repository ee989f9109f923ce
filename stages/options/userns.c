/**
 * @file
 * @brief The options of a user namespace.
 */
#include <string.h>

#include "barco/userns.h"
#include "common/userns_lines.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_IDS = 0x410
};

static void parse_user(struct barco_userns *userns, char *uid,
                       struct argp_state *state)
{
    char *gid = strchr(uid, ':');

    if (gid)
        *gid++ = '\0';
    else
        gid = uid;
    userns->uid = barco_cli_number(state, uid, "--uid", 65535);
    userns->gid = barco_cli_number(state, gid, "--uid", 65535);
}

static void parse_ids(struct barco_id_range *ids, char *first,
                      struct argp_state *state)
{
    char *count = strchr(first, ':');
    bool good = count != NULL;

    if (good) {
        *count++ = '\0';
        good = barco_lines_range(first, count, ids) && ids->outside > 0;
    }
    if (!good)
        barco_cli_refuse(
            state,
            "--ids: \"%s%s%s\" is not a range; give FIRST:COUNT, as in "
            "10000:2000; 0, the root of the host, is not for containers, and "
            "4294967294 is the last id",
            first, count ? ":" : "", count ? count : "");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_userns *userns = state->input;

    switch (key) {
    case 'u':
        parse_user(userns, arg, state);
        return 0;
    case OPT_IDS:
        parse_ids(&userns->ids, arg, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "uid", 'u', "UID[:GID]", 0,
      "Run COMMAND with this user id inside, and this group id or the same "
      "number; default: 0",
      0 },
    { "ids", OPT_IDS, "FIRST:COUNT", 0,
      "For root: the ids of the host that the container gets, even if others "
      "have them; default: 65536 that nobody else has",
      0 },
    { 0 },
};

const struct argp barco_userns_options = { .options = options,
                                           .parser = parse_option };
