/**
 * @file
 * @brief `--cap-add` and `--cap-drop`: capabilities by name.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "barco/caps.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_ADD = 0x600,
    OPT_DROP
};

static const struct argp_option options[] = {
    { "cap-add", OPT_ADD, "NAME|ALL", 0,
      "Keep a capability that the default drops; may be repeated", 0 },
    { "cap-drop", OPT_DROP, "NAME|ALL", 0,
      "Drop a capability that the default keeps; may be repeated. ALL drops "
      "every one that no --cap-add names. Kept by default: chown dac_override "
      "fowner fsetid kill setgid setuid setpcap net_bind_service sys_chroot",
      0 },
    { 0 },
};

//! [default]
/* What programs expect of root in a container: its files, its processes, its
 * users, a port below 1024. */
static const uint64_t defaults =
    BARCO_CAP(CAP_CHOWN) | BARCO_CAP(CAP_DAC_OVERRIDE) | BARCO_CAP(CAP_FOWNER) |
    BARCO_CAP(CAP_FSETID) | BARCO_CAP(CAP_KILL) | BARCO_CAP(CAP_SETGID) |
    BARCO_CAP(CAP_SETUID) | BARCO_CAP(CAP_SETPCAP) |
    BARCO_CAP(CAP_NET_BIND_SERVICE) | BARCO_CAP(CAP_SYS_CHROOT);
//! [default]

/* net_admin, NET_ADMIN or CAP_NET_ADMIN, as a bit. */
static uint64_t capability(struct argp_state *state, const char *text,
                           const char *option)
{
    char name[64];
    int number;

    if (strcasecmp(text, "all") == 0)
        return UINT64_MAX;
    snprintf(name, sizeof(name), "%s%s",
             strncasecmp(text, "cap_", 4) == 0 ? "" : "CAP_", text);
    for (char *c = name; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    number = barco_caps_number(name);
    if (number < 0)
        barco_cli_refuse(state,
                         "%s: there is no capability \"%s\"; give a name of "
                         "capabilities(7), as in net_admin, or ALL",
                         option, text);
    return number < 0 ? 0 : BARCO_CAP(number);
}

/* What was added is kept, whatever the order: --cap-drop ALL --cap-add chown.
 * It is ambient too, for users other than root. */
static void keep(struct barco_caps *caps, uint64_t kept)
{
    kept |= caps->ambient;
    caps->bounding = caps->permitted = caps->effective = kept;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_caps *caps = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        caps->no_new_privs = true;
        keep(caps, defaults);
        return 0;
    case OPT_ADD:
        caps->ambient |= capability(state, arg, "--cap-add");
        keep(caps, caps->bounding);
        return 0;
    case OPT_DROP:
        keep(caps, caps->bounding & ~capability(state, arg, "--cap-drop"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp barco_caps_options = { .options = options,
                                         .parser = parse_option };
