/**
 * @file
 * @brief The cgroup's options, but no limit is the default.
 *
 * Stages are linked with this instead of stages/options/cgroup.c where cgroup
 * v2 lacks the controllers for limits: the cgroup is made, and nothing is
 * written to it.
 */
#include "stages/options/options.h"

const struct argp barco_cgroup_options = { 0 };
