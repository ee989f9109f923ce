/**
 * @file
 * @brief `--seccomp` and `--seccomp-log`: which system calls.
 */
#include <string.h>

#include "barco/log.h"
#include "barco/seccomp.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_SECCOMP = 0x700,
    OPT_SECCOMP_LOG
};

static const struct argp_option options[] = {
    { "seccomp", OPT_SECCOMP, "PROFILE", 0,
      "System calls that COMMAND may make: default, off, or a file in the "
      "format of Docker and Podman",
      0 },
    { "seccomp-log", OPT_SECCOMP_LOG, NULL, 0,
      "Report which system calls were refused, and to which process", 0 },
    { 0 },
};

static void choose(struct barco_seccomp *seccomp, const char *profile)
{
    seccomp->path = NULL;
    if (strcmp(profile, "default") == 0) {
        seccomp->mode = BARCO_SECCOMP_BUILT_IN;
    } else if (strcmp(profile, "off") == 0) {
        seccomp->mode = BARCO_SECCOMP_OFF;
    } else {
        seccomp->mode = BARCO_SECCOMP_PROFILE;
        seccomp->path = profile;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_seccomp *seccomp = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        seccomp->mode = BARCO_SECCOMP_BUILT_IN;
        return 0;
    case OPT_SECCOMP:
        choose(seccomp, arg);
        return 0;
    case OPT_SECCOMP_LOG:
        seccomp->log = true;
        return 0;
    case ARGP_KEY_END:
        if (seccomp->log && seccomp->mode == BARCO_SECCOMP_OFF)
            barco_cli_refuse(state,
                             "--seccomp-log: with --seccomp off nothing is "
                             "refused; give default or a file");
        if (seccomp->mode == BARCO_SECCOMP_OFF)
            BARCO_WARN("--seccomp off: the container can make every system "
                       "call of the kernel");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp barco_seccomp_options = { .options = options,
                                            .parser = parse_option };
