/**
 * @file
 * @brief The options of a user namespace.
 */
#include <limits.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "barco/userns.h"
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

/* Digits, from 1 to a largest number; strtonum() alone would take blanks and a
 * sign before them. */
static bool read_number(const char *text, unsigned max, unsigned *number)
{
    const char *problem = NULL;

    *number = (unsigned)strtonum(text, 1, max, &problem);
    return !problem && strspn(text, "0123456789") == strlen(text);
}

/* Without 0, the root of the host, and (uid_t)-1, which is not an id. */
static void parse_ids(struct barco_userns *userns, char *first,
                      struct argp_state *state)
{
    /* The specification points here. */
    static struct barco_id_range ids;
    char *count = strchr(first, ':');

    if (count)
        *count++ = '\0';
    if (!count || !read_number(first, UINT_MAX - 1, &ids.outside) ||
        !read_number(count, UINT_MAX - ids.outside, &ids.count))
        barco_cli_refuse(
            state,
            "--ids: \"%s%s%s\" is not a range; give FIRST:COUNT, as in "
            "10000:2000; 0, the root of the host, is not for containers, and "
            "4294967294 is the last id",
            first, count ? ":" : "", count ? count : "");
    userns->uids = userns->gids = &ids;
    userns->uid_count = userns->gid_count = 1;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_userns *userns = state->input;

    switch (key) {
    case 'u':
        parse_user(userns, arg, state);
        return 0;
    case OPT_IDS:
        parse_ids(userns, arg, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "uid", 'u', "UID[:GID]", 0,
      "Run COMMAND with this user id inside, and this group id, or the same "
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
