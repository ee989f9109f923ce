/**
 * @file
 * @brief `--cap-add` and `--cap-drop`: capabilities by name.
 */
#include <stdint.h>
#include <stdio.h>
#include <strings.h>
#include <sys/capability.h>

#include "barco/caps.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_ADD = 0x600,
    OPT_DROP
};

static const struct argp_option options[] = {
    { "cap-add", OPT_ADD, "NAME|ALL", 0,
      "Keep a capability that the default gives up; may be repeated", 0 },
    { "cap-drop", OPT_DROP, "NAME|ALL", 0,
      "Give up a capability that the default keeps; may be repeated, and ALL "
      "with --cap-add keeps just those. Default: chown dac_override fowner "
      "fsetid kill setgid setuid setpcap net_bind_service sys_chroot",
      0 },
    { 0 },
};

/* net_admin, NET_ADMIN or CAP_NET_ADMIN, as a bit. */
static uint64_t capability(struct argp_state *state, const char *text,
                           const char *option)
{
    char name[64];
    cap_value_t number;

    if (strcasecmp(text, "all") == 0)
        return UINT64_MAX;
    snprintf(name, sizeof(name), "%s%s",
             strncasecmp(text, "cap_", 4) == 0 ? "" : "cap_", text);
    if (cap_from_name(name, &number) < 0)
        barco_cli_refuse(state,
                         "%s: there is no capability \"%s\"; give a name of "
                         "capabilities(7), as in net_admin, or ALL",
                         option, text);
    return BARCO_CAP(number);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_caps *caps = state->input;

    switch (key) {
    case OPT_ADD:
        caps->added |= capability(state, arg, "--cap-add");
        caps->keep |= caps->added;
        return 0;
    case OPT_DROP:
        caps->keep &= ~capability(state, arg, "--cap-drop");
        /* Whatever the order: --cap-drop ALL --cap-add chown. */
        caps->keep |= caps->added;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp barco_caps_options = { .options = options,
                                         .parser = parse_option };
