/**
 * @file
 * @brief All options of a container, and `--plan`.
 */
#include <stdlib.h>

#include "barco/container.h"
#include "barco/error.h"
#include "barco/hostname.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_PLAN = 0x900
};

static const struct argp_child children[] = {
    { .argp = &barco_hostname_options },    { .argp = &barco_init_options },
    { .argp = &barco_rootfs_options },      { .argp = &barco_userns_options },
    { .argp = &barco_environment_options }, { .argp = &barco_cgroup_options },
    { .argp = &barco_limits_options },      { .argp = &barco_caps_options },
    { .argp = &barco_seccomp_options },     { 0 },
};

//! [defaults]
/* A container that shares nothing with its caller. */
static void set_defaults(struct barco_spec *spec)
{
    static const struct barco_namespace new = { .from = BARCO_NAMESPACE_NEW };

    spec->namespaces = (struct barco_namespaces){ .user = new,
                                                  .pid = new,
                                                  .mount = new,
                                                  .uts = new,
                                                  .ipc = new,
                                                  .network = new,
                                                  .cgroup = new };
    spec->hostname = BARCO_HOSTNAME;
    spec->terminal = true;
    spec->rootfs.new_netns = true;
}
//! [defaults]

static void give_inputs(struct barco_spec *spec, void **inputs)
{
    *inputs++ = &spec->hostname;
    *inputs++ = &spec->init;
    *inputs++ = &spec->rootfs;
    *inputs++ = &spec->userns;
    *inputs++ = &spec->environment;
    *inputs++ = &spec->cgroup;
    *inputs++ = &spec->limits;
    *inputs++ = &spec->caps;
    *inputs++ = &spec->seccomp;
}

/* Report a wrong directory before anything is made. */
static int check_workdir(const struct barco_spec *spec)
{
    const char *workdir = spec->environment.workdir;

    if (!workdir || !barco_rootfs_lacks(&spec->rootfs, workdir))
        return 0;
    errno = ENOENT;
    return BARCO_FAIL(chdir, "\"%s\", in the container", workdir);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_spec *spec = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT:
        set_defaults(spec);
        give_inputs(spec, state->child_inputs);
        return 0;
    case OPT_PLAN:
        barco_container_plan(stdout);
        exit(0);
    case ARGP_KEY_SUCCESS:
        return -check_workdir(spec);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "plan", OPT_PLAN, NULL, 0,
      "Print the steps that make a container, where each is taken and what it "
      "is for, and run nothing",
      0 },
    { 0 },
};

const struct argp barco_container_options = { .options = options,
                                              .parser = parse_option,
                                              .children = children };
